"""Whoever answers sees who this is, and who says so; never a face."""

from collections.abc import Iterator

import pytest

from makegood.bootstrap import Makegood
from makegood.messages.facts import Identified, Touchpoint
from makegood.playbooks.binding import bind
from makegood.ports.arrivals import Arrival
from makegood.projections.alike import like_of_kind
from makegood.projections.everyone import Wanted, everyone
from makegood.testing.clock import FakeClock
from tests.e2e.screens import case_of, customer_of, introduce, serving, take
from tests.unit.desk.browsing import words_of
from tests.unit.playbooks.test_standing import BOOK

LATE = {"order": "O1", "minutes": 60, "brand": "acme", "price_cents": 900}


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(getattr(request, "param", BOOK)) as both:
        yield both


def ana_waits(makegood: Makegood, clock: FakeClock) -> None:
    introduce(
        makegood, tier="gold", since="2016-03-01", worth=250_000, pays="prompt", partner=True,
        rates=["ACME-22"], followers=120_000, avatar="https://example.org/ana.png",
    )  # fmt: skip
    clock.advance(1000)
    take(makegood, "user:ana", Identified(traits={"tier": "silver"}), "again")
    take(makegood, "user:ana", Touchpoint(name="Parcel Late", properties=LATE), "late")


@pytest.mark.parametrize("page", ["case", "customer"])
def test_every_part_is_seen_at_a_glance_with_its_source(makegood, clock, kathy, page):
    ana_waits(makegood, clock)
    path = {
        "case": f"/desk/cases/{case_of(makegood)}",
        "customer": f"/desk/customers/{customer_of(makegood, 'user:ana')}",
    }[page]
    shown = kathy.get(path)
    words = words_of(shown)
    for part in ("Silver", "since 2016", "Partner", "ACME-22", "High value", "Pays: prompt"):
        assert part in words
    assert "Wide public voice: 120,000" in words
    assert "High value · rental" in words
    assert "prospect" not in words
    assert "<img" not in shown.content.decode()


def test_a_prospect_is_called_one_and_is_served(makegood, kathy):
    take(makegood, "anon:v1", Touchpoint(name="Parcel Late", properties=LATE), "late")
    words = words_of(kathy.get(f"/desk/cases/{case_of(makegood, 'anon:v1')}"))
    assert "prospect: no purchase known" in words


def test_two_sources_that_differ_are_marked_and_both_shown(makegood, clock, kathy):
    ana_waits(makegood, clock)
    clock.advance(1000)
    tier = Identified(traits={"tier": "member"})
    arrival = Arrival(
        source="loyalty",
        message_id="l1",
        identifier="user:ana",
        time_ms=clock.now_ms(),
        body=tier,
        body_digest=b"l" * 16,
    )
    makegood.intake.take([arrival])
    words = words_of(kathy.get(f"/desk/cases/{case_of(makegood)}"))
    assert "Member tier: sources differ" in words
    assert words.index("Member · loyalty") < words.index("Silver · rental")


ACME = (
    "makegood: 1\nname: acme\nbuilds_on: small\n"
    "standing:\n  public_voice: {from: customer.followers, wide_from: 500000}\n"
    "  value: {cents: customer.worth, bands: {modest: 0}}\n"
    "everyone: {too_few: 3}\n"
)
APART = bind(
    BOOK.replace("  - id: acme\n", "  - id: acme\n    book: acme\n", 1),
    {},
    {"acme.yaml": ACME}.get,
)


@pytest.mark.parametrize("served", [APART], indirect=True)
@pytest.mark.parametrize("page", ["case", "customer"])
def test_the_book_of_the_brand_says_who_its_customer_is(makegood, clock, kathy, page):
    ana_waits(makegood, clock)
    path = {
        "case": f"/desk/cases/{case_of(makegood)}",
        "customer": f"/desk/customers/{customer_of(makegood, 'user:ana')}",
    }[page]
    words = words_of(kathy.get(path))
    assert "Modest value" in words
    assert "Wide public voice" not in words


@pytest.mark.parametrize("served", [APART], indirect=True)
def test_everyone_is_told_by_the_book_of_the_brand_and_counted_once_for_all(makegood, clock):
    ana_waits(makegood, clock)
    with makegood.store.reading() as reading:
        book = makegood.library.now("acme")
        like = like_of_kind(book, failure="parcel_late", brand="acme")
        found = everyone(reading, Wanted(like=like), book, makegood.clock.now_ms())
    assert (found.is_ready, found.customers, found.too_few) == (True, 1, 3)
