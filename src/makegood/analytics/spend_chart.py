"""The drawing of what making good and winning customers cost, kept while its figures last."""

from collections.abc import Sequence
from functools import lru_cache

from makegood.analytics.report.charts import GOOD, INK, NARROW, WIDE, Bars, draw
from makegood.analytics.spend import MonthSpend, in_chart

_KEPT = 32  # drawings; each is about 20 kB


def chart(rows: Sequence[MonthSpend], currency: str) -> tuple[str, str]:
    """Draw both by month, at both widths; empty where there is nothing in this currency."""
    points = tuple(in_chart(rows, currency))
    if not any(first or second for _, first, second in points):
        return "", ""
    bars = Bars(
        rows=points,
        first="Making good",
        second="Winning customers",
        counts=f"In {currency}",
        axis="Month",
        beside=True,
        colours=(GOOD, INK),
    )
    return _drawn(bars, WIDE), _drawn(bars, NARROW)


@lru_cache(maxsize=_KEPT)
def _drawn(bars: Bars, width: int) -> str:
    return draw(bars, width)
