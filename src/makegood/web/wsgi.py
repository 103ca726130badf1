"""The WSGI application: everything that is not a hot path goes through it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.web.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
