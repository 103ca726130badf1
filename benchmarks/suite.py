"""Every benchmark, in the order in which they run, each in a process of its own."""

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

from benchmarks.report import Plan, Result

ALL = (
    "conditions",
    "decisions",
    "engines",
    "fold",
    "two_books",
    "store",
    "ingest_http",
    "gate_http",
    "smtp_gate",
    "outbox",
    "idle",
    "queue",
    "everyone",
    "feelings",
    "screen",
    "linkage",
    "reputation",
    "routing",
)
"""Each names a module of this package with `run(plan: Plan) -> Result`."""


def run_one(name: str, plan: Plan) -> Result:
    """Run one benchmark in this process."""
    found: Result = import_module(f"benchmarks.{name}").run(plan)
    return found


def run_all(names: Sequence[str], plan: Plan) -> list[Result]:
    """Run each in a process of its own, so that none inherits another's memory or threads."""
    results = []
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            results.append(apart.submit(run_one, name, plan).result())
    return results
