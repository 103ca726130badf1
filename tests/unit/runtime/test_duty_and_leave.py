"""Who works, who is away and when they are back, as it is stamped on an event."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from makegood.messages.events import Absent
from makegood.messages.facts import Identified, Touchpoint
from makegood.messages.ids import RepId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import RepRow
from makegood.runtime.duty import back_ms, on_duty_until_ms, reps_absent, reps_on_duty
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


FRIDAY = at("2026-01-02T12:00")
KATHY = RepRow(rep=RepId("kathy"), name="Kathy", role="rep", hours="mon-fri 08:00-18:00")
AWAY = replace(
    KATHY, away_from_ms=FRIDAY, away_until_ms=at("2026-01-05T00:00"), cover=RepId("tom")
)
LATER = replace(AWAY, away_until_ms=at("2026-01-05T10:00"))
TOM = RepRow(rep=RepId("tom"), name="Tom", role="rep", hours="mon-sun 00:00-00:00")


def test_a_leave_ends_a_duty_and_begins_another():
    assert on_duty_until_ms(KATHY, FRIDAY) == at("2026-01-02T18:00")
    soon = replace(KATHY, away_from_ms=FRIDAY + 1)
    assert on_duty_until_ms(soon, FRIDAY) == FRIDAY + 1
    assert on_duty_until_ms(AWAY, FRIDAY) == 0
    assert on_duty_until_ms(AWAY, at("2026-01-05T09:00")) == at("2026-01-05T18:00")
    assert on_duty_until_ms(replace(KATHY, left_ms=FRIDAY), FRIDAY) == 0


@pytest.mark.parametrize(
    ("row", "now", "back"),
    [
        (KATHY, "2026-01-02T19:00", "2026-01-05T08:00"),
        (AWAY, "2026-01-02T12:00", "2026-01-05T08:00"),
        (LATER, "2026-01-02T12:00", "2026-01-05T10:00"),
        (replace(KATHY, hours="fri 22:00-02:00"), "2026-01-03T03:00", "2026-01-09T22:00"),
        (replace(AWAY, timezone="America/New_York"), "2026-01-02T12:00", "2026-01-05T13:00"),
    ],
)  # fmt: skip
def test_when_somebody_is_back(row: RepRow, now: str, back: str):
    assert back_ms(row, at(now)) == at(back)


@pytest.mark.parametrize(
    "row",
    [
        replace(AWAY, away_until_ms=0),
        replace(KATHY, hours=""),
        replace(KATHY, present=False),
        replace(KATHY, left_ms=1),
    ],
)
def test_when_nobody_knows_when_they_are_back_nothing_is_made_up(row: RepRow):
    assert back_ms(row, at("2026-01-02T19:00")) == 0


def test_those_are_told_who_are_away_or_gone_and_those_off_duty_with_a_cover():
    rows = [
        AWAY,
        replace(KATHY, rep=RepId("gone"), left_ms=1, cover=RepId("tom")),
        replace(KATHY, rep=RepId("asleep"), hours="sat 08:00-09:00"),
        replace(KATHY, rep=RepId("covered"), hours="sat 08:00-09:00", cover=RepId("tom")),
        replace(KATHY, rep=RepId("unreadable"), hours="?", cover=RepId("tom")),
        TOM,
    ]
    assert reps_absent(rows, FRIDAY) == (
        Absent(RepId("kathy"), "away", at("2026-01-05T08:00"), RepId("tom")),
        Absent(RepId("gone"), "left", 0, RepId("tom")),
        Absent(RepId("covered"), "off_duty", at("2026-01-03T08:00"), RepId("tom")),
        Absent(RepId("unreadable"), "off_duty", 0, RepId("tom")),
    )


def test_who_left_and_named_no_cover_is_told_too_and_not_for_ever():
    rows = [
        replace(KATHY, left_ms=FRIDAY - 1),
        replace(KATHY, rep=RepId("long ago"), left_ms=at("2024-01-02T12:00")),
    ]
    assert reps_absent(rows, FRIDAY) == (Absent(RepId("kathy"), "left", 0),)


def test_how_much_somebody_has_in_hand_is_told_with_them():
    rows = [
        replace(TOM, languages=("en",), busy_until_ms=FRIDAY + 5),
        replace(KATHY, most_cases=3),
    ]
    kathy, tom = reps_on_duty(rows, FRIDAY, {RepId("tom"): 4}, 9)
    assert (kathy.most_cases, kathy.is_busy(FRIDAY), tom.most_cases) == (3, False, 9)
    assert (tom.open_cases, tom.languages, tom.is_busy(FRIDAY), tom.is_busy(FRIDAY + 5)) == (
        4, ("en",), True, False,
    )  # fmt: skip


def test_it_is_stamped_on_what_may_need_it_and_on_nothing_else():
    store, clock = MemoryStore(), FakeClock(FRIDAY)
    intake = Intake(store, small_library, clock, b"key")
    with store.writing() as writing:
        writing.put_reps([AWAY, TOM])
    bodies = (
        Identified(),
        Touchpoint(name="Page Viewed"),
        Touchpoint(name="Rental Unfulfilled", properties={"reason": "x"}),
    )
    intake.take(
        [
            Arrival(
                source="s", message_id=str(n), identifier="user:ana", time_ms=FRIDAY, body=body,
                body_digest=body_digest(body),
            )
            for n, body in enumerate(bodies)
        ]
    )  # fmt: skip
    with store.reading() as reading:
        stamps = [event.stamp for _, event in reading.log(0, 9)]
    assert [len(one.absent) for one in stamps] == [0, 0, 1]
    assert [one.rep for one in stamps[2].on_duty] == ["tom"]
