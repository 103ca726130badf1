"""What every benchmark takes and gives back, and how it is shown: JSON and a Markdown table."""

import os
import platform
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

PROBE_SECONDS = 0.5


class Plan(Struct, frozen=True, kw_only=True):
    """How to measure.

    Attributes:
        quick: Small inputs and few repeats; figures are rougher, counts and bounds the same.
        postgres: URL of an empty database; empty leaves PostgreSQL out.
        folder: Where files go, on the disk that is to be measured.
    """

    quick: bool = False
    postgres: str = ""
    folder: Path


class Figure(Struct, frozen=True, kw_only=True):
    """One measured value.

    Attributes:
        nothing: The same value for doing nothing, in the same run; 0 when there is no such limit.
        target: What the product aims at, in words; empty for none.
    """

    what: str
    value: float
    unit: str
    nothing: float = 0
    target: str = ""

    @property
    def ratio(self) -> float:
        """How much of the limit is reached: a rate below it, or a cost above it."""
        return self.value / self.nothing if self.nothing else 0


class Bound(Struct, frozen=True, kw_only=True):
    """A count, or a ratio of one run, that CI holds; never an absolute time.

    Attributes:
        least: The value may not be smaller; None for no such bound.
        most: The value may not be larger; None for no such bound.
        is_timed: It follows the machine, so that a noisy moment may break it; a count never does.
    """

    what: str
    value: float
    least: float | None = None
    most: float | None = None
    is_timed: bool = False

    @property
    def holds(self) -> bool:
        enough = self.least is None or self.value >= self.least
        return enough and (self.most is None or self.value <= self.most)

    @property
    def words(self) -> str:
        parts = (("at least", self.least), ("at most", self.most))
        return " and ".join(f"{word} {shown(limit)}" for word, limit in parts if limit is not None)


class Result(Struct, frozen=True, kw_only=True):
    """What one benchmark found."""

    name: str
    figures: tuple[Figure, ...]
    bounds: tuple[Bound, ...] = ()


class Machine(Struct, frozen=True, kw_only=True):
    """Where and when it was measured, and how noisy it was.

    Attributes:
        load: Load average over a minute, before and after.
        fsyncs_per_second: What the disk could promise, before and after.
    """

    date: str
    python: str
    sqlite: str
    system: str
    cores: int
    load: tuple[float, float]
    fsyncs_per_second: tuple[int, int]


class Moment(Struct, frozen=True, kw_only=True):
    """The noise of one moment."""

    load: float
    fsyncs_per_second: int


def moment(folder: Path) -> Moment:
    """Look at the load, and ask the disk how often it can promise a page."""
    path, count = folder / "probe", 0
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    began = time.perf_counter()
    while time.perf_counter() - began < PROBE_SECONDS:
        os.pwrite(descriptor, b"x" * 4096, count % 64 * 4096)
        os.fdatasync(descriptor)
        count += 1
    rate = count / (time.perf_counter() - began)
    os.close(descriptor)
    path.unlink()
    return Moment(load=round(os.getloadavg()[0], 1), fsyncs_per_second=round(rate))


def machine(before: Moment, after: Moment) -> Machine:
    """Describe the machine between two moments."""
    return Machine(
        date=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        system=f"{platform.system()} {platform.machine()}",
        cores=os.cpu_count() or 1,
        load=(before.load, after.load),
        fsyncs_per_second=(before.fsyncs_per_second, after.fsyncs_per_second),
    )


def markdown(where: Machine, results: Sequence[Result]) -> str:
    """Write everything down as a page would show it."""
    load, disk = where.load, where.fsyncs_per_second
    lines = [
        f"Measured {where.date}: Python {where.python}, SQLite {where.sqlite}, {where.system}, "
        f"{where.cores} cores, load {load[0]:.1f} before and {load[1]:.1f} after, "
        f"{disk[0]:,} and {disk[1]:,} fsyncs/s.",
        "",
        "| benchmark | figure | measured | doing nothing | ratio | target |",
        "|---|---|---:|---:|---:|---|",
    ]
    lines += [_figure_line(result.name, one) for result in results for one in result.figures]
    lines += ["", "| benchmark | CI holds | measured | bound | |", "|---|---|---:|---:|---|"]
    lines += [_bound_line(result.name, one) for result in results for one in result.bounds]
    return "\n".join(lines)


def _figure_line(name: str, one: Figure) -> str:
    nothing = shown(one.nothing) if one.nothing else ""
    ratio = f"{one.ratio:.3g}" if one.nothing else ""
    measured = f"{shown(one.value)} {one.unit}"
    return f"| {name} | {one.what} | {measured} | {nothing} | {ratio} | {one.target} |"


def _bound_line(name: str, one: Bound) -> str:
    holds = "holds" if one.holds else "**broken**"
    return f"| {name} | {one.what} | {shown(one.value)} | {one.words} | {holds} |"


def shown(value: float) -> str:
    """Write a number with three figures that count, and its thousands apart."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
