"""The Django app of the project itself: base templates, sign-in screens, static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Ships the templates and static files that every screen shares."""

    name = "makegood.web"
    label = "makegood_web"

    def ready(self) -> None:
        """Write sign-ins down."""
        from makegood.web.signin import watch

        watch()
