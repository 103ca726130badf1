"""The section `outgoing`: whose mail it is, rules in order, wording, and what a brand adds."""

import pytest

from makegood.core.mailings import MailFacts, classify
from makegood.messages.commands import MessageClass
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import check_book, load_book
from makegood.playbooks.outgoing_terms import OutgoingTerms, as_words, make_wording, words_of
from makegood.replay.examples import run_examples
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_composing import HEAD, HOUSE, errors, whole

HOUR_MS = 3_600_000
OUTGOING = """\
outgoing:
  unclassified: park
  when_held: refuse
  parked_for: 12h
  senders:
    - brand: acme
      addresses: shop@elsewhere.example.com
      domains: [acme-mail.example.com]
      users: campaigns
      ports: [2526, 2527]
      parked_for: 6h
  rules:
    - id: letters
      when: mail.list_id.contains("letters")
      class: promotional
      because: our monthly letter
    - id: bills
      when: mail.sender.startsWith("bills@")
      class: receipt
  signals:
    survey: [how was your]
    offer: {en: ['# % off'], de: [rabatt*]}
"""


def with_outgoing(section: str = OUTGOING, text: str = SMALL) -> str:
    return text.replace("parameters:\n", f"{section}parameters:\n", 1)


def small(section: str = OUTGOING) -> RuleBook:
    return load_book(with_outgoing(section), name="x.yaml")


def test_a_book_without_the_section_passes_parks_and_waits_two_days():
    terms = load_book(SMALL, name="x.yaml").outgoing_of("acme")
    assert terms == OutgoingTerms(unclassified="pass", held="park", parked_ms=48 * HOUR_MS)


def test_a_brand_may_have_terms_of_its_own_within_one_book():
    book = small()
    usual = OutgoingTerms(unclassified="park", held="refuse", parked_ms=12 * HOUR_MS)
    assert book.outgoing_of("") == usual
    assert book.outgoing_of("acme").parked_ms == 6 * HOUR_MS
    assert book.outgoing_of("acme").held == "refuse"


def test_the_first_rule_that_fits_says_the_class():
    facts = MailFacts(sender="bills@acme.example.com", list_id="letters.acme.example.com")
    found = classify(facts, small())
    assert (found.message_class, found.by, found.rule) == ("promotional", "rule", "letters")
    bill = classify(MailFacts(sender="bills@acme.example.com"), small())
    assert (bill.message_class, bill.rule) == (MessageClass.RECEIPT, "bills")


@pytest.mark.parametrize(
    ("was", "now", "line", "message", "hint"),
    [
        ("unclassified: park", "unclassified: stop", "unclassified: stop", "cannot be", ""),
        ("when_held: refuse", "when_held: bounce", "when_held: bounce", "cannot be", ""),
        ("parked_for: 12h", "parked_for: 0h", "parked_for: 0h", "longer than nothing", "48h"),
        ("brand: acme", "brand: acne", "brand: acne", "not a brand", "`acme`"),
        ("shop@elsewhere.example.com", "shop", "addresses: shop", "not an e-mail", "domains"),
        ("[acme-mail.example.com]", "[a@b.example]", "domains:", "not a domain", "example.org"),
        ("[2526, 2527]", "[0]", "ports: [0]", "from 1 to 65535", ""),
        ("      class: receipt\n", "", "- id: bills", "no `class`", "Add"),
        ("class: receipt", "class: spam", "class: spam", "cannot be `spam`", ""),
        ('when: mail.sender.startsWith("bills@")', "title: x", "title: x", "no field `title`", ""),
        ("mail.list_id", "mail.list_ids", "mail.list_ids", "mail.list_ids", "`mail.list_id`"),
        ("mail.list_id", "event.list_id", "event.list_id", "event", ""),
        ('mail.list_id.contains("letters")', "mail.port + 1", "mail.port + 1", "give a bool", ""),
        ("id: bills", "id: letters", "id: letters\n      when: mail.sender", "called", "Rename"),
        ("[how was your]", "['...']", "survey:", "no word", "Write words"),
        ("rabatt*", "ra*", "ra*", "far too much", "four letters"),
        ("survey:", "surveys:", "surveys:", "no field `surveys`", "`survey`"),
        ('mail.list_id.contains("letters")', 'mail.header["X-Id"] == ""', "mail.header",
         "small letters", "`x-id`"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_what_to_do(was, now, line, message, hint):
    assert OUTGOING.count(was) >= 1
    text = with_outgoing(OUTGOING.replace(was, now, 1))
    checked = check_book(text, name="x.yaml")
    at = text[: text.index(line)].count("\n") + 1
    found = [one for one in checked.errors if message in one.message and hint in one.hint]
    assert found, [str(one) for one in checked.errors]
    assert found[0].line == at


def test_one_address_cannot_be_two_brands():
    brands = SMALL.replace(
        "authority:\n",
        "  - {id: other, name: Other, sender: a@o.example.com, offers_sender: b@o.example.com}\n"
        "authority:\n",
        1,
    )
    twice = OUTGOING.replace("  rules:", "    - {brand: other, users: campaigns}\n  rules:", 1)
    found = [str(one) for one in check_book(with_outgoing(twice, brands), name="x").errors]
    assert len(found) == 1
    assert "The user campaigns is `acme`'s already." in found[0]


def test_a_header_that_is_not_asked_for_first_is_warned_of():
    asked = OUTGOING.replace('mail.list_id.contains("letters")', 'mail.header["x-id"] == "7"')
    found = [str(one) for one in check_book(with_outgoing(asked), name="x").warnings]
    assert any('"x-id" in mail.header' in one for one in found)
    guarded = asked.replace("when: mail.header", 'when: \'"x-id" in mail.header && mail.header')
    guarded = guarded.replace('== "7"', '== "7"\'')
    assert not any("x-id" in str(w) for w in check_book(with_outgoing(guarded), name="x").warnings)


def test_wording_finds_whole_words_any_number_and_open_ends():
    wording = make_wording([("offer", "# % off"), ("offer", "rabatt*"), ("survey", "how was it")])

    def found(text: str) -> dict[str, tuple[str, ...]]:
        return dict(wording.found(as_words(words_of(text))))

    assert found("Take 20% off!") == {"offer": ("# % off",)}
    assert found("25 % OFF") == {"offer": ("# % off",)}
    assert found("Ihr Rabattcode") == {"offer": ("rabatt*",)}
    assert found("How was\nit?") == {"survey": ("how was it",)}
    assert found("show was item; off 20; vorrabatt") == {}


def test_a_brand_adds_to_the_umbrellas_rules_and_these_are_asked_first():
    own = (
        "outgoing:\n  when_held: park\n"
        "  rules:\n    - {id: mine, when: 'mail.user == \"x\"', class: service}\n"
        "  signals: {offer: {en: [half price]}}\n"
    )
    book = load_book(whole(own, house=with_outgoing(text=HOUSE)), name="acme.yaml")
    assert [rule.id for rule in book.outgoing.rules] == ["letters", "bills", "mine"]
    assert (book.outgoing.terms.unclassified, book.outgoing.terms.held) == ("park", "park")
    assert [one.brand for one in book.outgoing.senders] == ["acme"]
    hits = book.outgoing.wording.found("half price # % off how was your rabattcode")
    assert {purpose: len(them) for purpose, them in hits.items()} == {"survey": 1, "offer": 3}


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ("  unclassified: pass\n", "outgoing"),
        ("  rules:\n    - {id: letters, replaces: true, class: service,\n"
         "       when: 'mail.list_id.contains(\"letters\")'}\n", "letters"),
        ("  rules:\n    - {id: letters, replaces: true, class: mixed, when: 'mail.port == 1'}\n",
         "letters"),
    ],
)  # fmt: skip
def test_a_brand_lets_nothing_through_that_its_umbrella_stops(own, name):
    house = with_outgoing(text=HOUSE)
    found = errors(f"outgoing:\n{own}", house=house)
    assert len(found) == 1
    assert f"`{name}` is the umbrella's to lower" in found[0]
    may = house.replace("name: house\n", f"name: house\nmay_change: [{name}]\n", 1)
    assert errors(f"outgoing:\n{own}", house=may) == []


def test_a_brand_may_stop_more():
    own = (
        "outgoing:\n  rules:\n    - {id: bills, replaces: true, class: promotional,\n"
        "       when: 'mail.sender.startsWith(\"bills@\")'}\n"
    )
    assert errors(own, house=with_outgoing(text=HOUSE)) == []
    assert HEAD in whole(own)


EXAMPLE = """\
  - name: a survey
    mail: {from: x@acme-mail.example.com, subject: 'How was your day, how was your night?',
           text: 'How was your trip?', headers: {Precedence: bulk}}
    expect: {class: survey, brand: acme}
"""


def with_example(example: str) -> str:
    return with_outgoing().replace("\nexamples:\n", f"\nexamples:\n{example}", 1)


def test_an_example_says_what_a_mail_is_and_is_run_with_the_book():
    checked = check_book(with_example(EXAMPLE), name="x.yaml")
    assert checked.book is not None, [str(one) for one in checked.errors]
    assert run_examples(checked.book, checked.examples) == ()
    wrong = EXAMPLE.replace("class: survey, brand: acme", "class: unknown, brand: other")
    checked = check_book(with_example(wrong), name="x.yaml")
    assert checked.book is not None
    missed = run_examples(checked.book, checked.examples)
    assert [(one.what, one.expected, one.found) for one in missed] == [
        ("class", "unknown", "survey"),
        ("brand", "other", "acme"),
    ]


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("x@acme-mail.example.com", "acme", "not an e-mail address"),
        ("class: survey", "class: spam", "cannot be `spam`"),
        ("headers: {Precedence: bulk}", "headers: {Precedence: [bulk]}", "should be a text"),
        ("headers:", "header:", "no field `header`"),
    ],
)
def test_a_mistake_in_the_mail_of_an_example_is_named(was, now, message):
    found = check_book(with_example(EXAMPLE.replace(was, now, 1)), name="x.yaml").errors
    assert any(message in one.message for one in found), [str(one) for one in found]
