"""The curve: how much better people are told apart the more ratings there are."""

from collections.abc import Sequence

import altair as alt
import vl_convert
from msgspec import Struct
from msgspec.structs import asdict

VEGA_LITE = "v6"


class Point(Struct, frozen=True, kw_only=True):
    """Kendall's tau at one number of ratings: the mean of the worlds, the worst and the best."""

    of: str
    ratings: int
    tau: float
    low: float
    high: float


def drawn(points: Sequence[Point]) -> str:
    """Draw Kendall's tau by ratings a rep, a line for each method within its worlds, as SVG."""
    rows = [asdict(point) for point in points]
    ticks = sorted({point.ratings for point in points})
    methods = list(dict.fromkeys(point.of for point in points))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("ratings:Q", title="ratings a rep (log scale)")
        .scale(type="log", domain=[ticks[0], ticks[-1]])
        .axis(values=ticks),
        color=alt.Color("of:N", legend=None).scale(domain=methods, range=["#0b6b5c", "#6b665c"]),
    )
    tau = alt.Y("tau:Q", title="Kendall's tau with the truth").scale(domain=[-0.2, 1])
    dash = alt.StrokeDash("of:N", legend=None).scale(domain=methods, range=[[1, 0], [5, 3]])
    worlds = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q"), y2="high:Q")
    line = base.mark_line().encode(y=tau, strokeDash=dash)
    dots = base.mark_point(filled=True, size=50, opacity=1).encode(y=tau)
    names = (
        base.transform_filter(alt.datum.ratings == ticks[-1])
        .mark_text(align="left", dx=8, fontSize=12)
        .encode(y=tau, text="of:N")
    )
    chart = (worlds + line + dots + names).properties(width=520, height=260, background="#ffffff")
    return vl_convert.vegalite_to_svg(chart.to_json(), vl_version=None)
