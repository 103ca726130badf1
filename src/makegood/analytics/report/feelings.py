"""The line of how one customer feels, as SVG: what they said, gaps, and what happened below."""

from datetime import UTC, datetime
from functools import cache
from math import ceil
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import altair as alt
import vl_convert as vlc
from msgspec import Struct

from makegood.analytics.report.charts import GRID, HEAD, INK, NARROW, bare, styled

# As in charts: the page's style sheet puts the scheme's own colours in the place of these.
SAID, RIGHT = "#1f2328", "#0b6e5f"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
_LANE = 24  # pixels
_HOURS_TO, _DAYS_TO = 3 * DAY_MS, 75 * DAY_MS  # a longer axis has days, then months
_MONTH_MS = 30.44 * DAY_MS


Spec: TypeAlias = dict[str, Any]
"""A part of a drawing in the language of Vega-Lite; through Altair it takes twice as long."""


class Drawing(Struct, frozen=True, kw_only=True):
    """What is drawn.

    Attributes:
        lanes: Names of the lanes from the top; those of what happened at the end.
        spans: (from, until, lane, nothing was said or done since).
        said: (when, lane).
        happened: (when, lane).
        let_down: The lane that is drawn as an alarm.
        until_ms: End of the axis.
        zone: Of the brand.
    """

    lanes: tuple[str, ...]
    spans: tuple[tuple[int, int, str, bool], ...]
    said: tuple[tuple[int, str], ...]
    happened: tuple[tuple[int, str], ...]
    let_down: str
    until_ms: int
    zone: str

    @property
    def from_ms(self) -> int:
        """The first thing that is drawn."""
        return min((at_ms for at_ms, _ in (*self.said, *self.happened)), default=self.until_ms)


def draw_feelings(drawing: Drawing, width: int) -> str:
    """Draw the line; empty when there is nothing to draw."""
    if not (drawing.said or drawing.happened):
        return ""
    spec = {
        "layer": [_spans(drawing), _said(drawing), _happened(drawing)],
        "encoding": {"x": _x(drawing, width), "y": _y(drawing)},
        "width": width,
        "height": _LANE * len(drawing.lanes),
        **_style(width),
    }
    return bare(vlc.vegalite_to_svg(spec))


@cache
def _style(width: int) -> Spec:
    """Give the style that every chart has."""
    spec = styled(alt.Chart(alt.InlineData(values=[])).mark_point(), width).to_dict()
    return {name: spec[name] for name in ("$schema", "autosize", "background", "config")}


def _spans(drawing: Drawing) -> Spec:
    rows = [
        {"at": _local(a, drawing.zone), "to": _local(b, drawing.zone), "lane": lane, "open": now}
        for a, b, lane, now in drawing.spans
    ]
    dash = {"condition": {"test": "datum.open", "value": [3, 4]}, "value": [1, 0]}
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "strokeWidth": 3, "color": SAID},
        "encoding": {"x2": {"field": "to"}, "strokeDash": dash},
    }


def _said(drawing: Drawing) -> Spec:
    mark = {"type": "point", "shape": "circle", "filled": True, "size": 70, "opacity": 1}
    return {"data": _points(drawing.said, drawing.zone), "mark": {**mark, "color": SAID}}


def _happened(drawing: Drawing) -> Spec:
    bad = {"test": {"field": "lane", "equal": drawing.let_down}}
    return {
        "data": _points(drawing.happened, drawing.zone),
        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
        "encoding": {
            "color": {"condition": {**bad, "value": HEAD}, "value": RIGHT},
            "shape": {"condition": {**bad, "value": "diamond"}, "value": "triangle-up"},
        },
    }


def _points(points: tuple[tuple[int, str], ...], zone: str) -> Spec:
    return {"values": [{"at": _local(at, zone), "lane": lane} for at, lane in points]}


def _y(drawing: Drawing) -> Spec:
    axis = {"title": None, "ticks": False, "domain": False, "grid": True, "gridColor": GRID}
    scale = {"domain": list(drawing.lanes)}
    return {"field": "lane", "type": "nominal", "sort": None, "scale": scale, "axis": axis}


def _x(drawing: Drawing, width: int) -> Spec:
    start, end = drawing.from_ms, max(drawing.until_ms, drawing.from_ms + HOUR_MS)
    ends = [_local(start, drawing.zone), _local(end, drawing.zone)]
    return {
        "field": "at",
        "type": "temporal",
        "title": None,
        "scale": {"type": "utc", "domain": ends, "padding": 8},
        "axis": _axis(end - start, 3 if width == NARROW else 6),
    }


def _axis(span_ms: int, ticks: int) -> Spec:
    """Write hours on a short axis, then days, then months."""
    plain = {"grid": False, "labelColor": INK, "labelFlush": True}
    if span_ms <= _HOURS_TO:
        return {"format": "%-d %b, %H:%M", "tickCount": ticks, **plain}
    if span_ms <= _DAYS_TO:
        return {"format": "%-d %b", "tickCount": ticks, **plain}
    step = max(1, ceil(span_ms / _MONTH_MS / ticks))
    return {"format": "%b %Y", "tickCount": {"interval": "month", "step": step}, **plain}


def _local(at_ms: int, zone: str) -> int:
    """Give the time that clocks of the zone show, for an axis that knows no zones."""
    there = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    offset = there.utcoffset()
    return at_ms + (int(offset.total_seconds() * 1000) if offset is not None else 0)
