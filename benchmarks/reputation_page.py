"""The page about a fair reputation: its table of what was measured, and the curve beside it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.reputation import VOLUMES, Alarm, Score
from makegood.analytics.reputation.chart import Point, drawn

CURVE = Path("docs/img/reputation.svg")
PAGE = Path("docs/explanation/a-fair-reputation.md")
MARKED = re.compile(
    r"(?<=<!-- reputation: begin -->\n).*?(?=\n<!-- reputation: end -->)", re.DOTALL
)


def write(scores: Mapping[str, Sequence[Score]], alarms: Sequence[Alarm]) -> None:
    """Put the table into the page, and draw the curve from the same numbers."""
    text = markdown(scores, alarms)
    page, count = MARKED.subn(lambda _: text, PAGE.read_text())
    if count != 1:
        raise SystemExit(f"{PAGE} needs one pair of marks.")
    PAGE.write_text(page)
    CURVE.write_text(drawn([_point(n, field, scores) for n in VOLUMES for field in FIELDS]))


FIELDS = {"reps": "this model", "positive": "percent-positive"}


def _point(ratings: int, field: str, scores: Mapping[str, Sequence[Score]]) -> Point:
    found = [getattr(one, field) for one in scores[f"{ratings} a rep"]]
    return Point(
        of=FIELDS[field], ratings=ratings, tau=float(np.mean(found)), low=min(found),
        high=max(found),
    )  # fmt: skip


def markdown(scores: Mapping[str, Sequence[Score]], alarms: Sequence[Alarm]) -> str:
    """Write the table and what became of the bad fee."""
    return "\n".join(
        [
            "| ratings | tau of percent-positive | tau of the model, people | 90 % intervals hold "
            "| tau, rules | intervals hold |",
            "|---|---|---|---|---|---|",
            *(_row(name, got) for name, got in scores.items()),
            "",
            f"{len(alarms)} worlds a row, 60 people, 12 rules: the mean, and from the worst world "
            "to the best.",
            "",
            *_of_the_fee(alarms),
        ]
    )


def _row(name: str, got: Sequence[Score]) -> str:
    cells = [
        _range([one.positive for one in got], 1, 2),
        _range([one.reps for one in got], 1, 2),
        _range([one.covered for one in got], 100, 0) + " %",
        _range([one.rules for one in got], 1, 2),
        _range([one.rules_covered for one in got], 100, 0) + " %",
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def _range(found: Sequence[float], times: float, digits: int) -> str:
    values = [times * one for one in found]
    mean, low, high = (f"{one:.{digits}f}" for one in (np.mean(values), min(values), max(values)))
    return f"{mean} ({low} to {high})"


def _of_the_fee(alarms: Sequence[Alarm]) -> list[str]:
    named = sorted(one.named for one in alarms if one.named)
    moved = [one.moved for one in alarms]
    still = sum(one <= MOST_MOVED for one in moved)
    rows = [
        (f"days until it is named ({len(named)} of {len(alarms)} worlds within 14; other rules "
         f"named: {sum(one.wrongly for one in alarms)})", f"{np.median(named):.0f}",
         f"{named[-1]}"),
        ("the most moved of 60 people by then", *_sd([one.early for one in alarms])),
        (f"the most moved after 28 days, when those two weeks have settled ({still} of "
         f"{len(alarms)} worlds at most {MOST_MOVED})", *_sd(moved)),
        ("the same, where the world without the fee sets the same ratings aside",
         *_sd([one.laid for one in alarms])),
        ("the tenth who met the bad fee most often, against all, after 28 days",
         f"{np.median([one.blamed for one in alarms]):+.2f} sd",
         f"{min(one.blamed for one in alarms):+.2f} sd"),
    ]  # fmt: skip
    head = "| a fee became bad, at 360 ratings a rep | the middle world | the worst |"
    return [head, "|---|---|---|", *("| " + " | ".join(row) + " |" for row in rows)]


def _sd(moved: Sequence[float]) -> tuple[str, str]:
    return f"{np.median(moved):.2f} sd", f"{max(moved):.2f} sd"


MOST_MOVED = 0.1
