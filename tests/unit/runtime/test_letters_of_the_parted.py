"""After two customers are parted each letter stands with the one whose address wrote it."""

from pathlib import Path

import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.facts import Body, FailureRaised, GotInTouch, Identified, Linked, Unlinked
from makegood.messages.ids import ProfileId, RepId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus, RepRow
from makegood.runtime.answering_letters import Answer, First, LetterAnswers
from makegood.runtime.intake import body_digest
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.integration.mail_server import MailServer

EML = Path("tests/mails/eml")
NOON_MS = 1_795_694_400_000
KATHY = Asker(rep=RepId("kathy"), role="rep")


class Firm:
    """Ana and Ben, each with a number and an address."""

    def __init__(self, smtp: str = "") -> None:
        settings = Settings(database="memory:", key=b"k" * 32, smtp=smtp)
        self.it: Makegood = open_makegood(settings, clock=FakeClock(NOON_MS))
        self.clock = self.it.clock
        self.count = 0
        with self.it.store.writing() as writing:
            writing.put_reps((RepRow(rep=KATHY.rep, name="Kathy", role="rep"),))

    def says(self, who: str, body: Body, name: str, email: str = "") -> None:
        arrival = Arrival(
            source="desk", message_id=name, identifier=who, time_ms=self.it.clock.now_ms(),
            body=body, body_digest=body_digest(body),
            lookups=(f"email:{email}",) if email else (),
        )  # fmt: skip
        self.it.intake.take([arrival])
        self.clock.advance(1_000)

    def known(self, who: str, email: str) -> None:
        self.count += 1
        self.says(who, Identified(), f"known/{self.count}", email)

    def link(self, left: str, right: str) -> None:
        self.says(left, Linked(other=self.it.intake.profile(right)), "link")

    def part(self, left: str, right: str) -> None:
        other = self.it.intake.profile(right)
        self.says(left, Unlinked(other=other, by=KATHY.rep), "part")

    def takes(self, name: str = "letter_en", **changed: str):
        raw = (EML / f"{name}.eml").read_bytes()
        sender = next(iter(self.it.book.brands.values())).sender
        raw = raw.replace(b"help@cars.example", sender.encode())
        for old, new in changed.items():
            raw = raw.replace(old.encode(), new.encode())
        self.clock.advance(1_000)
        return self.it.post.room.take(raw)

    def customer(self, who: str):
        profile = self.it.intake.profile(who)
        with self.it.store.reading() as reading:
            return reading.customers_of([profile])[profile]

    def letters(self, who: str):
        with self.it.store.reading() as reading:
            own = reading.profiles_of([self.customer(who)])[self.customer(who)]
            return reading.letters_of(own, limit=99)

    def wrote(self, who: str):
        with self.it.store.reading() as reading:
            history = reading.history(self.customer(who))
        return [one.body for one in history if isinstance(one.body, GotInTouch)]

    def waits(self, who: str) -> bool:
        with self.it.store.reading() as reading:
            row = reading.row(self.customer(who))
        return any(one.came_ms for one in decode_state(row.state).my_person.threads)


@pytest.fixture
def firm():
    it = Firm()
    yield it
    it.it.close()


BEN = {"ana@example.com": "ben@example.com", "<a1@": "<b1@"}


@pytest.mark.parametrize("order", [("user:ana", "user:ben"), ("user:ben", "user:ana")])
def test_each_letter_goes_with_whose_address_wrote_it(firm: Firm, order: tuple[str, str]) -> None:
    firm.known("user:ana", "ana@example.com")
    firm.known("user:ben", "ben@example.com")
    firm.link(*order)
    assert firm.customer("user:ana") == firm.customer("user:ben")
    firm.takes()
    firm.takes(**BEN)
    firm.part(*order)
    assert firm.customer("user:ana") != firm.customer("user:ben")
    assert [one.sender for one in firm.letters("user:ana")] == ["ana@example.com"]
    assert [one.sender for one in firm.letters("user:ben")] == ["ben@example.com"]
    assert len(firm.wrote("user:ana")) == len(firm.wrote("user:ben")) == 1


@pytest.mark.parametrize("order", [("user:ana", "user:ben"), ("user:ben", "user:ana")])
def test_the_case_of_a_letter_that_was_sent_on_goes_with_whose_address_wrote_it(
    firm: Firm, order: tuple[str, str]
) -> None:
    firm.known("user:ana", "ana@example.com")
    firm.known("user:ben", "ben@example.com")
    firm.link(*order)
    domain = next(iter(firm.it.book.brands.values())).sender.rpartition("@")[2]
    own = {"front@cars.example": f"front@{domain}"}
    firm.takes("forwarded_en", **own)
    firm.takes("forwarded_en", **{**own, "ana@example.com": "ben@example.com", "<f1@": "<f2@"})
    firm.part(*order)
    for who in order:
        with firm.it.store.reading() as reading:
            history = reading.history(firm.customer(who))
            raised = [one.body for one in history if isinstance(one.body, FailureRaised)]
            assert len(raised) == 1
            assert "no car" in reading.texts([raised[0].words])[raised[0].words]


def test_an_address_that_was_a_customer_of_its_own_takes_its_letters_along(firm: Firm) -> None:
    firm.known("user:ana", "other@example.com")
    firm.takes()  # from ana@, whom nobody knew
    firm.link("user:ana", "email:ana@example.com")
    firm.takes(**{"<a1@": "<a2@"}, two="three")
    firm.part("user:ana", "email:ana@example.com")
    assert firm.letters("user:ana") == ()
    assert len(firm.letters("email:ana@example.com")) == 2


def test_an_answer_goes_with_the_letter_and_so_does_who_waits(firm: Firm) -> None:
    firm.known("user:ana", "ana@example.com")
    firm.known("user:ben", "ben@example.com")
    firm.link("user:ana", "user:ben")
    firm.takes()
    firm.takes(**BEN)
    ben = next(one for one in firm.letters("user:ana") if one.sender == "ben@example.com")
    brand = next(iter(firm.it.book.brands))
    firm.clock.advance(1_000)
    answers = LetterAnswers(firm.it.store, firm.it.acts, firm.clock, firm.it.post.attaching)
    answers.reply(Answer(letter=ben, text="Soon.", brand=brand), KATHY, firm.it.book, "r1")
    firm.part("user:ana", "user:ben")
    assert [one.kind for one in firm.letters("user:ben")] == ["answer", "letter"]
    assert [one.kind for one in firm.letters("user:ana")] == ["letter"]
    assert (firm.waits("user:ana"), firm.waits("user:ben")) == (True, False)


def test_a_letter_that_came_again_while_they_are_one_counts_once(firm: Firm) -> None:
    firm.known("user:ana", "ana@example.com")
    firm.known("user:ben", "ben@example.com")
    firm.link("user:ana", "user:ben")
    assert firm.takes(**BEN).became == "taken"
    with firm.it.store.writing() as writing:  # a crash before the letter was kept
        writing.erase_letters([firm.it.intake.profile("user:ben")])
    assert firm.takes(**BEN).became == "taken"
    assert len(firm.wrote("user:ben")) == 1


@pytest.mark.parametrize("is_parted", [False, True])
def test_a_letter_does_not_go_to_an_address_that_is_another_customer_s_by_now(
    is_parted: bool,
) -> None:
    """About Ana's case, to Ben's address; they were parted before it went out."""
    with MailServer() as server:
        firm = Firm(f"smtp://127.0.0.1:{server.port}")
        firm.known("user:ana", "ana@example.com")
        firm.known("user:ben", "ben@example.com")
        firm.link("user:ana", "user:ben")
        it, ana = firm.it, ProfileId(firm.it.intake.profile("user:ana"))
        brand = next(iter(it.book.brands))
        first = First(profile=ana, to="ben@example.com", subject="Hers", text="Hi.", brand=brand)
        answers = LetterAnswers(it.store, it.acts, firm.clock, it.post.attaching)
        assert isinstance(answers.begin(first, KATHY, it.book, "b1"), str)
        if is_parted:
            firm.part("user:ana", "user:ben")
        firm.clock.advance(15_000)
        it.worker.run_once()
        assert len(server.box.mails) == (not is_parted)
        with it.store.reading() as reading:
            (row,) = reading.outbox_of([ana])
        assert row.status is (OutboxStatus.FAILED if is_parted else OutboxStatus.DONE)
        assert ("another customer's" in row.error) == is_parted
        it.close()
