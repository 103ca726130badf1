"""The screens keep their own tables in PostgreSQL as well."""

import os
import subprocess
import sys

import pytest

_SCRIPT = """
import json
from makegood.web.setup import prepare
prepare()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
from makegood.web.accounts import ensure_user
from makegood.web.instance import current
ensure_user("kathy", "a bad day ends well", "rep", "Kathy Moreno", store=current().store)
client = Client()
signed_in = client.post(
    "/accounts/login/", {"login": "kathy", "password": "a bad day ends well", "next": "/desk/"}
)
print(json.dumps([signed_in["Location"], client.get("/desk/").status_code]))
from django.db import connections
connections.close_all()
current().close()
"""


@pytest.mark.postgres
def test_somebody_signs_in_with_tables_in_postgresql(postgres_url: str):
    environ = {**os.environ, "MAKEGOOD_DATABASE": postgres_url, "MAKEGOOD_KEY": "k" * 32}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], env=environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == '["/desk/", 200]'
