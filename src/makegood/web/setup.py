"""Make Django's own tables; safe to run at every start."""

import os

import django
from django.core.management import call_command

from makegood.web.discreet import be_discreet


def prepare() -> None:
    """Set Django up and bring its tables up to date: users, groups, second factors, counts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.web.settings")
    django.setup()
    be_discreet()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
