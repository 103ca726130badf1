"""Webhook endpoints and the suppression list on the command line."""

import csv
import json
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.bootstrap import open_makegood
from makegood.cli import app
from makegood.cli.suppressing import write_list
from makegood.gate.suppressions import Suppressed
from makegood.messages.errors import InputError
from makegood.messages.ids import CustomerId
from makegood.settings import read_settings
from tests.unit.api.test_suppressions import fail

URL = "https://93.184.215.14/hook"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'm.db'}"
    monkeypatch.setenv("MAKEGOOD_DATABASE", address)
    monkeypatch.delenv("MAKEGOOD_KEY", raising=False)
    monkeypatch.delenv("MAKEGOOD_BOOK", raising=False)
    return address


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("webhook", "list", "--format", "json"))
    return found


def test_an_endpoint_lives_from_add_to_remove():
    secret = run("webhook", "add", URL, "--kind", "hold.*", "--description", "CRM").strip()
    assert secret.startswith("whsec_")
    (one,) = listed()
    endpoint = str(one["id"])
    assert (one["kinds"], one["state"]) == (["hold.opened", "hold.lifted"], "on")
    assert secret not in run("webhook", "list")
    assert run("webhook", "secret", endpoint).strip() == secret
    assert run("webhook", "rotate", endpoint).strip() != secret
    run("webhook", "disable", endpoint)
    assert str(listed()[0]["state"]).startswith("off since")
    run("webhook", "enable", endpoint)
    assert json.loads(run("webhook", "deliveries", endpoint, "--format", "json")) == []
    assert "place" in run("webhook", "deliveries", endpoint)
    replayed = run("webhook", "replay", endpoint, "--failed-since", "2026-01-01T00:00:00Z")
    assert replayed.startswith("0 will be sent")
    run("webhook", "remove", endpoint)
    assert listed() == []


@pytest.mark.parametrize(
    "words",
    [
        ("add", "http://example.org"), ("add", URL, "--kind", "hold.shut"), ("secret", "w0"),
        ("deliveries", "w0"), ("remove", "w0"), ("replay", "w0"),
        ("replay", "w0", "--failed-since", "yesterday"),
        ("replay", "w0", "--failed-since", "2026-01-01T00:00:00"),
    ],
)  # fmt: skip
def test_a_mistake_is_said(words: tuple[str, ...]):
    with pytest.raises(InputError):
        run("webhook", *words)


def test_the_list_is_written_whole_or_not_at_all(tmp_path: Path):
    makegood = open_makegood(read_settings())
    fail(makegood, "user:ana", "email:ana@example.org")
    makegood.close()
    output = tmp_path / "held.csv"
    run("suppressions", "-o", str(output))
    with output.open() as file:
        rows = list(csv.DictReader(file))
    assert {row["identifier"] for row in rows} == {"user:ana", "email:ana@example.org"}
    assert all(row["as_of"].endswith("Z") and row["reason"] for row in rows)
    output.chmod(0o640)
    run("suppressions", "-o", str(output), "--hashed")
    digest = sha256(b"ana@example.org").hexdigest()
    assert output.read_text().splitlines()[1].startswith(f"{digest},")
    assert output.stat().st_mode & 0o777 == 0o640
    before = output.read_text()

    def breaks():
        yield Suppressed(customer=CustomerId("p1"), identifiers=("user:x",), held=True)
        raise ValueError("the store is away")

    with pytest.raises(ValueError, match="away"):
        write_list(output, breaks(), "2026-01-01T00:00:00Z", hashed=False)
    assert output.read_text() == before
    assert [path.name for path in tmp_path.glob(".held*")] == []
    run("suppressions", "-o", str(output), "--class", "service")
    assert len(output.read_text().splitlines()) == 1
    with pytest.raises(InputError, match="brand"):
        run("suppressions", "-o", str(output), "--brand", "nobody")
