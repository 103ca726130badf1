"""Measure who is who: how good the links are, by sealed truths, and what long lists cost.

Run it with `python -m benchmarks --only linkage`. FEBRL 4 is compared with and without its
national id as a comparison, never searched by it. Made-up guests of three brands are compared on
seeds other than the one on which the thresholds were chosen, which is told as well. The long lists
are two brands of one population, in a process that may use 2 GB before it goes to disk; where the
time goes is the learning and the comparing, so the rate is of all rows of both lists.
"""

import resource
import time
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from msgspec.structs import replace

from benchmarks.report import Bound, Figure, Plan, Result
from makegood.linkage.finding import Found, find
from makegood.linkage.plan import plan_of
from tests.guests.judging import CHOSEN_ON, as_customers, brands, by_threshold, febrl_4, shares
from tests.guests.made import PLAN, make_lists

# Seed -> people; none of these seeds was looked at while the comparisons were made.
SEEDS = {21: 4_000, 22: 4_000, 23: 4_000, 24: 4_000, 25: 4_000, 26: 6_000, 27: 16_000}
QUICK_SEEDS = {21: 2_000}
PEOPLE, QUICK_PEOPLE = 4_000, 2_000
LONG_SEED = 28
POPULATION, QUICK_POPULATION = 333_000, 8_000  # of which three in five are in each of two lists
MEMORY = "2GB"


def run(plan: Plan) -> Result:
    """Judge and measure."""
    figures: list[Figure] = []
    bounds: list[Bound] = []
    for with_number in (True, False):
        _febrl(plan, figures, bounds, with_number=with_number)
    _brands(plan, figures, bounds)
    people = QUICK_POPULATION if plan.quick else POPULATION
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        rows, seconds, megabytes, precision, recall, asked = apart.submit(
            _long, plan.folder, people
        ).result()
    what = f"two lists of {rows:,} guests together"
    figures += [
        Figure(what=f"{what}: rows", value=rows / seconds, unit="rows/CPU-s"),
        Figure(what=f"{what}: memory", value=megabytes, unit="MB"),
        Figure(what=f"{what}: precision", value=precision, unit=""),
        Figure(what=f"{what}: recall", value=recall, unit=""),
        Figure(what=f"{what}: pairs for people", value=asked, unit="pairs"),
    ]
    return Result(name="linkage", figures=tuple(figures), bounds=tuple(bounds))


def _febrl(plan: Plan, figures: list[Figure], bounds: list[Bound], *, with_number: bool) -> None:
    found, true = febrl_4(plan.folder, with_number=with_number)
    _, _, f1 = shares([*found.sure, *found.asked], true)
    how = "with" if with_number else "without"
    what = f"FEBRL 4, {how} its national id as a comparison: F1"
    figures.append(Figure(what=what, value=f1, unit="", target="0.995"))
    bounds.append(Bound(what=what, value=f1, least=0.995))


def _brands(plan: Plan, figures: list[Figure], bounds: list[Bound]) -> None:
    people = QUICK_PEOPLE if plan.quick else PEOPLE
    chosen, true = brands(plan.folder, CHOSEN_ON, people)
    for least, precision, recall in by_threshold(chosen, true):
        said = f"chosen on seed {CHOSEN_ON}: at {least:g} and above"
        figures.append(Figure(what=f"{said}, precision", value=precision, unit=""))
        figures.append(Figure(what=f"{said}, recall", value=recall, unit=""))
    for seed, count in (QUICK_SEEDS if plan.quick else SEEDS).items():
        found, true = brands(plan.folder, seed, count)
        _one(f"three brands, {count:,} people, seed {seed}", found, true, figures, bounds)


def _one(
    said: str,
    found: Found,
    true: Collection[frozenset[str]],
    figures: list[Figure],
    bounds: list[Bound],
) -> None:
    precision, recall, _ = shares(found.sure, true)
    _, helped, _ = shares([*found.sure, *found.asked], true)
    one_precision, one_recall = as_customers(found.sure, true)
    figures += [
        Figure(what=f"{said}: precision", value=precision, unit="", target="0.99"),
        Figure(what=f"{said}: recall", value=recall, unit="", target="0.9"),
        Figure(what=f"{said}: precision as customers", value=one_precision, unit=""),
        Figure(what=f"{said}: recall as customers", value=one_recall, unit=""),
        Figure(what=f"{said}: recall with what people are asked", value=helped, unit=""),
        Figure(what=f"{said}: pairs for people", value=len(found.asked), unit="pairs"),
    ]
    bounds.append(Bound(what=f"{said}: precision", value=precision, least=0.99))
    bounds.append(Bound(what=f"{said}: recall", value=recall, least=0.9))


def _long(folder: Path, people: int) -> tuple[int, float, float, float, float, int]:
    """Compare two long lists; give rows, CPU-s, most MB, precision, recall, questions."""
    made = make_lists(folder, LONG_SEED, people)
    plan = plan_of(PLAN, "plan.yaml")
    plan = replace(plan, lists=plan.lists[:2])
    files = {one.id: made.files[one.id] for one in plan.lists}
    true = {pair for pair in made.true_pairs() if not any("user:" in row for row in pair)}
    del made
    began = time.process_time()
    found = find(files, plan, lambda *_: None, memory=MEMORY)
    seconds = time.process_time() - began
    precision, recall, _ = shares(found.sure, true)
    rows = sum(one.kept for one in found.lists)
    return rows, seconds, _megabytes(), precision, recall, len(found.asked)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
