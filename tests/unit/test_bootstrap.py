"""Settings that would open a door are refused, and a deployment keeps what it was started with."""

import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.cli.opening import opened
from makegood.core.decide import Asker
from makegood.core.holds import Question
from makegood.engines import open_store
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import RepId
from makegood.runtime.shelf import LOOK_MS
from makegood.settings import read_settings
from makegood.testing.clock import FakeClock

PROMOTION = Question(brand="", message_class=MessageClass.PROMOTIONAL, channel="mail")


def environ(folder: Path, **more: str) -> dict[str, str]:
    return {"MAKEGOOD_DATABASE": f"sqlite:///{folder / 'data' / 'm.db'}", **more}


def let_down(makegood: Makegood) -> None:
    """Raise a failure by hand."""
    failure = FailureRaised(failure="other")
    makegood.raising.raise_failure(
        "user:1", failure, Asker(rep=RepId("kathy")), message_id="m1", words=""
    )


def test_a_secret_that_can_be_guessed_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="MAKEGOOD_KEY"):
        read_settings(environ(tmp_path, MAKEGOOD_KEY="changeme"))
    assert read_settings(environ(tmp_path, MAKEGOOD_KEY="0" * 16 + "1" * 16)).key


@pytest.mark.parametrize("content", [b"", b"  \n", b"short"])
def test_a_key_file_that_was_cut_off_signs_nothing(tmp_path: Path, content: bytes):
    path = tmp_path / "data" / "m.db.key"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"m\.db\.key"):
        read_settings(environ(tmp_path))


def test_what_a_deployment_keeps_is_for_its_own_account_only(tmp_path: Path):
    first = read_settings(environ(tmp_path))
    assert read_settings(environ(tmp_path)).key == first.key
    open_store(first.database).close()
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").rglob("*")}
    assert modes[tmp_path / "data" / "m.db.key"] == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_an_address_that_cannot_be_read_is_not_repeated_with_its_password():
    with pytest.raises(InputError) as wrong:
        open_store("mysql://makegood:s3cret@db/makegood")
    assert "s3cret" not in str(wrong.value)


def test_another_database_is_opened_with_its_own_secret(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAKEGOOD_KEY", raising=False)
    monkeypatch.delenv("MAKEGOOD_DATABASE", raising=False)
    database = environ(tmp_path)["MAKEGOOD_DATABASE"]
    with opened(database) as makegood:
        let_down(makegood)
    elsewhere = read_settings(environ(tmp_path))
    served = open_makegood(elsewhere)
    assert served.gate.ask("user:1", PROMOTION).reason == "hold"
    served.close()


def test_a_command_without_a_book_keeps_the_one_that_is_active(tmp_path: Path):
    settings = read_settings(environ(tmp_path, MAKEGOOD_BOOK="airline"))
    open_makegood(settings).close()
    later = open_makegood(replace(settings, book=""))
    assert later.book.name == "airline"
    later.close()


def test_a_book_that_another_process_brought_is_read_when_it_is_needed(tmp_path: Path):
    settings = read_settings(environ(tmp_path, MAKEGOOD_BOOK="airline"))
    clock = FakeClock()
    serving = open_makegood(settings, clock=clock)
    airline = serving.library.active
    other = open_makegood(replace(settings, book="car-rental"), clock=clock)
    let_down(other)
    brought = other.library.active
    other.close()
    assert brought not in dict(serving.library.books)
    assert serving.gate.ask("user:1", PROMOTION).reason == "hold"
    serving.worker.run_once()
    with serving.store.reading() as reading:
        assert reading.counts()["stuck_customers"] == 0
    assert serving.library.book(brought).name == "car-rental"
    assert serving.library.active == airline
    clock.advance(LOOK_MS)
    assert serving.library.active == brought
    serving.close()


def test_web_origins_are_scheme_host_and_port_and_nothing_more(tmp_path: Path):
    given = "https://Shop.example.org/, http://localhost:3000"
    settings = read_settings(environ(tmp_path, MAKEGOOD_ORIGINS=given))
    assert settings.origins == ("https://shop.example.org", "http://localhost:3000")
    assert read_settings(environ(tmp_path)).origins == ()
    for wrong in ("shop.example.org", "https://a.example/path", "https://", "ftp://a.example"):
        with pytest.raises(InputError, match="MAKEGOOD_ORIGINS"):
            read_settings(environ(tmp_path, MAKEGOOD_ORIGINS=wrong))


@pytest.mark.parametrize(
    ("given", "per_second", "burst"),
    [("20", 20, 20), ("20/100", 20, 100), ("0.5/3", 0.5, 3), ("0", 0, 1), ("", 100, 200)],
)
def test_a_pace_is_read(given: str, per_second: float, burst: float):
    environ = {"MAKEGOOD_DATABASE": "memory:", "MAKEGOOD_KEY": "k" * 32}
    settings = read_settings({**environ, "MAKEGOOD_LIMIT_API": given})
    assert (settings.limits.api.per_second, settings.limits.api.burst) == (per_second, burst)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("MAKEGOOD_LIMIT_KEYS", "fast"),
        ("MAKEGOOD_LIMIT_API", "-1"),
        ("MAKEGOOD_LIMIT_ADDRESSES", "1/"),
        ("MAKEGOOD_LIMIT_KEYS", "1e9"),
        ("MAKEGOOD_LOG", "xml"),
    ],
)
def test_a_pace_or_a_log_that_cannot_be_read_is_named(name: str, given: str):
    environ = {"MAKEGOOD_DATABASE": "memory:", "MAKEGOOD_KEY": "k" * 32, name: given}
    with pytest.raises(InputError, match=name):
        read_settings(environ)
