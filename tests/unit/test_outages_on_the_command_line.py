"""A database that is away is one sentence and exit code 1, whoever tells of it."""

import sqlite3
import sys

import pytest
from django.db.utils import OperationalError

from makegood import cli


def _as_django_tells_it() -> Exception:
    try:
        try:
            raise sqlite3.OperationalError("the database system is starting up\nHINT: a statement")
        except sqlite3.OperationalError as fault:
            raise OperationalError(str(fault)) from fault
    except OperationalError as told:
        return told


@pytest.mark.parametrize(
    "fault", [sqlite3.OperationalError("disk I/O error\nmore"), _as_django_tells_it()]
)
def test_an_outage_is_one_sentence_without_a_trace(monkeypatch, capsys, fault: Exception):
    def away() -> None:
        raise fault

    monkeypatch.setattr(sys, "argv", ["makegood", "serve"])
    monkeypatch.setattr(cli, "_whole", lambda: away)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "The database cannot be used now" in said
    assert "Try again when it answers." in said
    assert "Traceback" not in said
    assert "statement" not in said


def test_another_fault_is_not_called_an_outage(monkeypatch):
    def broken() -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(sys, "argv", ["makegood", "serve"])
    monkeypatch.setattr(cli, "_whole", lambda: broken)
    with pytest.raises(ValueError, match="of ours"):
        cli.main()
