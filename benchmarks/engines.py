"""Measure our conditions and tables beside other engines: the same rules, the same answers.

Run it with `python -m benchmarks --only engines`. Each is given its rules as it likes
them best, compiled once: one expression a rule, and one chain of choices where its language has
them. The answers of every engine are hashed; a hash that differs ends the run. Events that lack a
fact are left out, because only ours says which rule could not be judged. A chain of choices gives
a row and no reasons: it does less than a table does. In place of "doing nothing" stands ours.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks import dialects
from benchmarks.conditions import FACTS, fused_functions, synthetic_events
from benchmarks.report import Bound, Figure, Plan, Result
from benchmarks.table import book_text, requests
from makegood.playbooks.load import load_book

EVENTS, QUICK_EVENTS = 20_000, 2_000
REPEATS = 3

Ask = Callable[[Any], Any]
"""Takes one item and gives its answer: the places of matching rules, or the place of a row."""


def our_conditions() -> Ask:
    """Ask one fused function for each event name; it also works out fields and reasons."""
    functions = fused_functions()

    def ask(item: tuple[str, dict[str, Any], dict[str, Any]]) -> tuple[int, ...]:
        name, event, customer = item
        return tuple(found.rule for found in functions[name](event, customer))

    return ask


def our_table() -> Ask:
    """Ask a decision table of a rule book, with its reasons."""
    rule = load_book(book_text(), name="table.yaml").requests["late_checkout"].rule
    return lambda request: int(rule(request, {}).row[1:])


def hash_of(answers: Iterable[Any]) -> str:
    """Hash what an engine answered, in order."""
    return hashlib.sha256(repr(list(answers)).encode()).hexdigest()[:16]


def measured(ways: dict[str, Ask], items: Sequence[Any]) -> tuple[dict[str, float], str]:
    """Check that all ways agree, let them take turns; give CPU seconds and the one hash."""
    hashes = {name: hash_of(ask(item) for item in items) for name, ask in ways.items()}
    if len(set(hashes.values())) != 1:
        raise SystemExit(f"The engines answer differently: {hashes}")
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(REPEATS):
        for name, ask in ways.items():
            start = time.process_time()
            for item in items:
                ask(item)
            best[name] = min(best[name], time.process_time() - start)
    return best, next(iter(hashes.values()))


def _figures(best: dict[str, float], what: str, count: int, shown: str) -> tuple[Figure, ...]:
    ours = next(iter(best.values()))
    return tuple(
        Figure(
            what=f"{what}, {name} (answers {shown})",
            value=count / taken,
            unit="items/CPU-s",
            nothing=count / ours,
        )
        for name, taken in best.items()
    )


def run(plan: Plan) -> Result:
    """Measure conditions, then a table; the column beside each figure is ours."""
    count = QUICK_EVENTS if plan.quick else EVENTS
    whole = [item for item in synthetic_events(count) if len(item[1]) == len(FACTS)]
    conditions, shown = measured({"Makegood": our_conditions(), **dialects.conditions()}, whole)
    asked = requests(count)
    tables, row_hash = measured({"Makegood": our_table(), **dialects.tables()}, asked)
    return Result(
        name="engines",
        figures=(
            *_figures(conditions, "20 conditions", len(whole), shown),
            *_figures(tables, "a table of 20 rows", len(asked), row_hash),
        ),
        bounds=(
            Bound(
                what="conditions: our time to the fastest other",
                value=conditions["Makegood"]
                / min(taken for name, taken in conditions.items() if name != "Makegood"),
                most=1.0,
                is_timed=True,
            ),
            Bound(
                what="a table with reasons: our time to the other table",
                value=tables["Makegood"] / tables["zen-engine, a decision table"],
                most=0.5,
                is_timed=True,
            ),
        ),
    )
