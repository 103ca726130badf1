"""The tutorial's commands run as they are written, and its buttons are those of the page."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from makegood.demo.served_page import Scene, buttons_of

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial/index.md").read_text()
COMMANDS = re.findall(r"^ {4}(.+)$", TUTORIAL, re.MULTILINE)
OURS = [line for line in COMMANDS if line.startswith(".venv/bin/makegood ")]
SERVES = ".venv/bin/makegood serve"  # has a test of its own: it does not end by itself
BEGINNING = Scene(
    turn="before", failures=0, told_twice=False, is_open=False, is_morning=False, offer_sent=False
)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """What the tutorial exports, with the database out of the way."""
    told = dict(
        line.removeprefix("export ").split("=", 1) for line in COMMANDS if "export " in line
    )
    assert set(told) == {"MAKEGOOD_DATABASE", "MAKEGOOD_BOOK"}
    folder = f"sqlite:///{tmp_path}/"
    database = told["MAKEGOOD_DATABASE"].replace("sqlite:///", folder)
    return {**os.environ, **told, "MAKEGOOD_DATABASE": database}


def test_every_command_does_what_the_tutorial_says(environ):
    assert len(OURS) >= 9
    for line in OURS:
        if line == SERVES:
            continue
        says_no = line.endswith("# no")
        words = shlex.split(line, comments=True)[1:]
        done = subprocess.run(
            [sys.executable, "-m", "makegood.cli", *words],
            cwd=ROOT,
            env=environ,
            input="a bad day ends well\n",
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == (1 if says_no else 0), f"{line}: {done.stdout}{done.stderr}"


def test_every_make_target_exists():
    targets = {line.split()[1] for line in COMMANDS if line.startswith("make ")}
    assert targets == {"run", "audit-example"}
    makefile = (ROOT / "Makefile").read_text()
    assert all(f"\n{target}:" in makefile for target in targets)


def test_every_button_is_on_the_page():
    pressed = set(re.findall(r"\*\*(.+?)\*\*", TUTORIAL))
    on_the_stage = {button.says for button in buttons_of(BEGINNING)}
    elsewhere = {"Sign in as Kathy", "Yes, it is good again"}  # pressed by the browser's test
    assert pressed == on_the_stage | elsewhere
