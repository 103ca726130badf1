"""One event, one step: order, time, cause and imports."""

from msgspec.structs import replace

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY
from makegood.messages.events import Event
from makegood.messages.facts import Answered, Chosen, Identified, Noted, Unlinked
from makegood.messages.ids import BookHash, RepId, command_id
from makegood.playbooks.book import Library
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_book, small_library
from makegood.testing.history import ANA, NOON_MS, event, folded, touch
from tests.unit.core.day import Day

LIBRARY = small_library()


def failure(at_ms: int = NOON_MS, name: str = "e1"):
    properties = {"reservation": "R1", "reason": "x", "price_cents": 100}
    return touch("Rental Unfulfilled", at_ms=at_ms, message=name, **properties)


def test_a_command_is_named_by_its_cause_and_step_alone():
    command = step(EMPTY, failure(), LIBRARY).commands[0]
    assert command.id == command_id("booking", "e1", "R1/owed/refund_all", 0)
    other = replace(failure(), profile="p" + "b" * 32)
    assert step(EMPTY, other, LIBRARY).commands[0].id == command.id


def test_a_timer_that_is_due_at_an_event_fires_before_it():
    day = Day()
    day.happens("Callback Promised", reservation="R1")
    day.now_ms += 4 * HOUR_MS
    day.happens("Callback Made", reservation="R1")
    assert day.case.failures[0].rule == "callback_overdue"


def test_a_clients_clock_moves_no_timer():
    day = Day()
    day.happens("Callback Promised", reservation="R1")
    ahead = touch("Callback Made", at_ms=day.now_ms + 4 * HOUR_MS, reservation="R1")
    ahead = replace(ahead, received_ms=day.now_ms + 4 * HOUR_MS - MINUTE_MS)
    assert step(day.state, ahead, LIBRARY).state.cases == ()


def test_an_event_without_meaning_gives_back_the_same_state():
    assert step(EMPTY, touch("Page Viewed", at_ms=NOON_MS), LIBRARY).state is EMPTY


def test_facts_that_are_only_shown_change_nothing():
    day = Day()
    day.no_car()
    before = day.state
    day.told(Noted(case=day.id, by=RepId("kathy"), text="t"))
    day.told(Unlinked(other=ANA, by=RepId("kathy")))
    assert day.state is before


def test_traits_are_remembered_and_later_ones_win():
    day = Day()
    day.told(Identified(traits={"tier": "gold", "since": 2019}))
    day.told(Identified(traits={"tier": "platinum"}))
    assert day.state.facts == {"tier": "platinum", "since": 2019}


def test_history_holds_and_sends_nothing_also_through_its_timers():
    day = Day()
    one = replace(failure(), stamp=replace(failure().stamp, imported=True))
    after = step(day.state, one, LIBRARY)
    later = advance(after.state, NOON_MS + 60 * DAY_MS, LIBRARY)
    assert after.commands == later.commands == ()
    day.state = later.state
    assert day.asks().reason == "hold"


def test_what_people_do_about_history_is_carried_out():
    day = Day()
    one = replace(failure(), stamp=replace(failure().stamp, imported=True))
    day.state = step(day.state, one, LIBRARY).state
    day.waits(2 * MINUTE_MS)
    assert day.offers()["call_me"] == "confirmed"
    day.told(Chosen(case=day.id, offer="call_me"))
    assert day.case.call is not None


def test_a_late_event_can_become_the_first_and_what_people_did_still_finds_the_case():
    first, second = failure(NOON_MS, "e1"), failure(NOON_MS + HOUR_MS, "e2")
    other = replace(second, body=replace(second.body, properties={"reservation": "R1"}))
    alone = folded([other], LIBRARY).state.cases[0]
    both = folded([first, other], LIBRARY).state
    assert alone.phase == "unclear"
    assert both.case(alone.id) is both.cases[0]


def test_time_that_passes_without_a_timer_gives_back_the_same_state():
    state = step(EMPTY, failure(), LIBRARY).state
    assert advance(state, NOON_MS + MINUTE_MS, LIBRARY).state is state


NEW_BOOK = BookHash("ne3b0000ne3b0000")


def two_books() -> Library:
    """The small book, and a new one that is active: nothing fails in it and nothing is sold."""
    old = small_book()
    plans = {name: replace(plan, then_offer=None) for name, plan in old.plans.items()}
    new = replace(old, hash=NEW_BOOK, triggers={}, silences=(), starts={}, ends={}, plans=plans)
    return Library(active=NEW_BOOK, books={old.hash: old, NEW_BOOK: new})


def restamped(one: Event) -> Event:
    return replace(one, stamp=replace(one.stamp, book=NEW_BOOK))


def test_an_event_is_judged_by_the_book_it_was_stamped_with():
    library = two_books()
    assert step(EMPTY, failure(), library).state.cases
    assert step(EMPTY, restamped(failure()), library).state is EMPTY


def test_a_timer_fires_by_the_book_that_set_it():
    promise = touch("Callback Promised", at_ms=NOON_MS, reservation="R1")
    later = restamped(touch("Page Viewed", at_ms=NOON_MS + HOUR_MS))
    state = folded([promise, later], two_books(), now_ms=NOON_MS + 4 * HOUR_MS).state
    assert [one.rule for case in state.cases for one in case.failures] == ["callback_overdue"]


def test_a_case_keeps_the_plan_it_opened_with():
    library = two_books()
    opened = step(EMPTY, failure(), library).state
    good = Answered(case=opened.cases[0].id, answer="good")
    answered = restamped(event(good, at_ms=NOON_MS + HOUR_MS))
    after = folded([failure(), answered], library, now_ms=NOON_MS + 8 * DAY_MS)
    assert "R1/then_offer#0" in [command.step for command in after.commands]
