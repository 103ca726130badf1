"""An example is told what to say in its own place, and nothing beside it changes."""

import pytest

from makegood.messages.errors import InputError
from makegood.playbooks.example_text import example_saying

TEXT = """\
makegood: 1
examples:
  - name: the first
    expect: &same {failures: [late, rude], held: true, owed: {refund: 100}}   # kept
  - name: the second
    expect:
      failures:
        - late
      offers: [least]   # kept as well
      row: none
  - name: the third
    expect: *same
"""


@pytest.mark.parametrize(
    ("line", "found", "before", "after"),
    [
        (3, {"failures": (), "held": False}, "[late, rude], held: true", "[], held: false"),
        (3, {"owed": {"refund": 50, "ride": 9500}}, "{refund: 100}", "{refund: 50, ride: 9500}"),
        (5, {"failures": ("late", "rude")}, "\n        - late", "\n        [late, rude]"),
        (5, {"offers": {"least", "better"}}, "[least]", "[better, least]"),
        (5, {"row": "flex"}, "row: none", "row: flex"),
    ],
)
def test_only_what_it_expects_changes(line, found, before, after):
    assert before in TEXT
    assert example_saying(TEXT, line, found) == TEXT.replace(before, after)


@pytest.mark.parametrize(
    ("line", "found"),
    [(4, {"held": False}), (5, {"held": True}), (5, {"row": None}), (11, {"held": False})],
)
def test_what_has_no_place_of_its_own_is_mended_in_the_text(line, found):
    with pytest.raises(InputError, match="in the text"):
        example_saying(TEXT, line, found)


def test_what_is_no_book_has_no_examples():
    with pytest.raises(InputError):
        example_saying("a: [", 1, {"held": True})
