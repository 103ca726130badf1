"""The list of the held on both SQL engines: right, and in as many statements whatever its size."""

import pytest

from benchmarks.counting import CountingStore
from makegood.core.holds import Question
from makegood.gate.suppressions import page_of_changes, page_of_held
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Identified, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.ports.notices import FeedNotice
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.subjects import subjects_of
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock
from tests.conformance.engines import ON_DISK

LIBRARY = small_library()
ANY = Question(brand="", message_class=MessageClass.PROMOTIONAL)


@pytest.fixture(params=ON_DISK)
def store(request: pytest.FixtureRequest) -> CountingStore:
    return CountingStore(request.getfixturevalue(request.param))


def fail(intake, clock, n):
    facts = {"reservation": f"R{n}", "reason": "x", "price_cents": 100}
    bodies = (
        (Identified(traits={}), (f"email:{n}@example.org", f"phone:+49{n:08}")),
        (Touchpoint(name="Rental Unfulfilled", properties=facts), ()),
    )
    for kind, (body, lookups) in enumerate(bodies):
        arrival = Arrival(
            source="t",
            message_id=f"{n}/{kind}",
            identifier=f"user:{n}",
            time_ms=clock.now_ms(),
            body=body,
            body_digest=body_digest(body),
            lookups=lookups,
        )
        intake.take([arrival])


def test_a_page_takes_as_many_statements_for_fifty_as_for_two(store):
    clock = FakeClock()
    intake = Intake(store, lambda: LIBRARY, clock, b"key")
    for n in range(50):
        fail(intake, clock, n)
    with store.writing() as writing:
        writing.publish(1000, {}, 0)

    def asked(do):
        with store.reading() as reading:
            before = store.asked.statements
            found = do(reading)
            return store.asked.statements - before, found

    def held(reading, limit):
        return page_of_held(reading, LIBRARY, ANY, ("", limit), clock.now_ms())

    def changes(reading, limit):
        return page_of_changes(reading, LIBRARY, ANY, (0, limit), clock.now_ms())

    def subjects(reading, limit):
        said = reading.feed(0, limit)
        assert all(isinstance(one, FeedNotice) for one in said)
        return subjects_of(reading, said, lambda _reading, ids: dict.fromkeys(ids, ()))

    for page in (held, changes, subjects):
        few, _ = asked(lambda reading, page=page: page(reading, 2))
        many, found = asked(lambda reading, page=page: page(reading, 50))
        assert few == many <= 12
    _, found = asked(lambda reading: held(reading, 50))
    assert len(found.entries) == 50
    assert all(len(one.identifiers) == 3 for one in found.entries)


def test_pages_follow_each_other_without_gap_or_repeat(store):
    clock = FakeClock()
    intake = Intake(store, lambda: LIBRARY, clock, b"key")
    for n in range(7):
        fail(intake, clock, n)
    found, after, more = [], "", True
    while more:
        with store.reading() as reading:
            page = page_of_held(reading, LIBRARY, ANY, (after, 3), clock.now_ms())
        found += [one.customer for one in page.entries]
        after, more = page.after, page.more
    assert len(found) == len(set(found)) == 7
