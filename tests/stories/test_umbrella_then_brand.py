"""Two carriers of one group cancel a flight on the same day: each makes good in its own way.

Wanted: the group's book says what all carriers do, one carrier's own book says what it does
otherwise, and a customer of each hears and gets what their carrier says. Nobody's hold or rights
become less by it, and the group's marketing waits for both.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from makegood.books.opening import read_book, shipped_books
from makegood.bootstrap import Makegood
from makegood.core.asked import RequestStatus
from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.messages.commands import Fulfil, SendMessage
from makegood.messages.errors import Refused
from makegood.messages.facts import Granted, Requested, Touchpoint
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.runtime.shelf import Shelf
from makegood.settings import Settings
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    BASE_URL,
    KEY,
    NINE_MS,
    REPS,
    case_of,
    customer_of,
    introduce,
    portal_path,
    profile_of,
    ready_django,
    take,
)
from tests.unit.desk.browsing import words_of

BLUEFIN = """\
makegood: 1
name: bluefin
builds_on: group
authority:
  rep: {cents: 1000}
claims:
  - id: spent_on_the_way
    replaces: true
    title: {en: What you had to spend, de: Was der Ausfall kostete, es: Lo que tuvo que gastar}
    source: Bluefin promise
    for: [flight_cancelled, flight_delayed, boarding_denied]
    most_cents: 40000
    receipt_above_cents: 1500
    within: 90d
    pays: expenses
    answer_within: 1d
messages:
  - id: sorry_cancelled
    replaces: true
    class: service
    urgency: now
    texts:
      en: {subject: Bluefin left you standing, text: "$greeting Bluefin is sorry. $link"}
      de: {subject: Bluefin hat versagt, text: "$greeting Bluefin. $link"}
      es: {subject: Bluefin le ha dejado en tierra, text: "$greeting Bluefin. $link"}
"""


@pytest.fixture
def makegood(tmp_path: Path) -> Iterator[Makegood]:
    """Given a group whose carrier Bluefin has a book of its own."""
    group = shipped_books()["airline"].replace("name: airline\n", "name: group\n", 1)
    group = group.replace("  - id: bluefin\n", "  - id: bluefin\n    book: bluefin\n", 1)
    (tmp_path / "group.yaml").write_text(group, encoding="utf-8")
    (tmp_path / "bluefin.yaml").write_text(BLUEFIN, encoding="utf-8")
    path = str(tmp_path / "group.yaml")
    store, clock = MemoryStore(), FakeClock(NINE_MS)
    settings = Settings(database="memory:", key=KEY, book=path, base_url=BASE_URL)
    running = Makegood(settings, store, clock, Shelf(store, clock))
    running.shelf.settle(*read_book(path))
    with store.writing() as writing:
        writing.put_reps(REPS)
    ready_django(running)
    introduce(running)
    yield running
    running.close()


def cancelled(makegood: Makegood, brand: str) -> None:
    facts: dict[str, object] = {
        "flight": "UA961", "date": "2026-01-01", "origin": "FRA", "destination": "EWR",
        "carrier": "UA", "brand": brand, "booking": "B1", "price_cents": 31_000,
        "notice_minutes": 60,
    }  # fmt: skip
    take(makegood, "user:ana", Touchpoint(name="Flight Cancelled", properties=facts), brand)


def test_who_reads_the_book_at_the_desk_is_told_that_a_carrier_has_its_own(makegood: Makegood):
    from tests.unit.desk.conftest import _signed_in

    words = words_of(_signed_in("kathy").get("/desk/rules"))
    assert "For Bluefin there are rules in texts of their own, on top of this book." in words


@pytest.mark.parametrize(
    ("brand", "heading"),
    [("bluefin", "Bluefin left you standing"), ("northline", "We cancelled your flight")],
)
def test_a_customer_hears_what_their_carrier_says(makegood: Makegood, brand, heading):
    cancelled(makegood, brand)
    assert heading.lower() in words_of(Client().get(portal_path(makegood))).lower()
    with makegood.store.reading() as reading:
        orders = [row.command.order for row in reading.outbox_of([profile_of("user:ana")])]
    assert [one.amount for one in orders if isinstance(one, Fulfil) and one.owed] == [
        Money(60_000, "EUR")
    ]
    (apology,) = [
        one for one in orders if isinstance(one, SendMessage) and one.message == "sorry_cancelled"
    ]
    book = makegood.library.now(apology.brand)
    assert book.messages[apology.message].texts["en"].subject == heading


@pytest.mark.parametrize(("brand", "refused"), [("bluefin", True), ("northline", False)])
def test_a_rep_gives_what_the_carrier_lets_them(makegood: Makegood, brand, refused):
    cancelled(makegood, brand)
    wanted = Granted(
        case=case_of(makegood), remedy="wine", cost=Money(2_000), by=RepId(""), off_script=True,
        reason="desk:1",
    )  # fmt: skip
    rep = Asker(rep=RepId("kathy"), role="rep")
    who = customer_of(makegood, "user:ana")
    answer = makegood.acts.act(who, wanted, rep, message_id="a bottle")
    assert isinstance(answer, Refused) == refused
    if isinstance(answer, Refused):
        assert answer.code == "over_authority"


def test_the_book_survives_a_start_without_the_files(makegood: Makegood, tmp_path: Path):
    cancelled(makegood, "bluefin")
    for file in tmp_path.glob("*.yaml"):
        file.unlink()
    library = Shelf(makegood.store, FakeClock(NINE_MS)).library()
    subject = library.now("bluefin").messages["sorry_cancelled"].texts["en"].subject
    assert subject == "Bluefin left you standing"


@pytest.mark.parametrize(
    ("brand", "paid", "status"),
    [("bluefin", 30_000, RequestStatus.ALLOWED), ("northline", 25_000, RequestStatus.WAITING)],
)
def test_a_carrier_that_pays_more_of_what_was_spent_pays_it_at_once(makegood, brand, paid, status):
    cancelled(makegood, brand)
    who = customer_of(makegood, "user:ana")
    facts: dict[str, object] = {
        "cents": 30_000, "currency": "USD", "kind": "hotel", "receipt": "R1",
        "spent_on": "2026-01-01",
    }  # fmt: skip
    asked = Requested(
        request="spent_on_the_way", about="UA961/2026-01-01", brand=brand, facts=facts
    )
    makegood.acts.act(who, asked, Asker(), message_id="a room")
    with makegood.store.reading() as reading:
        orders = [row.command.order for row in reading.outbox_of([profile_of("user:ana")])]
        row = reading.row(who)
    given = [one for one in orders if isinstance(one, Fulfil) and one.remedy == "expenses"]
    assert [one.amount.cents for one in given] == [paid]
    assert row is not None
    assert [one.status for one in decode_state(row.state).requests] == [status]
