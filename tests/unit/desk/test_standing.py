"""Whoever answers sees who this is, and who says so; never a face."""

from collections.abc import Iterator

import pytest

from makegood.bootstrap import Makegood
from makegood.messages.facts import Identified, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.testing.clock import FakeClock
from tests.e2e.screens import case_of, customer_of, introduce, serving, take
from tests.unit.desk.browsing import words_of
from tests.unit.playbooks.test_standing import BOOK

LATE = {"order": "O1", "minutes": 60, "brand": "acme", "price_cents": 900}


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
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
