"""All rules of one event in one function: yes, cannot, and silence for no."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.messages.errors import PlaybookError
from makegood.playbooks.cel import (
    CelEvaluationError,
    Match,
    RuleSource,
    Scope,
    compile_expression,
    compile_rules,
)

ROOTS = ("event", "customer")
SCOPE = Scope(names=ROOTS)


def rule(when, *fields, name="rule"):
    condition = None if when is None else compile_expression(when, SCOPE)
    return RuleSource(id=name, when=condition, fields=fields)


def expression(text):
    return compile_expression(text, SCOPE)


def test_a_rule_that_holds_gives_its_fields():
    fused = compile_rules([rule("event.delay >= 180", 4, expression("event.price * 2"))], ROOTS)
    assert fused({"delay": 200, "price": 50}, {}) == (
        Match(rule=0, outcome="yes", values=(4, 100)),
    )


def test_rules_that_answer_no_leave_the_shared_empty_tuple():
    fused = compile_rules([rule("event.delay >= 180"), rule("customer.tier == 'gold'")], ROOTS)
    assert fused({"delay": 10}, {"tier": "basic"}) is ()  # noqa: F632 - the very same tuple


def test_a_missing_fact_cannot_be_judged_and_spares_the_neighbours():
    fused = compile_rules([rule("event.reason != 'no_show'"), rule("event.delay > 1", 7)], ROOTS)
    assert fused({"delay": 2}, {}) == (
        Match(rule=0, outcome="cannot", missing="event.reason"),
        Match(rule=1, outcome="yes", values=(7,)),
    )


def test_a_rule_without_condition_always_holds():
    fused = compile_rules([rule(None, "x")], ROOTS)
    assert fused({}, {}) == (Match(rule=0, outcome="yes", values=("x",)),)


def test_a_missing_field_makes_the_rule_impossible_to_judge():
    fused = compile_rules([rule("event.delay > 1", expression("event.price"))], ROOTS)
    assert fused({"delay": 2}, {}) == (Match(rule=0, outcome="cannot", missing="event.price"),)
    assert fused({"delay": 1}, {}) == ()


def test_a_condition_that_is_no_bool_cannot_be_judged():
    fused = compile_rules([rule("event.delay")], ROOTS)
    (match,) = fused({"delay": 2}, {})
    assert match.outcome == "cannot"
    assert "true or false" in match.missing


def test_an_absorbed_error_still_answers():
    fused = compile_rules([rule("event.gone > 1 || event.lost", 1)], ROOTS)
    assert fused({"lost": True}, {}) == (Match(rule=0, outcome="yes", values=(1,)),)
    assert fused({"lost": False}, {}) == (Match(rule=0, outcome="cannot", missing="event.gone"),)


def test_a_bool_is_not_a_number():
    fused = compile_rules([rule("event.delay >= 1"), rule("event.delay == 1")], ROOTS)
    (match,) = fused({"delay": True}, {})
    assert (match.rule, match.outcome) == (0, "cannot")


def test_a_root_that_is_not_given_is_a_mistake():
    params = compile_expression("params.least > 1", Scope(names=("params",)))
    with pytest.raises(PlaybookError, match="no_car reads params"):
        compile_rules([RuleSource(id="no_car", when=params)], ROOTS)


def test_no_rules_at_all_answer_nothing():
    assert compile_rules([], ROOTS)({}, {}) == ()


CONDITIONS = [
    "event.a == 1",
    "event.a != 'x' && event.b >= 2",
    "event.a || event.b > 5.0",
    "event.a in ['x', 'y', 7]",
    "event.a.startsWith('x')",
    "has(event.a.b) ? event.b == true : customer.c == null",
    "[1, 2].exists(i, event.b == i || event.a == i)",
]
VALUES = st.sampled_from([None, True, False, 0, 1, 2, 7, 1.0, 5.5, "x", "xy", [1], {"b": 1}])
FACTS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(event=FACTS, customer=FACTS)
def test_fused_rules_answer_as_each_condition_alone(event, customer):
    fused = compile_rules([rule(text, 1, expression("event.b")) for text in CONDITIONS], ROOTS)
    wanted = []
    env = {"event": event, "customer": customer}
    for position, text in enumerate(CONDITIONS):
        try:
            held = expression(text).evaluate(env)
            if held is not True and held is not False:
                wanted.append((position, "cannot"))
            elif held:
                expression("event.b").evaluate(env)
                wanted.append((position, "yes"))
        except CelEvaluationError:
            wanted.append((position, "cannot"))
    assert [(match.rule, match.outcome) for match in fused(event, customer)] == wanted
