"""Patterns mean what RE2 says, or are refused."""

import pytest

from makegood.playbooks.cel.patterns import PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("^a+$", "aaa", True),
        ("a$", "a\n", False),
        ("a.b", "a\nb", False),
        (r"^\s$", "\v", False),
        (r"^[\s]$", "\t", True),
        (r"^\S$", "\v", True),
        (r"^\d$", "٣", False),
        (r"^\w$", "é", False),
        (r"\bcar\b", "no car.", True),
        ("gr(?:a|e)y", "grey", True),
        ("^x{2,3}?$", "xx", True),
        ("[^a-c]", "b", False),
        (r"a\.b", "axb", False),
        ("", "anything", True),
        ("(a|😀){2}", "a😀", True),
    ],
)
def test_a_pattern_is_found_where_re2_finds_it(pattern, text, wanted):
    assert (compile_pattern(pattern).search(text) is not None) is wanted


@pytest.mark.parametrize(
    "pattern",
    [
        "(?i)a",
        "(?=a)",
        "(?P<n>a)",
        "(?P=n)",
        r"(a)\1",
        r"\z",
        r"\Z",
        r"\pL",
        "a**",
        "a*+",
        "a{2}{3}",
        "*a",
        "(*a)",
        "^*",
        "a{,3}",
        "a{3,2}",
        "{",
        "]",
        "(a",
        "a)",
        "[a",
        "[[:alpha:]]",
        "[]a]",
        "[z-a]",
        r"[\b]",
        r"[a-\d]",
        "[a--b]",
        "(a+)+",
        "((a*)b)*",
        "(a+){2,}",
        "a\\",
    ],
)
def test_a_pattern_that_may_mean_something_else_is_refused(pattern):
    with pytest.raises(PatternError):
        compile_pattern(pattern)
