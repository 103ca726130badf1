"""Say a phrase of the catalogue in the page's language."""

from django import template
from django.template.context import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Context, key: str, **values: object) -> str:
    text: str = context["speech"].say(key, **values)
    return text
