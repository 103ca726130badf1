"""A plan is data: read whole, and every mistake with its line."""

import pytest

from makegood.linkage.plan import plan_of, read_plan
from makegood.messages.errors import InputError
from makegood.playbooks.mistakes import BookErrors
from tests.guests.made import PLAN


def test_a_plan_says_how_lists_are_read():
    plan = plan_of(PLAN, "plan.yaml")
    assert [one.id for one in plan.lists] == ["harbour", "northline", "skyways"]
    assert plan.lists[0].identifier("H7") == "loyalty:harbour:H7"
    assert plan.lists[2].identifier("s-1") == "user:s-1"
    assert 0 < plan.review_at < plan.linked_at < 1


def test_every_mistake_is_told_with_its_line():
    text = PLAN.replace("links: 1", "links: 1\nlinked_at: 1.5\nreview_at: 0.99")
    text = text.replace("mail: E-mail", "fax: E-mail").replace("kind: user", "kind: email")
    text = text.replace("brand: skyways", "brand: harbour")
    with pytest.raises(BookErrors) as caught:
        plan_of(text, "plan.yaml")
    said = str(caught.value)
    for words in (
        "plan.yaml:3:", "probability above 0 and below 1", "There is no field `fax`.",
        "`kind` cannot be `email`", "Two lists of one brand",
    ):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("lists: []", "links"),
        ("links: 1\nlists: []", "two brands"),
        ("links: 1\nlinked_at: 0.6\nreview_at: 0.9\nlists: []", "cannot be above"),
        ("links: 1\nlists:\n  - {id: a, brand: b, columns: {mail: M}}", "has no `customer`"),
        ("links: 1\nlists:\n  - {id: a, brand: b, columns: [x]}", "names the column"),
        (
            "links: 1\nlists:\n"
            "  - {id: a, brand: b, customer: {kind: user, column: u}, columns: {mail: M}}",
            "without names",
        ),
    ],
)
def test_what_is_no_plan_is_refused(text, words):
    with pytest.raises(BookErrors, match=words):
        plan_of(text, "plan.yaml")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_plan(tmp_path / "none.yaml")
