"""Write the OpenAPI document: `python -m makegood.api > docs/reference/openapi.json`."""

import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.web.settings")
    django.setup()

    from makegood.api.openapi import written
    from makegood.api.urls import openapi

    sys.stdout.write(written(openapi()))


if __name__ == "__main__":
    main()
