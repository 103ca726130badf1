"""The tree that a condition becomes."""

import pytest

from makegood.playbooks.cel import CelSyntaxError, parse
from makegood.playbooks.cel.ast import Call, Choice, Literal, Logic, Macro, Name, Select, path_of


def shown(node):
    """Write a tree with brackets round everything."""
    match node:
        case Literal(value=value):
            return repr(value)
        case Name(name=name):
            return name
        case Select(operand=operand, field=field):
            return f"{shown(operand)}.{field}"
        case Logic(sign=sign, terms=terms):
            return "(" + f" {sign} ".join(map(shown, terms)) + ")"
        case Choice(condition=condition, yes=yes, no=no):
            return f"({shown(condition)} ? {shown(yes)} : {shown(no)})"
        case Call(function=function, args=args):
            return f"{function}({', '.join(map(shown, args))})"
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", "+(1, *(2, 3))"),
        ("1 - 2 - 3", "-(-(1, 2), 3)"),
        ("(1 - 2) - 3 == -6", "==(-(-(1, 2), 3), -6)"),
        ("a || b && c || d", "(a || (b && c) || d)"),
        ("!a.b == c", "==(!(a.b), c)"),
        ("-a.b", "neg(a.b)"),
        ("--1", "neg(-1)"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a < b == c", "==(<(a, b), c)"),
        ("a in b && c", "(in(a, b) && c)"),
        ("a.f(b, 1)", "f(a, b, 1)"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("a.for", "a.for"),
    ],
)
def test_operators_bind_as_the_specification_says(text, tree):
    assert shown(parse(text)) == tree


def test_every_node_knows_its_place():
    tree = parse("a ==\n  b.c")
    assert isinstance(tree, Call)
    assert (tree.pos, tree.args[0].pos, tree.args[1].pos) == (2, 0, 7)


def test_filter_keeps_the_element_itself():
    tree = parse("a.filter(x, x > 1)")
    assert isinstance(tree, Macro)
    assert tree.kind == "list"
    assert tree.keep is not None
    assert shown(tree.body) == "x"


def test_a_path_goes_through_literal_keys_only():
    assert path_of(parse("a.b['c'].d")) == ("a", "b", "c", "d")
    assert path_of(parse("a[0].b")) is None
    assert path_of(parse("f(a).b")) is None


@pytest.mark.parametrize(
    ("text", "expected", "column"),
    [
        ("a &&", "a value, a name or `(`", 5),
        ("a.", "a field name", 3),
        ("[1, 2", "`]`", 6),
        ("{'a' 1}", "`:`", 6),
        ("a ? b", "`:`", 6),
        ("a b", "an operator or the end of the condition", 3),
        ("'abc", "a closing quote", 1),
        ("a # b", "a word, a number or an operator", 3),
    ],
)
def test_a_syntax_error_says_what_was_expected_and_where(text, expected, column):
    with pytest.raises(CelSyntaxError) as wrong:
        parse(text)
    assert wrong.value.expected == expected
    assert (wrong.value.line, wrong.value.column) == (1, column)
