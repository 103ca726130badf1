"""Mail that was set aside, on the command line."""

from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.bootstrap import open_makegood
from makegood.cli import app
from makegood.ports.unfit import Unfit
from makegood.settings import read_settings

LARGE = b"From: a@example.com\r\nSubject: \xff\r\n\r\n" + b"Help me.\r\n" * 9_000


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path / 'm.db'}")
    monkeypatch.setenv("MAKEGOOD_ATTACHMENTS", str(tmp_path / "files"))
    monkeypatch.delenv("MAKEGOOD_KEY", raising=False)
    monkeypatch.delenv("MAKEGOOD_BOOK", raising=False)


def test_one_is_printed_as_it_came_however_many_came_after_it() -> None:
    with closing(open_makegood(read_settings())) as makegood:
        makegood.post.room.set_aside(LARGE, "It could not be taken.")
        with makegood.store.reading() as reading:
            (first,) = reading.unfit("mail")
        later = [
            Unfit(id=f"{n:032x}", source="mail", at_ms=first.at_ms + 1 + n, reason="x", record="y")
            for n in range(205)
        ]
        with makegood.store.writing() as writing:
            writing.put_unfit(later)
    assert CliRunner().invoke(app, ["mail", "aside", first.id]).stdout_bytes == LARGE
    listed = CliRunner().invoke(app, ["mail", "aside"])
    assert "newest 200 of 206" in listed.stderr
    wrong = CliRunner().invoke(app, ["mail", "aside", "none"])
    assert "Nothing is set aside" in str(wrong.exception or wrong.stderr)
