"""What pages about feelings show of figures: rows of tables, and the drawings before them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from msgspec import Struct

from makegood.analytics.asking import Figure
from makegood.analytics.feelings import Change, Line, Point
from makegood.analytics.parity.intervals import Interval
from makegood.analytics.periods import By, Period
from makegood.analytics.report.charts import NARROW, TOP, WIDE
from makegood.analytics.report.spans import Spans, draw_spans
from makegood.analytics.report.trend import Trend, draw_trend
from makegood.analytics.voice import shares
from makegood.playbooks.rulings import SurveyKind, SurveyQuestion, SurveyRule
from makegood.ports.answers import AnswerCount
from makegood.projections.asking_words import figure_words
from makegood.projections.feeling_words import axis_words, change_words, period_words
from makegood.runtime.feelings import Heard


class Asked(Struct, frozen=True, kw_only=True):
    """A question that a page can be about.

    Attributes:
        key: Names it in an address.
        answers: How many there are.
    """

    key: str
    survey: str
    question: SurveyQuestion
    answers: int

    @property
    def title(self) -> str:
        """Give its words."""
        return self.question.question["en"]


def questions_in(
    rules: Mapping[str, SurveyRule], counts: Iterable[AnswerCount]
) -> tuple[Asked, ...]:
    """Give every question of some surveys, with how many answered it."""
    found: Counter[tuple[str, str]] = Counter()
    for one in counts:
        if one.score >= 0:
            found[one.survey, one.question] += one.n
    return tuple(
        Asked(
            key=f"{name}.{question.id}",
            survey=name,
            question=question,
            answers=found[name, question.id],
        )
        for name, rule in rules.items()
        for question in rule.questions
    )


def chosen_of(asked: Sequence[Asked], key: str) -> Asked | None:
    """Find the question of an address; without it the one with the most answers."""
    named = next((one for one in asked if one.key == key), None)
    return named or max(asked, key=lambda one: one.answers, default=None)


def line_rows(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Give the rows of a table of figures."""
    return [
        {
            "name": one.name,
            "key": f"{one.survey}.{one.question.id}",
            "question": one.question.question["en"],
            "figure": _figure(one.question, one.whole),
            "answers": one.whole.n,
            "asked": one.asked,
            "answered": one.answered,
            **_changed(one.question.kind, one.change),
        }
        for one in lines
    ]


def point_rows(asked: SurveyQuestion, points: Iterable[Point], by: By) -> list[dict[str, Any]]:
    """Give the rows of the table behind a figure over time."""
    return [
        {
            "first": one.period.first,
            "period": period_words(one.period.first, by, is_running=one.period.is_running),
            "is_running": one.period.is_running,
            "figure": _figure(asked, one.figure),
            "interval": one.figure.interval,
            "answers": one.figure.n,
            "asked": one.asked,
            "change": one.change,
            **_changed(asked.kind, one.change),
        }
        for one in points
    ]


def trend_chart(asked: SurveyQuestion, points: Sequence[Point], by: By) -> list[Any]:
    """Draw a figure over time for both widths; nothing where nothing can be told."""
    title, domain = axis_words(asked.kind, asked.scale)
    trend = Trend(
        rows=tuple(
            (period_words(one.period.first, by), *_ends(one.figure.interval)) for one in points
        ),
        counts=title,
        domain=domain,
        running=bool(points) and points[-1].period.is_running,
    )
    return _drawn((name, draw_trend(trend, width)) for name, width in _WIDTHS)


def spans_chart(
    asked: SurveyQuestion, lines: Sequence[Line], names: Mapping[str, str]
) -> list[Any]:
    """Draw the first lines that tell, one below the other, for both widths."""
    same = (one for one in lines if (one.question.kind, one.question.scale) == _scale(asked))
    told = [(one, one.whole.interval) for one in same if one.whole.interval is not None][:TOP]
    if len(told) < 2:
        return []
    title, _ = axis_words(asked.kind, asked.scale)
    spans = Spans(
        rows=tuple(
            (names.get(one.name, one.name) or NOBODYS, it.value, it.low, it.high, False)
            for one, it in told
        ),
        same=None,
        counts=title,
        form="",
    )
    return _drawn((name, _spans_kept(spans, width)) for name, width in _WIDTHS)


def heard_rows(heard: Heard, periods: Sequence[Period], by: By) -> dict[str, Any]:
    """Give what was heard besides: cases by period, what waits, and answers in public."""
    public = next(iter(shares(heard.posts)), None) if heard.posts else None
    return {
        "opened": [
            (period_words(one.first, by, is_running=one.is_running), n)
            for one, n in zip(periods, heard.opened, strict=True)
        ],
        "opened_all": sum(heard.opened),
        "overdue": heard.overdue,
        "public": public,
    }


NOBODYS = "Umbrella"
_spans_kept = lru_cache(maxsize=512)(draw_spans)  # the next who looks waits for no drawing
_WIDTHS = (("wide", WIDE), ("narrow", NARROW))


def _scale(asked: SurveyQuestion) -> tuple[SurveyKind, tuple[int, int]]:
    return asked.kind, asked.scale


def _drawn(drawings: Iterable[tuple[str, str]]) -> list[tuple[str, SafeString]]:
    # Our own drawing; its texts were escaped by the renderer.
    return [(name, mark_safe(svg)) for name, svg in drawings if svg]  # noqa: S308


def _ends(
    interval: Interval | None,
) -> tuple[float, float, float] | tuple[None, None, None]:
    if interval is None:
        return (None, None, None)
    return (round(interval.value, 3), round(interval.low, 3), round(interval.high, 3))


def _figure(asked: SurveyQuestion, figure: Figure) -> Any:
    it = figure.interval
    limits = (it.value, it.low, it.high) if it else None
    return figure_words(asked.kind, asked.question["en"], figure.n, limits)


def _changed(kind: SurveyKind, change: Change | None) -> dict[str, str]:
    if change is None:
        return {"moved": change_words(kind, "unsure", None), "mark": "", "verdict": ""}
    it = change.interval
    mark = {"better": "ok", "worse": "warn", "unsure": ""}[change.verdict]
    return {
        "moved": change_words(kind, change.verdict, (it.value, it.low, it.high)),
        "mark": mark,
        "verdict": change.verdict,
    }
