"""The section `claims`: every mistake once, with its line and what to do."""

# ruff: noqa: E501 - one mistake, one line

import pytest

from makegood.playbooks.load import check_book
from makegood.playbooks.terms import Answer
from tests.unit.playbooks.claim_book import CLAIMING, claim_library

# what is replaced, by what, text of the line that is named, part of message, part of hint
MISTAKES = {
    "id of a request": ("- id: taxi\n", "- id: drop_fee\n", "- id: drop_fee\n    title: {en: The taxi", "name of a request", "Rename"),
    "unknown failure": ("for: [parcel_late]\n    most", "for: [parcel_lat]\n    most", "for: [parcel_lat]", "not a failure", "`parcel_late`"),
    "for nothing": ("    for: [parcel_late]\n    most", "    most", "- id: taxi", "no `for`", "Add `for:`"),
    "no cap": ("    most_cents: 8000\n", "", "- id: taxi", "no `most_cents`", "Add"),
    "a cap of nothing": ("most_cents: 8000", "most_cents: 0", "most_cents: 0", "pays nothing", "Raise"),
    "a cap below nothing": ("most_cents: 8000", "most_cents: -1", "most_cents: -1", "from 0 to", ""),
    "no end": ("    within: 30d\n    pays", "    pays", "- id: taxi", "no `within`", "Add"),
    "unknown remedy": ("pays: expenses", "pays: expense", "pays: expense", "not a remedy", "`expenses`"),
    "a remedy with a price": ("pays: expenses", "pays: refund", "pays: refund", "cost of its own", "without `cost`"),
    "nobody pays": ("pays: expenses", "pays: call_me", "pays: call_me", "Nobody provides", "moves money"),
    "a no without a reason": ('    says: {en: "Drinks are not what we pay for."}\n', "", "not_payable: [alcohol]", "not why", "`says:`"),
    "no title": ("    title: {en: The taxi that you took}\n", "", "- id: taxi", "no `title`", "Add"),
    "unknown field": ("    within: 30d\n    pays", "    within: 30d\n    share: 1\n    pays", "share: 1", "no field `share`", ""),
    "claim twice": ("requests:\n", "  - {id: taxi, title: {en: x}, for: [parcel_late], most_cents: 1, within: 1d, pays: expenses}\nrequests:\n", "{id: taxi", "called `taxi`", "Rename"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISTAKES)
def test_mistake_is_named_once_with_its_line_and_a_hint(kind):
    old, new, at, message, hint = MISTAKES[kind]
    assert CLAIMING.count(old) >= 1, old
    text = CLAIMING.replace(old, new, 1)
    line = text.count("\n", 0, text.index(at)) + 1
    found = check_book(text, name="claims.yaml").errors
    meant = [e for e in found if e.line == line and message in e.message and hint in e.hint]
    assert len(meant) == 1, (line, [str(error) for error in found])


def test_the_book_has_no_mistake():
    checked = check_book(CLAIMING, name="claims.yaml")
    assert checked.errors == ()
    assert checked.warnings == ()


def test_without_a_customer_a_person_is_asked():
    library = claim_library()
    rule = library.books[library.active].requests["taxi"]
    ruling = rule.answer({"cents": 100}, {}, None)
    assert (ruling.answer, ruling.missing) == (Answer.PERSON, "a failure of the customer")
