"""Reviews taken from a table, sources asked and an author forgotten, on the command line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
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


RANKS = "query;day;place;url\nnorthwind refund;{day};1;https://stars.example/\n"


def ranks(folder: Path, text: str, *words: str, letters: str = "utf-16") -> Result:
    path = folder / "ranks.csv"
    path.write_bytes(text.encode(letters))
    return CliRunner().invoke(app, ["voice", "ranks", str(path), "--format", "json", *words])


@pytest.fixture
def watching(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_BOOK", book(tmp_path))


def test_what_a_rank_tool_exports_is_taken_once(watching: None, tmp_path: Path) -> None:
    today = datetime.now(UTC).date().isoformat()
    text = RANKS.format(day=today)
    assert json.loads(ranks(tmp_path, text).stdout) == {"source": "ranks", "new": 1}
    assert json.loads(ranks(tmp_path, text).stdout) == {"source": "ranks", "known": 1}
    wrong = ranks(tmp_path, text + "northwind refund;26.11.;1;https://stars.example/\n")
    assert wrong.exit_code == 1
    assert json.loads(wrong.stdout) == {"source": "ranks", "known": 1, "wrong": 1}
    assert "line 3: `26.11.` is no day" in wrong.stderr
    assert "0 posts without" in run("voice", "tidy")


def test_a_file_or_a_day_that_is_none_is_told(watching: None, tmp_path: Path) -> None:
    for words, why in (
        (("--export", "x"), "no export"),
        (("--day", "x"), "no day"),
        (("--export", "serpapi"), "no JSON"),
        (("--column", "url=Page"), "no column `Page`"),
    ):
        found = ranks(tmp_path, RANKS, *words, letters="utf-8")
        assert isinstance(found.exception, InputError)
        assert why in str(found.exception)
    with pytest.raises(InputError, match="No such file"):
        run("voice", "ranks", str(tmp_path / "nothing.csv"))


def test_without_a_watched_search_nothing_is_read(database: str, tmp_path: Path) -> None:
    found = ranks(tmp_path, RANKS)
    assert "watches no search" in str(found.exception)
