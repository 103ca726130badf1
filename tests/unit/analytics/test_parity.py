"""Parity finds the gap that was planted, and accuses nobody where there is none."""

import re

import msgspec
import pytest
from msgspec.structs import replace

from makegood.analytics.parity.compare import measures_of
from makegood.analytics.parity.figures import Measure, Parity
from makegood.analytics.parity.grouping import (
    FEWEST,
    MOST_GROUPS,
    NOT_TOLD,
    OTHERS,
    group_of,
    without_small,
)
from makegood.analytics.parity.method import method_of
from makegood.analytics.parity.page import page_of
from makegood.analytics.parity.records import Answered, Served
from makegood.analytics.parity.wording import headline, time_words
from makegood.messages.errors import InputError
from makegood.playbooks.binding import bind
from makegood.playbooks.load import load_book
from tests.unit.analytics.served import cases
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_standing import BOOK

GAP = 0.12  # Gunarathne et al. 2021: answered 12 % less often


def of(served, answered=(), at_least: int = 30) -> dict[str, Measure]:
    measures, _ = measures_of(served, answered, at_least)
    return {one.id: one for one in measures}


def differing(measures: dict[str, Measure]) -> set[str]:
    return {
        one.id
        for one in measures.values()
        for each in one.comparisons
        if each.verdict == "differs"
    }


def report(served, answered=(), at_least: int = 30) -> Parity:
    measures, comparisons = measures_of(served, answered, at_least)
    return Parity(
        by="tier", since="", until="2026-06-30T00:00:00Z", customers=9, cases=len(served),
        too_new=1, imported=2, requests=len(answered), at_least=at_least, comparisons=comparisons,
        failed=3, measures=measures, method=method_of("tier", comparisons, at_least, 0),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_a_gap_of_12_percent_in_20_000_cases_is_found(seed):
    found = of(cases(seed, 20_000, GAP))
    assert "answered" in differing(found)
    (gap,) = found["answered"].comparisons
    assert gap.group == "b"
    assert gap.difference is not None
    # 12 % of shares between a half and four fifths, as group b's failures are mixed.
    assert not gap.difference.excludes(-0.083)
    raw = {one.group: one.figure for one in found["answered"].groups}
    assert raw["a"] is not None
    assert raw["b"] is not None
    assert gap.difference.value < raw["b"].value - raw["a"].value, "worse failures hide the gap"


def test_where_there_is_no_gap_one_report_in_twenty_says_so_at_most():
    """Over all measures of a report together: 200 worlds, at most 10 with a difference."""
    accused = [seed for seed in range(200) if differing(of(cases(seed, 300)))]
    assert len(accused) <= 10, accused


def test_worse_failures_do_not_make_a_group_look_favoured():
    found = of(cases(1, 6_000))
    raw = {one.group: one.figure for one in found["answered"].groups}
    assert raw["b"] is not None
    assert raw["a"] is not None
    assert raw["b"].low > raw["a"].high
    assert "answered" not in differing(found)


def test_below_the_floor_it_is_too_few_to_tell():
    served = [*cases(1, 400, GAP)][:60]
    (one,) = of(served, at_least=30)["answered"].comparisons
    assert (one.verdict, one.difference) == ("too few to tell", None)
    assert one.verdict != of(served, at_least=5)["answered"].comparisons[0].verdict
    small = of(served, at_least=30)["answered"].groups[1]
    assert small.figure is None


def test_a_group_whose_failures_nobody_else_had_cannot_be_compared():
    mine = [replace(one, group="b", kind="other") for one in cases(1, 100)]
    theirs = [replace(one, group="a") for one in cases(2, 100)]
    (one,) = of([*mine, *theirs])["answered"].comparisons
    assert one.verdict == "too few to tell"


def test_of_two_groups_one_comparison_says_it_all_and_of_three_each_has_one():
    two = of(cases(1, 300))["answered"]
    three = of([replace(one, group=f"g{n % 3}") for n, one in enumerate(cases(1, 300))])[
        "answered"
    ]
    assert [len(one.comparisons) for one in (two, three)] == [1, 3]
    _, count = measures_of(cases(1, 300), ())
    assert count == sum(len(one.comparisons) for one in of(cases(1, 300)).values())


def test_answers_of_requests_are_compared_table_by_table():
    asked = [
        Answered(
            group="ab"[n % 2], request=table, answer="deny" if n % 2 and table == "x" else "allow"
        )
        for table in ("x", "y")
        for n in range(200)
    ]
    assert differing(of((), asked)) == {"x_deny", "x_allow"}


def test_goodwill_by_kind_is_compared_when_there_are_two():
    served = cases(1, 300)
    assert "goodwill" in of(served)
    assert "goodwill_credit" not in of(served)
    two = [replace(one, goodwill={**one.goodwill, "ride": 500}) for one in served]
    assert {"goodwill_credit", "goodwill_ride"} <= of(two).keys()


def test_small_groups_stand_together_so_that_nobody_is_one():
    many = [Served(group=f"g{n % 20}", kind="k", severity=1) for n in range(400)]
    one = [Served(group="a man of his own", kind="k", severity=1)] * (FEWEST - 1)
    served, _ = without_small([*many, *one, Served(group=NOT_TOLD, kind="k", severity=1)], ())
    groups = {each.group for each in served}
    assert len(groups - {OTHERS, NOT_TOLD}) == MOST_GROUPS
    assert "a man of his own" not in groups
    assert {OTHERS, NOT_TOLD} <= groups


def test_groups_are_read_as_the_book_says():
    book = load_book(BOOK, name="b")
    facts = {"tier": " GOLD", "followers": 120_000, "worth": 5, "locale": "de_AT", "country": "PT"}

    def group(by: str, **more: object) -> str:
        return group_of(by, book)({**facts, **more}, "acme")

    assert [group(by) for by in ("tier", "voice", "value", "language", "country", "brand")] == [
        "gold", "wide", "usual", "de", "pt", "acme",
    ]  # fmt: skip
    assert group("customer.partner", partner=True) == "yes"
    assert group("rates", rates=["a"]) == "some"
    assert group("customer.partner") == group("voice", followers=None) == NOT_TOLD
    assert group("tier", tier="diamond") == "diamond"


@pytest.mark.parametrize("by", ["voice", "value"])
def test_a_book_that_does_not_say_how_to_read_it_is_told_what_to_add(by):
    with pytest.raises(InputError, match="standing"):
        group_of(by, load_book(SMALL, name="s"))


def test_the_headline_says_what_was_found_and_no_more():
    assert headline(report(cases(1, 20_000, GAP))).startswith("Service differs by tier in ")
    assert headline(report(cases(1, 400))).startswith("No difference of service by tier was found")
    assert headline(report(cases(1, 20))).startswith("Too few to tell")
    assert "one group" in headline(report([replace(o, group="a") for o in cases(1, 90)]))
    assert headline(report(())).startswith("There is nothing to compare")


def test_the_page_stands_alone_and_lets_nothing_through():
    served = [replace(one, group=f"<b>{one.group}</b>") for one in cases(1, 400)]
    page = page_of(report(served))
    assert "<b>a</b>" not in page
    assert "&lt;b&gt;a" in page
    assert "<svg" in page
    assert not re.search(r'(?:src|href)="?http', page)
    assert "Bonferroni" in page
    assert "Left out" in page


def test_json_has_every_number_and_the_method():
    found = msgspec.json.decode(msgspec.json.encode(report(cases(1, 400))))
    assert found["measures"][0]["id"] == "answered"
    assert found["comparisons"] > 0
    assert any("Newcombe" in sentence for sentence in found["method"])


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0 s"), (59_999, "59 s"), (60_000, "1 min"), (12_000_000, "3 h 20 min"),
        (3_600_000, "1 h"), (187_200_000, "2 d 4 h"), (float("inf"), "never"),
    ],
)  # fmt: skip
def test_times_in_words(ms, words):
    assert time_words(ms) == words


def test_a_case_is_put_into_the_group_of_the_book_of_its_brand():
    umbrella = BOOK.replace("  - id: acme\n", "  - id: acme\n    book: acme\n", 1)
    brand = (
        "makegood: 1\nname: acme\nbuilds_on: small\n"
        "standing:\n  public_voice: {from: customer.followers, wide_from: 50}\n"
    )
    book = load_book(bind(umbrella, {}, {"acme.yaml": brand}.get), name="small.yaml")
    group = group_of("voice", book)
    told = {"followers": 60}
    assert (group(told, "acme"), group(told, "")) == ("wide", "not wide")
