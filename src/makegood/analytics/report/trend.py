"""A figure over time as SVG: a point and the line of its interval for each period that tells."""

from functools import lru_cache

import altair as alt
import vl_convert as vlc
from msgspec import Struct

from makegood.analytics.report.charts import INK, NARROW, WIDE, bare, styled

# The page's style sheet finds these colours in the drawing, as it does those of `charts`.
FIGURE, FIGURE_RUNNING = "#0b6e5f", "#9cc9c0"
_HIGH = 210  # pixels


class Trend(Struct, frozen=True, kw_only=True):
    """What is drawn.

    Attributes:
        rows: (period, figure, low, high) in order; three None where it cannot be told yet.
        counts: Title of the figure's axis.
        domain: Least and most of that axis.
        running: The last period is not over: its point is paler.
    """

    rows: tuple[tuple[str, float | None, float | None, float | None], ...]
    counts: str
    domain: tuple[float, float]
    running: bool = False


@lru_cache(maxsize=512)
def draw_trend(trend: Trend, width: int) -> str:
    """Draw a figure over time as SVG; empty when nothing can be told.

    The same drawing is asked for again by whoever looks next: it is kept.
    """
    told = [row for row in trend.rows if row[1] is not None]
    if not told:
        return ""
    last = trend.rows[-1][0] if trend.running else ""
    rows = [
        {"label": label, "value": value, "low": low, "high": high, "over": label != last}
        for label, value, low, high in trend.rows
    ]
    labels = [row[0] for row in trend.rows]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        alt.X(
            "label:O", sort=labels, title=None, scale=alt.Scale(domain=labels),
            axis=alt.Axis(labelOverlap=True, labelSeparation=12, labelAngle=0, grid=False,
                          ticks=False),
        )
    )  # fmt: skip
    axis = alt.Axis(tickCount=4 if width == NARROW else 6)
    low = alt.Y("low:Q", title=trend.counts, axis=axis, scale=alt.Scale(domain=trend.domain))
    line = base.mark_line(color=FIGURE_RUNNING, strokeWidth=1.5).encode(alt.Y("value:Q"))
    reach = base.mark_rule(size=2, color=INK).encode(low, alt.Y2("high:Q"))
    point = base.mark_point(filled=True, size=64, opacity=1).encode(
        alt.Y("value:Q"),
        alt.Color("over:N", scale=alt.Scale(domain=[True, False], range=[FIGURE, FIGURE_RUNNING]),
                  legend=None),
    )  # fmt: skip
    chart = alt.layer(line, reach, point).properties(width=width, height=_HIGH)
    return bare(vlc.vegalite_to_svg(styled(chart, width).to_dict()))


def both_widths(trend: Trend) -> tuple[tuple[str, str], ...]:
    """Draw for a desk and for a telephone: (class of the style sheet, drawing)."""
    return (("wide", draw_trend(trend, WIDE)), ("narrow", draw_trend(trend, NARROW)))
