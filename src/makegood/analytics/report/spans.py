"""Intervals as SVG: a point for the figure, a line for how sure it is, a rule for "same"."""

import altair as alt
import vl_convert as vlc
from msgspec import Struct

from makegood.analytics.report.charts import HEAD, INK, NARROW, bare, styled

_ROW = 34  # pixels between two lines


class Spans(Struct, frozen=True, kw_only=True):
    """What is drawn: each label with a figure and its interval.

    Attributes:
        rows: (label, figure, low, high, whether it is marked).
        same: Where the rule stands; None for no rule.
        counts: Title of the axis.
        form: How numbers are written, as D3 writes them.
    """

    rows: tuple[tuple[str, float, float, float, bool], ...]
    same: float | None
    counts: str
    form: str = "+.0%"


def draw_spans(spans: Spans, width: int) -> str:
    """Draw intervals as SVG; empty when there is nothing to draw."""
    if not spans.rows:
        return ""
    rows = [
        {"label": label, "value": value, "low": low, "high": high, "part": str(marked)}
        for label, value, low, high, marked in spans.rows
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        alt.Y(
            "label:N", sort=[row[0] for row in spans.rows], title=None,
            axis=alt.Axis(labelLimit=110 if width == NARROW else 260, ticks=False, domain=False,
                          grid=False),
        ),
        alt.Color(
            "part:N", scale=alt.Scale(domain=["True", "False"], range=[HEAD, INK]), legend=None
        ),
    )  # fmt: skip
    axis = alt.Axis(format=spans.form)
    low = alt.X("low:Q", title=spans.counts, axis=axis, scale=alt.Scale(zero=False, nice=True))
    line = base.mark_rule(size=2).encode(low, alt.X2("high:Q"))
    point = base.mark_point(filled=True, size=70, opacity=1).encode(alt.X("value:Q"))
    layers = [line, point]
    if spans.same is not None:
        same = alt.Chart(alt.InlineData(values=[{"same": spans.same}]))
        layers.insert(0, same.mark_rule(strokeDash=[4, 3], color=INK).encode(alt.X("same:Q")))
    chart = alt.layer(*layers).properties(width=width, height=_ROW * len(rows))
    return bare(vlc.vegalite_to_svg(styled(chart, width).to_dict()))
