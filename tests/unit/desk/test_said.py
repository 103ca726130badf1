"""At the desk: promise, tell what it costs, send to somebody else; and say what came of it."""

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.state import decode_state
from makegood.messages.ids import CustomerId
from makegood.playbooks.binding import bind
from makegood.testing.clock import FakeClock
from tests.e2e.screens import NINE_MS, REPS, customer_of, introduce, serving
from tests.unit.desk.browsing import token_of, words_of
from tests.unit.playbooks.claim_book import CLAIMING
from tests.unit.playbooks.said_book import TWO_BRANDS

NOON = "2026-01-01T17:00"  # in the zone of the book, UTC; the clock stands at 14:00


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(getattr(request, "param", TWO_BRANDS)) as both:
        introduce(both[0])
        with both[0].store.writing() as writing:
            writing.put_reps([replace(REPS[2], brands=("zenith",))])
        yield both


@pytest.fixture
def ana(makegood: Makegood) -> CustomerId:
    return customer_of(makegood, "user:ana")


def say(browser, ana: CustomerId, act: str, **values: str):
    page = browser.get(f"/desk/customers/{ana}")
    form = {"token": token_of(page), "brand": "acme"} | values
    return browser.post(f"/desk/customers/{ana}/say/{act}", form, follow=True)


def promise(browser, ana: CustomerId, **more: str):
    values = {"name": "no_fee", "until": NOON, "words": "You need not pay it.", "about": "O1"}
    return say(browser, ana, "promise", **values | {"bind.cents": "9.00"} | more)


def send(browser, ana: CustomerId, **more: str):
    values = {"to": "harbour", "accepted_by": "Maria Silva", "until": NOON, "words": "Sold out."}
    return say(browser, ana, "send", **values | more)


def does(browser, ana: CustomerId, act: str, **values: str):
    page = browser.get(f"/desk/customers/{ana}")
    where = re.search(rf'action="([^"]+/{act})"', page.content.decode())
    assert where is not None, f"no form to say that it {act}"
    return browser.post(where[1], {"token": token_of(page)} | values, follow=True)


def test_a_promise_stands_on_the_page_with_who_made_it_until_when_and_in_which_words(kathy, ana):
    words = words_of(promise(kathy, ana))
    assert "What we told Ana" in words
    assert "You need not pay it to be kept" in words
    assert "Kathy Moreno promised it: $9." in words
    assert "O1 · said" in words
    assert "Kathy Moreno promised: you need not pay it." in words


def test_until_when_is_a_time_in_the_zone_of_the_book(kathy, ana, makegood):
    promise(kathy, ana)
    with makegood.store.reading() as reading:
        row = reading.row(ana)
    assert row is not None
    assert decode_state(row.state).memory.said[0].due_ms == NINE_MS + 3 * 3_600_000


def test_a_form_sent_twice_promises_once(kathy, ana):
    page = kathy.get(f"/desk/customers/{ana}")
    values = {"token": token_of(page), "name": "other", "until": NOON, "words": "A card."}
    for _ in range(2):
        page = kathy.post(f"/desk/customers/{ana}/say/promise", values, follow=True)
    assert words_of(page).count("Kathy Moreno promised: a promise.") == 1
    assert " · said" not in words_of(page)  # it is about nothing in particular


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"words": ""}, "Say in a sentence what is promised."),
        ({"until": ""}, "A promise has an end"),
        ({"until": "2025-01-01T10:00"}, "A promise has an end"),
        ({"bind.cents": "much"}, "is not an amount"),
        ({"bind.cents": "50.01"}, "Your limit is USD 50.00"),
        ({"about": "ana@example.org"}, "An address may not stand here"),
        ({"name": "nothing"}, "There is no promise `nothing`."),
    ],
)
def test_what_cannot_be_promised_is_said_at_the_form_which_keeps_what_was_written(
    kathy, ana, more, why
):
    answer = promise(kathy, ana, **more)
    assert answer.status_code == 422
    assert why in words_of(answer) or "name" in more  # a form that is not there says nothing
    kept = ">You need not pay it.</textarea>" in answer.content.decode()
    assert kept or {"words", "name"} & set(more)
    assert "What we told Ana" not in words_of(answer)


def test_what_breaks_is_shown_opens_a_case_and_can_be_kept_late(kathy, ana, makegood, clock):
    promise(kathy, ana)
    clock.advance(3 * 3_600_000)
    makegood.worker.run_once()
    page = kathy.get(f"/desk/customers/{ana}")
    assert "You need not pay it broken" in words_of(page)
    assert "A fee was to be waived" in words_of(page)
    words = words_of(does(kathy, ana, "kept", note="Paid back by hand."))
    assert "kept late" in words
    assert "Kathy Moreno says that a promise was kept." in words
    assert "Paid back by hand." in words


def test_what_something_costs_is_told_once_and_stands(kathy, ana):
    told = {"name": "fee", "amount": "9", "about": "O1", "channel": "phone"}
    words = words_of(say(kathy, ana, "tell", **told))
    assert "Kathy Moreno told it: $9, channel phone." in words
    assert "Kathy Moreno told: the fee, $9." in words
    answer = say(kathy, ana, "tell", **told | {"amount": ""})
    assert "Say what it costs" in words_of(answer)


def test_who_is_sent_to_somebody_else_is_accepted_by_name_with_the_story(kathy, ana):
    words = words_of(send(kathy, ana))
    assert "Sent to somebody else on their way" in words
    assert "Kathy Moreno sent the customer to harbour; Maria Silva accepted them." in words
    assert "Sold out." in words
    words = words_of(does(kathy, ana, "arrived", taken="no", note="Full."))
    assert "not taken in" in words
    assert "Kathy Moreno says that they were refused there." in words
    page = kathy.get(f"/desk/customers/{ana}")
    assert "/arrived" not in page.content.decode()
    (case,) = re.findall(r"/desk/cases/ke\w+", page.content.decode())[:1]
    assert "did not take them in" in words_of(kathy.get(case))


def test_taken_in_there_it_is_good(kathy, ana):
    send(kathy, ana)
    assert "taken in" in words_of(does(kathy, ana, "arrived", taken="yes"))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"accepted_by": ""}, "Name the person on the other side"),
        ({"words": ""}, "Tell the story"),
        ({"until": ""}, "Say until when they hold the place"),
        ({"to": ""}, "Say where the customer is sent."),
    ],
)
def test_nobody_is_sent_without_a_name_a_story_and_an_end(kathy, ana, more, why):
    answer = send(kathy, ana, **more)
    assert answer.status_code == 422
    assert why in words_of(answer)


def test_what_was_said_for_another_brand_does_not_exist_for_them(kathy, vera, ana):
    page = promise(kathy, ana)
    where = re.search(r'action="([^"]+/kept)"', page.content.decode())
    assert where is not None
    does(kathy, ana, "kept", note="Paid back by hand.")
    theirs = words_of(vera.get(f"/desk/customers/{ana}"))
    for told in ("What we told Ana", "promised", "it: $9", "Paid back by hand."):
        assert told not in theirs
    assert vera.post(where[1], {"token": "t"}).status_code == 404
    form = {"token": "t", "brand": "acme", "name": "other", "until": NOON, "words": "w"}
    assert vera.post(f"/desk/customers/{ana}/say/promise", form).status_code == 404
    assert kathy.post(f"/desk/customers/{ana}/say/nothing", form).status_code == 404
    assert kathy.post(where[1].replace("/kept", "/lost"), form).status_code == 404


def test_an_expense_is_claimed_for_the_customer_and_its_rest_waits(kathy, omar, ana, makegood):
    makegood.shelf.activate(CLAIMING, "claims.yaml", by="omar", because="It pays taxis.")
    page = kathy.get(f"/desk/customers/{ana}")
    raised = {"token": token_of(page), "failure": "parcel_late", "about": "O1", "brand": "acme"}
    kathy.post(f"/desk/customers/{ana}/raise", raised)
    spent = {"about": "O1", "fact.cents": "90.00", "fact.kind": "taxi", "brand": "acme"}
    where = f"/desk/customers/{ana}/ask/taxi"
    page = kathy.post(where, spent | {"token": "t1"}, follow=True)
    assert "Please add the receipt" in words_of(page)
    page = kathy.post(where, spent | {"token": "t2", "fact.receipt": "sha256:1"}, follow=True)
    words = words_of(page)
    assert "Yes, with What you spent ($80), at once; a person answers for the rest" in words
    words = words_of(does(omar, ana, "settle", answer="allow"))
    assert "Omar Haddad said yes, with What you spent ($10)." in words


OWN = (
    "makegood: 1\nname: acme\nbuilds_on: small\n"
    "promises:\n  - {id: no_wait, says: {en: No waiting}, within: 1d, title: Waited,\n"
    "     loses: time}\n"
    "plans:\n  - for: no_wait\n    hold: {scope: umbrella}\n    apology: sorry\n"
    "    offers: {least: [refund]}\n    call_within: 2h\n    useful_within: 24h\n"
    "    on_double_deviation: {call_within: 5m}\n    made_whole: {asked: thumbs, ask_after: 1d}\n"
)
APART = bind(
    TWO_BRANDS.replace("  - id: acme\n", "  - id: acme\n    book: acme\n", 1),
    {},
    {"acme.yaml": OWN}.get,
)


@pytest.mark.parametrize("served", [APART], indirect=True)
def test_what_a_brand_alone_promises_is_offered_at_the_desk(kathy, ana):
    words = words_of(kathy.get(f"/desk/customers/{ana}"))
    assert "No waiting" in words
    said = words_of(say(kathy, ana, "promise", name="no_wait", until=NOON, words="Come at once."))
    assert "Come at once." in said
