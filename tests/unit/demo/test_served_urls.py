"""The click that signs in without a password exists on a stage only."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
from makegood.web.setup import prepare
prepare()
from makegood.demo.car import KATHY
from makegood.web.accounts import ensure_user
ensure_user(KATHY.rep, "a bad day ends well", "rep", KATHY.name)
from django.test import Client
client = Client(HTTP_HOST="localhost")
print([client.post("/demo/sign-in").status_code, client.get("/desk/").status_code])
"""


def test_a_deployment_with_the_settings_of_the_demo_lets_nobody_in_by_a_click(tmp_path: Path):
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "makegood.demo.served_settings",
        "MAKEGOOD_DATABASE": f"sqlite:///{tmp_path / 'm.db'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "[404, 302]", done.stderr
