"""What a condition may not say, and where the refusal points."""

import re
from pathlib import Path

import pytest

from makegood.messages.errors import PlaybookError
from makegood.playbooks.cel import CelError, CelSyntaxError, Refusal, Scope, compile_expression
from makegood.playbooks.cel.signatures import FUNCTIONS

SCOPE = Scope(
    names=("event", "customer"), known={"event": frozenset(("reason", "delay_minutes", "tags"))}
)
PAGE = Path(__file__).resolve().parents[4] / "docs/reference/conditions.md"
DEEP = "(" * 61 + "1" + ")" * 61
LONG = " + ".join(["1"] * 70)
REFUSED = [
    (Refusal.SYNTAX, "event.reason =="),
    (Refusal.SYNTAX, "event.reason = 'a'"),
    (Refusal.SYNTAX, "'never closed"),
    (Refusal.SYNTAX, r"'\q'"),
    (Refusal.SYNTAX, r"'\ud800'"),
    (Refusal.SYNTAX, "size('a',)"),
    (Refusal.SYNTAX, "1 2"),
    (Refusal.SYNTAX, "event.true"),
    (Refusal.SYNTAX, ""),
    (Refusal.UNKNOWN_NAME, "evnt.reason"),
    (Refusal.UNKNOWN_NAME, "event.reson"),
    (Refusal.UNKNOWN_NAME, "event['reson']"),
    (Refusal.UNKNOWN_NAME, "[1].all(x, true) && x"),
    (Refusal.UNKNOWN_FUNCTION, "event.reason.startWith('a')"),
    (Refusal.UNKNOWN_FUNCTION, "now()"),
    (Refusal.UNKNOWN_FUNCTION, "'%s'.format([1])"),
    (Refusal.UNKNOWN_FUNCTION, "math.sqrt(4.0)"),
    (Refusal.WRONG_ARGUMENTS, "size()"),
    (Refusal.WRONG_ARGUMENTS, "startsWith('a', 'b')"),
    (Refusal.WRONG_ARGUMENTS, "'1'.int()"),
    (Refusal.WRONG_ARGUMENTS, "has(event)"),
    (Refusal.WRONG_ARGUMENTS, "[1].all(x)"),
    (Refusal.WRONG_ARGUMENTS, "[1].all(1, true)"),
    (Refusal.WRONG_ARGUMENTS, "[1].all(x, x, true)"),
    (Refusal.WRONG_ARGUMENTS, "duration('3 hours')"),
    (Refusal.WRONG_ARGUMENTS, "timestamp('2026-02-30T00:00:00Z')"),
    (Refusal.TYPE_MISMATCH, "'a' < 1"),
    (Refusal.TYPE_MISMATCH, "1 + 1.0"),
    (Refusal.TYPE_MISMATCH, "!1"),
    (Refusal.TYPE_MISMATCH, "'a' && true"),
    (Refusal.TYPE_MISMATCH, "1 ? 2 : 3"),
    (Refusal.TYPE_MISMATCH, "size(1)"),
    (Refusal.TYPE_MISMATCH, "'a'.b"),
    (Refusal.TYPE_MISMATCH, "[1]['a']"),
    (Refusal.TYPE_MISMATCH, "'abc'.all(c, true)"),
    (Refusal.TYPE_MISMATCH, "[1].filter(x, 2)"),
    (Refusal.INT_RANGE, "9223372036854775808"),
    (Refusal.RESERVED_WORD, "if == 1"),
    (Refusal.BYTES, "b'abc'"),
    (Refusal.BYTES, "bytes('a')"),
    (Refusal.UINT, "1u"),
    (Refusal.UINT, "uint(1)"),
    (Refusal.MESSAGE, "Thing{a: 1}"),
    (Refusal.TYPE_VALUE, "type(1)"),
    (Refusal.TYPE_VALUE, "int"),
    (Refusal.QUALIFIED_NAME, ".event.reason"),
    (Refusal.OPTIONAL_SYNTAX, "event.?reason"),
    (Refusal.OPTIONAL_SYNTAX, "event.tags[?0]"),
    (Refusal.OPTIONAL_SYNTAX, "[?event.reason]"),
    (Refusal.OPTIONAL_SYNTAX, "{?'a': event.reason}"),
    (Refusal.MAP_KEY, "{true: 1}"),
    (Refusal.MAP_KEY, "{1.0: 1}"),
    (Refusal.MAP_KEY, "{event.reason: 1}"),
    (Refusal.REPEATED_KEY, "{'a': 1, 'a': 2}"),
    (Refusal.PATTERN, "event.reason.matches(event.tags)"),
    (Refusal.PATTERN, "event.reason.matches('(?=a)')"),
    (Refusal.TIME_ZONE, "timestamp(0).getHours('Europe/London')"),
    (Refusal.TIME_ZONE, "timestamp(0).getHours(event.reason)"),
    (Refusal.TOO_DEEP, DEEP),
    (Refusal.TOO_DEEP, LONG),
    (Refusal.TOO_DEEP, "customer" + ".a" * 70),
    (Refusal.TOO_DEEP, "customer" + ".a" * 20_000),
    (Refusal.TOO_DEEP, "!" * 20_000 + "true"),
    (Refusal.TOO_DEEP, "[" * 20_000),
]


@pytest.mark.parametrize(("code", "text"), REFUSED)
def test_what_lies_outside_the_subset_is_refused_with_its_code(code, text):
    with pytest.raises(CelError) as refused:
        compile_expression(text, SCOPE)
    assert refused.value.code is code
    assert isinstance(refused.value, PlaybookError)


def test_every_code_has_a_refusal_that_shows_it():
    assert {code for code, _ in REFUSED} == set(Refusal)


def test_the_page_prints_exactly_the_codes_that_exist():
    section = PAGE.read_text().split("## Refusals")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [code.value for code in Refusal]


FUNCTION_ROWS = re.findall(
    r"^\| `([\w.]+)` \| .* \| `([^`]*)` \|$",
    PAGE.read_text().split("## Functions")[1].split("\n## ")[0],
    re.MULTILINE,
)


def test_the_page_gives_each_function_that_exists_a_row():
    assert sorted(name for name, _ in FUNCTION_ROWS) == sorted(FUNCTIONS)


@pytest.mark.parametrize(("name", "example"), FUNCTION_ROWS)
def test_the_examples_of_the_page_use_the_function_and_are_true(name, example):
    assert f"{name}(" in example
    assert compile_expression(example, Scope(names=())).evaluate({}) is True


def test_a_misspelt_root_suggests_the_nearest():
    with pytest.raises(CelError, match=r"did you mean `customer`\?"):
        compile_expression("custmer.tier == 'gold'", SCOPE)


def test_a_misspelt_fact_suggests_the_nearest():
    with pytest.raises(CelError, match=r"did you mean `event.delay_minutes`\?"):
        compile_expression("event.delay_minute > 1", SCOPE)


def test_a_misspelt_function_suggests_the_nearest():
    with pytest.raises(CelError, match=r"did you mean `startsWith`\?"):
        compile_expression("event.reason.startWith('a')", SCOPE)


def test_a_refusal_points_into_the_line():
    with pytest.raises(CelError) as refused:
        compile_expression("event.reason == 'a' &&\n  evnt.tags == 1", SCOPE)
    assert (refused.value.line, refused.value.column) == (2, 3)
    assert str(refused.value).startswith("2:3: ")


def test_a_syntax_error_says_what_was_expected():
    with pytest.raises(CelSyntaxError) as wrong:
        compile_expression("size(event.tags", SCOPE)
    assert wrong.value.expected == "`)`"
    assert (wrong.value.line, wrong.value.column) == (1, 16)
    assert wrong.value.text == "size(event.tags"


def test_a_root_with_a_dot_in_its_name_is_refused():
    with pytest.raises(CelError) as refused:
        compile_expression("1 == 1", Scope(names=("event.reason",)))
    assert refused.value.code is Refusal.QUALIFIED_NAME


def test_a_root_without_known_members_may_have_any():
    assert compile_expression("customer.whatever", SCOPE).paths == (("customer", "whatever"),)
