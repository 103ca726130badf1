"""The section `duty`, the clocks that count by it, and the question after a closed case."""

import pytest

from makegood.playbooks.duty import IN_HOURS
from makegood.playbooks.load import check_book
from tests.unit.playbooks.small_book import SMALL

HOURS = 'duty: {hours: "mon-fri 08:00-20:00"}\n'


def errors_of(more: str) -> list[str]:
    return [str(one) for one in check_book(f"{SMALL}\n{more}", name="x").errors]


def back(more: str) -> str:
    return f"calls: {{flagged: other, call_back: {{{more}}}}}\n"


def test_hours_are_read_in_the_zone_of_the_book():
    hours = 'hours: "mon-fri 08:00-20:00; sat 09:00-13:00"'
    text = f"duty: {{{hours}, closed: [2026-12-25], no_roster: in_hours}}"
    book = check_book(f"{SMALL}\n{text}\n", name="x").book
    assert book is not None
    assert book.duty.zone == book.timezone
    assert book.duty.closed == {"2026-12-25"}
    assert book.duty.no_roster == IN_HOURS
    assert book.duty.week_ms == (5 * 12 + 4) * 3_600_000


def test_without_it_there_are_none_and_clocks_run_always():
    book = check_book(f"{SMALL}\n{back('within: 30m')}", name="x").book
    assert book is not None
    assert not book.duty.spans
    assert book.calls.call_back is not None
    assert not book.calls.call_back.in_duty


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("duty: {}\n", "has no `hours`"),
        ("duty: {hours: always}\n", "are not hours"),
        ('duty: {hours: "mon-fri 25:00-26:00"}\n', "does not exist"),
        ('duty: {hours: "mon 08:00-09:00", closed: [christmas]}\n', "`christmas` is no day"),
        ('duty: {hours: "mon 08:00-09:00", no_roster: maybe}\n', "maybe"),
        (back("within: 30m, clock: duty"), "no hours of duty"),
        (
            'duty: {hours: "mon 08:00-09:00"}\n' + back("within: 9h, clock: duty"),
            "more than 8 weeks of duty",
        ),
        (HOURS + back("within: 30m, tell: nobody"), "There is no message `nobody`"),
        (back("within: 30m, late: {message: nobody, ahead: 5m}"), "Nobody was told a time"),
        ("asking: {after_closing: {asks: nobody}}\n", "`nobody` is not a message"),
        ("asking: {after_closing: {}}\n", "has no `asks`"),
    ],
)
def test_what_it_may_not_say(more: str, why: str):
    found = errors_of(more)
    assert any(why in one for one in found), found
