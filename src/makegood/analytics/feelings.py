"""How answers move from one time to the next: figures with intervals, and whether they differ.

The interval of a difference is made from the two intervals by MOVER (Zou and Donner 2008); of two
shares that is Newcombe's method 10. Figures shown together hold together (Bonferroni), and so do
differences. A period that is not over is compared with none: whoever looks every day would find a
difference on one of them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import hypot
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.analytics.asking import Figure, Own, figure_of, scores_of
from makegood.analytics.parity.intervals import Interval
from makegood.analytics.periods import Period
from makegood.playbooks.rulings import SurveyQuestion, SurveyRule
from makegood.ports.answers import AnswerCount

Verdict: TypeAlias = Literal["better", "worse", "unsure"]


class Change(Struct, frozen=True, kw_only=True):
    """How far a figure moved.

    Attributes:
        interval: The later less the earlier, in the unit of the figure.
    """

    interval: Interval

    @property
    def verdict(self) -> Verdict:
        """Whether it is more than chance: better or worse only where nought is out of question."""
        if not self.interval.excludes(0.0):
            return "unsure"
        return "better" if self.interval.value > 0 else "worse"


class Point(Struct, frozen=True, kw_only=True):
    """One period of a figure.

    Attributes:
        figure: With the interval that holds together with those of the other periods.
        asked: To how many the survey was sent.
        unhappy: Whoever ever answered it badly.
        recovered: Those of them who said since that it is good.
        change: From the period before; None where it cannot be told or is not over.
    """

    period: Period
    figure: Figure
    asked: int
    unhappy: int
    recovered: int
    change: Change | None


class Line(Struct, frozen=True, kw_only=True):
    """A question to several who are compared, or to one over two spans.

    Attributes:
        name: The brand or the touchpoint.
        survey: Which asks.
        whole: Of the whole time.
        asked: To how many the survey was sent.
        answered: How many of them answered any of its questions.
        change: The later half of the whole periods less the earlier one.
    """

    name: str
    survey: str
    question: SurveyQuestion
    whole: Figure
    asked: int
    answered: int
    change: Change | None


class Halves(Struct, frozen=True, kw_only=True):
    """What was counted of one survey of a brand or touchpoint.

    Attributes:
        earlier: In the earlier half of the whole periods.
        later: In the later half.
        rest: Before them, and in the running period.
    """

    name: str
    rule: SurveyRule
    earlier: tuple[AnswerCount, ...] = ()
    later: tuple[AnswerCount, ...] = ()
    rest: tuple[AnswerCount, ...] = ()
    own: Own | None = None

    @property
    def whole(self) -> tuple[AnswerCount, ...]:
        """Give everything that was counted."""
        return (*self.earlier, *self.later, *self.rest)


def apart(later: Interval, earlier: Interval) -> Interval:
    """Give the later less the earlier figure, with the interval of the difference."""
    value = later.value - earlier.value
    down = hypot(later.value - later.low, earlier.high - earlier.value)
    up = hypot(later.high - later.value, earlier.value - earlier.low)
    return Interval(value=value, low=value - down, high=value + up)


def trend_of(
    asked: SurveyQuestion,
    counted: Sequence[tuple[Period, Sequence[AnswerCount]]],
    too_few: int,
    own: Own | None = None,
) -> tuple[Point, ...]:
    """Give the figure of each period, and how far it moved from the one before.

    Args:
        asked: The question.
        counted: What was counted in each period, the oldest first.
        too_few: Of fewer answers nothing is said.
        own: As in `group_of`.
    """
    scores = [scores_of(asked, counts, own) for _, counts in counted]
    told = [sum(one.values()) >= too_few for one in scores]
    figures = [_figure(asked, one, too_few, sum(told)) for one in scores]
    over = [not period.is_running for period, _ in counted]
    pairs = [
        n
        for n, (first, second) in enumerate(pairwise(range(len(counted))), 1)
        if told[first] and told[second] and over[second]
    ]
    changes = {n: _change(asked, scores[n], scores[n - 1], too_few, len(pairs)) for n in pairs}
    return tuple(
        Point(
            period=period,
            figure=figure,
            asked=asked_in(counts),
            unhappy=sum(one.n for one in counts if one.unhappy and not one.question),
            recovered=sum(one.n for one in counts if one.unhappy == "recovered"),
            change=changes.get(n),
        )
        for n, ((period, counts), figure) in enumerate(zip(counted, figures, strict=True))
    )


def lines_of(
    several: Iterable[Halves], too_few: int, *, only: str | None = None
) -> tuple[Line, ...]:
    """Give each question of each survey; what is shown together holds together.

    Args:
        several: What was counted of each survey of each brand or touchpoint.
        too_few: Of fewer answers nothing is said.
        only: This question alone.
    """
    asked = [
        (one, question)
        for one in several
        for question in one.rule.questions
        if only in (None, question.id)
    ]
    scores = [
        tuple(scores_of(question, part, one.own) for part in (one.whole, one.later, one.earlier))
        for one, question in asked
    ]
    told = sum(sum(whole.values()) >= too_few for whole, _, _ in scores)
    moved = sum(_both(later, earlier, too_few) for _, later, earlier in scores)
    return tuple(
        Line(
            name=one.name,
            survey=one.rule.id,
            question=question,
            whole=_figure(question, whole, too_few, told),
            asked=asked_in(one.whole),
            answered=answered_in(one.whole),
            change=_change(question, later, earlier, too_few, moved),
        )
        for (one, question), (whole, later, earlier) in zip(asked, scores, strict=True)
    )


def asked_in(counts: Iterable[AnswerCount]) -> int:
    """Say to how many a survey was sent."""
    return sum(one.n for one in counts if one.asked and not one.question)


def answered_in(counts: Iterable[AnswerCount]) -> int:
    """Say how many of those whom it was sent to answered any of its questions."""
    return sum(one.n for one in counts if one.asked and one.replied and not one.question)


def _both(later: Counter[int], earlier: Counter[int], too_few: int) -> bool:
    return min(sum(later.values()), sum(earlier.values())) >= too_few


def _figure(asked: SurveyQuestion, scores: Counter[int], too_few: int, at_once: int) -> Figure:
    return figure_of(asked.id, asked.kind, asked.scale, scores, too_few, at_once=at_once)


def _change(
    asked: SurveyQuestion,
    later: Counter[int],
    earlier: Counter[int],
    too_few: int,
    at_once: int,
) -> Change | None:
    now = _figure(asked, later, too_few, at_once).interval
    before = _figure(asked, earlier, too_few, at_once).interval
    if now is None or before is None:
        return None
    return Change(interval=apart(now, before))
