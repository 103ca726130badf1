"""Two books over one log: what changes, why, and what has no place any more."""

import msgspec
import pytest
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.core.fold import FOLD_VERSION
from makegood.messages.errors import InputError
from makegood.messages.events import Event, OnDuty, Stamp
from makegood.messages.facts import (
    Approved,
    Body,
    Fact,
    FailureRaised,
    Granted,
    Identified,
    Judged,
    Proposed,
    Released,
    Touchpoint,
    Unlinked,
)
from makegood.messages.ids import EventId, ProfileId, RepId, case_id, event_id
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import load_book
from makegood.replay.comparing import NOT_SIMULATED, Comparison, compare
from makegood.replay.histories import ExportedLog
from makegood.testing.book import DAY_MS, HOUR_MS

TEXT, NAME = read_book("airline")
OLD = load_book(TEXT, name=NAME)
BEGIN_MS = 1_770_000_000_000
MINUTES = (100, 179, 180, 181, 239, 240, 241, 400)


def changed(*pairs: tuple[str, str]) -> RuleBook:
    text = TEXT
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    return load_book(text, name="changed.yaml")


LATER = changed(("delay_minutes: 180 ", "delay_minutes: 240 "))


def event(body: Body, who: str, number: int, *, hours: float = 0, source: str = "dcs") -> Event:
    at_ms = BEGIN_MS + int(hours * HOUR_MS)
    return Event(
        source=source,
        message_id=f"{number}",
        profile=ProfileId(who),
        time_ms=at_ms,
        received_ms=at_ms,
        body=body,
        stamp=Stamp(
            book=OLD.hash, fold=FOLD_VERSION, on_duty=(OnDuty(RepId("kathy"), at_ms + DAY_MS),)
        ),
    )


def arrived(minutes: int, **more: Fact) -> Touchpoint:
    known = {
        "flight": "UA1545", "date": "2026-02-08", "origin": "EWR", "destination": "IAH",
        "carrier": "UA", "brand": "meridian", "booking": "B1", "price_cents": 31000,
        "domestic": True, "delay_minutes": minutes,
    }  # fmt: skip
    return Touchpoint(name="Flight Arrived", properties={**known, **more})


def log_of(folder, events, persons=()) -> ExportedLog:
    path = folder / "log.jsonl"
    encode = msgspec.json.encode
    lines = [encode(one) for one in events] + [encode({"person": one}) for one in persons]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return ExportedLog(path)


def delays(folder) -> ExportedLog:
    """One customer for each delay, and a last event a week later."""
    events = [event(arrived(minutes), f"p{minutes}", minutes) for minutes in MINUTES]
    events.append(event(Touchpoint(name="Newsletter Opened"), "p100", 1, hours=7 * 24))
    persons = [{"profile": "p200", "email": "ana@example.org"}]
    persons += [{"profile": f"p{m}", "email": f"who{m}@example.org"} for m in MINUTES]
    return log_of(folder, events, persons)


def number(found: Comparison, group: str, name: str = "") -> tuple[int, int, int]:
    (one,) = [one for one in found.of(group) if one.name == name]
    return one.old, one.new, one.difference


def test_a_higher_limit_takes_away_exactly_the_failures_between(tmp_path):
    found = compare(delays(tmp_path), OLD, LATER)
    assert number(found, "failures", "flight_delayed") == (6, 3, -3)
    assert number(found, "customers") == (6, 3, -3)
    assert (found.changed, found.opened, found.not_opened) == (3, 0, 3)
    assert (found.events, found.customers, found.failed) == (9, 8, 0)
    (failures,) = found.of("failures")
    assert failures.customers == 3
    seen = [f"event.delay_minutes {minutes}" for minutes in (180, 181, 239)]
    for example, fact in zip(failures.examples, seen, strict=True):
        assert fact in example.says
        assert f"flight_delayed (line {OLD.failures['flight_delayed'].line})" in example.says
        assert "By the new book: nothing" in example.says
        assert example.customer.startswith("w***@e***.org (p")
        assert (example.old, example.new) == (1, 0)


def test_of_two_failures_alike_the_one_that_goes_is_told(tmp_path):
    flights = [event(arrived(200, flight=f"UA{n}"), "p1", n) for n in range(3)]
    new = changed(
        ("event.delay_minutes >= params", 'event.flight != "UA1" && event.delay_minutes >= params')
    )
    found = compare(log_of(tmp_path, flights), OLD, new)
    (example,) = found.of("failures")[0].examples
    assert (example.old, example.new) == (3, 2)
    assert "By the old book: flight_delayed" in example.says


def test_a_hold_is_counted_to_the_end_of_the_log(tmp_path):
    found = compare(delays(tmp_path), OLD, LATER)
    assert number(found, "held") == (6, 3, -3)
    week = 7 * DAY_MS
    assert number(found, "hold_time") == (6 * week, 3 * week, -3 * week)


def test_a_book_against_itself_changes_nothing(tmp_path):
    found = compare(delays(tmp_path), OLD, OLD)
    assert found.changed == found.opened == found.not_opened == 0
    assert found.not_applied == ()
    assert {(one.difference, one.customers, one.examples) for one in found.figures} == {(0, 0, ())}
    assert number(found, "failures", "flight_delayed") == (6, 6, 0)


def test_it_says_the_same_twice(tmp_path):
    encode = msgspec.json.encode
    first, second = (encode(compare(delays(tmp_path), OLD, LATER)) for _ in range(2))
    assert first == second
    assert b"who1" not in first
    assert NOT_SIMULATED[0].startswith("Budget not simulated")
    assert NOT_SIMULATED[0].encode() in first


def without(failure: str) -> RuleBook:
    return replace(
        OLD,
        failures={name: one for name, one in OLD.failures.items() if name != failure},
        plans={name: one for name, one in OLD.plans.items() if name != failure},
    )


RICHER = replace(OLD, remedies={**OLD.remedies, "voucher": OLD.remedies["goodwill"]})


def decided(*bodies: Body, minutes: int = 200) -> list[Event]:
    """A delay, and what was decided in the hours after it."""
    events = [event(arrived(minutes), "p1", 1)]
    return events + [
        event(body, "p1", number, hours=number, source="makegood:desk")
        for number, body in enumerate(bodies, 1)
    ]


CASE = case_id(event_id("dcs", "1"))
KATHY = RepId("kathy")
GIVEN = Granted(case=CASE, remedy="goodwill", cost=Money(4000), by=KATHY)


@pytest.mark.parametrize(
    ("body", "new", "expected"),
    [
        (
            FailureRaised(failure="boarding_denied", about="x", by=KATHY),
            without("boarding_denied"),
            ("FailureRaised", "boarding_denied", "the new book has no such failure"),
        ),
        (
            replace(GIVEN, remedy="voucher"),
            OLD,
            ("Granted", "voucher", "the new book has no such remedy"),
        ),
        (GIVEN, LATER, ("Granted", "goodwill", "by the new book there was no such case")),
        (
            Approved(case=CASE, proposed=EventId("e"), by=KATHY, cost=Money(4000)),
            LATER,
            ("Approved", "", "by the new book there was no such case"),
        ),
        (
            Released(case=CASE, by=KATHY, reason="settled"),
            LATER,
            ("Released", "", "by the new book there was no such case"),
        ),
    ],
)
def test_a_decision_that_has_no_place_any_more_is_told(tmp_path, body, new, expected):
    found = compare(log_of(tmp_path, decided(body)), RICHER, new)
    assert found.changed == 1
    (one,) = found.not_applied
    assert (one.fact, one.what, one.why) == expected
    assert (one.times, one.customers) == (1, ("customer (p1…)",))


def test_what_was_approved_has_no_place_without_its_remedy(tmp_path):
    proposed = Proposed(case=CASE, remedy="voucher", cost=Money(9), by=RepId("bo"), reason="r")
    yes = Approved(case=CASE, proposed=event_id("makegood:desk", "1"), by=KATHY, cost=Money(9))
    found = compare(log_of(tmp_path, decided(proposed, yes)), RICHER, OLD)
    (one,) = found.not_applied
    assert (one.fact, one.what, one.why) == (
        "Approved", "voucher", "the new book has no such remedy",
    )  # fmt: skip
    assert number(found, "gift_amounts", "voucher") == (9, 0, -9)


def test_a_decision_that_cannot_be_applied_is_not_applied(tmp_path):
    raised = FailureRaised(failure="boarding_denied", about="x", by=KATHY)
    found = compare(log_of(tmp_path, decided(raised)), OLD, without("boarding_denied"))
    assert number(found, "failures", "boarding_denied") == (1, 0, -1)
    assert number(found, "doubles") == (1, 0, -1)
    (example,) = next(one for one in found.figures if one.name == "boarding_denied").examples
    assert example.says == (
        "By the old book: boarding_denied on 2026-02-02, raised by a person. "
        "By the new book: nothing (it has no rule boarding_denied)."
    )


def test_a_decision_stays_as_it_was_taken(tmp_path):
    dearer = replace(OLD.remedies["goodwill"], cost_cents=9900)
    book = replace(OLD, remedies={**OLD.remedies, "goodwill": dearer}, authority_cents={})
    found = compare(log_of(tmp_path, decided(GIVEN)), OLD, book)
    by_plan = 2500, 9900  # what the plan gives by itself follows the book; the rep's 40 stays
    old, new, _ = number(found, "gift_amounts", "goodwill")
    assert (old, new) == (by_plan[0] + 4000, by_plan[1] + 4000)
    assert found.not_applied == ()


def test_a_question_that_a_person_settled_is_counted(tmp_path):
    unclear = event(arrived(0, delay_minutes=None), "p1", 1)
    unclear.body.properties.pop("delay_minutes")
    judged = Judged(question=event_id("dcs", "1"), failure="flight_delayed", by=KATHY)
    events = [unclear, event(judged, "p1", 2, hours=1, source="makegood:desk")]
    found = compare(log_of(tmp_path, events), OLD, LATER)
    assert number(found, "cannot_judge", "flight_delayed") == (1, 1, 0)
    assert number(found, "failures", "flight_delayed") == (1, 1, 0)


def test_profiles_that_were_linked_are_one_customer_and_those_cut_again_are_not(tmp_path):
    linked = event(Identified(also=(ProfileId("p2"), ProfileId("p3"))), "p1", 10)
    cut = event(Unlinked(other=ProfileId("p3"), by=KATHY), "p1", 11)
    events = [
        event(arrived(200), "p2", 1),
        event(arrived(200, flight="UA2"), "p1", 2, hours=1),
        event(arrived(200), "p3", 3, hours=2),
    ]
    log = log_of(tmp_path, [*events, linked, cut])
    histories = {one.customer: [each.message_id for each in one.events] for one in log.histories()}
    assert histories == {"p1": ["1", "10", "11", "2"], "p3": ["3"]}
    found = compare(log, OLD, LATER)
    assert number(found, "doubles") == (1, 0, -1)


def test_a_customer_whom_a_book_cannot_judge_stops_nobody(tmp_path):
    def broken(properties, _customer):
        raise ZeroDivisionError

    new = replace(OLD, triggers={"Flight Arrived": broken})
    events = [
        event(arrived(200), "p1", 1),
        event(Touchpoint(name="Bag Late"), "p2", 2),
    ]
    found = compare(log_of(tmp_path, events), OLD, new)
    assert (found.customers, found.failed, found.changed) == (2, 1, 0)


def test_a_line_that_is_no_event_is_named(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(msgspec.json.encode(event(arrived(1), "p1", 1)) + b'\n{"type": "track"}\n')
    with pytest.raises(InputError, match=r"log\.jsonl:2: not a line of"):
        ExportedLog(path)
    with pytest.raises(InputError, match="cannot be read"):
        ExportedLog(tmp_path / "none.jsonl")
