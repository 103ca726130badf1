"""The sections `promises` and `disclosures`: every mistake with its line, and what events say."""

# ruff: noqa: E501 - one mistake, one line

import pytest

from makegood.playbooks.load import check_book, load_book
from tests.unit.playbooks.said_book import SAID
from tests.unit.playbooks.small_book import SMALL, changed

# what is replaced, by what, text of the line that is named, part of message, part of hint
MISTAKES = {
    "id taken": ("- id: gift\n", "- id: promise_broken\n", "- id: promise_broken\n    says", "already the name", "Rename"),
    "id of a failure": ("- id: gift\n", "- id: parcel_late\n", "- id: parcel_late\n    says", "already the name", "Rename"),
    "kept for others": ("- id: gift\n", "- id: other\n", "- id: other", "already the name", "Rename"),
    "no words": ("    says: {en: A gift}\n", "", "- id: gift\n", "no `says`", "Add `says:`"),
    "no English": ("says: {en: A gift}", "says: {de: Ein Geschenk}", "says: {de", "in English", "en:"),
    "no end": ("    within: 2d\n    by", "    by", "- id: gift\n", "no `within`", "Add"),
    "an end at once": ("within: 2d", "within: 0d", "within: 0d", "longer than nothing", "4h"),
    "about nothing": ("    about: event.order\n    within", "    within", "- id: gift\n", "no `about`", "booking"),
    "unknown event": ("on: Gift Promised", "on: Gift Promise", "on: Gift Promise", "no event", "`Gift Promised`"),
    "keeps itself": ("kept_by: Gift Sent", "kept_by: Gift Promised", "kept_by: Gift Promised", "cannot be kept", ""),
    "unknown fact": ("by: event.until_ms", "by: event.until", "by: event.until", "not a declared fact", "until_ms"),
    "no instant": ("by: event.until_ms", "by: event.worth_cents > 5", "by: event.worth", "instant or a duration", "timestamp"),
    "fact of what keeps it": ("who: event.agent\n    binds", "who: event.agnt\n    binds", "who: event.agnt", "not a declared fact", "agent"),
    "binds a word of its own": ("binds: {worth_cents:", "binds: {due_ms:", "binds: {due_ms", "cannot be the name", ""),
    "binds by no type": ("binds: {cents: int}", "binds: {cents: money}", "binds: {cents: money}", "`money` is not known", ""),
    "who without an event": ("    within: 30d\n", "    within: 30d\n    who: event.agent\n", "who: event.agent\n    binds: {cents", "none makes this promise", "`on:`"),
    "unknown field": ("    within: 30d\n", "    within: 30d\n    wihtin: 30d\n", "wihtin", "no field `wihtin`", "`within`"),
    "no plan": ("gift, no_fee,", "no_fee,", "- id: gift\n", "No plan is for `gift`", "Add"),
    "disclosure of a promise": ("- id: fee\n", "- id: gift\n", "- id: gift\n    says: {en: The fee}", "name of a promise", "Rename"),
    "disclosure twice": ("silence:\n", "  - id: fee\n    says: {en: Again}\nsilence:\n", "id: fee\n    says: {en: Again}", "called `fee`", "Rename"),
    "tells no amount": ("    amount: event.cents\n", "", "- id: fee\n", "no `amount`", "Add `amount:`"),
    "tells about nothing": ("    about: event.order\n    amount", "    amount", "- id: fee\n", "no `about`", "Add `about:`"),
    "tells a text": ("amount: event.cents", "amount: '\"much\"'", "amount: '", "int", ""),
    "unknown teller": ("on: Fee Told", "on: Fee Tol", "on: Fee Tol", "no event", "`Fee Told`"),
    "nobody says that": ("has(said.fee) ? said.fee.least_cents : 0)'\n    loses", "has(said.fees) ? 1 : 0)'\n    loses", "has(said.fees)", "said.fees", "`said.fee`"),
    "nobody says that of it": ("promised: has(said.no_fee)", "promised: said.no_fee.cent > 5", "said.no_fee.cent > 5", "said.no_fee.cent", "`said.no_fee.cents`"),
    "said in an about": ('about: event.order + "/fee"', "about: said.fee.by", "about: said.fee.by", "`said` is not known", ""),
    "not bound to that": ("cents: failure.worth_cents", "cents: failure.worth", "cents: failure.worth", "failure.worth", ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISTAKES)
def test_mistake_is_named_once_with_its_line_and_a_hint(kind):
    old, new, at, message, hint = MISTAKES[kind]
    assert SAID.count(old) >= 1, old
    text = SAID.replace(old, new, 1)
    line = text.count("\n", 0, text.index(at)) + 1
    found = check_book(text, name="said.yaml").errors
    meant = [e for e in found if e.line == line and message in e.message and hint in e.hint]
    assert len(meant) == 1, (line, [str(error) for error in found])


@pytest.mark.parametrize(
    "section", ["promises: gift\n", "promises: [gift]\n", "disclosures: {id: x}\n"]
)
def test_a_section_of_another_form_is_one_mistake(section):
    errors = check_book(SMALL + section, name="said.yaml").errors
    assert len(errors) == 1


REDIRECTS = "    confirm_within: 2m\n    redirects: {accepted_by: branches, expires: 4h}\n"
WRONG_REDIRECTS = {
    "nobody accepts": ("{accepted_by: branches, ", "{", "no `accepted_by`"),
    "no end": (", expires: 4h}", "}", "no `expires`"),
    "an end at once": ("expires: 4h", "expires: 0h", "longer than nothing"),
    "nobody is asked": ("    confirm_within: 2m\n", "", "Nobody is asked"),
    "a field too much": ("expires: 4h}", "expires: 4h, to: us}", "no field `to`"),
    "no mapping": ("{accepted_by: branches, expires: 4h}", "branches", "a mapping"),
}


@pytest.mark.parametrize("kind", WRONG_REDIRECTS)
def test_nobody_is_sent_to_somebody_who_does_not_accept_them(kind):
    old, new, message = WRONG_REDIRECTS[kind]
    good = changed("    confirm_within: 2m\n", REDIRECTS)
    assert check_book(good, name="small.yaml").errors == ()
    text = good.replace(old, new)
    assert text != good
    (error,) = check_book(text, name="small.yaml").errors
    assert message in error.message


def test_a_kind_that_sends_elsewhere_says_who_accepts():
    (error,) = check_book(changed("kind: exchange", "kind: redirect"), name="small.yaml").errors
    assert "who accepts" in error.message
    assert "expires" in error.hint


def test_what_sends_elsewhere_is_not_given_by_itself():
    text = changed("    confirm_within: 2m\n", REDIRECTS)
    text = text.replace("commitment, refund]", "commitment, new_parcel]", 1)
    errors = check_book(text, name="small.yaml").errors
    assert any("without a yes" in error.message for error in errors)


def test_the_book_has_no_mistake():
    checked = check_book(SAID, name="said.yaml")
    assert checked.errors == ()
    assert checked.warnings == ()


@pytest.mark.parametrize(
    ("by", "due_ms"),
    [
        ("duration('90m')", 1000 + 90 * 60_000),
        ("timestamp('1970-01-01T00:00:05Z')", 5000),
        ("event.until_ms + 1", 7001),
    ],
)
def test_until_when_is_an_instant_or_a_span(by, due_ms):
    book = load_book(SAID.replace("by: event.until_ms", f"by: {by}"), name="said.yaml")
    assert book.promises["gift"].read_due({"until_ms": 7000}, 1000) == due_ms


def test_a_book_without_them_promises_and_tells_nothing():
    book = load_book(SMALL, name="small.yaml")
    assert (book.promises, book.disclosures, book.tells, book.recalling) == (
        {},
        {},
        {},
        frozenset(),
    )
