"""Django's settings while the demo is served: the project's own, and the stage on top."""

from makegood.web.settings import *  # noqa: F403
from makegood.web.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "makegood.demo"]
ROOT_URLCONF = "makegood.demo.served_urls"
