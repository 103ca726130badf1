"""Approval by a second person: never the same one, once, with a clock, and appealed once."""

from typing import Any

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.proposed import Proposal, ProposalStatus
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Approved, Contested, Proposed, Released, TurnedDown
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.giving import Goodwill
from makegood.testing.book import HOUR_MS, small_book
from tests.unit.core.day import Day

KATHY = Asker(rep=RepId("kathy"), role="agent")
TOM = Asker(rep=RepId("tom"), role="supervisor")
SUE = Asker(rep=RepId("sue"), role="supervisor")


def library(**changes: Any) -> Library:
    book = replace(small_book(), approval_ms=2 * HOUR_MS, **changes)
    return Library(active=book.hash, books={book.hash: book})


@pytest.fixture
def day() -> Day:
    day = Day(library())
    day.late()
    return day


def wants(day: Day, cents: int = 60_000, **more: Any) -> Proposed:
    fields: dict[str, Any] = {"remedy": "x", "off_script": True, "reason": "r1"} | more
    return Proposed(case=day.id, cost=Money(cents), **fields)


def asks(day: Day, wanted: Any, asker: Asker) -> Any:
    return decide(day.state, wanted, asker, day.now_ms, day.library)


def code(day: Day, wanted: Any, asker: Asker) -> str:
    refused = asks(day, wanted, asker).refused
    return refused.code if refused is not None else ""


def does(day: Day, wanted: Any, asker: Asker) -> None:
    decision = asks(day, wanted, asker)
    assert decision.body is not None, decision.refused
    day.told(decision.body)


def proposed(day: Day, **more: Any) -> Proposal:
    does(day, wants(day, **more), KATHY)
    return day.case.proposals[-1]


def yes(day: Day) -> Approved:
    return Approved(case=day.id, proposed=day.case.proposals[-1].event)


def no(day: Day, reason: str = "r2") -> TurnedDown:
    return TurnedDown(case=day.id, proposed=day.case.proposals[-1].event, reason=reason)


def appeal(day: Day) -> Contested:
    return Contested(case=day.id, proposed=day.case.proposals[-1].event)


def orders(day: Day) -> list[tuple[str, int]]:
    given = [one.order for one in day.commands if one.step.startswith("grant/")]
    return [(one.remedy, one.amount.cents) for one in given if isinstance(one, Fulfil)]


def test_a_proposal_waits_with_a_clock_and_gives_nothing(day):
    one = proposed(day)
    assert (one.status, one.by, one.cost) == (ProposalStatus.WAITING, "kathy", Money(60_000))
    assert one.due_ms == day.now_ms + 2 * HOUR_MS
    assert orders(day) == []


def test_a_second_person_gives_it_once(day):
    proposed(day)
    does(day, yes(day), TOM)
    assert orders(day) == [("x", 60_000)]
    (gift,) = [one for one in day.case.gifts if one.by]
    assert (gift.by, gift.reason, gift.off_script) == ("tom", "r1", True)
    assert code(day, yes(day), SUE) == "settled_already"
    day.told(replace(yes(day), by=RepId("sue"), cost=Money(60_000)))
    assert orders(day) == [("x", 60_000)]


def test_nobody_approves_what_they_proposed_not_even_with_a_higher_role(day):
    proposed(day)
    promoted = replace(KATHY, role="supervisor")
    assert code(day, yes(day), promoted) == "somebody_else"
    assert code(day, no(day), promoted) == "somebody_else"


def test_who_approves_needs_the_authority_for_all_of_the_case(day):
    proposed(day)
    assert code(day, yes(day), replace(KATHY, rep=RepId("ben"))) == "over_authority"
    assert code(day, yes(day), Asker()) == "reps_only"
    does(day, yes(day), TOM)
    proposed(day, cents=140_000)
    does(day, yes(day), SUE)
    assert code(day, wants(day, 1), KATHY) == "nobody_may"


def test_what_may_be_given_alone_or_by_nobody_is_not_proposed(day):
    assert code(day, wants(day, 50_000), KATHY) == "within_authority"
    assert code(day, wants(day, 50_001), KATHY) == ""
    assert code(day, wants(day, 200_000), KATHY) == ""
    assert code(day, wants(day, 200_001), KATHY) == "nobody_may"
    assert code(day, wants(day, reason=""), KATHY) == "reason_needed"
    assert code(day, wants(day), Asker()) == "reps_only"


def test_a_book_without_approval_takes_no_proposal():
    day = Day()
    day.late()
    assert code(day, wants(day), KATHY) == "no_approval"


def test_a_no_needs_a_reason_and_is_appealed_once_to_somebody_else(day):
    proposed(day)
    assert code(day, no(day, reason=""), TOM) == "reason_needed"
    assert code(day, appeal(day), KATHY) == "nothing_to_appeal"
    does(day, no(day), TOM)
    assert day.case.proposals[-1].refusal == "r2"
    does(day, appeal(day), KATHY)
    again = day.case.proposals[-1]
    assert (again.status, again.due_ms) == (ProposalStatus.CONTESTED, day.now_ms + 2 * HOUR_MS)
    assert code(day, yes(day), TOM) == "somebody_else"
    does(day, no(day), SUE)
    assert code(day, appeal(day), KATHY) == "appealed_already"
    assert orders(day) == []


def test_an_appeal_can_be_granted(day):
    proposed(day)
    does(day, no(day), TOM)
    does(day, appeal(day), KATHY)
    does(day, yes(day), SUE)
    assert orders(day) == [("x", 60_000)]


def test_an_answer_that_does_not_come_is_late_and_still_due(day):
    proposed(day)
    day.waits(2 * HOUR_MS - 1)
    assert not day.case.proposals[-1].late
    day.waits(1)
    assert day.case.proposals[-1].late
    assert not day.case.double
    does(day, yes(day), TOM)
    assert orders(day) == [("x", 60_000)]


def test_a_clock_that_was_answered_does_not_run_out(day):
    proposed(day)
    does(day, no(day), TOM)
    day.waits(3 * HOUR_MS)
    assert not day.case.proposals[-1].late


def test_a_case_that_ended_asks_nobody(day):
    proposed(day)
    day.told(Released(case=day.id, by=RepId("tom"), reason="x"))
    assert code(day, yes(day), TOM) == "case_closed"
    assert not [timer for timer in day.state.timers if timer.kind == "l_approve_by"]


def test_the_cap_holds_for_two_as_for_one():
    day = Day(library(goodwill=Goodwill(most_ratio=3.0)))
    day.no_car(price_cents=20_000)
    day.told(Proposed(case=day.id, remedy="x", cost=Money(60_000), by=KATHY.rep, within_ms=1))
    assert code(day, wants(day, 60_000), KATHY) == "over_cap"  # the offers are open
    assert code(day, yes(day), TOM) == "over_cap"


def test_at_most_ten_wait_at_a_time(day):
    for _ in range(10):
        proposed(day)
    assert code(day, wants(day), KATHY) == "too_many_waiting"


def test_a_proposal_that_is_not_there_is_not_answered(day):
    wanted = Approved(case=day.id, proposed="e9")
    assert code(day, wanted, TOM) == "no_such_proposal"
    assert code(day, Contested(case=day.id, proposed="e9"), TOM) == "no_such_proposal"
