"""Measure decisions: a table of twenty rows, each answer with its row, its reasons and its facts.

Run it with `python -m benchmarks --only decisions`. Beside the table alone stands the whole
decision: what a request of a customer becomes, as the log would keep it. The limit is a chain of
comparisons without reasons; CI gates the ratio of one run, not the rate.
"""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.report import Bound, Figure, Plan, Result
from benchmarks.table import book_text, by_hand, requests
from makegood.core.decide import decide
from makegood.core.decision import Asker
from makegood.core.state import EMPTY
from makegood.messages.facts import Requested
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book

REQUESTS, QUICK_REQUESTS = 50_000, 10_000
REPEATS = 5
SLOWEST = 10.0  # times the bare comparisons: about 5 here, with slack of two
TARGET = "20,000"
BEGIN_MS = 1_750_000_000_000

Ask = Callable[[dict[str, Any]], object]


def ways() -> dict[str, Ask]:
    """Give each way to decide, the bare comparisons first."""
    book = load_book(book_text(), name="table.yaml")
    library = Library(active=book.hash, books={book.hash: book})
    rule = book.requests["late_checkout"].rule
    asker = Asker()

    def whole(request: dict[str, Any]) -> object:
        wanted = Requested(request="late_checkout", facts=request)
        decision = decide(EMPTY, wanted, asker, BEGIN_MS, library)
        assert isinstance(decision.body, Requested)
        return decision.body.row

    return {
        "comparisons by hand, no reasons": lambda one: f"r{by_hand(one)}",
        "a table of 20 rows, with reasons": lambda one: rule(one, {}).row,
        "the whole decision of a request": whole,
    }


def _seconds(ask: Ask, asked: list[dict[str, Any]]) -> float:
    start = time.process_time()
    for one in asked:
        ask(one)
    return time.process_time() - start


def run(plan: Plan) -> Result:
    """Check that the ways agree, then let them take turns."""
    asked = requests(QUICK_REQUESTS if plan.quick else REQUESTS)
    found = ways()
    by_comparing, *others = ([ask(one) for one in asked] for ask in found.values())
    assert all(other == by_comparing for other in others), "the ways answer differently"
    best = dict.fromkeys(found, float("inf"))
    for _ in range(REPEATS):
        for name, ask in found.items():
            best[name] = min(best[name], _seconds(ask, asked))
    nothing, table, _whole = best.values()
    return Result(
        name="decisions",
        figures=tuple(
            Figure(
                what=name,
                value=len(asked) / taken,
                unit="decisions/CPU-s",
                nothing=len(asked) / nothing,
                target=TARGET,
            )
            for name, taken in best.items()
            if taken is not nothing
        ),
        bounds=(
            Bound(
                what="time to bare comparisons",
                value=table / nothing,
                most=SLOWEST,
                is_timed=True,
            ),
        ),
    )
