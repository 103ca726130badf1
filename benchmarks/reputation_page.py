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
            "| tau, rules | intervals hold | seconds |",
            "|---|---|---|---|---|---|---|",
            *(_row(name, got) for name, got in scores.items()),
            "",
            f"{len(alarms)} worlds a row, 60 people, 12 rules: the mean, and from the worst world "
            "to the best. Seconds are of one processor, the middle world, for people and rules "
            "together.",
            "",
            *_of_the_fee(alarms),
        ]
    )


def _row(name: str, got: Sequence[Score]) -> str:
    seconds = np.median([one.seconds for one in got])
    cells = [
        _range([one.positive for one in got], 1, 2),
        _range([one.reps for one in got], 1, 2),
        _range([one.covered for one in got], 100, 0) + " %",
        _range([one.rules for one in got], 1, 2),
        _range([one.rules_covered for one in got], 100, 0) + " %",
        f"{seconds:.1f}",
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def _range(found: Sequence[float], times: float, digits: int) -> str:
    values = [times * one for one in found]
    mean, low, high = (f"{one:.{digits}f}" for one in (np.mean(values), min(values), max(values)))
    return f"{mean} ({low} to {high})"


def _of_the_fee(alarms: Sequence[Alarm]) -> list[str]:
    named = sorted(one.named for one in alarms if one.named)
    moved, unseen = (sorted(getattr(one, it) for one in alarms) for it in ("moved", "unseen"))
    still = sum(one <= MOST_MOVED for one in moved)
    return [
        "| a fee became bad, at 360 ratings a rep | the middle world | the worst |",
        "|---|---|---|",
        f"| days until it is named ({len(named)} of {len(alarms)} worlds within 14; other rules "
        f"named: {sum(one.wrongly for one in alarms)}) | {np.median(named):.0f} | {named[-1]} |",
        f"| the most moved of 60 people, 14 days after ({still} of {len(alarms)} worlds at most "
        f"{MOST_MOVED}) | {np.median(moved):.2f} sd | {moved[-1]:.2f} sd |",
        "| of that laid on them, and not for want of the ratings set aside "
        f"| {np.median([one.laid for one in alarms]):.2f} sd "
        f"| {max(one.laid for one in alarms):.2f} sd |",
        "| the most moved at the last look before it was named "
        f"| {np.median(unseen):.2f} sd | {unseen[-1]:.2f} sd |",
    ]


MOST_MOVED = 0.1
