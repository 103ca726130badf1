"""Django's settings while the demo is served: the project's own, and the stage on top."""

from makegood.web.settings import *  # noqa: F403
from makegood.web.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "makegood.demo"]
X_FRAME_OPTIONS = "SAMEORIGIN"  # desk, phone and mailbox stand side by side
ROOT_URLCONF = "makegood.demo.served_urls"
