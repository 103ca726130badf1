"""The Django app of the desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Ships the desk's templates."""

    name = "makegood.desk"
    label = "makegood_desk"
