"""The curve: how much better people are told apart the more ratings there are."""

from collections.abc import Mapping

import altair as alt
import vl_convert

VEGA_LITE = "v6"


def drawn(points: Mapping[int, tuple[float, float]]) -> str:
    """Draw Kendall's tau by ratings a rep, for the model and for percent-positive, as SVG."""
    rows = [
        {"ratings": ratings, "tau": tau, "of": name}
        for ratings, both in points.items()
        for name, tau in zip(("this model", "percent-positive"), both, strict=True)
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("ratings:Q", title="ratings a rep").scale(type="log").axis(values=list(points)),
        y=alt.Y("tau:Q", title="Kendall's tau with the truth").scale(domain=[-0.2, 1]),
        color=alt.Color("of:N", title=None, scale=alt.Scale(range=["#8a8578", "#0b6b5c"])),
        strokeDash=alt.StrokeDash("of:N", title=None),
    )
    chart = (base.mark_line() + base.mark_point(filled=True, size=50)).properties(
        width=520, height=260, background="#ffffff"
    )
    return vl_convert.vegalite_to_svg(chart.to_json(), vl_version=None)
