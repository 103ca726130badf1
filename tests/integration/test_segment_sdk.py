"""The real Segment library points at Makegood unchanged."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from segment.analytics.client import Client

from makegood.messages.facts import Identified, Touchpoint
from makegood.messages.ids import profile_id
from makegood.ports.rows import GateRecord
from tests.integration.fronts import SECRET, Running, running


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("front")) as it:
        yield it


def library(front: Running, **options) -> tuple[Client, list[Exception]]:
    """A library client that sends while we wait, and what it reported as failed."""
    failed: list[Exception] = []
    client = Client(
        front.keys["all"],
        host=front.url,
        sync_mode=True,
        max_retries=0,
        on_error=lambda error, items: failed.append(error),
        **options,
    )
    return client, failed


def records(front: Running, identifier: str) -> tuple[GateRecord, ...]:
    with front.store.reading() as reading:
        return reading.gate_records(profile_id(identifier, SECRET))


def bodies(front: Running, identifier: str) -> list[object]:
    with front.store.reading() as reading:
        (record,) = reading.gate_records(profile_id(identifier, SECRET))
        return [event.body for event in reading.history(record.customer)]


@pytest.mark.parametrize("gzip", [False, True])
def test_every_call_of_the_library_arrives(front, gzip):
    user, guest = f"sdk-{gzip:d}", f"guest-{gzip:d}"
    client, failed = library(front, gzip=gzip)
    at = datetime(2026, 1, 1, 8, tzinfo=UTC)
    client.track(anonymous_id=guest, event="Rental Searched", timestamp=at)
    client.identify(user, {"email": f"{user}@example.org", "tier": "gold"}, anonymous_id=guest)
    client.group(user, "acme", {"seats": 3})
    client.page(user, "Help", "Fees")
    client.screen(user, "App", "Home")
    client.alias(f"old-{user}", user)
    client.track(
        user, "Rental Unfulfilled", {"reason": "no_car", "reservation": "R1"}, message_id=user
    )
    assert failed == []
    found = bodies(front, f"user:{user}")
    assert sorted(body.name for body in found if isinstance(body, Touchpoint)) == [
        "Rental Searched",
        "Rental Unfulfilled",
        "Viewed Fees Page",
        "Viewed Home Screen",
    ]
    assert sum(isinstance(body, Identified) for body in found) == 3
    for identifier in (f"user:{user}", f"anon:{guest}", f"user:old-{user}"):
        assert records(front, identifier) == records(front, f"user:{user}")
    assert len(records(front, f"email:{user}@example.org")) == 1


def test_an_event_sent_again_is_stored_once(front):
    client, failed = library(front)
    at = datetime(2026, 1, 1, 8, tzinfo=UTC)
    for _ in range(3):
        client.track("twice", "Rental Returned", timestamp=at, message_id="the-same")
    assert failed == []
    assert len(bodies(front, "user:twice")) == 1


def test_the_library_learns_of_a_call_that_cannot_be_taken(front):
    client, _ = library(front)
    with pytest.raises(Exception, match="400"):
        client.track("u", "x" * 300)


def test_the_library_in_its_own_threads_loses_nothing(front):
    failed: list[Exception] = []
    client = Client(
        front.keys["all"],
        host=front.url,
        max_retries=3,
        thread=2,
        upload_size=50,
        upload_interval=0.05,
        on_error=lambda error, items: failed.append(error),
    )
    for number in range(400):
        client.track(f"many-{number % 20}", "Rental Returned", message_id=f"many-{number}")
    client.shutdown()
    assert failed == []
    assert sum(len(bodies(front, f"user:many-{n}")) for n in range(20)) == 400
