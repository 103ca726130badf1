"""A tag in Zendesk opens the case; tag and note come back; and our own note opens nothing."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Answered, HandedOver, Released
from makegood.messages.ids import CaseId, RepId
from makegood.ports.notices import TellingStatus
from makegood.ports.rows import CaseRow, RepRow
from makegood.settings import Settings
from tests.integration.beside_zendesk import KATHY, beside_zendesk
from tests.unit.sources.payloads import EVERY_TICKET, zendesk
from tests.vendors.zendesk import Account, too_fast

ADVERT = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL, channel="mail")


class Pair(NamedTuple):
    """A Makegood and a Zendesk that speak to each other."""

    makegood: Makegood
    zendesk: Account

    def tell(self) -> None:
        """Let everything that was noticed be told."""
        while self.makegood.teller.run_once():
            pass

    def cases(self) -> tuple[CaseRow, ...]:
        with self.makegood.store.reading() as reading:
            return reading.cases(open_only=False)

    def act(self, body: object, name: str) -> None:
        (case,) = self.cases()
        done = self.makegood.acts.act(case.customer, body, KATHY, message_id=name)
        assert hasattr(done, "event"), done


@pytest.fixture
def pair(tmp_path) -> Iterator[Pair]:
    with beside_zendesk(tmp_path) as (makegood, zendesk):
        yield Pair(makegood, zendesk)


def test_a_tag_opens_the_case_and_the_ticket_says_so(pair):
    ticket = pair.zendesk.add(7, "ana@example.org", "vip")
    pair.zendesk.agent_tags(7, "makegood")
    assert [one.status_code for one in pair.zendesk.heard] == [200]
    assert not pair.makegood.gate.ask("email:ana@example.org", ADVERT).allowed
    pair.tell()
    (case,) = pair.cases()
    (note,) = ticket.comments
    assert ticket.tags == ["vip", "makegood", "makegood_open"]
    assert not note["public"]
    assert "Kathy looks after it." in note["body"]
    assert "stopped, for every brand" in note["body"]
    assert f"https://care.northwind.example.com/desk/cases/{case.case}" in note["body"]
    assert "ana" not in note["body"].lower()


def test_our_note_and_tag_open_nothing_although_a_careless_trigger_sends_them(pair):
    """A trigger without its last condition calls at every change, also at ours."""
    pair.zendesk.triggers = {"tagged": lambda ticket, by: "makegood" in ticket.tags}
    pair.zendesk.triggers["commented"] = lambda ticket, by: True
    pair.zendesk.add(7, "ana@example.org")
    pair.zendesk.agent_tags(7, "makegood")
    pair.tell()
    heard = [one.json() for one in pair.zendesk.heard]
    assert len(heard) == 4
    assert sum(one["ignored"] for one in heard) == 3
    (case,) = pair.cases()
    assert not case.double
    with pair.makegood.store.reading() as reading:
        assert reading.unfit("zendesk") == ()


def test_a_webhook_that_comes_twice_opens_one_case(pair):
    ticket = pair.zendesk.add(7, "ana@example.org", "makegood")
    for _ in range(2):
        pair.zendesk.send("tagged", ticket, "agent")
    first, second = (one.json() for one in pair.zendesk.heard)
    assert (first["accepted"], second["accepted"], second["duplicate"]) == (1, 0, 1)
    assert len(pair.cases()) == 1


def test_made_whole_changes_the_tag_and_says_that_marketing_may_go_on(pair):
    ticket = pair.zendesk.add(7, "ana@example.org")
    pair.zendesk.agent_tags(7, "makegood")
    pair.tell()
    pair.act(Answered(case=pair.cases()[0].case, answer="good"), "good")
    pair.tell()
    assert ticket.tags == ["makegood", "makegood_whole"]
    said = "\n".join(one["body"] for one in ticket.comments)
    assert "made whole" in said
    assert pair.cases()[0].phase == "made_whole"
    assert all(not one["public"] for one in ticket.comments)


def test_a_release_closes_the_case_and_says_that_marketing_may_go_on(pair):
    ticket = pair.zendesk.add(7, "ana@example.org")
    pair.zendesk.agent_tags(7, "makegood")
    pair.tell()
    case = pair.cases()[0].case
    omar = Asker(rep=RepId("omar"), role="supervisor")
    done = pair.makegood.acts.act(
        pair.cases()[0].customer,
        Released(case=case, by=omar.rep, reason="text"),
        omar,
        message_id="released",
        texts={},
    )
    assert hasattr(done, "event"), done
    pair.tell()
    lifted, closed = (one["body"] for one in ticket.comments[1:])
    assert "Marketing may go on." in lifted
    assert "The case is closed." in closed
    assert ticket.tags == ["makegood", "makegood_closed"]


def test_another_owner_is_told(pair):
    with pair.makegood.store.writing() as writing:
        writing.put_reps([RepRow(rep=RepId("omar"), name="Omar", role="supervisor")])
    ticket = pair.zendesk.add(7, "ana@example.org")
    pair.zendesk.agent_tags(7, "makegood")
    pair.tell()
    case = pair.cases()[0].case
    pair.act(HandedOver(case=CaseId(case), to=RepId("omar"), by=RepId("kathy")), "over")
    pair.tell()
    assert "another owner" in ticket.comments[-1]["body"]
    assert "Omar looks after it." in ticket.comments[-1]["body"]


def test_what_is_told_again_after_a_crash_stands_there_once(pair):
    ticket = pair.zendesk.add(7, "ana@example.org")
    pair.zendesk.agent_tags(7, "makegood")
    pair.tell()
    now_ms = pair.makegood.clock.now_ms()
    with pair.makegood.store.writing() as writing:
        again = writing.tellings("zendesk", TellingStatus.DONE, 0, 10)
        ids = [one.said.notice.id for one in again]
        assert writing.replay_tellings("zendesk", ids, 0, now_ms) == len(ids) > 0
    pair.tell()
    assert len(ticket.comments) == 1


def test_a_zendesk_that_asks_for_time_gets_it_and_the_note_follows(pair):
    ticket = pair.zendesk.add(7, "ana@example.org")
    pair.zendesk.agent_tags(7, "makegood")
    pair.zendesk.broken = [too_fast(60)]
    pair.tell()
    assert ticket.comments == []
    with pair.makegood.store.reading() as reading:
        (waiting,) = reading.tellings("zendesk", TellingStatus.WAITING, 0, 10)
    assert waiting.next_ms > pair.makegood.clock.now_ms() + 30_000


def test_a_ticket_that_was_deleted_is_a_failed_telling_that_a_person_sees(pair):
    pair.zendesk.add(7, "ana@example.org")
    pair.zendesk.agent_tags(7, "makegood")
    del pair.zendesk.tickets[7]
    pair.tell()
    with pair.makegood.store.reading() as reading:
        (failed,) = reading.tellings("zendesk", TellingStatus.FAILED, 0, 10)
    assert "not there any more" in failed.error


def test_a_case_that_no_ticket_opened_writes_nothing(pair):
    source = pair.makegood.receiving.source("zendesk")
    (came,) = pair.makegood.receiving.turn(source, [("{}", zendesk("created"))])
    pair.makegood.intake.take(came.turned.arrivals)
    pair.tell()
    assert pair.zendesk.asked == []


def test_any_open_ticket_may_hold_by_rule_without_a_tag():
    settings = Settings(database="memory:", key=b"k" * 32, book=EVERY_TICKET)
    makegood = open_makegood(settings)
    source = makegood.receiving.source("zendesk")
    for priority, email in (("Urgent", "ana@example.org"), ("Low", "ben@example.org")):
        person = {"requester_email": email, "requester_phone": ""}
        record = zendesk("created", priority=priority, **person)
        (came,) = makegood.receiving.turn(source, [("{}", {**record, "ticket": email[0]})])
        makegood.intake.take(came.turned.arrivals)
    assert not makegood.gate.ask("email:ana@example.org", ADVERT).allowed
    assert makegood.gate.ask("email:ben@example.org", ADVERT).allowed
    makegood.close()
