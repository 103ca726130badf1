"""Figures over time, and one below the other, as drawings for both widths of a page.

Whoever draws loads a renderer of a hundred megabytes: this module is imported by the first who
looks, and not when a server starts.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from makegood.analytics.feelings import Line, Point
from makegood.analytics.parity.intervals import Interval
from makegood.analytics.periods import By
from makegood.analytics.report.charts import NARROW, TOP, WIDE
from makegood.analytics.report.spans import Spans, draw_spans
from makegood.analytics.report.trend import Trend, draw_trend
from makegood.playbooks.rulings import SurveyKind, SurveyQuestion
from makegood.projections.feeling_words import axis_words, period_words

Drawings = list[tuple[str, SafeString]]
"""Class of the style sheet, and the drawing."""
NOBODYS = "Umbrella"
_spans_kept = lru_cache(maxsize=512)(draw_spans)  # the next who looks waits for no drawing
_WIDTHS = (("wide", WIDE), ("narrow", NARROW))


def trend_chart(asked: SurveyQuestion, points: Sequence[Point], by: By) -> Drawings:
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
) -> Drawings:
    """Draw the first lines that tell, one below the other, for both widths."""
    same = (one for one in lines if (one.question.kind, one.question.scale) == _scale(asked))
    told = [(one, one.whole.interval) for one in same if one.whole.interval is not None][:TOP]
    if len(told) < 2:  # one alone is compared with nothing
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
