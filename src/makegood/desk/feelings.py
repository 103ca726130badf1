"""How customers feel: what stands around every page of the section, and its overview."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.shell import shell


def feelings_shell(desk: Desk, tab: str) -> dict[str, Any]:
    """Give what every page about feelings shows.

    Args:
        desk: The desk.
        tab: Which page this is, as `_feelings_head.html` calls it.
    """
    names = {id_: brand.name for id_, brand in desk.makegood.book.brands.items()}
    return {**shell(desk, page="feelings"), "tab": tab, "brand_names": names}


@require_safe
@for_reps
def index(request: HttpRequest) -> HttpResponse:
    """Show how customers of the brands feel that the person serves."""
    with at_the_desk(request) as desk:
        page = feelings_shell(desk, "index")
    return render(request, "desk/feelings.html", page)
