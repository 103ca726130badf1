"""Conditions in words: what is simple is said, and what is not is left to the expression."""

import pytest

from makegood.handbook.conditions import Wording, in_row

WORDING = Wording({"wait_minutes": 45, "cap_cents": 21550, "firm": "acme"}, "USD")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("event.sold_out", "“sold out” is yes"),
        ("!event.disclosed", "“disclosed” is no"),
        ("has(event.reason)", "“reason” is known"),
        ("!has(event.reason)", "“reason” is not known"),
        ("event.late_minutes >= params.wait_minutes", "“late minutes” is at least 45"),
        ("event.price_cents < params.cap_cents", "“price” is less than $215.50"),
        ("event.price_cents > 2000", "“price” is more than $20"),
        ('event.reason != "no_show"', "“reason” is not “no show”"),
        ("customer.tenure_years <= 5", "“the customer's tenure years” is at most 5"),
        ('event.a == "x" && event.b', "“a” is “x” and “b” is yes"),
        ("event.a || event.late_minutes > 3", "“a” is yes or “late minutes” is more than 3"),
        ("has(event.hour) && event.hour >= 22", "“hour” is at least 22"),
        ("params.rank[event.given] < 3", "the rank of “given” is less than 3"),
    ],
)
def test_a_simple_condition_is_said(code, words):
    assert WORDING.condition(code) == words


@pytest.mark.parametrize(
    "code",
    [
        "event.a && (event.b || event.c)",
        "has(event.a) || event.a > 3 && event.b",
        "event.list.exists(x, x > 3)",
        "event.a > size(event.b)",
        "this is no condition",
        "",
    ],
)
def test_what_is_not_simple_is_left_to_the_expression(code):
    assert WORDING.condition(code) == ""


def test_a_fact_that_is_only_asked_for_is_not_left_out():
    assert WORDING.condition("has(event.a) && event.b") == "“a” is known and “b” is yes"
    assert WORDING.condition("has(event.a) || event.a > 3").startswith("“a” is known or")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("request.price_cents", "the price"),
        ("request.price_cents / 2", "half of the price"),
        ("request.fee_cents + 4500", "the fee plus $45"),
        ("request.paid_cents - params.cap_cents", "the paid less $215.50"),
        ("failure.full ? 20000 : 10000", "$200 when “full” is yes, otherwise $100"),
        ("request.nights * 2500", "the nights times 2,500"),
        ("size(request.nights)", ""),
    ],
)
def test_a_sum_is_said_as_money(code, words):
    assert WORDING.sum(code) == words


def test_what_a_failure_is_about_is_named_only_when_it_is_put_together():
    assert WORDING.names('event.flight + "/" + event.date') == ("flight", "date")
    assert WORDING.names("event.booking") == ("booking",)
    assert WORDING.names("has(event.a) ? event.a : event.b") == ()


def test_words_stand_in_a_row():
    assert [in_row(one) for one in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
