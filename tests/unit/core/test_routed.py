"""A decision is written down on the customer: who could have been asked, and how they waited."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from makegood.core.routed import MOST_ROUTED, NOT_YET, WHOLE, Routed
from makegood.core.routing import Ask, choose
from makegood.messages.events import OnDuty
from makegood.messages.facts import (
    Contacted,
    GotInTouch,
    HandedOver,
    PersonChosen,
    PersonRefused,
)
from makegood.messages.ids import EventId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.routing_terms import RoutingRules
from makegood.testing.book import DAY_MS, MINUTE_MS, small_book
from makegood.testing.history import NOON_MS
from tests.unit.core.day import Day

KATHY, TOM, ULI = (RepId(one) for one in ("kathy", "tom", "uli"))
PEOPLE = PeopleRules(choices=3, capacity=9, waits_ms={"phone": 2 * MINUTE_MS}, thread_ms=DAY_MS)
ROUTING = RoutingRules(logged=True, slice=2000, order=("last", "load"), conversations=True)


def there(rep: RepId, **more) -> OnDuty:
    return replace(OnDuty(rep, NOON_MS + 30 * DAY_MS), **more)


def day_of(routing: RoutingRules = ROUTING, *reps: RepId) -> Day:
    book = replace(small_book(), people=PEOPLE, routing=routing)
    day = Day(Library(active=book.hash, books={book.hash: book}))
    day.on_duty = tuple(map(there, reps or (KATHY, TOM, ULI)))
    return day


def last(day: Day) -> Routed:
    return day.state.routings[-1]


def ask(**more) -> Ask:
    return Ask(event=EventId("e1"), subject="k1", kind="case", at_ms=NOON_MS, **more)


def test_a_case_is_written_down_with_everybody_who_could_have_had_it():
    day = day_of()
    event = day.late()
    routed = last(day)
    assert (routed.event, routed.subject, routed.kind) == (event.id, day.id, "case")
    assert routed.eligible == (KATHY, TOM, ULI)
    assert routed.chosen == day.case.owner
    assert routed.waited_ms == 0
    if routed.slice:
        chances = [routed.chance_of(one) for one in routed.eligible]
        assert chances == [Fraction(13, 15), Fraction(1, 15), Fraction(1, 15)]
    assert routed.chance_of(RepId("nobody")) == 0


def test_a_book_without_the_section_asks_the_least_busy_and_writes_nothing_down():
    day = day_of(RoutingRules())
    day.late()
    day.told(GotInTouch(channel="phone"))
    assert day.case.owner == KATHY
    assert day.state.routings == ()
    assert day.state.my_person.threads[0].taker == ""


def test_a_case_that_found_nobody_waits_and_its_wait_is_written_down():
    day = day_of()
    duty, day.on_duty = day.on_duty, ()
    day.late()
    assert day.state.routings == ()
    day.waits(7 * MINUTE_MS)
    day.on_duty = duty
    day.late("R2")
    assert day.case.owner
    assert last(day).waited_ms == 7 * MINUTE_MS
    assert last(day).spared == "double"


def test_nobody_who_meets_a_must_is_no_decision_and_the_wait_goes_on():
    day = day_of(replace(ROUTING, relaxes=()), KATHY)
    duty, day.on_duty = day.on_duty, (there(TOM, most_cases=1, open_cases=1),)
    day.late()
    assert (day.case.owner, day.state.routings) == ("", ())
    day.waits(7 * MINUTE_MS)
    day.on_duty = duty
    day.late("R2")
    assert [(one.chosen, one.waited_ms) for one in day.state.routings] == [(KATHY, 7 * MINUTE_MS)]


def test_a_case_that_had_somebody_did_not_wait_since_it_was_opened():
    day = day_of(replace(ROUTING, slice=0), KATHY, TOM)
    day.late()
    day.waits(3 * DAY_MS)
    day.told(PersonRefused(rep=KATHY, side="customer"))
    assert (last(day).chosen, last(day).waited_ms) == (TOM, 0)


def test_a_case_that_lost_its_person_waits_from_then_on():
    day = day_of(replace(ROUTING, slice=0), KATHY, TOM)
    day.late()
    duty, day.on_duty = day.on_duty, ()
    day.waits(3 * DAY_MS)
    day.told(HandedOver(case=day.id, to=RepId(""), by=KATHY))
    assert day.case.owner == ""
    day.waits(8 * MINUTE_MS)
    day.told(HandedOver(case=day.id, to=RepId(""), by=RepId("")))  # a round that found nobody
    day.waits(MINUTE_MS)
    day.on_duty = duty
    day.late("R2")
    assert (last(day).chosen, last(day).waited_ms) == (KATHY, 9 * MINUTE_MS)
    day.waits(MINUTE_MS)
    day.told(PersonRefused(rep=KATHY, side="customer"))
    assert (last(day).chosen, last(day).waited_ms) == (TOM, 0)


def test_a_choice_is_written_down_and_never_left_to_chance():
    day = day_of()
    day.told(PersonChosen(choices=(ULI,), theirs=ULI))
    day.late()
    assert (last(day).chosen, last(day).why, last(day).spared) == (ULI, "theirs", "chosen")
    assert last(day).propensity == 1
    assert last(day).eligible == (ULI, KATHY, TOM)


def test_who_is_refused_is_not_eligible_and_another_one_is_asked():
    day = day_of(replace(ROUTING, slice=0), KATHY, TOM)
    day.late()
    assert day.case.owner == KATHY
    day.told(PersonRefused(rep=KATHY, side="customer"))
    assert day.case.owner == TOM
    assert (last(day).eligible, last(day).why) == ((TOM,), "only")


def test_a_conversation_is_given_to_somebody_who_keeps_it_and_its_wait_ends_with_the_answer():
    day = day_of()
    day.told(GotInTouch(channel="phone", thread="t"))
    (thread,) = day.state.my_person.threads
    assert thread.taker == last(day).chosen
    assert thread.until_ms == day.now_ms + 2 * MINUTE_MS
    assert last(day).waited_ms == NOT_YET
    day.waits(MINUTE_MS)
    day.told(GotInTouch(channel="phone", thread="t"))
    assert day.state.my_person.threads[0].taker == thread.taker
    assert len(day.state.routings) == 1
    day.waits(30_000)
    day.told(Contacted(rep=ULI, channel="phone", thread="t"))
    assert (last(day).waited_ms, last(day).answered_by) == (90_000, ULI)


def test_a_conversation_that_nobody_answers_is_open_to_whoever_is_free_after_the_wait():
    day = day_of()
    day.told(GotInTouch(channel="phone", thread="t"))
    day.waits(2 * MINUTE_MS)
    assert day.state.my_person.threads[0].taker == ""


def test_whom_the_customer_does_not_want_this_time_is_not_asked():
    day = day_of(ROUTING, KATHY, TOM)
    day.told(Contacted(rep=KATHY, channel="phone", thread="t"))
    day.told(GotInTouch(channel="phone", thread="t", another=True))
    assert last(day).eligible == (TOM,)


def test_an_open_conversation_stays_and_is_not_left_to_chance():
    day = day_of()
    day.told(Contacted(rep=ULI, channel="phone", thread="t"))
    day.told(GotInTouch(channel="phone", thread="t"))
    assert (last(day).chosen, last(day).why, last(day).spared) == (ULI, "thread", "thread")


def test_a_second_mail_to_ones_own_person_is_no_second_decision():
    day = day_of()
    day.told(PersonChosen(choices=(ULI,), theirs=ULI))
    for _ in range(3):
        day.told(GotInTouch(channel="mail", thread="t"))
    assert [one.chosen for one in day.state.routings] == [ULI]


def test_a_conversation_at_a_second_failure_is_not_left_to_chance():
    day = day_of()
    day.late()
    day.late("R2")
    day.told(GotInTouch(channel="mail", thread="t"))
    assert (last(day).kind, last(day).spared) == ("talk", "double")


def test_so_many_are_remembered_and_no_more():
    day = day_of()
    for n in range(MOST_ROUTED + 5):
        day.told(GotInTouch(channel="mail", thread=f"t{n}"))
    assert len(day.state.routings) == MOST_ROUTED
    assert last(day).subject == f"t{MOST_ROUTED + 4}"


@pytest.mark.parametrize(
    ("more", "spared"),
    [
        ({"severity": 4}, "severity"), ({"severity": 3}, ""), ({"double": True}, "double"),
        ({"spared": True}, "unless"), ({"has_chosen": True}, "chosen"),
    ],
)  # fmt: skip
def test_chance_is_not_asked_where_the_book_says_no(more, spared):
    found = choose(ask(**more), tuple(map(there, (KATHY, TOM))), ROUTING)
    assert found.spared == spared
    assert bool(found.slice) == (spared == "")


def test_alone_there_is_no_chance_and_without_a_slice_neither():
    assert choose(ask(), (there(KATHY),), ROUTING).spared == "alone"
    two = (there(KATHY), there(TOM))
    assert choose(ask(), two, replace(ROUTING, slice=0)).spared == "off"
    assert choose(ask(), two, replace(ROUTING, among=1)).of == 2


@pytest.mark.parametrize(
    ("order", "first", "why"),
    [
        (("load",), KATHY, "load"), (("last",), ULI, "last"), (("brand", "load"), TOM, "brand"),
        (("language",), TOM, "language"), (("share", "last"), ULI, "share"),
        (("load", "last"), KATHY, "load"), (("narrow", "load"), TOM, "narrow"),
    ],
)  # fmt: skip
def test_the_order_of_the_book_says_who_is_first_and_why(order, first, why):
    on_duty = (
        there(KATHY, open_cases=2, most_cases=4),
        there(TOM, open_cases=2, most_cases=4, brands=("cars",), languages=("de",)),
        there(ULI, open_cases=1, most_cases=4),
    )
    rules = replace(ROUTING, slice=0, order=order)
    found = choose(ask(brand="cars", language="de-at", last=ULI), on_duty, rules)
    assert (found.first, found.why) == (first, why)


@pytest.mark.parametrize("said", ["de", "de-at", "de_at", "de_at.utf-8"])
def test_a_language_is_known_however_a_system_writes_it(said):
    there_are = (there(KATHY, languages=("en",)), there(TOM, languages=("de-DE",)))
    found = choose(ask(language=said), there_are, replace(ROUTING, slice=0, relaxes=()))
    assert (found.eligible, found.relaxed) == ((TOM,), ())


def test_what_nobody_meets_is_let_go_in_the_order_of_the_book():
    busy = there(KATHY, busy_until_ms=NOON_MS + 1, languages=("en",))
    other = there(TOM, brands=("vans",), languages=("de",))
    both = (busy, other)
    found = choose(ask(brand="cars", language="de"), both, replace(ROUTING, slice=0))
    assert (found.chosen, found.relaxed) == (KATHY, ("language", "capacity"))
    rules = replace(ROUTING, slice=0, relaxes=("brand",))
    assert choose(ask(brand="cars", language="de"), both, rules).chosen == TOM
    must = replace(ROUTING, slice=0, relaxes=())
    assert choose(ask(brand="cars", language="de"), both, must).chosen == ""


def test_who_stands_first_has_what_the_slice_leaves_and_a_share_of_the_slice():
    kathy, tom = RepId("kathy"), RepId("tom")
    found = Routed(EventId("e1"), "k1", "case", 0, kathy, kathy, (kathy, tom), slice=WHOLE // 10)
    assert found.chance_of(kathy) == Fraction(95, 100)
    assert found.chance_of(tom) == Fraction(5, 100)
    assert found.chance_of(RepId("vera")) == 0
    assert found.propensity == Fraction(95, 100)
