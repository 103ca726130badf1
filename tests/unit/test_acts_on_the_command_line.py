"""`makegood acts` shows who did what, and notices what was changed behind its back."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.cli import app


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "m.db"
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{path}")
    monkeypatch.delenv("MAKEGOOD_KEY", raising=False)
    return path


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.stdout


def told(*words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("acts", "--format", "json", *words))
    return found


def change(file: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(sql, values)


def test_what_is_done_on_the_command_line_is_written_down(file: Path, tmp_path: Path):
    run("key", "create", "shop", "--scope", "ingest")
    digest = json.loads(run("key", "list", "--format", "json"))[0]["digest"]
    run("key", "rotate", digest, "--hours", "1")
    run("export", "-o", str(tmp_path / "log.jsonl"), "--without-personal")
    run("key", "revoke", digest)
    acts = told()
    assert [act["what"] for act in acts] == [
        "key.revoked", "log.exported", "key.rotated", "key.made", "book.activated",
    ]  # fmt: skip
    assert {act["how"] for act in acts} == {"command line"}
    assert acts[1]["after"] == {"personal": "no"}
    assert [act["what"] for act in told("--what", "key.made")] == ["key.made"]
    assert [act["place"] for act in told("--before", "3", "--limit", "1")] == [2]
    assert told("--until", "2001-01-01") == []
    assert "5 acts are whole" in run("acts", "--verify").replace("\n", " ")


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM act WHERE place = 2",
        "DELETE FROM act WHERE place = 3",
        "UPDATE act SET row_blob = (SELECT row_blob FROM act WHERE place = 1) WHERE place = 2",
    ],
)
def test_what_was_taken_out_or_changed_is_noticed(file: Path, harm: str):
    for name in ("a", "b"):
        run("key", "create", name, "--scope", "gate")
    run("acts", "--verify")
    change(file, harm)
    run("acts", "--verify", code=1)


def test_what_cannot_be_asked_for_is_said(file: Path):
    for words in (("--what", "nothing"), ("--since", "yesterday")):
        run("acts", *words, code=1)
