"""Who has no hours in the roster: never there, or there in the hours of the rule book."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from makegood.messages.call_facts import HUNG_UP
from makegood.messages.events import NextDuty, Stamp
from makegood.messages.facts import Body, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.playbooks.calling_terms import CallRules
from makegood.playbooks.duty import IN_HOURS, NEVER, DutyHours, parse_hours
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import RepRow
from makegood.runtime.duty import reps_on_duty
from makegood.runtime.duty_hours import by_the_book, next_duties, without_hours
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.testing.book import small_book
from makegood.testing.clock import FakeClock

TOM, SUE, MAX, TOP = (RepId(one) for one in ("tom", "sue", "max", "top"))
WRITTEN = "mon-fri 08:00-18:00"
DUTY = DutyHours(
    hours=WRITTEN,
    spans=parse_hours(WRITTEN),
    zone="UTC",
    closed=frozenset({"2026-01-06"}),
    no_roster=IN_HOURS,
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def rep(name: RepId, **more: object) -> RepRow:
    return RepRow(**{"rep": name, "name": name.title(), "role": "rep"} | more)


def there(reps: list[RepRow], when: str, duty: DutyHours = DUTY) -> list[str]:
    now_ms = at(when)
    return [one.rep for one in reps_on_duty(by_the_book(reps, duty, now_ms), now_ms, {})]


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("2026-01-02T12:00", ["sue", "tom"]),
        ("2026-01-02T18:00", ["tom"]),
        ("2026-01-03T12:00", ["tom"]),
        ("2026-01-06T12:00", ["tom"]),
    ],
)
def test_who_has_no_hours_is_there_in_those_of_the_book(when: str, found: list[str]):
    reps = [rep(SUE), rep(TOM, hours="mon-sun 00:00-00:00")]
    assert there(reps, when) == found


@pytest.mark.parametrize(
    ("when", "is_there"),
    [
        ("2026-01-05T23:00", True),
        ("2026-01-06T01:00", True),  # closed, but the duty of the evening before is worked
        ("2026-01-06T23:00", False),
        ("2026-01-07T01:00", False),  # what would have begun on the closed day
        ("2026-01-07T23:00", True),
    ],
)
def test_a_duty_that_began_before_a_closed_day_is_worked_and_none_begins_on_it(when, is_there):
    night = "mon-sun 22:00-04:00"
    duty = replace(DUTY, hours=night, spans=parse_hours(night))
    assert (there([rep(SUE)], when, duty) == ["sue"]) is is_there


@pytest.mark.parametrize(
    ("when", "begins"),
    [
        ("2026-01-05T20:00", "2026-01-07"),  # the day between is closed
        ("2026-01-06T12:00", "2026-01-07"),
        ("2026-01-02T20:00", "2026-01-05"),
    ],
)
def test_who_works_in_the_hours_of_the_book_comes_on_no_closed_day(when: str, begins: str):
    found = next_duties((SUE,), [rep(SUE)], at(when), DUTY)
    assert found == (NextDuty(SUE, at(f"{begins}T08:00"), at(f"{begins}T18:00")),)


@pytest.mark.parametrize(
    "row",
    [
        rep(SUE, present=False),
        rep(SUE, left_ms=1),
        rep(SUE, away_from_ms=1),
        rep(SUE, role="employee"),
    ],
)
def test_who_is_gone_or_only_raises_failures_is_not_there_all_the_same(row: RepRow):
    assert there([row], "2026-01-02T12:00") == []


@pytest.mark.parametrize("duty", [DutyHours(), replace(DUTY, no_roster=NEVER)])
def test_where_the_book_does_not_say_so_nothing_changes_and_it_is_seen(duty: DutyHours):
    reps = [rep(SUE), rep(TOM, hours=WRITTEN), rep(MAX, left_ms=1), rep(TOP, role="employee")]
    assert there(reps, "2026-01-02T12:00", duty) == ["tom"]
    assert [one.rep for one in without_hours(reps, duty, at("2026-01-02T12:00"))] == ["sue"]
    assert without_hours(reps, DUTY, 0) == ()


def test_when_somebody_works_next_is_told_of_who_is_not_there():
    now_ms = at("2026-01-02T20:00")
    reps = [
        rep(SUE, hours=WRITTEN),
        rep(TOM, hours="mon-sun 00:00-00:00"),
        rep(MAX),
        rep(TOP, hours="nonsense"),
    ]
    found = next_duties((SUE, TOM, MAX, TOP, RepId("nobody")), reps, now_ms, DutyHours())
    assert found == (NextDuty(SUE, at("2026-01-05T08:00"), at("2026-01-05T18:00")),)


@dataclass
class World:
    intake: Intake
    store: MemoryStore

    def stamp(self, body: Body) -> Stamp:
        arrival = Arrival(
            source="s", message_id="1", identifier="user:ana", time_ms=at("2026-01-02T20:00"),
            body=body, body_digest=body_digest(body),
        )  # fmt: skip
        (answer,) = self.intake.take([arrival])
        assert not answer.error
        with self.store.reading() as reading:
            ((_, event),) = reading.log(0, 9)
        return event.stamp


def world(when: str, duty: DutyHours) -> World:
    store = MemoryStore()
    calls = CallRules(heard=True, hung_up_as="no_car")
    book = replace(small_book(), calls=calls, duty=duty)
    library = Library(active=book.hash, books={book.hash: book})
    with store.writing() as writing:
        writing.put_reps([rep(TOM, supervisor=SUE), rep(SUE)])
    return World(Intake(store, lambda: library, FakeClock(at(when)), b"key"), store)


def a_hang_up() -> Touchpoint:
    return Touchpoint(name=HUNG_UP, properties={"call": "C1", "agent": TOM, "by": "agent"})


def test_a_supervisor_without_hours_is_on_duty_in_those_of_the_book():
    stamp = world("2026-01-02T12:00", DUTY).stamp(a_hang_up())
    assert stamp.above == (SUE,)
    assert {one.rep: one.until_ms for one in stamp.on_duty}[SUE] == at("2026-01-02T18:00")
    assert stamp.next_duty == ()


def test_at_night_it_is_stamped_when_the_supervisor_comes():
    stamp = world("2026-01-02T20:00", DUTY).stamp(a_hang_up())
    assert stamp.on_duty == ()
    assert stamp.next_duty == (NextDuty(SUE, at("2026-01-05T08:00"), at("2026-01-05T18:00")),)


def test_no_other_event_carries_it():
    body = Touchpoint(name="Rental Unfulfilled", properties={"reason": "x"})
    assert world("2026-01-02T20:00", DUTY).stamp(body).next_duty == ()


def test_without_the_section_a_supervisor_without_hours_is_nowhere():
    stamp = world("2026-01-02T12:00", DutyHours()).stamp(a_hang_up())
    assert (stamp.on_duty, stamp.next_duty) == ((), ())
