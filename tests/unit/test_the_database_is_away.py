"""A command that meets an outage says so in one line; a service manager starts it again."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("words", [("work", "--once"), ("replay",)])
def test_an_outage_is_one_clear_line_and_no_trace(tmp_path, words):
    done = subprocess.run(
        [sys.executable, "-m", "makegood.cli", *words],
        env={
            **os.environ,
            "MAKEGOOD_DATABASE": f"sqlite:///{tmp_path}",  # a folder is no database
            "MAKEGOOD_KEY": "a secret for tests, 32 bytes long",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert "Not done." in done.stderr
    assert "Traceback" not in done.stderr
