"""Compare groups: like with like, every interval of the report true at once, or "too few to tell".

Nobody has to be accused of anything by chance: over all comparisons of a report together, one that
is not there is found in at most one report of twenty.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import TypeVar

from msgspec import Struct

from makegood.analytics.parity.figures import Comparison, Group, Measure, Unit, Verdict
from makegood.analytics.parity.intervals import (
    Compared,
    Counted,
    Interval,
    difference,
    median,
    pairs,
    wilson,
    z_for,
)
from makegood.analytics.parity.records import Answered, Served

ALPHA = 0.05
AT_LEAST = 30
"""With fewer on either side an interval says nothing that anybody would act on."""
_SAME_SHARE, _SAME_PAIRS = 0.0, 0.5
_Record = TypeVar("_Record", Served, Answered)


class Question(Struct, frozen=True, kw_only=True):
    """One measure before it is worked out.

    Attributes:
        rows: (group, stratum, value) of everybody it can be told of.
    """

    id: str
    title: str
    unit: Unit
    rows: tuple[tuple[str, Hashable, float], ...]

    @property
    def groups(self) -> dict[str, int]:
        """How many of each group, the largest first."""
        counts: dict[str, int] = {}
        for group, _, _ in self.rows:
            counts[group] = counts.get(group, 0) + 1
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def measures_of(
    served: Sequence[Served], answered: Sequence[Answered], at_least: int = AT_LEAST
) -> tuple[tuple[Measure, ...], int]:
    """Work out every measure.

    Args:
        served: Cases.
        answered: Requests.
        at_least: The floor on each side of a comparison.

    Returns:
        The measures, and how many comparisons were made.
    """
    questions = [one for one in (*_of_cases(served), *_of_requests(answered)) if one.rows]
    count = sum(1 for one in questions for _ in _asked(one, at_least))
    z = z_for(ALPHA, count)
    return tuple(_measured(one, at_least, z) for one in questions), count


def _of_cases(served: Sequence[Served]) -> Iterator[Question]:
    yield _about(served, "answered", "Cases answered", "share", lambda one: one.answered)
    yield _about(
        served, "human", "Time to the first person", "milliseconds", lambda one: one.human_ms
    )
    yield _about(
        served, "remedy", "Time to the first remedy", "milliseconds", lambda one: one.remedy_ms
    )
    priced = [one for one in served if one.price_cents > 0]
    kinds = sorted({kind for one in priced for kind in one.goodwill})
    if kinds:
        yield _about(
            priced, "goodwill", "Goodwill, of the price", "ratio",
            lambda one: sum(one.goodwill.values()) / one.price_cents,
        )  # fmt: skip
    if len(kinds) > 1:
        for kind in kinds:
            yield _about(
                priced, f"goodwill_{kind}", f"Goodwill by {kind.replace('_', ' ')}, of the price",
                "ratio", _given(kind),
            )  # fmt: skip
    if any(one.owed_cents for one in priced):
        yield _about(
            priced, "owed", "Owed, of the price", "ratio",
            lambda one: one.owed_cents / one.price_cents,
        )  # fmt: skip
    owing = [one for one in served if one.paid is not None]
    yield _about(
        owing, "paid", "What was owed was paid in full", "share", lambda one: bool(one.paid)
    )
    yield _about(served, "whole", "Made whole", "share", lambda one: one.whole)


def _given(kind: str) -> Callable[[Served], float]:
    return lambda one: one.goodwill.get(kind, 0) / one.price_cents


def _of_requests(answered: Sequence[Answered]) -> Iterator[Question]:
    titles = {"allow": "allowed", "deny": "denied", "person": "put before a person"}
    for request in sorted({one.request for one in answered}):
        asked = [one for one in answered if one.request == request]
        for answer, words in titles.items():
            yield _about(
                asked, f"{request}_{answer}", f"“{request.replace('_', ' ')}” {words}", "share",
                _said(answer),
            )  # fmt: skip


def _said(answer: str) -> Callable[[Answered], float]:
    return lambda one: one.answer == answer


def _about(
    records: Iterable[_Record], name: str, title: str, unit: Unit, read: Callable[[_Record], float]
) -> Question:
    rows = tuple((one.group, one.stratum, float(read(one))) for one in records)
    return Question(id=name, title=title, unit=unit, rows=rows)


def _asked(question: Question, at_least: int) -> Iterator[str]:
    """Give the groups that are compared with all others; of two groups one says it all."""
    whole = len(question.rows)
    groups = list(question.groups.items())
    if len(groups) < 2:
        return
    for group, count in groups[1:] if len(groups) == 2 else groups:
        if min(count, whole - count) >= at_least:
            yield group


def _measured(question: Question, at_least: int, z: float) -> Measure:
    asked = set(_asked(question, at_least))
    groups = question.groups
    told = list(groups)[1:] if len(groups) == 2 else list(groups) if len(groups) > 2 else []
    same = _SAME_SHARE if question.unit == "share" else _SAME_PAIRS
    return Measure(
        id=question.id,
        title=question.title,
        unit=question.unit,
        same=same,
        groups=tuple(_group(question, group, at_least) for group in groups),
        comparisons=tuple(
            _compared(question, group, at_least, z if group in asked else None) for group in told
        ),
    )


def _group(question: Question, group: str, at_least: int) -> Group:
    values = [value for one, _, value in question.rows if one == group]
    z = z_for(ALPHA)
    if len(values) < at_least:
        return Group(group=group, count=len(values), figure=None)
    if question.unit == "share":
        return Group(group=group, count=len(values), figure=wilson(sum(values), len(values), z))
    mean = fmean(values) if question.unit == "ratio" else None
    return Group(group=group, count=len(values), figure=median(values, z), mean=mean)


def _compared(question: Question, group: str, at_least: int, z: float | None) -> Comparison:
    strata = _split(question, group)
    found: Compared | None = None
    if z is not None:
        found = _shares(strata, z) if question.unit == "share" else pairs(list(strata.values()), z)
    if found is None or min(found.here, found.elsewhere) < at_least:
        return Comparison(
            group=group,
            compared=found.here if found else 0,
            others=found.elsewhere if found else 0,
            difference=None,
            verdict="too few to tell",
        )
    return Comparison(
        group=group,
        compared=found.here,
        others=found.elsewhere,
        difference=found.interval,
        verdict=_verdict(found.interval, question),
    )


def _verdict(interval: Interval, question: Question) -> Verdict:
    same = _SAME_SHARE if question.unit == "share" else _SAME_PAIRS
    return "differs" if interval.excludes(same) else "no difference found"


def _split(question: Question, group: str) -> Mapping[Hashable, tuple[list[float], list[float]]]:
    """Put each stratum's values on two sides: the group's, and everybody else's."""
    strata: dict[Hashable, tuple[list[float], list[float]]] = {}
    for one, stratum, value in question.rows:
        strata.setdefault(stratum, ([], []))[one != group].append(value)
    return strata


def _shares(
    strata: Mapping[Hashable, tuple[list[float], list[float]]], z: float
) -> Compared | None:
    counted = [
        Counted(
            part=round(sum(mine)),
            whole=len(mine),
            other_part=round(sum(theirs)),
            other_whole=len(theirs),
        )
        for mine, theirs in strata.values()
    ]
    return difference(counted, z)
