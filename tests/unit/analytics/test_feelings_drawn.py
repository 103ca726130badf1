"""The line of how a customer feels, drawn: every lane, in the brand's time, in each scheme."""

import re
from pathlib import Path

import pytest

import makegood.web
from makegood.analytics.report.charts import NARROW, WIDE
from makegood.analytics.report.feelings import Drawing, draw_feelings

LANES = ("happy", "neither", "unhappy", "remedy", "let down")
HOUR_MS = 3_600_000
NINE_MS = 1_767_276_000_000  # 2026-01-01 09:00 in New York


def drawing(*, until_ms: int = NINE_MS + 6 * HOUR_MS, zone: str = "America/New_York") -> Drawing:
    return Drawing(
        lanes=LANES,
        spans=((NINE_MS, NINE_MS + HOUR_MS, "happy", False),
               (NINE_MS + 3 * HOUR_MS, until_ms, "unhappy", True)),
        said=((NINE_MS, "happy"), (NINE_MS + 3 * HOUR_MS, "unhappy")),
        happened=((NINE_MS + HOUR_MS, "let down"), (NINE_MS + 4 * HOUR_MS, "remedy")),
        let_down="let down",
        until_ms=until_ms,
        zone=zone,
    )  # fmt: skip


def texts(svg: str) -> set[str]:
    return set(re.findall(r">([^<>]+)</text>", svg))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_lane_is_there_at_both_widths_and_also_the_empty_one(width):
    svg = draw_feelings(drawing(), width)
    assert set(LANES) <= texts(svg)
    assert svg.count('stroke-dasharray="3,4"') == 1, "the end that nothing follows"
    assert re.match(r"<svg(?![^>]* (?:width|height)=)", svg)


def test_hours_are_those_of_the_brand():
    assert "1 Jan, 12:00" in texts(draw_feelings(drawing(), WIDE))
    assert "1 Jan, 15:00" in texts(draw_feelings(drawing(zone="Europe/Berlin"), WIDE))
    assert "1 Jan, 09:00" not in texts(draw_feelings(drawing(zone="Europe/Berlin"), WIDE))


def test_a_long_axis_has_months_and_no_more_of_them_than_fit():
    years = draw_feelings(drawing(until_ms=NINE_MS + 24 * 400 * HOUR_MS), NARROW)
    months = [one for one in texts(years) if re.fullmatch(r"[A-Z][a-z]{2} 20\d\d", one)]
    assert 2 <= len(months) <= 4


def test_of_nothing_nothing_is_drawn():
    empty = Drawing(lanes=LANES, spans=(), said=(), happened=(), let_down="let down",
                    until_ms=NINE_MS, zone="UTC")  # fmt: skip
    assert draw_feelings(empty, WIDE) == ""


def test_every_colour_of_it_is_one_that_the_style_sheet_puts_the_schemes_own_for():
    sheet = (Path(makegood.web.__file__).parent / "static/makegood/desk.css").read_text("utf-8")
    known = set(re.findall(r'\.felt[^{]*\[((?:fill|stroke)="#[0-9a-f]{6}")\]', sheet))
    drawn = set(re.findall(r'(?:fill|stroke)="#[0-9a-f]{6}"', draw_feelings(drawing(), WIDE)))
    assert drawn <= known
