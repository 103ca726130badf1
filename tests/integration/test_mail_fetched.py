"""Mail fetched from a real Dovecot, and mail sent by SMTP: taken once, lost never."""

import smtplib
from contextlib import contextmanager
from pathlib import Path

import pytest

from makegood.bootstrap import Makegood, SystemClock, open_makegood
from makegood.messages.facts import GotInTouch
from makegood.runtime.mail_rounds import MailRounds
from makegood.settings import Settings
from makegood.sources.imap import MailAway, box_of, opened_box
from makegood.sources.smtp_in import Doing, listener
from makegood.testing.clock import FakeClock
from tests.dovecot import Dovecot
from tests.postfix import free_port

EML = Path("tests/mails/eml")
NOON_MS = 1_795_694_400_000
ALL = sorted(EML.glob("*.eml"))


@pytest.fixture
def makegood(tmp_path: Path):
    database = f"sqlite:///{tmp_path}/m.db"
    settings = Settings(database=database, key=b"k" * 32, attachments=str(tmp_path / "files"))
    it = open_makegood(settings, clock=FakeClock(NOON_MS))
    yield it
    it.close()


def rounds(it: Makegood, server: Dovecot, tls: str = "none") -> MailRounds:
    def opening(box):
        return opened_box(box, server.trust)

    box = box_of(server.url(tls=tls))
    return MailRounds(it.store, it.post.room, box, SystemClock(), opening)


def begun(it: Makegood, server: Dovecot, tls: str = "none") -> MailRounds:
    """Look into the mailbox while it is empty: what comes from here on is new."""
    looking = rounds(it, server, tls)
    assert looking.run_once() == {}
    return looking


def letters_in(it: Makegood) -> int:
    with it.store.reading() as reading:
        return sum(isinstance(one.body, GotInTouch) for _, one in reading.log(0, 10_000))


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_what_is_new_is_taken_once(makegood: Makegood, dovecot_server: Dovecot, tls: str) -> None:
    looking = begun(makegood, dovecot_server, tls)
    dovecot_server.put("1", (EML / "letter_en.eml").read_bytes())
    assert looking.run_once() == {"taken": 1}
    assert looking.run_once() == {}
    assert list(dovecot_server.flags().values()) == ["S"]
    dovecot_server.put("2", (EML / "reply_de.eml").read_bytes())
    assert looking.run_once() == {"taken": 1}
    assert letters_in(makegood) == 2


def test_every_fixture_comes_through_and_a_new_mailbox_takes_nothing_twice(
    makegood: Makegood, dovecot_server: Dovecot
) -> None:
    begun(makegood, dovecot_server)
    for number, path in enumerate(ALL):
        dovecot_server.put(f"{number:03}", path.read_bytes())
    became = rounds(makegood, dovecot_server).run_once()
    assert sum(became.values()) == len(ALL)
    before = letters_in(makegood)
    dovecot_server.forget()
    again = rounds(makegood, dovecot_server).run_once()
    assert sum(again.values()) == len(ALL)
    assert "taken" not in again
    assert letters_in(makegood) == before


def test_what_was_there_before_anybody_looked_is_old_until_it_is_asked_for(
    makegood: Makegood, dovecot_server: Dovecot
) -> None:
    dovecot_server.put("old", (EML / "letter_en.eml").read_bytes())
    looking = begun(makegood, dovecot_server)
    dovecot_server.put("new", (EML / "reply_de.eml").read_bytes())
    assert looking.run_once() == {"taken": 1}
    assert looking.run_once(everything=True) == {"taken": 1, "known": 1}
    assert looking.run_once() == {}
    assert letters_in(makegood) == 2


def test_of_a_mailbox_that_was_made_anew_what_came_long_ago_is_not_read_again(
    makegood: Makegood, dovecot_server: Dovecot
) -> None:
    begun(makegood, dovecot_server)
    for name, days in (("letter_en", 40), ("reply_de", 0)):
        dovecot_server.put(name, (EML / f"{name}.eml").read_bytes(), days_ago=days)
    assert rounds(makegood, dovecot_server).run_once() == {"taken": 2}
    dovecot_server.forget()
    assert rounds(makegood, dovecot_server).run_once() == {"known": 1}
    assert rounds(makegood, dovecot_server).run_once() == {}
    dovecot_server.put("reply_es", (EML / "reply_es.eml").read_bytes())
    assert rounds(makegood, dovecot_server).run_once() == {"taken": 1}


class Crash(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_crash_loses_and_repeats_nothing(
    makegood: Makegood, dovecot_server: Dovecot, where: str
) -> None:
    begun(makegood, dovecot_server)
    for name in ("letter_en", "reply_es", "reply_de"):
        dovecot_server.put(name, (EML / f"{name}.eml").read_bytes())

    class Dying:
        """Takes one mail, and dies before or after the next was taken."""

        def __init__(self) -> None:
            self.count = 0

        def take(self, raw: bytes, note: str = ""):
            self.count += 1
            if self.count == 2 and where == "before":
                raise Crash
            took = makegood.post.room.take(raw, note)
            if self.count == 2:
                raise Crash
            return took

    dying = rounds(makegood, dovecot_server)
    dying._room = Dying()  # type: ignore[assignment]
    with pytest.raises(Crash):
        dying.run_once()
    rounds(makegood, dovecot_server).run_once()
    assert letters_in(makegood) == 3


def test_a_mail_that_fails_again_and_again_holds_up_no_other(
    makegood: Makegood, dovecot_server: Dovecot
) -> None:
    begun(makegood, dovecot_server)
    for name in ("letter_en", "reply_es"):
        dovecot_server.put(name, (EML / f"{name}.eml").read_bytes())

    class Failing:
        """Breaks at one mail, whenever it comes."""

        set_aside = makegood.post.room.set_aside

        def take(self, raw: bytes, note: str = ""):
            if b"R-7" in raw:
                raise ValueError
            return makegood.post.room.take(raw, note)

    looking = rounds(makegood, dovecot_server)
    looking._room = Failing()  # type: ignore[assignment]
    assert looking.run_once() == {"set aside": 1, "taken": 1}
    with makegood.store.reading() as reading:
        (kept,) = reading.unfit("mail")
    assert "ValueError" in kept.reason


def test_a_mailbox_that_is_away_or_refuses_says_so_without_its_password(
    makegood: Makegood, dovecot_server: Dovecot
) -> None:
    for url in (
        f"imap://help%40cars.example:wrong@127.0.0.1:{dovecot_server.port}/INBOX",
        f"imap://help:secret@127.0.0.1:{free_port()}/INBOX",
    ):
        with pytest.raises(MailAway) as away, opened_box(box_of(url)):
            pass
        assert "wrong" not in str(away.value)
        assert "secret" not in str(away.value)


@contextmanager
def listening(doing: Doing):
    port = free_port()
    server = listener(doing, "127.0.0.1", port)
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", port) as client:
            yield client
    finally:
        server.stop()


def test_mail_is_taken_by_smtp_for_our_own_addresses_alone(makegood: Makegood) -> None:
    brand = next(iter(makegood.book.brands.values()))
    doing = Doing(is_ours=makegood.post.is_ours, take=makegood.post.room.take)
    raw = (EML / "letter_en.eml").read_bytes()
    with listening(doing) as client:
        client.sendmail("ana@example.com", [brand.sender], raw)
        client.sendmail("ana@example.com", [brand.sender], raw)
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.sendmail("ana@example.com", ["somebody@else.example"], raw)
    assert refused.value.recipients["somebody@else.example"][0] == 550
    assert letters_in(makegood) == 1
    with makegood.store.reading() as reading:
        bodies = [one.body for _, one in reading.log(0, 99)]
    (wrote,) = [one for one in bodies if isinstance(one, GotInTouch)]
    assert wrote.brand == brand.id


def test_a_mail_that_could_not_be_kept_is_not_accepted() -> None:
    def fails(_: bytes) -> None:
        raise OSError

    with (
        listening(Doing(is_ours=lambda _: True, take=fails)) as client,
        pytest.raises(smtplib.SMTPDataError) as refused,
    ):
        client.sendmail("ana@example.com", ["help@cars.example"], b"Subject: x\r\n\r\nx")
    assert refused.value.smtp_code == 451
