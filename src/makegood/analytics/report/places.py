"""Places in a search over time as SVG: our best page, and the best page that is not ours."""

from functools import lru_cache

import altair as alt
import vl_convert as vlc
from msgspec import Struct

from makegood.analytics.report.charts import HEAD, NARROW, WIDE, bare, styled

OURS = "#0b6e5f"  # the page's style sheet finds it, as it does those of `charts`
_HIGH = 190  # pixels


class Places(Struct, frozen=True, kw_only=True):
    """What is drawn.

    Attributes:
        rows: (day as 2026-11-26, our best place, the best place of others), the first day first;
            0 for none.
        deepest: The last place that is looked at.
    """

    rows: tuple[tuple[str, int, int], ...]
    deepest: int


@lru_cache(maxsize=256)
def draw_places(places: Places, width: int) -> str:
    """Draw places as SVG, the first at the top; empty for fewer than two days.

    The same drawing is asked for again by whoever looks next: it is kept.
    """
    if len(places.rows) < 2:
        return ""
    rows = [
        {"at": f"{day}T00:00:00", "part": part, "place": place or None}
        for day, ours, others in places.rows
        for part, place in (("ours", ours), ("not ours", others))
    ]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(point=alt.OverlayMarkDef(size=36, opacity=1), strokeWidth=1.5)
        .encode(
            alt.X("at:T", title=None, axis=alt.Axis(format="%-d %b", grid=False, ticks=False,
                  labelOverlap=True, tickCount=3 if width == NARROW else 6)),
            alt.Y("place:Q", title="Best place",
                  scale=alt.Scale(domain=[1, places.deepest], reverse=True),
                  axis=alt.Axis(tickMinStep=1, format="d")),
            alt.Color("part:N", scale=alt.Scale(domain=["ours", "not ours"], range=[OURS, HEAD]),
                      legend=alt.Legend(title=None, orient="top", symbolType="square")),
        )
        .properties(width=width, height=_HIGH)
    )  # fmt: skip
    return bare(vlc.vegalite_to_svg(styled(chart, width).to_dict()))


def both_widths(places: Places) -> tuple[tuple[str, str], ...]:
    """Draw for a desk and for a telephone: (class of the style sheet, drawing)."""
    return (("wide", draw_places(places, WIDE)), ("narrow", draw_places(places, NARROW)))
