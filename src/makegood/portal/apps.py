"""The Django app of the portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Ships the customer's templates."""

    name = "makegood.portal"
    label = "makegood_portal"
