"""Charts as SVG that take their colours from the page, so that they are right in the dark too."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import altair as alt
import vl_convert as vlc
from msgspec import Struct

from makegood.analytics.audit.figures import Line

# The page's style sheet finds these colours in the drawing and puts the scheme's own there.
HEAD, LATER, INK, GRID = "#b3261e", "#d9a29c", "#5f6670", "#e6e1d9"
WIDE, NARROW = 660, 300  # pixels; both are drawn and the page shows the one that fits
TOP = 12  # bars of messages and brands; the table behind the chart has them all
LAST_DAY = 30  # later days are one bar
_FONT = "Helvetica, Arial, sans-serif"


class Bars(Struct, frozen=True, kw_only=True):
    """What is drawn.

    Attributes:
        across: Bars lie, with long labels at the left; else they stand in the order given.
        head: Legend of the headline's part.
        later: Legend of the rest, up to the rule book's own hold.
        label_from: Characters of a label that the axis leaves out at the left.
    """

    lines: tuple[Line, ...]
    head: str
    later: str
    axis: str
    across: bool = False
    label_from: int = 0


def draw(bars: Bars, width: int) -> str:
    """Draw bars as SVG; empty when there is nothing to draw."""
    if not bars.lines:
        return ""
    rows = [
        {"at": number, "label": line.label, "part": part, "messages": count}
        for number, line in enumerate(bars.lines)
        for part, count in (
            (bars.head, line.messages),
            (bars.later, line.messages_full - line.messages),
        )
    ]
    count = alt.X if bars.across else alt.Y
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=[bars.head, bars.later], range=[HEAD, LATER]),
        legend=alt.Legend(
            title=None, orient="top", direction="vertical" if width < WIDE else "horizontal",
            labelLimit=width, symbolType="square",
            columnPadding=40, offset=8,
        ),
    )  # fmt: skip
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            _labels(bars, width),
            count("messages:Q", title="messages", axis=alt.Axis(tickMinStep=1, format=",d")),
            colour,
            order=alt.Order(
                "part:N", sort="descending" if bars.head > bars.later else "ascending"
            ),
        )
        .properties(width=width, height=26 * len(bars.lines) if bars.across else 190)
    )
    spec = _styled(chart, width).to_dict()
    return _bare(vlc.vegalite_to_svg(spec))


def _labels(bars: Bars, width: int) -> alt.X | alt.Y:
    if bars.across:
        limit = 260 if width == WIDE else 110
        return alt.Y(
            "label:N", sort=[line.label for line in bars.lines], title=None,
            axis=alt.Axis(labelLimit=limit, ticks=False, domain=False, grid=False),
        )  # fmt: skip
    expression = f"slice(datum.label, {bars.label_from})" if bars.label_from else "datum.label"
    axis = alt.Axis(
        labelExpr=expression, labelOverlap=True, labelSeparation=14, labelAngle=0, grid=False,
        ticks=False,
    )  # fmt: skip
    return alt.X("label:O", sort=[line.label for line in bars.lines], title=bars.axis, axis=axis)


def _styled(chart: alt.Chart, width: int) -> alt.Chart:
    styled: alt.Chart = (
        chart.properties(
            background="transparent",
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(aria=False, font=_FONT, padding={"left": 22, "right": 8, "top": 2, "bottom": 2})
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK, titleColor=INK, gridColor=GRID, domainColor=GRID, tickColor=GRID,
            labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
            tickCount=4 if width == NARROW else 6,
        )
        .configure_legend(labelColor=INK, labelFontSize=12)
    )  # fmt: skip
    return styled


def _bare(svg: str) -> str:
    """Let the page size and name the drawing.

    Its own width and height go, the view box stays; the roles of its parts go, for they have no
    names, and the page's label and table say what it shows.
    """
    svg = re.sub(r' (?:role="graphics-\w+"|aria-roledescription="[^"]*")', "", svg)
    return re.sub(r'^<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", svg, count=1)


def by_days_since(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Every day from 0 on, those after the last one in a bar together."""
    found = {int(line.label): line for line in lines}
    if not found:
        return ()
    late = [line for day, line in found.items() if day > LAST_DAY]
    shown = [_or_none(found.get(day), str(day)) for day in range(min(max(found), LAST_DAY) + 1)]
    if late:
        shown.append(
            Line(
                label=f"{LAST_DAY + 1}+",
                messages=sum(line.messages for line in late),
                customers=0,
                messages_full=sum(line.messages_full for line in late),
            )
        )
    return tuple(shown)


def by_calendar(
    lines: Sequence[Line], step: Literal["day", "week", "month"] | str
) -> tuple[Line, ...]:
    """Every day, week or month from the first to the last, also those without a message."""
    found = {line.label: line for line in lines}
    if not found:
        return ()
    at, last = date.fromisoformat(min(found)), max(found)
    shown = []
    while at.isoformat() <= last:
        shown.append(_or_none(found.get(at.isoformat()), at.isoformat()))
        at = _next(at, step)
    return tuple(shown)


def _next(at: date, step: str) -> date:
    if step == "month":
        return (at + timedelta(days=31)).replace(day=1)
    return at + timedelta(days=7 if step == "week" else 1)


def _or_none(line: Line | None, label: str) -> Line:
    return line or Line(label=label, messages=0, customers=0, messages_full=0)
