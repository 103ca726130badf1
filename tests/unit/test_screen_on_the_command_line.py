"""`makegood screen`: options, summary and exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.cli import app
from makegood.messages.errors import InputError


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path / 'data' / 'm.db'}")
    done = CliRunner().invoke(app, ["raise", "email:ana@example.org"])
    assert done.exit_code == 0, done.output
    return tmp_path


def run(folder: Path, *options: str):
    out = ["-o", str(folder / "good.csv"), *options]
    return CliRunner().invoke(app, ["screen", str(folder / "list.csv"), *out])


def test_a_list_is_parted_and_counted(deployment):
    (deployment / "list.csv").write_text("Mail,n\nana@example.org,1\nben@example.org,2\n")
    options = ("--column", "email=Mail", "--brand", "northwind_cars", "--format", "json")
    done = run(deployment, *options, "--held", str(deployment / "held.csv"))
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["rows"], told["sendable"], told["reasons"]) == (2, 1, {"hold": 1})
    assert told["as_of"].endswith("Z")
    assert (deployment / "good.csv").read_text() == "Mail,n\nben@example.org,2\n"
    counted = CliRunner().invoke(app, ["coverage", "--format", "json"])
    (part,) = json.loads(counted.output)["parts"]
    assert (part["brand"], part["channel"], part["screened"]) == ("northwind_cars", "mail", 1)
    assert "100 % of the one send known" in CliRunner().invoke(app, ["coverage"]).output


def test_rows_that_name_nobody_are_an_exit_code_of_their_own(deployment):
    (deployment / "list.csv").write_text("email\nnobody at all\nben@example.org\n")
    done = run(deployment, "--brand", "no_such_brand")
    assert done.exit_code == 1
    assert "Screened at" in done.output
    assert "every hold counts" in done.output
    assert "unreadable" in done.output


@pytest.mark.parametrize(
    "options", [("--column", "Mail"), ("--column", "fax=Mail"), ("--identifier", "mail")]
)
def test_a_column_that_cannot_be_meant_is_refused(deployment, options):
    (deployment / "list.csv").write_text("Mail\nana@example.org\n")
    done = run(deployment, *options)
    assert isinstance(done.exception, InputError)
    assert not (deployment / "good.csv").exists()
