"""Who somebody is never reaches the size of a remedy: every path there, one case each."""

# ruff: noqa: E501 - one path, one line

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book
from tests.unit.playbooks.said_book import SAID
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_laws import NAMED, PARCELS

MINUTES = "      minutes: event.minutes\n"
BY_DETAIL = MINUTES + "      rich: customer.tier\n"
DECLARED = SMALL.replace("brand: string\n", "brand: string\n    vip: string\n", 1)
SECRET = DECLARED.replace("[customer.tenure_years]", "[customer.tenure_years, event.vip]")
REQUEST = "[customer.tenure_years, request.reason]"
PROMISES = "  Promise Made: {order: string}\n  Promise Kept: {order: string}\n"
SECRET_PROMISES = SECRET.replace("{order: string}", "{order: string, vip: string}")
ASKED = "    about: event.order\n    title: A promise"
SECRET_SAID = SAID.replace("[customer.tenure_years]", "[customer.tenure_years, event.vip]")
for _said in ("Gift Promised: {", "Fee Told: {"):
    SECRET_SAID = SECRET_SAID.replace(_said, f"{_said}vip: string, ", 1)
TWO_PLANS = SMALL.replace(
    "silence:\n",
    "  - {id: parcel_wet, on: Parcel Late, title: Wet, about: 'event.order + \"\"', loses: goods,\n"
    "     severity: 'customer.tier == \"gold\" ? 5 : 1', cause: firm}\nsilence:\n",
).replace("  - for: other\n", "  - for: [other, parcel_wet]\n")

PATHS = {
    "failure: when": (SMALL, "when: event.minutes", "when: customer.tier == 'x' && event.minutes"),
    "failure: about": (SMALL, "about: event.order\n    when", "about: customer.tier\n    when"),
    "failure: price": (SMALL, "price: event.price_cents", "price: customer.followers"),
    "failure: cause": (SMALL, "    cause: firm", "    cause: 'customer.tier == \"\" ? \"firm\" : \"nature\"'"),
    "failure: brand": (SMALL, "    cause: firm", "    cause: firm\n    brand: 'customer.tier'"),
    "failure: by a key": (SMALL, "when: event.minutes", "when: customer['tier'] == 'x' && event.minutes"),
    "failure: by a key that is a fact": (
        SMALL, "when: event.minutes", "when: customer[event.order] == 'x' && event.minutes"),
    "failure: by a loop": (
        SMALL, "when: event.minutes", "when: \"customer.exists(k, k == 'tier') && event.minutes > 1\"\n    #"),
    "failure: by all of a customer": (SMALL, "when: event.minutes", "when: size(customer) > 3 && event.minutes"),
    "failure: by all of an event": (SECRET, "when: event.minutes", "when: size(event) > 3 && event.minutes"),
    "failure: a fact of the event": (SECRET, "when: event.minutes", "when: event.vip == 'x' && event.minutes"),
    "severity that chooses the plan": (TWO_PLANS, "", ""),
    "entitlement: when, the customer": (SMALL, "when: failure.minutes >= 60", "when: customer.tier == 'x'"),
    "entitlement: when, a detail": (
        SMALL.replace("when: failure.minutes >= 60", "when: failure.rich == 'x'"), MINUTES, BY_DETAIL),
    "entitlement: all of a failure": (
        SMALL.replace("when: failure.minutes >= 60", "when: size(failure) > 1"), MINUTES, BY_DETAIL),
    "entitlement: ratio": (SMALL, "ratio: 0.5", "ratio: 'customer.tier == \"x\" ? 1.0 : 0.5'"),
    "entitlement: cents": (SMALL, "ratio: 0.5", "cents: customer.followers"),
    "entitlement: most_cents": (SMALL, "ratio: 0.5", "ratio: 0.5, most_cents: customer.followers"),
    "request: a column": (SMALL, "tries: request.tries", "tries: customer.followers"),
    "request: a value": (SMALL, "fee: request.fee_cents * 2", "fee: customer.followers"),
    "request: a value of a value": (
        SMALL, "fee: request.fee_cents * 2", "rich: customer.followers\n      fee: values.rich * 2"),
    "request: what is given": (SMALL, "cents: 900}\n      -", "cents: customer.followers}\n      -"),
    "request: a fact it carries": (SMALL, "[customer.tenure_years]", REQUEST),
    "silence: about": (SECRET_PROMISES, ASKED, ASKED.replace("event.order", "event.vip")),
    "promise: by when": (SECRET_SAID, "by: event.until_ms", "by: 'event.vip == \"x\" ? event.until_ms : 1'"),
    "promise: who, as said.gift.by": (
        SECRET_SAID, "who: event.agent\n    binds", "who: event.vip\n    binds"),
    "promise: what it binds us to": (SECRET_SAID, "worth_cents: event.worth_cents", "worth_cents: size(event.vip)"),
    "disclosure: about": (
        SECRET_SAID, "about: event.order\n    amount", "about: 'event.vip == \"x\" ? event.order : \"\"'\n    amount"),
    "disclosure: who": (SECRET_SAID, "who: event.agent\n    channel", "who: event.vip\n    channel"),
    "disclosure: channel": (SECRET_SAID, "channel: event.channel", "channel: event.vip"),
    "disclosure: amount": (SECRET_SAID, "amount: event.cents", "amount: size(event.vip)"),
    "look-up": (
        SECRET, "failures:\n",
        "look_up:\n  - {on: Parcel Late, in: airports, by: {origin: event.vip, destination: event.order}}\nfailures:\n"),
}  # fmt: skip


def refused(text: str) -> list[str]:
    found = check_book(text, name="small.yaml").errors
    words = ("never the size", "follows the customer")
    return [str(one) for one in found if any(part in one.message for part in words)]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_from_who_somebody_is_to_what_they_are_given(path):
    text, old, new = PATHS[path]
    assert old in text
    changed = text.replace(old, new, 1) if old else text
    assert refused(changed) != [], check_book(changed, name="small.yaml").errors


def test_nor_through_a_law():
    law = PARCELS.replace("late: failure.minutes >= 90", "late: failure.minutes > 3")
    book = SMALL.replace("authority:\n", f"{NAMED}authority:\n", 1)
    book = book.replace(MINUTES, "      minutes: customer.tenure_years\n")
    found = refused(bind(book, {"parcels": law}))
    assert any(one.startswith("law parcels:") for one in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("offer_first", "offer_first: customer.tier\n    offer_first"),
        ("rep: {cents: 5000}", "rep: {cents: customer.followers}"),
        ("cost: {cents: 900}", "cost: {cents: customer.followers}"),
        ("  - for: other", "  - for: customer.tier"),
    ],
)
def test_what_takes_no_condition_takes_no_customer(old, new):
    text = SMALL.replace("    offer_message", "    offer_first: better\n    offer_message", 1)
    assert check_book(text.replace(old, new, 1), name="small.yaml").errors != ()


@pytest.mark.parametrize(
    ("old", "new", "reads"),
    [
        (MINUTES, "      minutes: customer.tenure_years\n", "customer.tenure_years"),
        ("severity: 3", "severity: 'customer.tier == \"gold\" ? 5 : 3'", "customer.tier"),
        ("price: event.price_cents", "price: customer.followers", "customer.followers"),
    ],
)
def test_a_reason_that_allows_it_is_printed_wherever_it_counts(old, new, reads):
    text = SMALL.replace(old, new, 1).replace(
        "    cause: firm", "    cause: firm\n    allow_because: a court said so", 1
    )
    checked = check_book(text, name="small.yaml")
    assert checked.errors == ()
    assert any(
        f"{reads}, allowed because: a court said so" in one.message for one in checked.warnings
    )


def test_it_may_say_who_is_helped_first_and_who_answers_how_soon():
    text = SMALL.replace("severity: 3", "severity: 'customer.tier == \"gold\" ? 5 : 3'", 1)
    assert check_book(text, name="small.yaml").errors == ()
