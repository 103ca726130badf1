"""Trying a mail, and saying what a kind of mail is, on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.bootstrap import open_makegood
from makegood.cli import app
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError
from makegood.settings import read_settings
from tests.unit.gate.mail_kinds_world import CHEERY, CONFIRMATION, STRANGE, mail, to


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'm.db'}"
    monkeypatch.setenv("MAKEGOOD_DATABASE", address)
    monkeypatch.delenv("MAKEGOOD_KEY", raising=False)
    return address


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception:
        raise result.exception
    return result.stdout


def file_of(folder: Path, text: str, subject: str) -> str:
    path = folder / "one.eml"
    path.write_bytes(mail(text, 0, subject))
    return str(path)


def test_a_mail_is_tried_with_a_book_and_without_a_database(tmp_path: Path):
    cheery = run("classify", file_of(tmp_path, CHEERY, "Hi"), "--book", "car-rental")
    assert "mixed: a hold stops it" in cheery
    assert "Northwind Cars" in cheery
    assert "join our" in cheery
    confirmed = file_of(tmp_path, CONFIRMATION, "Your booking NW1")
    told = json.loads(run("classify", confirmed, "--book", "car-rental", "--format", "json"))
    assert (told["message_class"], told["by"]) == ("service", "signals")


def test_a_mail_is_tried_by_the_active_book_and_nothing_is_counted(database: str, tmp_path: Path):
    text = run("classify", file_of(tmp_path, STRANGE, "Hello"))
    assert "unknown: it is passed on" in text
    assert json.loads(run("mail-kinds", "list", "--all", "--format", "json")) == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"nothing\.eml: No such file"):
        run("classify", str(tmp_path / "nothing.eml"), "--book", "car-rental")


def test_a_kind_is_listed_and_said_once_and_taken_back(database: str):
    makegood = open_makegood(read_settings())
    for guest in range(2):
        found = makegood.mail_kinds.classify(mail(STRANGE, guest, "Hello"), recipients=to(guest))
    makegood.mail_kinds.tend()
    makegood.close()
    assert found.kind in run("mail-kinds", "list")
    run("mail-kinds", "set", found.kind, "survey", "--by", "ann")
    (shown,) = json.loads(run("mail-kinds", "list", "--all", "--format", "json"))
    assert (shown["message_class"], shown["by"], shown["said_by"]) == ("survey", "person", "ann")
    assert json.loads(run("mail-kinds", "list", "--format", "json")) == []
    run("mail-kinds", "set", found.kind, "unknown", "--by", "ben")
    (shown,) = json.loads(run("mail-kinds", "list", "--format", "json"))
    assert (shown["message_class"], shown["said_by"]) == (None, "ben")
    assert shown["mails"] == 2
    assert MessageClass.SURVEY.value not in shown["why"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("set", "abc", "survey", "--by", "ann"), "no kind `abc`"),
        (("set", "abc", "spam", "--by", "ann"), "`spam` is no class"),
        (("set", "rule:acme:letters", "survey", "--by", "ann"), "The rule `letters`"),
        (("list", "--brand", "nobody"), "`nobody` is not a brand"),
    ],
)
def test_what_is_not_there_is_refused(database: str, words: tuple[str, ...], message: str):
    with pytest.raises(InputError, match=message):
        run("mail-kinds", *words)
