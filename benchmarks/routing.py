"""Measure what routing adds to the fold, and play a synthetic call log again at equal wait.

Run it with `python -m benchmarks --only routing`. The log is made by chance (`benchmarks.calls`),
with a share of about one in ten as we were told of a real contact centre (10.4 %): the figures say
what routing can do with such a log, and nothing about any firm's. Another seed than the tests'.
"""

import time
from pathlib import Path

from msgspec.structs import replace

from benchmarks.calls import write_calls
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.core.fold import FOLD_VERSION, step
from makegood.core.state import EMPTY
from makegood.messages.events import Event, OnDuty, Stamp
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import ProfileId, RepId
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.routing_terms import RoutingRules
from makegood.replay.calls import read_calls
from makegood.replay.calls_figures import PUBLISHED_SHARE, Replayed, replay_calls
from makegood.testing.book import small_book

DAYS, QUICK_DAYS = 28, 5
SEED = 20260105
WAITS_MS = (0, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000)
ROUTING = RoutingRules(
    logged=True, slice=500, order=("last", "narrow", "load"), conversations=True
)
LEAST_MULTIPLE = 2.0  # of the log's share, at equal wait; seen: about 3
MOST_RATIO = 2.2  # a case that is opened with its decision written down, to one without; seen 1.5
CASES, QUICK_CASES = 4_000, 1_000


def run(plan: Plan) -> Result:
    """Play the log again, and open cases with and without the section."""
    path = plan.folder / "calls.csv"
    found = played(path, QUICK_DAYS if plan.quick else DAYS)
    plainly, routed = folds(QUICK_CASES if plan.quick else CASES)
    best = found.at_equal_wait
    share = best.share.value if best is not None else 0.0
    multiple = share / found.log.share.value
    figures = [
        Figure(what="same person, real-life baseline we were given", value=PUBLISHED_SHARE * 100, unit="%"),
        Figure(what="same person in the synthetic log", value=found.log.share.value * 100,
               unit="%"),
        Figure(what="same person at equal wait", value=share * 100, unit="%",
               target="a multiple of the log's"),
        Figure(what="multiple of the log's share at equal wait", value=multiple, unit="x"),
        Figure(what="mean wait in the log", value=found.log.mean_wait_s.value, unit="s"),
        Figure(what="mean wait, log's rule played again", value=found.plain.mean_wait_s.value,
               unit="s"),
    ]  # fmt: skip
    for one in found.frontier:
        what = f"own person waited for {one.name}"
        extra = one.extra_wait_s.value
        figures += [
            Figure(what=f"{what}: same person", value=one.share.value * 100, unit="%"),
            Figure(what=f"{what}: mean wait more than plainly", value=extra, unit="s"),
        ]
    figures.append(Figure(what="a case with its decision written down, ratio",
                          value=routed / plainly, unit="x"))  # fmt: skip
    return Result(
        name="routing",
        figures=tuple(figures),
        bounds=(
            Bound(what="multiple of the log's share at equal wait", value=multiple,
                  least=LEAST_MULTIPLE),
            Bound(what="time of a case with its decision to one without", value=routed / plainly,
                  most=MOST_RATIO, is_timed=True),
        ),
    )  # fmt: skip


def played(path: Path, days: int) -> Replayed:
    """Play a synthetic log again."""
    write_calls(path, seed=SEED, days=days)
    return replay_calls(read_calls(path, {}), ROUTING, WAITS_MS)


def folds(count: int) -> tuple[float, float]:
    """Give the seconds for so many new cases without and with the section, best of five."""
    book = small_book()
    books = (book, replace(book, routing=ROUTING))
    events = [_late(n, book) for n in range(count)]
    best = [float("inf")] * 2
    for _ in range(5):
        for place, one in enumerate(books):
            library = Library(active=one.hash, books={one.hash: one})
            began = time.process_time()
            for event in events:
                step(EMPTY, event, library)
            best[place] = min(best[place], time.process_time() - began)
    return best[0], best[1]


def _late(n: int, book: RuleBook) -> Event:
    duty = tuple(OnDuty(RepId(f"rep-{one}"), 2**41) for one in range(12))
    told = {"reservation": f"R{n}", "delay_minutes": 60}
    return Event(
        source="bench",
        message_id=f"m{n}",
        profile=ProfileId(f"p{n}"),
        time_ms=1_767_600_000_000,
        received_ms=1_767_600_000_000,
        body=Touchpoint(name="Rental Late", properties=told),
        stamp=Stamp(book=book.hash, fold=FOLD_VERSION, on_duty=duty),
    )
