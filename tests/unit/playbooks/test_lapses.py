"""The sections `lapses`, `owners` and `employees`: what they take, and every mistake."""

import pytest

from makegood.books.opening import shipped_laws
from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book
from makegood.playbooks.spots import spots_of
from makegood.playbooks.terms import Loss
from tests.unit.playbooks.test_rule_book_page import BOOK

DAY_MS = 86_400_000


def mistakes(old: str, new: str) -> str:
    assert old in BOOK
    checked = check_book(BOOK.replace(old, new, 1), name="b")
    return "\n".join(str(one) for one in (*checked.errors, *checked.warnings))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("on: Service Used, named", "on: Service Usd, named", "Service Used"),
        ("named: event.service}", "named: event.servce}", "event.service"),
        ("named: event.service}", "named: customer.tier}", "customer"),
        ("named: event.service}", "name: event.service}", "named"),
        ("after: {uses: 4, over: 730d}", "after: {uses: 1, over: 730d}", "no habit"),
        ("after: {uses: 4, over: 730d}", "after: {uses: 4, over: 2h}", "a day or longer"),
        ("after: {uses: 4, over: 730d}", "after: {uses: 4}", "over"),
        ("at_least: 180d", "at_least: 180", "180d"),
        ("longest_gaps: 2}", "longest_gaps: 0.5}", "has not left"),
        ("longest_gaps: 2}", "gaps: 2}", "longest_gaps"),
        ("    others_within: 90d\n", "    others_within: 1h\n", "a day or longer"),
        ("    holds: brand\n", "    holds: brnd\n", "brand"),
        ("  - id: line_left\n", "  - id: room_not_ready\n", "already the name of a failure"),
        ("  - id: line_left\n", "  - id: other\n", "already the name of a failure"),
        ("severity: 1\n    cause: firm\n", "severity: 0\n    cause: firm\n", "starts at 1"),
        (
            "owners:\n  answer_within: 14d",
            "owners:\n  answer_within: 1h",
            "a day or longer",
        ),
        ("rules: {room_not_ready: mira}", "rules: {room_not_ready: }", "Nobody answers"),
        ("rules: {room_not_ready: mira}", "rules: {room_not_raedy: mira}", "room_not_ready"),
        ("rules: {room_not_ready: mira}", "owners: {room_not_ready: mira}", "no field `owners`"),
        ("otherwise: helen", "otherwse: helen", "otherwise"),
        ("found_by: [customer.room,", "found_by: [customer.rom,", "customer.rom"),
        ("found_by: [customer.room,", "found_by: [room,", "customer.room"),
        ("sees: [customer.room,", "sees: [customer.company,", "sensitive"),
    ],
)
def test_a_mistake_is_told_with_what_is_right(old: str, new: str, said: str):
    assert said in mistakes(old, new)


def test_what_is_written_is_what_is_read():
    book = check_book(BOOK, name="b").book
    assert book is not None
    (rule,) = book.lapses
    assert (rule.uses, rule.over_ms, rule.quiet_ms) == (4, 730 * DAY_MS, 180 * DAY_MS)
    assert (rule.gaps, rule.others_ms, rule.call_ms) == (2.0, 90 * DAY_MS, 7 * DAY_MS)
    assert (rule.holds, rule.loses, rule.severity) == ("brand", Loss.ATTENTION, 1)
    assert rule.named({"service": "spa"}) == "spa"
    assert rule.named({}) == ""
    assert book.lapses_on == {"Service Used": (rule,)}
    assert book.hears("Service Used")
    assert book.failures["line_left"].title.startswith("A service they had used")
    causes = book.owners
    owners = [causes.owner_of(*one) for one in (("rule", "room_not_ready"), ("place", "porto"))]
    assert owners == ["mira", "joao"]
    assert causes.owner_of("other", "a partner") == "helen"
    assert book.employees.found_by == ("room", "booking")
    assert book.authority_cents.get("employee", 0) == 0


def test_a_plan_may_be_for_a_lapse_and_need_not():
    text = BOOK.replace("  - for: [promise_broken,", "  - for: [line_left, promise_broken,", 1)
    assert text != BOOK
    checked = check_book(text, name="b")
    assert checked.errors == ()
    assert checked.book is not None
    assert "line_left" in checked.book.plans


def test_a_brand_puts_a_lapse_in_the_place_of_the_umbrella_s():
    own = """makegood: 1
name: sea-view
builds_on: hotel
lapses:
  - id: line_left
    replaces: true
    line: {on: Service Used, named: event.service}
    after: {uses: 9, over: 365d}
    quiet_for: {at_least: 90d, longest_gaps: 3}
    title: A service of the house is no longer used
owners: {rules: {line_left: ana}}
"""
    alone = bind(own, shipped_laws(), {"hotel.yaml": BOOK}.get)
    checked = check_book(alone, name="sea")
    assert checked.errors == ()
    assert checked.book is not None
    (rule,) = checked.book.lapses
    assert (rule.uses, rule.holds) == (9, "umbrella")
    owners = checked.book.owners
    assert (owners.rules["line_left"], owners.rules["room_not_ready"]) == ("ana", "mira")
    assert owners.otherwise == "helen"


def test_its_spans_and_numbers_can_be_changed_at_the_desk():
    paths = {spot.path for spot in spots_of(BOOK)}
    assert paths >= {
        "lapses/line_left/after/uses",
        "lapses/line_left/quiet_for/at_least",
        "lapses/line_left/call_within",
        "owners/answer_within",
    }
