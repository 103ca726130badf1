"""What compiled conditions answer, and what they say when a fact is missing."""

import math

import pytest

from makegood.playbooks.cel import (
    CelEvaluationError,
    Duration,
    Scope,
    Timestamp,
    compile_expression,
    facts_seen,
)

SCOPE = Scope(names=("event", "customer"))
EVENT = {
    "reason": "no_car",
    "delay": 180,
    "late": True,
    "ratio": 0.5,
    "nothing": None,
    "tags": ["a", "b"],
    "one": 1,
    "more": {"branch": "BOS", "list": [{"x": 1}]},
}


def answer(text, event=EVENT):
    expression = compile_expression(text, SCOPE)
    found = expression.evaluate({"event": event, "customer": {}})
    exact = expression.exact({"event": event, "customer": {}})
    assert repr(found) == repr(exact)
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("7 % -2", 1),
        ("1 == 1.0", True),
        ("true == 1", False),
        ("event.late == 1", False),
        ("event.one == true", False),
        ("event.one == 1.0", True),
        ("[true] == [1]", False),
        ("[1, 2] == [1.0, 2.0]", True),
        ("{'a': 1} == {'a': 1.0}", True),
        ("1 in [true]", False),
        ("event.late in [1, 5]", False),
        ("event.one in [1, 5]", True),
        ("'a' == 1", False),
        ("event.nothing == null", True),
        ("event.nothing != false", True),
        ("'a' + 'b' == 'ab'", True),
        ("size('😀é')", 2),
        ("'😀é'.substring(1)", "é"),
        (r"'\u00e9\x41\101\n'", "éAA\n"),
        (r"r'\n'", "\\n"),
        ("'''it's'''", "it's"),
        ("r'''a\\'''", "a\\"),
        ("0x10", 16),
        ("event.`more`.branch", "BOS"),
        ("event['more'].list[0].x", 1),
        ("event.more.list[0.0].x", 1),
        ("has(event.nothing)", True),
        ("has(event.nowhere)", False),
        ("has(event.more.branch) && event.more.branch == 'BOS'", True),
        ("event.late ? 'yes' : 1 / 0", "yes"),
        ("[1, 2, 3].map(x, x > 1, x * 2)", [4, 6]),
        ("[3, 1].exists(i, x, i == 1 && x == 1)", True),
        ("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, k + '!')", {"b": "b!"}),
        ("event.more.map(k, k)", ["branch", "list"]),
        ("[[1, 2], [3]].map(x, x.map(y, y + size(x)))", [[3, 4], [4]]),
        ("[1, 2].exists(x, [2].exists(x, x == 2) && x == 1)", True),
        ("[4].map(x, event.tags.filter(y, event.delay > 5 && y > 'a'))", [["b"]]),
        ("event.tags.exists(x, x > 'a' && event.delay >= 180)", True),
        ("string(1e20) + string(0.1) + string(100000.0)", "1e+200.1100000"),
        ("math.greatest(1, 2.5, event.one)", 2.5),
        ("1.0 / 0.0 > 1e308", True),
        ("0.0 / 0.0 == 0.0 / 0.0", False),
        ("9007199254740993 > 9007199254740992.0", False),
        ("duration('90m') > duration('1h')", True),
        ("timestamp('2026-02-09T23:30:00Z').getDate('+02:00')", 10),
        ("// a comment\ntrue", True),
    ],
)
def test_the_answer_is_that_of_the_specification(text, wanted):
    found = answer(text)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("event.gone == 1 || event.late", True),
        ("event.late || event.gone == 1", True),
        ("event.gone == 1 && event.delay < 5", False),
        ("event.delay < 5 && event.gone == 1", False),
        ("1 / 0 > 1 || event.gone || true", True),
        ("event.reason && false", False),
        ("[0, 1].exists(x, 1 / x == 1)", True),
        ("[true, 1].exists(x, x > 0)", True),
        ("[0, 2].all(x, 1 / x == 1)", False),
    ],
)
def test_an_error_is_absorbed_when_the_other_side_decides(text, wanted):
    assert answer(text) is wanted


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775807 + 1",
        "-9223372036854775808 - 1",
        "-(-9223372036854775808)",
        "-9223372036854775808 / -1",
        "event.delay * 9223372036854775807",
        "event.delay / 0",
        "event.delay % 0",
        "event.delay + 1.0",
        "event.late < 2",
        "event.late >= event.one",
        "event.late + 1",
        "event.reason < 5",
        "event.nothing < 5",
        "event.tags < event.tags",
        "event.tags[2]",
        "event.tags[-1]",
        "event.tags[event.late]",
        "event.reason[0]",
        "event.reason in event.reason",
        "event.delay ? 1 : 2",
        "event.delay && true",
        "!event.delay",
        "event.late.startsWith('a')",
        "event.delay.matches('1')",
        "event.delay.all(x, true)",
        "event.tags.exists_one(x, 1 / (size(x) - 1) == 1)",
        "has(event.reason.x)",
        "int('1_0')",
        "int(' 1')",
        "int(1e19)",
        "bool('yes')",
        "duration(event.reason)",
        "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
        "event.more[event.nothing]",
        "'abc'.substring(2, 1)",
        "math.abs(-9223372036854775808)",
        "event.late == 1 || event.reason",
    ],
)
def test_what_cannot_be_evaluated_is_an_error_not_an_answer(text):
    with pytest.raises(CelEvaluationError):
        answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "event.huge + 1",
        "event.huge < event.ratio",
        "double(event.huge)",
        "string(event.huge)",
        "duration(event.digits + 's')",
        "int(event.digits)",
        "timestamp('9999-12-31T23:59:59Z').getFullYear('+02:00')",
    ],
)
def test_facts_out_of_range_are_an_error(text):
    huge = {"huge": 10**400, "ratio": 0.5, "digits": "9" * 5000}
    with pytest.raises(CelEvaluationError):
        answer(text, huge)


def test_a_missing_fact_is_named():
    with pytest.raises(CelEvaluationError, match=r"event\.more\.city is missing") as error:
        answer("event.more.city == 'Boston'")
    assert error.value.missing == "event.more.city"


def test_a_fact_below_null_is_missing():
    with pytest.raises(CelEvaluationError) as error:
        answer("event.nothing.city == 'Boston'")
    assert error.value.missing == "event.nothing.city"


def test_a_wrong_type_is_no_missing_fact():
    with pytest.raises(CelEvaluationError, match="does not take") as error:
        answer("event.reason < 5")
    assert error.value.missing is None


def test_a_root_that_is_not_given_is_missing():
    with pytest.raises(CelEvaluationError) as error:
        compile_expression("customer.tier == 'gold'", SCOPE).evaluate({"event": {}})
    assert error.value.missing == "customer"


def test_paths_are_every_static_path_once():
    text = "event.a.b == event['c'] || has(event.d) || [1].all(x, event.e[x].f == event.a.b)"
    assert compile_expression(text, SCOPE).paths == (
        ("event", "a", "b"),
        ("event", "c"),
        ("event", "d"),
        ("event", "e"),
    )


def test_a_loop_variable_hides_a_root():
    expression = compile_expression("[{'a': 7}].all(event, event.a == 7)", SCOPE)
    assert expression.paths == ()
    assert expression.evaluate({}) is True


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("event.a", "dyn"),
        ("event.a == 1", "bool"),
        ("event.a + 1", "int"),
        ("1.5 * 2.0", "double"),
        ("string(event.a)", "string"),
        ("[1]", "list"),
        ("{'a': 1}", "map"),
        ("timestamp(event.a)", "timestamp"),
        ("duration('1h')", "duration"),
        ("true ? 1 : 'a'", "dyn"),
    ],
)
def test_the_static_type_is_known_where_the_text_tells_it(text, wanted):
    assert compile_expression(text, SCOPE).result_type == wanted


def test_common_conditions_become_plain_python():
    expression = compile_expression("event.reason != 'no_show' && event.delay >= 180.0", SCOPE)
    quick = expression.python.split("def exact")[0]
    assert "r_event['reason'] != 'no_show'" in quick
    assert "op.ge" not in quick


def test_an_element_of_a_loop_is_compared_plainly_and_a_bool_is_no_number_there_either():
    expression = compile_expression("event.numbers.exists(n, n > 99)", SCOPE)
    assert "op.gt" not in expression.python.split("def exact")[0]
    assert answer("event.numbers.exists(n, n > 99)", {"numbers": [1, 100]}) is True
    for numbers in ([True], [1, "a"], [None]):
        with pytest.raises(CelEvaluationError):
            answer("event.numbers.exists(n, n > 0 && n > 99)", {"numbers": numbers})


def test_text_of_a_condition_never_becomes_code():
    text = "'\\'); import os #' == event.reason"
    assert compile_expression(text, SCOPE).evaluate({"event": {"reason": "'); import os #"}})


def test_instants_come_back_as_values():
    assert answer("timestamp(1) + duration('1.5s')") == Timestamp(2_500_000_000)
    assert answer("duration('-1.5h')") == Duration(-5400 * 10**9)
    assert answer("string(timestamp('2026-02-09T14:30:00.25+01:00'))") == "2026-02-09T13:30:00.25Z"


def test_minus_zero_keeps_its_sign():
    assert math.copysign(1.0, answer("-0.0")) == -1.0


def test_facts_seen_lists_what_exists():
    paths = (
        ("event", "reason"),
        ("event", "gone"),
        ("event", "nothing"),
        ("event", "reason", "x"),
    )
    assert facts_seen(paths, {"event": EVENT}) == (
        ("event.reason", "no_car"),
        ("event.nothing", None),
    )
