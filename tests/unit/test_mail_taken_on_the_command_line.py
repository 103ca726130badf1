"""Mail taken from files by `makegood mail`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.cli import app

EML = Path("tests/mails/eml")


@pytest.fixture
def run(tmp_path: Path):
    def running(*words: str):
        return CliRunner().invoke(
            app, ["mail", *words, "--database", f"sqlite:///{tmp_path}/m.db"]
        )

    return running


def test_files_are_taken_once_and_what_nobody_can_file_is_listed(run) -> None:
    letter, nobody = str(EML / "letter_en.eml"), str(EML / "no_from.eml")
    assert "1 set aside, 1 taken" in run("take", letter, nobody).output
    assert "1 known" in run("take", letter).output
    listed = run("aside").output
    assert "does not say from whom" in listed
    found = next(word for word in listed.split() if len(word) == 32)
    assert "A letter without a sender." in run("aside", found).output
    assert run("aside", "nothing").exit_code


def test_a_mailbox_has_to_be_named(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKEGOOD_IMAP", raising=False)
    assert "MAKEGOOD_IMAP" in str(run("fetch").exception)
