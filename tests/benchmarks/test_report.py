"""The table of the benchmarks says what was measured, and which bound is broken."""

from pathlib import Path

import pytest

from benchmarks.__main__ import write_into
from benchmarks.report import Bound, Figure, Machine, Result, markdown, moment

WHERE = Machine(
    date="2026-01-01 09:00 UTC",
    python="3.11.7",
    sqlite="3.40.1",
    system="Linux x86_64",
    cores=2,
    load=(1.0, 2.0),
    fsyncs_per_second=(900, 1000),
)
RESULT = Result(
    name="fold",
    figures=(Figure(what="fold", value=90_000.4, unit="events/CPU-s", nothing=900_004),),
    bounds=(Bound(what="rate", value=0.05, least=0.06), Bound(what="syncs", value=1, most=1)),
)


def test_a_figure_stands_beside_the_limit_of_doing_nothing():
    assert "| fold | fold | 90,000 events/CPU-s | 900,004 | 0.1 |  |" in markdown(WHERE, [RESULT])


def test_a_broken_bound_is_loud():
    table = markdown(WHERE, [RESULT])
    assert "| fold | rate | 0.05 | at least 0.06 | **broken** |" in table
    assert "| fold | syncs | 1 | at most 1 | holds |" in table


@pytest.mark.parametrize(
    ("value", "holds"), [(0.99, False), (1, True), (2, True), (2.01, False)]
)  # fmt: skip
def test_a_bound_includes_its_ends(value, holds):
    assert Bound(what="it", value=value, least=1, most=2).holds is holds


def test_the_noise_of_the_machine_stands_above_the_figures(tmp_path):
    first = markdown(WHERE, [RESULT]).splitlines()[0]
    assert "load 1.0 before and 2.0 after, 900 and 1,000 fsyncs/s" in first
    assert moment(tmp_path).fsyncs_per_second > 0


def test_only_what_stands_between_the_marks_is_written_again(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n")
    write_into(page, "| new |")
    assert page.read_text() == (
        "before\n<!-- figures: begin -->\n| new |\n<!-- figures: end -->\nafter\n"
    )


def test_a_page_without_marks_is_left_alone(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("no marks\n")
    with pytest.raises(SystemExit, match="one pair of marks"):
        write_into(page, "| new |")
    assert page.read_text() == "no marks\n"


def test_the_page_on_performance_has_the_marks():
    text = (Path(__file__).parents[2] / "docs/performance.md").read_text()
    assert text.count("<!-- figures: begin -->\n") == text.count("\n<!-- figures: end -->") == 1
