"""One decision table as data, and what it is written out as: a book, CEL, other languages.

Every way to ask it is made from the same rows, so that a difference between two answers is a
difference between two engines.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeAlias

Test: TypeAlias = bool | str | tuple[int, int]
"""A value, or a range of whole numbers whose ends count."""
ROOMS = ("single", "double", "suite", "family")
FARES = ("saver", "flex", "company")
TOP = 24


def _rows() -> tuple[dict[str, Test], ...]:
    """Give 19 rows that a hotel could write; the twentieth takes the rest."""
    early = [
        {"full": False, "room": room, "hours": (0, 2 + place)} for place, room in enumerate(ROOMS)
    ]
    flexible = [
        {"full": False, "fare": "flex", "hours": (low, low + 2)} for low in range(3, 12, 3)
    ]
    company = [{"full": full, "fare": "company", "room": room}
               for full in (False, True) for room in ROOMS]  # fmt: skip
    late = [
        {"full": True, "hours": (12, TOP)},
        {"full": True, "fare": "saver"},
        {"fare": "saver", "hours": (3, 6)},
        {"room": "suite", "hours": (7, 11)},
    ]
    return (*early, *flexible, *company, *late)


ROWS = _rows()
"""Each row: a test for some columns. The first that fits counts."""
OTHERWISE = len(ROWS)
"""The row without a test."""


def requests(count: int) -> list[dict[str, Any]]:
    """Make requests, the same in every run."""
    draw = Random(11)
    return [
        {
            "full": draw.random() < 0.4,
            "room": draw.choice(ROOMS),
            "fare": draw.choice(FARES),
            "hours": draw.randrange(0, TOP),
        }
        for _ in range(count)
    ]


def cell(test: Test) -> str:
    """Write a test as a rule book does."""
    if isinstance(test, tuple):
        return f"{test[0]}..{test[1]}"
    return str(test).lower() if isinstance(test, bool) else test


def book_text() -> str:
    """Write the table as a rule book that has nothing else to say."""
    rows = "".join(_row(place, row) for place, row in enumerate(ROWS))
    return f"""
makegood: 1
name: table
umbrella: Synthetic Hotels
brands:
  - {{id: one, name: One, sender: care@example.com, offers_sender: offers@news.example.com}}
failures:
  - {{id: late, on: Late, title: Late, about: event.booking, loses: time, severity: 2,
     cause: firm}}
plans:
  - for: [late, other]
    hold: {{scope: brand}}
    apology: sorry
    offers: {{least: [apology: basic]}}
    call_within: 1h
    useful_within: 24h
    on_double_deviation: {{call_within: 5m}}
    made_whole: {{asked: thumbs, ask_after: 1d, or: least_delivered}}
messages:
  - id: sorry
    class: service
    texts:
      en: {{subject: We are sorry, text: "$link"}}
  - id: thumbs
    class: survey
    texts:
      en: {{subject: "Good again?", text: "$link"}}
requests:
  - id: late_checkout
    title: {{en: "May I leave later?"}}
    takes: {{full: bool, room: string, fare: string, hours: int}}
    looks_at:
      full: request.full
      room: {{value: request.room, one_of: [{", ".join(ROOMS)}]}}
      fare: {{value: request.fare, one_of: [{", ".join(FARES)}]}}
      hours: request.hours
    hit: first
    rows:
{rows}      - {{id: r{OTHERWISE}, answer: allow}}
"""


def _row(place: int, row: Mapping[str, Test]) -> str:
    when = ", ".join(f"{name}: {cell(test)}" for name, test in row.items())
    return f"      - {{id: r{place}, when: {{{when}}}, answer: allow}}\n"


def by_hand(request: Mapping[str, Any]) -> int:
    """Ask the table with nothing but comparisons, and without reasons."""
    for place, row in enumerate(ROWS):
        for name, test in row.items():
            value = request[name]
            if not (test[0] <= value <= test[1] if isinstance(test, tuple) else value == test):
                break
        else:
            return place
    return OTHERWISE


def written(say: Callable[[str, Test], tuple[str, ...]], *, and_: str) -> str:
    """Write the table as one expression of a language: a chain of choices that ends in a row."""
    text = str(OTHERWISE)
    for place in reversed(range(len(ROWS))):
        parts = [part for name, test in ROWS[place].items() for part in say(name, test)]
        text = f"{and_.join(parts)} ? {place} : {text}"
    return text
