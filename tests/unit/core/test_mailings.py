"""Which class a mail has: a rule, then a person, then signs; and nothing that is not certain."""

import pytest
from msgspec.structs import replace

from makegood.core.mailings import KnownKind, MailFacts, brand_of_mail, classify
from makegood.core.signals import MANY, Signals, judged_by_signals
from makegood.messages.commands import MessageClass
from makegood.playbooks.binding import bind
from makegood.playbooks.load import load_book
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_outgoing import with_outgoing

WORDS = """\
outgoing:
  senders:
    - {brand: acme, domains: [mail.acme.example.net], users: [campaigns], ports: [2526]}
  rules:
    - {id: coded, when: 'mail.header["x-kind"] == "bill"', class: receipt}
    - {id: by_user, when: 'mail.user == "bookings"', class: service}
  signals:
    survey: [how was your, rate your]
    offer: ['# % off', join our, deals]
    receipt: [invoice, amount paid]
    service: [is confirmed, booking number, please bring]
"""
BOOK = load_book(with_outgoing(WORDS), name="x.yaml")
BARE = load_book(
    with_outgoing(WORDS.replace('mail.header["x-kind"] == "bill"', "false")), name="x"
)
CONFIRMED = MailFacts(subject_words="your booking is confirmed", words="booking number #")
CHEERY = MailFacts(subject_words="good morning", words="how was your trip join our club")


def mail(**fields: object) -> MailFacts:
    return replace(MailFacts(headers={"x-kind": "none"}), **fields)


def test_wording_of_a_survey_and_an_offer_is_mixed_and_a_confirmation_is_service():
    assert classify(CHEERY, BARE).message_class is MessageClass.MIXED
    found = classify(CONFIRMED, BARE)
    assert (found.message_class, found.by) == (MessageClass.SERVICE, "signals")
    assert "“is confirmed”" in found.says


def test_a_list_header_alone_is_promotional():
    for facts in (
        MailFacts(list_unsubscribe=True),
        MailFacts(list_id="news.acme.example.com"),
        MailFacts(precedence="bulk"),
        MailFacts(sender="offers@news.acme.example.com"),
    ):
        assert classify(facts, BARE).message_class is MessageClass.PROMOTIONAL
    assert classify(MailFacts(precedence="first-class"), BARE).message_class is None


def test_a_system_that_answers_by_itself_is_no_mailing_list():
    facts = MailFacts(precedence="bulk", auto_submitted="auto-replied")
    assert classify(facts, BARE).message_class is None
    assert classify(replace(facts, list_id="x"), BARE).message_class is MessageClass.PROMOTIONAL


def test_a_confirmation_with_a_list_header_is_not_held_by_it():
    found = classify(replace(CONFIRMED, list_unsubscribe=True), BARE)
    assert (found.message_class, found.by) == (None, "none")
    assert "List-Unsubscribe" in found.says


def test_a_line_about_the_club_does_not_hold_a_confirmation():
    facts = replace(CONFIRMED, words="booking number # please bring your licence join our club")
    assert classify(facts, BARE).message_class is MessageClass.SERVICE


def test_a_confirmation_full_of_offers_is_mixed():
    facts = replace(CONFIRMED, words="booking number # join our club # % off deals deals")
    assert classify(facts, BARE).message_class is MessageClass.MIXED


def test_one_phrase_alone_is_nothing_certain_until_many_had_the_same_mail():
    facts = MailFacts(words="rate your day")
    assert classify(facts, BARE).message_class is None
    many = KnownKind(id="k", recipients=MANY)
    assert classify(facts, BARE, many).message_class is MessageClass.SURVEY
    assert classify(replace(facts, words="hello"), BARE, many).message_class is None


def test_a_rule_comes_before_a_person_and_a_person_before_signs():
    said = KnownKind(id="k", decided=MessageClass.SURVEY)
    ruled = classify(mail(user="bookings"), BOOK, said)
    assert (ruled.by, ruled.rule, ruled.message_class) == ("rule", "by_user", MessageClass.SERVICE)
    person = classify(replace(CONFIRMED, headers={"x-kind": ""}), BOOK, said)
    assert (person.by, person.message_class, person.kind) == ("person", MessageClass.SURVEY, "k")


def test_a_rule_that_cannot_be_judged_ends_the_rules_and_is_named():
    found = classify(MailFacts(user="bookings"), BOOK)
    assert found.by == "none", (
        "the rule after it would have said service, but might not come first"
    )
    assert "The rule `coded` cannot be judged: mail.header.x-kind is missing." in found.says
    assert classify(CHEERY, BOOK).message_class is MessageClass.MIXED, "signs still speak"


@pytest.mark.parametrize(
    ("fields", "brand"),
    [
        ({"sender": "care@acme.example.com", "domain": "acme.example.com"}, "acme"),
        ({"sender": "x@acme.example.com", "domain": "acme.example.com"}, "acme"),
        ({"sender": "x@a.mail.acme.example.net", "domain": "a.mail.acme.example.net"}, "acme"),
        ({"sender": "x@acme.example.net", "domain": "acme.example.net"}, ""),
        ({"sender": "x@xacme.example.com", "domain": "xacme.example.com"}, ""),
        ({"user": "campaigns"}, "acme"),
        ({"port": 2526}, "acme"),
        ({}, ""),
    ],
)
def test_whose_mail_it_is_follows_from_the_sender_then_who_signed_in(fields, brand):
    assert brand_of_mail(MailFacts(**fields), BOOK) == (brand, False)


def test_a_domain_that_two_brands_share_says_nothing():
    shared = SMALL.replace(
        "authority:\n",
        "  - {id: two, name: Two, sender: two@acme.example.com, offers_sender: b@b.example.com}\n"
        "authority:\n",
        1,
    )
    book = load_book(shared, name="x.yaml")
    assert brand_of_mail(
        MailFacts(sender="x@acme.example.com", domain="acme.example.com"), book
    ) == (
        "",
        False,
    )
    assert brand_of_mail(MailFacts(sender="two@acme.example.com"), book)[0] == "two"


def test_the_book_of_a_brand_judges_its_mail_by_its_own_rules_and_senders():
    own = (
        "makegood: 1\nname: acme_book\nbuilds_on: small\noutgoing:\n  unclassified: park\n"
        "  senders: [{brand: acme, users: desk}]\n"
        "  rules: [{id: own, when: 'mail.port == 7', class: survey}]\n"
    )
    umbrella = SMALL.replace("    name: Acme\n", "    name: Acme\n    book: acme_book\n", 1)
    text = bind(umbrella, {}, {"acme_book.yaml": own}.get)
    book = load_book(text, name="x.yaml")
    assert (book.outgoing_of("acme").unclassified, book.outgoing_of("").unclassified) == (
        "park",
        "pass",
    )
    theirs = classify(MailFacts(user="desk", port=7), book)
    assert (theirs.brand, theirs.rule, theirs.message_class) == ("acme", "own", "survey")
    assert classify(MailFacts(port=7), book).rule == ""


def test_receipts_and_questions_with_equal_weight_are_for_a_person():
    seen = Signals(subject={"receipt": ("invoice",), "survey": ("how was it",)})
    assert judged_by_signals(seen)[0] is None
    both = Signals(
        subject={"receipt": ("invoice",), "offer": ("deals",)}, text={"offer": ("join our",)}
    )
    assert judged_by_signals(both)[0] is MessageClass.MIXED


OFFERS = ("% off", "double points", "join our", "on your next", "special offers")
MARKS = ("amount paid", "payment method")


@pytest.mark.parametrize(
    ("offers", "found"),
    [
        (0, MessageClass.RECEIPT),
        (1, MessageClass.RECEIPT),
        (3, MessageClass.RECEIPT),
        (4, MessageClass.MIXED),
        (5, MessageClass.MIXED),
    ],
)
def test_a_receipt_passes_as_long_as_its_offers_are_fewer_than_its_marks(offers, found):
    text = {"receipt": MARKS, "offer": OFFERS[:offers]}
    seen = Signals(subject={"receipt": ("receipt",)}, text=text)
    assert judged_by_signals(seen)[0] is found


def test_neither_a_survey_with_offers_nor_a_mailing_nor_a_bare_subject_is_a_receipt():
    subject = {"receipt": ("receipt", "invoice")}
    text = {"receipt": MARKS, "offer": OFFERS[:3]}
    assert judged_by_signals(Signals(subject=subject, text=text))[0] is MessageClass.RECEIPT
    for seen in (
        Signals(subject=subject, text={**text, "survey": ("rate us",)}),
        Signals(subject=subject, text=text, lists=("List-Unsubscribe",)),
        Signals(subject=subject, text={**text, "receipt": MARKS[:1]}),
    ):
        assert judged_by_signals(seen)[0] is MessageClass.MIXED
