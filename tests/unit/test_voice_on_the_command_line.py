"""Reviews taken from a table, sources asked and an author forgotten, on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.bootstrap import open_makegood
from makegood.cli import app
from makegood.messages.errors import InputError
from makegood.playbooks.voice import Listening
from makegood.settings import read_settings
from tests.unit.runtime.voice.world import book, said

HEAD = "id,author,text,at,rating,answered\n"


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


def table(folder: Path, rows: str) -> str:
    path = folder / "reviews.csv"
    path.write_text(HEAD + rows)
    return str(path)


def taken(path: str, *words: str) -> dict[str, object]:
    return json.loads(run("voice", "import", path, "--format", "json", *words))


def test_a_review_is_taken_once_and_a_later_export_brings_its_answer(
    database: str, tmp_path: Path
) -> None:
    path = table(tmp_path, "1,Ana,No car,2026-11-20,1,\n")
    assert taken(path, "--waits", "99999") == {"source": "reviews", "waiting": 1}
    assert taken(path) == {"source": "reviews", "known": 1}
    assert taken(path, "--source", "other", "--waits", "0") == {"source": "other", "old": 1}
    path = table(tmp_path, "1,Ana,No car,2026-11-20,1,2026-11-21\n")
    assert taken(path) == {"source": "reviews", "answered": 1}
    assert "reviews: 1 known" in run("voice", "import", path)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--brand", "nobodys"], "no brand `nobodys`"),
        (["--export", "x"], "no export `x`"),
        (["--column", "text"], "--column text=Review"),
        (["--column", "stars=Stars"], "no field of a review"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    database: str, tmp_path: Path, words: list[str], why: str
) -> None:
    with pytest.raises(InputError, match=why):
        run("voice", "import", table(tmp_path, ""), *words)


def test_a_file_that_is_not_there_is_named(database: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.csv: No such file"):
        run("voice", "import", str(tmp_path / "nothing.csv"))


def test_an_author_who_is_no_customer_is_forgotten(database: str) -> None:
    makegood = open_makegood(read_settings())
    source = Listening(id="hashtag", network="mastodon")
    makegood.voice.room.hear(source, [said("1"), said("2")])
    makegood.close()
    assert "2 forgotten." in run("voice", "forget", "mastodon", "@Ana@example.social")
    with pytest.raises(InputError, match="Nothing of this handle"):
        run("voice", "forget", "mastodon", "ana@example.social")


def test_a_source_that_cannot_be_reached_is_told(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(book(tmp_path))
    path.write_text(path.read_text().replace("https://example.social", "https://127.0.0.1:1"))
    path.write_text(path.read_text().replace("https://blog.example", "https://127.0.0.1:1"))
    monkeypatch.setenv("MAKEGOOD_BOOK", str(path))
    told = run("voice", "fetch")
    assert "hashtag: 1 away" in told
    assert "blog: 1 away" in told
    assert "forum" not in told
