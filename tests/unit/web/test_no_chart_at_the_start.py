"""A server starts without what draws charts; the first who looks at one loads it."""

import subprocess
import sys

_CODE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.web.settings"
from makegood.web.setup import prepare
prepare()
from django.urls import get_resolver
list(get_resolver().url_patterns)
import makegood.desk.urls
print({"altair", "vl_convert"} & sys.modules.keys() or "light")
"""


def test_the_addresses_of_a_server_load_nothing_that_draws():
    done = subprocess.run(
        [sys.executable, "-c", _CODE], capture_output=True, text=True, check=True
    )
    assert done.stdout == "light\n"
