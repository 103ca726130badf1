"""Sends are counted in memory, written in batches, and told by events once each."""

import pytest
from msgspec.structs import replace

from makegood.messages.errors import StoreBusy
from makegood.messages.facts import Touchpoint
from makegood.playbooks.book import Library
from makegood.playbooks.sending import SendRule
from makegood.ports.arrivals import Arrival
from makegood.ports.sends import Sends
from makegood.runtime.intake import Intake
from makegood.runtime.sends import DAY_MS, MOST_CHANNELS, MOST_KINDS, Coverage
from makegood.store.memory import MemoryStore
from makegood.testing.book import small_book
from makegood.testing.clock import FakeClock

ONE_BRAND = small_book()
VANS = replace(ONE_BRAND.brands["cars"], id="vans", name="Vans")
BOOK = replace(ONE_BRAND, brands={**ONE_BRAND.brands, "vans": VANS})


class BrokenOnce(MemoryStore):
    """A store whose next transaction fails."""

    is_broken = True

    def writing(self):
        if self.is_broken:
            self.is_broken = False
            raise StoreBusy
        return super().writing()


def counted(store: MemoryStore) -> dict[tuple[str, str, str], int]:
    with store.reading() as reading:
        return {(it.brand, it.channel, it.way): it.count for it in reading.sends(0)}


def test_a_count_writes_nothing_until_it_is_flushed():
    store, clock = MemoryStore(), FakeClock()
    coverage = Coverage(store, clock, lambda: BOOK)
    coverage.count("cars", "mail", "asked", message_class="promotional")
    coverage.count("cars", "mail", "asked", 2)
    coverage.count("cars", "mail", "asked", 0)
    assert store.syncs() == 0
    coverage.flush()
    assert store.syncs() == 1
    coverage.flush()
    assert store.syncs() == 1
    assert counted(store) == {("cars", "mail", "asked"): 3}
    with store.reading() as reading:
        assert reading.sends(0)[0].day == clock.now_ms() // DAY_MS
    coverage.close()


def test_whoever_makes_up_channels_fills_neither_the_table_nor_the_page():
    store = MemoryStore()
    coverage = Coverage(store, FakeClock(), lambda: BOOK)
    for number in range(10 * MOST_CHANNELS):
        coverage.count("cars", f"channel{number}", "asked")
        if number % 100 == 0:
            coverage.flush()
    coverage.count("cars", "sms", "asked")
    coverage.flush()
    kept = counted(store)
    assert len(kept) <= MOST_CHANNELS
    assert sum(kept.values()) == 10 * MOST_CHANNELS + 1
    assert kept["cars", "sms", "asked"] == 1
    coverage.close()


def test_what_could_not_be_written_is_written_later():
    store = BrokenOnce()
    coverage = Coverage(store, FakeClock(), lambda: BOOK)
    coverage.count("cars", "mail", "smtp", 5)
    with pytest.raises(StoreBusy):
        coverage.flush()
    coverage.count("cars", "mail", "smtp", 1)
    coverage.close()
    assert counted(store) == {("cars", "mail", "smtp"): 6}


def test_made_up_brands_and_channels_fill_no_table():
    store = MemoryStore()
    coverage = Coverage(store, FakeClock(), lambda: BOOK)
    for number in range(2 * MOST_KINDS):
        coverage.count(f"brand {number}", f"<channel {number}>", "asked")
    coverage.count("cars", "Mail ", "own")
    coverage.close()
    found = counted(store)
    assert found == {("", "other", "asked"): 2 * MOST_KINDS, ("", "other", "own"): 1}


def test_a_firm_with_one_brand_need_not_name_it():
    store = MemoryStore()
    coverage = Coverage(store, FakeClock(), lambda: ONE_BRAND)
    coverage.count("", "mail", "asked")
    coverage.close()
    assert counted(store) == {("cars", "mail", "asked"): 1}


def told(name: str, message_id: str, **properties: object) -> Arrival:
    return Arrival(
        source="campaigns",
        message_id=message_id,
        identifier="user:ana",
        time_ms=86_400_000 * 7,
        body=Touchpoint(name=name, properties=properties),
        body_digest=b"x" * 16,
    )


def test_an_event_that_tells_of_a_send_is_counted_once():
    rules = {
        "Email Delivered": SendRule(),
        "Text Sent": SendRule(channel="sms", brand="cars", campaign_from="title"),
    }
    book = replace(BOOK, sends=rules)
    library = Library(active=book.hash, books={book.hash: book})
    store = MemoryStore()
    intake = Intake(store, lambda: library, FakeClock(), b"key")
    arrivals = [
        told("Email Delivered", "1", brand="cars", campaign_name="spring"),
        told("Email Delivered", "2", brand="nobody", campaign_name=7),
        told("Text Sent", "3", title="x" * 100),
        told("Email Opened", "4", brand="cars"),
    ]
    intake.take(arrivals)
    intake.take(arrivals)
    with store.reading() as reading:
        found = reading.told_of(0, 9)
    mail = Sends(
        day=7,
        brand="cars",
        channel="mail",
        way="reported",
        count=1,
        source="campaigns",
        event="Email Delivered",
        campaign="spring",
    )
    text = replace(mail, channel="sms", event="Text Sent", campaign="x" * 80)
    assert set(found) == {mail, replace(mail, brand="", campaign=""), text}
