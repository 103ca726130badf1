"""An answer to a letter: ordered, undone, waited for again."""

from pathlib import Path

import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.errors import Refused
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.ports.rows import OutboxStatus, RepRow
from makegood.runtime.answering_letters import Answer, LetterAnswers
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.integration.mail_server import MailServer

EML = Path("tests/mails/eml")
NOON_MS = 1_795_694_400_000
KATHY = Asker(rep=RepId("kathy"), role="rep")


class Desk:
    """A customer who wrote, and Kathy who answers."""

    def __init__(self, makegood: Makegood, clock: FakeClock) -> None:
        self.makegood, self.clock = makegood, clock
        with makegood.store.writing() as writing:
            writing.put_reps((RepRow(rep=KATHY.rep, name="Kathy Moreno", role="rep"),))
        self.customer = makegood.post.room.take((EML / "letter_en.eml").read_bytes()).customer
        self.answers = LetterAnswers(makegood.store, makegood.acts, clock, makegood.post.attaching)
        self.brand = next(iter(makegood.book.brands))

    def letters(self):
        with self.makegood.store.reading() as reading:
            return reading.letters_of([ProfileId(self.customer)])

    def reply(self, text: str = "We are on our way.", name: str = "r1"):
        letter = next(one for one in self.letters() if one.kind == "letter")
        answer = Answer(letter=letter, text=text, brand=self.brand)
        return self.answers.reply(answer, KATHY, self.makegood.book, name)

    def thread(self):
        with self.makegood.store.reading() as reading:
            row = reading.row(self.customer)
        return decode_state(row.state).my_person.threads[-1]

    def orders(self):
        with self.makegood.store.reading() as reading:
            rows = reading.outbox_of(reading.profiles_of([self.customer])[self.customer])
        return [row for row in rows if row.command.step.startswith("reply/")]


@pytest.fixture
def desk():
    clock = FakeClock(NOON_MS)
    with MailServer() as server:
        settings = Settings(
            database="memory:", key=b"k" * 32, smtp=f"smtp://127.0.0.1:{server.port}"
        )
        it = open_makegood(settings, clock=clock)
        found = Desk(it, clock)
        found.box = server.box
        yield found
        it.close()


def test_an_answer_goes_out_when_it_cannot_be_undone_any_more(desk: Desk) -> None:
    assert desk.thread().came_ms
    assert isinstance(desk.reply(), str)
    assert not desk.thread().came_ms
    desk.makegood.worker.run_once()
    assert desk.box.mails == []
    desk.clock.advance(15_000)
    desk.makegood.worker.run_once()
    (mail,) = desk.box.mails
    assert mail["To"] == "ana@example.com"
    assert mail["Subject"] == "Re: No car at the desk"
    assert mail["In-Reply-To"] == "<a1@example.com>"
    assert mail["References"] == "<a1@example.com>"
    assert "Kathy Moreno" in mail["From"]
    assert mail["Auto-Submitted"] is None
    assert mail.get_content().strip() == "We are on our way."
    assert {one.kind for one in desk.letters()} == {"letter", "answer"}
    assert mail["Message-ID"] in {one.message_id for one in desk.letters()}


def test_the_same_form_sent_twice_is_one_answer(desk: Desk) -> None:
    assert desk.reply() == desk.reply()
    assert len(desk.orders()) == 1


def test_an_answer_is_undone_and_the_customer_waits_since_they_did(desk: Desk) -> None:
    since_ms = desk.thread().came_ms
    desk.clock.advance(5_000)
    event = desk.reply()
    desk.clock.advance(3_000)
    assert desk.answers.take_back(desk.customer, EventId(event), KATHY, "u1") is None
    assert desk.thread().came_ms == since_ms
    assert [row.status for row in desk.orders()] == [OutboxStatus.WITHDRAWN]
    desk.clock.advance(60_000)
    desk.makegood.worker.run_once()
    assert desk.box.mails == []


def test_what_is_on_its_way_cannot_be_undone(desk: Desk) -> None:
    event = desk.reply()
    desk.clock.advance(14_500)
    late = desk.answers.take_back(desk.customer, EventId(event), KATHY, "u1")
    assert isinstance(late, Refused)
    assert late.code == "too_late"


def test_an_answer_that_nobody_takes_lets_the_customer_wait_again(desk: Desk) -> None:
    since_ms = desk.thread().came_ms
    desk.reply()
    desk.box.rcpt.append("550 5.1.1 unknown")
    desk.clock.advance(15_000)
    desk.makegood.worker.run_once()
    assert desk.thread().came_ms == since_ms


def test_an_answer_of_the_customer_to_ours_stays_in_the_conversation(desk: Desk) -> None:
    desk.reply()
    (answer,) = [one for one in desk.letters() if one.kind == "answer"]
    raw = (EML / "reply_en.eml").read_bytes().replace(
        b"<c1@cars.example>", answer.message_id.encode()
    )  # fmt: skip
    took = desk.makegood.post.room.take(raw)
    assert took.customer == desk.customer
    assert {one.thread for one in desk.letters()} == {answer.thread}


def test_nothing_and_nobody_answer_nothing(desk: Desk) -> None:
    empty = desk.reply("  ")
    assert isinstance(empty, Refused)
    letter = desk.letters()[0]
    answer = Answer(letter=letter, text="Hello", brand="no_such_brand")
    said = desk.answers.reply(answer, KATHY, desk.makegood.book, "r2")
    assert isinstance(said, Refused)
    answer = Answer(letter=letter, text="Hello", brand=desk.brand)
    said = desk.answers.reply(answer, Asker(), desk.makegood.book, "r3")
    assert isinstance(said, Refused)


def test_nobody_waits_for_a_second_letter_that_was_undone(desk: Desk) -> None:
    """The first one reached them: they wait for nothing."""
    desk.reply()
    desk.clock.advance(15_000)
    desk.makegood.worker.run_once()
    desk.clock.advance(3_600_000)
    event = desk.reply("And by the way.", "r2")
    assert isinstance(event, str)
    assert desk.answers.take_back(desk.customer, EventId(event), KATHY, "u1") is None
    assert not desk.thread().came_ms
    desk.clock.advance(60_000)
    desk.makegood.worker.run_once()
    assert len(desk.box.mails) == 1
    again = desk.reply("And by the way, once more.", "r3")
    assert isinstance(again, str)
