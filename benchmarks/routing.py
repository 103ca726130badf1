"""Measure what routing adds to the fold, and play synthetic call logs again at equal wait.

Run it with `python -m benchmarks --only routing`. The logs are made by chance (see `calls.py`),
with a share of about one in ten as we were told of a real contact centre (10.4 %): the figures say
what routing can do with such logs, and nothing about any firm's. Shape and `WAIT` were chosen on
other seeds (`calls.SEEN`), and each figure comes with its interval over the seeds here.
"""

import time
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev

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
from makegood.replay.calls_figures import PUBLISHED_SHARE, Played, Replayed, replay_calls
from makegood.testing.book import small_book

DAYS, QUICK_DAYS = 7, 3
SEEDS, QUICK_SEEDS = (101, 102, 103, 104, 105, 106), (101, 102, 103)
T_90 = {3: 2.920, 6: 2.015}  # Student's t of a mean over so many seeds, for an interval of 90 %
WAIT = "0s"  # at equal wait on the seeds that were seen: nobody is waited for
WAITS_MS = (0, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000)
ROUTING = RoutingRules(
    logged=True, slice=500, order=("last", "narrow", "load"), conversations=True
)
LEAST_MULTIPLE = 2.0  # of the log's share, at equal wait; seen: about 3
MOST_EXTRA = 0.2  # of the mean wait; three short logs (`--quick`) are noisy, seen 0.05 with six
MOST_RATIO = 2.2  # a case that is opened with its decision written down, to one without; seen 1.5
CASES, QUICK_CASES = 4_000, 1_000


def run(plan: Plan) -> Result:
    """Play the logs again, and open cases with and without the section."""
    seeds = QUICK_SEEDS if plan.quick else SEEDS
    days = QUICK_DAYS if plan.quick else DAYS
    found = [played(plan.folder / "calls.csv", seed, days) for seed in seeds]
    plainly, routed = folds(QUICK_CASES if plan.quick else CASES)
    fixed = [_way(one, WAIT) for one in found]
    multiple = [
        _share(one) / log.share.value
        for one, log in zip(fixed, (it.log for it in found), strict=True)
    ]
    extra_s = [one.extra_wait_s.value for one in fixed]
    figures = [
        Figure(what="same person, baseline we were given", value=PUBLISHED_SHARE * 100, unit="%"),
        *over("same person in the synthetic log", "%", [_share(one.log) for one in found], 100),
        *over("same person at equal wait", "%", [_share(one) for one in fixed], 100),
        *over("multiple of the log's share at equal wait", "x", multiple),
        *over("mean wait in the log", "s", [one.log.mean_wait_s.value for one in found]),
        *over("mean wait, log's rule again", "s", [one.plain.mean_wait_s.value for one in found]),
    ]
    for place, ms in enumerate(WAITS_MS):
        ways = [one.frontier[place] for one in found]
        what = f"own person waited for {ms / 1000:g}s"
        extra = [one.extra_wait_s.value for one in ways]
        figures += over(f"{what}: same person", "%", [_share(one) for one in ways], 100)
        figures += over(f"{what}: mean wait more than plainly", "s", extra)
    figures.append(Figure(what="a case with its decision written down, ratio",
                          value=routed / plainly, unit="x"))  # fmt: skip
    return Result(
        name="routing",
        figures=tuple(figures),
        bounds=(
            Bound(what="multiple of the log's share at equal wait, low end over seeds",
                  value=ends(multiple)[0], least=LEAST_MULTIPLE),
            Bound(what="seconds a caller waits more at equal wait, low end over seeds",
                  value=ends(extra_s)[0], most=0.0),
            Bound(what="part of the mean wait a caller waits more at equal wait, over seeds",
                  value=fmean(extra_s) / fmean(one.plain.mean_wait_s.value for one in found),
                  most=MOST_EXTRA),
            Bound(what="time of a case with its decision to one without", value=routed / plainly,
                  most=MOST_RATIO, is_timed=True),
        ),
    )  # fmt: skip


def _share(one: Played) -> float:
    return one.share.value


def _way(found: Replayed, name: str) -> Played:
    return next(one for one in found.frontier if one.name == name)


def ends(values: Sequence[float]) -> tuple[float, float]:
    """Give the interval of 90 % of a mean over seeds."""
    reach = T_90[len(values)] * stdev(values) / sqrt(len(values))
    return fmean(values) - reach, fmean(values) + reach


def over(what: str, unit: str, values: Sequence[float], scale: float = 1) -> list[Figure]:
    """Show a mean over seeds with its interval."""
    scaled = [one * scale for one in values]
    low, high = ends(scaled)
    return [
        Figure(what=what, value=fmean(scaled), unit=unit),
        Figure(what=f"{what}, low", value=low, unit=unit),
        Figure(what=f"{what}, high", value=high, unit=unit),
    ]


def played(path: Path, seed: int, days: int) -> Replayed:
    """Play a synthetic log again."""
    write_calls(path, seed=seed, days=days)
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
