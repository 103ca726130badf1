"""Charts as SVG that take their colours from the page, so that they are right in the dark too."""

import re
from typing import TypeAlias

import altair as alt
import vl_convert as vlc
from msgspec import Struct

# The page's style sheet finds these colours in the drawing and puts the scheme's own there.
HEAD, LATER, INK, GRID = "#b3261e", "#d9a29c", "#5f6670", "#e6e1d9"
GOOD = "#0b6e5f"
WIDE, NARROW = 660, 300  # pixels; both are drawn and the page shows the one that fits
TOP = 12  # lying bars; the table behind the chart has them all
_FONT = "Helvetica, Arial, sans-serif"
Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart


class Bars(Struct, frozen=True, kw_only=True):
    """What is drawn: each label with two numbers.

    Attributes:
        rows: (label, first number, second number).
        first: Legend of the first numbers.
        second: Legend of the second numbers.
        counts: What is counted: the title of the numbers' axis.
        axis: Title of the labels' axis, when the bars stand.
        beside: The two stand beside each other, and the second is the strong one; else the second
            is put upon the first.
        across: Bars lie, with long labels at the left; else they stand in the order given.
        label_from: Characters of a label that the axis leaves out at the left.
        colours: Of the first and of the second; none for those of what fails.
    """

    rows: tuple[tuple[str, float, float], ...]
    first: str
    second: str
    counts: str
    axis: str = ""
    beside: bool = False
    across: bool = False
    label_from: int = 0
    colours: tuple[str, str] | None = None


def draw(bars: Bars, width: int) -> str:
    """Draw bars as SVG; empty when there is nothing to draw."""
    if not bars.rows:
        return ""
    rows = [
        {"at": number, "label": label, "part": part, "count": count}
        for number, (label, first, second) in enumerate(bars.rows)
        for part, count in ((bars.first, first), (bars.second, second))
    ]
    count = alt.X if bars.across else alt.Y
    numbers = alt.Axis(tickMinStep=1, format=",d")
    high = (46 if bars.beside else 26) * len(bars.rows) if bars.across else 190
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            _labels(bars, width),
            count("count:Q", title=bars.counts, axis=numbers, stack=not bars.beside),
            _colour(bars, width),
            _order(bars),
        )
        .properties(width=width, height=high)
    )
    spec = styled(chart, width).to_dict()
    return bare(vlc.vegalite_to_svg(spec))


def _colour(bars: Bars, width: int) -> alt.Color:
    colours = bars.colours or ((LATER, HEAD) if bars.beside else (HEAD, LATER))
    return alt.Color(
        "part:N",
        scale=alt.Scale(domain=[bars.first, bars.second], range=[*colours]),
        legend=alt.Legend(
            title=None, orient="top", direction="vertical" if width < WIDE else "horizontal",
            labelLimit=width, symbolType="square",
            columnPadding=40, offset=8,
        ),
    )  # fmt: skip


def _order(bars: Bars) -> alt.Order | alt.XOffset | alt.YOffset:
    if bars.beside:
        offset = alt.YOffset if bars.across else alt.XOffset
        return offset("part:N", sort=[bars.first, bars.second])
    return alt.Order("part:N", sort="descending" if bars.first > bars.second else "ascending")


def _labels(bars: Bars, width: int) -> alt.X | alt.Y:
    if bars.across:
        limit = 260 if width == WIDE else 110
        return alt.Y(
            "label:N", sort=[label for label, _, _ in bars.rows], title=None,
            axis=alt.Axis(labelLimit=limit, ticks=False, domain=False, grid=False),
        )  # fmt: skip
    expression = f"slice(datum.label, {bars.label_from})" if bars.label_from else "datum.label"
    axis = alt.Axis(
        labelExpr=expression, labelOverlap=True, labelSeparation=14, labelAngle=0, grid=False,
        ticks=False,
    )  # fmt: skip
    return alt.X("label:O", sort=[label for label, _, _ in bars.rows], title=bars.axis, axis=axis)


def styled(chart: Chart, width: int) -> Chart:
    """Put the style of the page on a chart."""
    done: Chart = (
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
    return done


def bare(svg: str) -> str:
    """Let the page size and name the drawing.

    Its own width and height go, the view box stays; the roles of its parts go, for they have no
    names, and the page's label and table say what it shows.
    """
    svg = re.sub(r' (?:role="graphics-\w+"|aria-roledescription="[^"]*")', "", svg)
    return re.sub(r'^<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", svg, count=1)
