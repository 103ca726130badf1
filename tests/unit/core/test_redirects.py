"""Nobody is sent to somebody else who has not accepted them; refused there is a second failure."""

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.messages.commands import ConfirmOffer, Fulfil
from makegood.messages.facts import (
    Arrived,
    Carried,
    Chosen,
    Confirmed,
    Declined,
    Dropped,
    Granted,
    Redirected,
    Requested,
    Settled,
)
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_book
from makegood.testing.history import NOON_MS
from tests.unit.core.day import Day

ANNE = Asker(rep=RepId("kathy"), role="agent")
FIELDS = {"to": "b2", "accepted_by": "n", "words": "w", "about": "R1"}


def books() -> Library:
    """The small book, in which a driver comes from a second branch that has to accept first."""
    book = small_book()
    driver = replace(book.remedies["driver"], accepted_by="branches", expires_ms=HOUR_MS)
    book = replace(book, remedies={**book.remedies, "driver": driver})
    return Library(active=book.hash, books={book.hash: book})


@pytest.fixture
def day() -> Day:
    day = Day(books())
    day.no_car()
    return day


def sent(day: Day, *, expires_ms: int = 0) -> None:
    command = day.command("R1/no_car/confirm/driver")
    day.told(Confirmed(command=command, expires_ms=expires_ms))
    day.told(Chosen(case=day.id, offer="driver"))


def due(day: Day) -> list[int]:
    return [timer.due_ms for timer in day.state.timers if timer.subject == "redirect"]


def abouts(day: Day) -> list[str]:
    return [failure.about.partition("/")[0] for failure in day.case.failures]


def test_who_accepts_is_asked_and_who_provides_carries_it_out(day):
    sent(day)
    orders = [one.order for one in day.commands]
    asked = [one for one in orders if isinstance(one, ConfirmOffer) and one.remedy == "driver"]
    done = [one for one in orders if isinstance(one, Fulfil) and one.remedy == "driver"]
    assert [one.provider for one in asked] == ["branches"]
    assert [one.provider for one in done] == ["rides"]


@pytest.mark.parametrize(
    ("told_ms", "stands_ms"),
    [
        (0, NOON_MS + HOUR_MS),
        (NOON_MS + MINUTE_MS, NOON_MS + MINUTE_MS),
        (NOON_MS + 9 * HOUR_MS, NOON_MS + HOUR_MS),
    ],
)
def test_a_yes_stands_as_told_and_no_longer_than_the_book_says(day, told_ms, stands_ms):
    sent(day, expires_ms=told_ms)
    assert due(day) == [stands_ms]


def test_taken_in_there_it_is_good(day):
    sent(day)
    day.told(Carried(command=day.command("R1/no_car/keep/driver")))
    day.waits(2 * HOUR_MS)
    assert due(day) == []
    assert abouts(day) == ["R1"]


def test_not_taken_in_by_then_it_is_a_second_failure(day):
    sent(day)
    day.waits(HOUR_MS)
    assert abouts(day) == ["R1", "redirect"]
    assert day.case.double


def test_refused_there_it_is_a_second_failure_and_one_only(day):
    sent(day)
    asked = day.command("R1/no_car/confirm/driver")
    ordered = day.command("R1/no_car/keep/driver")
    day.told(Declined(command=asked))
    assert abouts(day) == ["R1", "redirect"]
    assert day.case.double
    assert day.offers()["driver"] == "broken"
    assert ordered in day.withdrawn
    day.told(Declined(command=asked))
    day.told(Dropped(command=ordered, why="failed"))
    day.waits(2 * HOUR_MS)
    assert abouts(day) == ["R1", "redirect"]


def test_refused_after_it_was_arranged_it_is_a_failure_all_the_same(day):
    sent(day)
    day.told(Carried(command=day.command("R1/no_car/keep/driver")))
    day.told(Declined(command=day.command("R1/no_car/confirm/driver")))
    assert abouts(day) == ["R1", "redirect"]


def test_an_order_that_fails_there_is_a_failure(day):
    sent(day)
    day.told(Dropped(command=day.command("R1/no_car/keep/driver"), why="failed"))
    assert abouts(day) == ["R1", "redirect"]
    assert due(day) == []


def test_what_sends_elsewhere_is_not_simply_given(day):
    granted = Granted(case=day.id, remedy="driver", cost=Money(31_000), by=RepId("kathy"))
    decision = decide(day.state, granted, ANNE, day.now_ms, day.library)
    assert decision.refused is not None
    assert decision.refused.code == "needs_acceptance"


def redirect(day: Day, **more) -> Redirected:
    wanted = Redirected(**FIELDS | {"expires_ms": day.now_ms + HOUR_MS} | more)
    decision = decide(day.state, wanted, ANNE, day.now_ms, day.library)
    assert isinstance(decision.body, Redirected), decision.refused
    return decision.body


def test_a_person_sends_the_customer_to_a_named_person_with_the_story_and_an_end(day):
    wrong = {
        "nowhere": {"to": ""},
        "nobody_accepted": {"accepted_by": ""},
        "story_needed": {"words": ""},
        "bad_end": {"expires_ms": day.now_ms},
        "no_such_brand": {"brand": "x"},
    }
    good = {**FIELDS, "expires_ms": day.now_ms + HOUR_MS}
    for code, more in wrong.items():
        wanted = Redirected(**good | more)
        decision = decide(day.state, wanted, ANNE, day.now_ms, day.library)
        assert decision.refused is not None
        assert decision.refused.code == code
    assert decide(day.state, Redirected(**good), Asker(), day.now_ms, day.library).refused


def test_who_was_sent_and_taken_in_is_looked_after(day):
    made = day.told(redirect(day))
    assert decide(day.state, Redirected(**FIELDS, expires_ms=day.now_ms + 1), ANNE, day.now_ms,
                  day.library).refused  # fmt: skip
    day.told(Arrived(said=made.id, taken=True))
    day.waits(DAY_MS)
    assert "redirect" not in abouts(day)


def test_who_was_sent_and_refused_was_let_down_twice(day):
    made = day.told(redirect(day))
    day.told(Arrived(said=made.id, taken=False))
    assert abouts(day) == ["R1", "redirect"]
    assert day.case.double
    again = decide(day.state, Arrived(said=made.id, taken=False), ANNE, day.now_ms, day.library)
    assert again.refused is not None
    day.told(Arrived(said=made.id, taken=False))
    day.waits(DAY_MS)
    assert abouts(day) == ["R1", "redirect"]


def test_nobody_heard_of_again_by_the_end_was_let_down_twice(day):
    day.told(redirect(day))
    day.waits(HOUR_MS)
    (_, failure) = day.case.failures
    assert (failure.severity, failure.details) == (4, {"redirected_to": "b2"})
    assert day.case.double


def test_a_request_is_not_answered_by_sending_elsewhere(day):
    asked = day.told(Requested(request="keep_longer", answer="person", within_ms=HOUR_MS))
    wanted = Settled(asked=asked.id, answer="allow", remedy="driver")
    decision = decide(day.state, wanted, ANNE, day.now_ms, day.library)
    assert decision.refused is not None
    assert decision.refused.code == "needs_acceptance"
