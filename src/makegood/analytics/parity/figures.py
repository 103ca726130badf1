"""What parity found, as plain values: the report and `--format json` show these and no more."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from makegood.analytics.parity.intervals import Interval

Unit = Literal["share", "milliseconds", "ratio"]
Verdict = Literal["differs", "no difference found", "too few to tell"]


class Group(Struct, frozen=True, kw_only=True):
    """One group and one measure.

    Attributes:
        count: Cases or requests of the group.
        figure: The share, or the median, with its own 95 % interval; None below the floor.
        mean: Of amounts, beside the median, which is often nothing.
    """

    group: str
    count: int
    figure: Interval | None
    mean: float | None = None


class Comparison(Struct, frozen=True, kw_only=True):
    """One group against everybody else with the same failure.

    Attributes:
        compared: Of this group, with the same failure as somebody else.
        others: Everybody else with it.
        difference: Of shares: this group less the others. Of times and amounts: the share of pairs
            in which this group had more, of two people with the same failure. Simultaneous.
        verdict: What may be said.
    """

    group: str
    compared: int
    others: int
    difference: Interval | None
    verdict: Verdict


class Measure(Struct, frozen=True, kw_only=True):
    """One thing that should be the same for everybody.

    Attributes:
        id: Its name in JSON.
        title: Its name for people.
        unit: Of the groups' figures.
        same: What the difference is when there is none: 0 of shares, 0.5 of pairs.
    """

    id: str
    title: str
    unit: Unit
    same: float
    groups: tuple[Group, ...]
    comparisons: tuple[Comparison, ...]


class Parity(Struct, frozen=True, kw_only=True):
    """Everything the report says.

    Attributes:
        by: What the groups are.
        since: First day, or "" for all.
        until: End of the log.
        customers: In the log.
        cases: That were looked at.
        too_new: Cases left out, because they had no time to be answered.
        imported: Cases left out, because they are history that was taken in later: nothing was
            sent for them.
        requests: That were looked at.
        at_least: The floor: below it nothing is told.
        comparisons: How many were made; their intervals hold all at once.
        failed: Customers whose history could not be folded; they are in no figure.
        measures: Each of them.
        method: How it was done, sentence by sentence.
    """

    by: str
    since: str
    until: str
    customers: int
    cases: int
    too_new: int
    imported: int
    requests: int
    at_least: int
    comparisons: int
    failed: int
    measures: tuple[Measure, ...]
    method: tuple[str, ...]

    @property
    def differing(self) -> Sequence[tuple[Measure, Comparison]]:
        """What is not the same for everybody."""
        return [
            (measure, one)
            for measure in self.measures
            for one in measure.comparisons
            if one.verdict == "differs"
        ]
