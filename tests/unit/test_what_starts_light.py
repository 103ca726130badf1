"""`makegood check` reads files alone: it starts without the parts that a deployment needs."""

import json
import subprocess
import sys

import typer
from typer.testing import CliRunner

from makegood.cli import LIGHT, app, rules


def test_what_reads_files_alone_starts_without_the_parts_of_a_deployment():
    heavy = "{'makegood.bootstrap', 'makegood.store', 'httpx'} & sys.modules.keys()"
    code = f"import sys, makegood.cli; print({heavy} or 'light')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "light\n"


def test_these_are_the_commands_of_their_group():
    only = typer.Typer()
    rules.register(only)
    assert {one.callback.__name__ for one in only.registered_commands if one.callback} == LIGHT


def test_the_schema_is_printed_as_json():
    done = CliRunner().invoke(app, ["schema"])
    assert json.loads(done.output)["title"] == "Makegood rule book"
