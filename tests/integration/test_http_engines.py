"""The same front on both engines: many clients at once, and each acknowledged failure holds."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from makegood.ports.store import Store
from makegood.store.sqlite import SqliteStore
from makegood.testing.clock import FakeClock
from makegood.web.front import Front
from makegood.web.parts import Parts, Shape
from tests.integration.fronts import Running, joined, nothing_here, open_keys, serving

CLIENTS = 8
FAILURES_EACH = 12


def open_store(engine: str, request: pytest.FixtureRequest, folder: Path) -> Store:
    if engine == "sqlite":
        return SqliteStore(folder / "makegood.db")
    from makegood.store.postgres import PostgresStore

    return PostgresStore(request.getfixturevalue("postgres_url"))


@pytest.mark.parametrize(
    ("engine", "read_threads"),
    [
        ("sqlite", 0),
        pytest.param("postgres", 4, marks=pytest.mark.postgres),
    ],
)
def test_after_each_acknowledgement_the_gate_says_no(engine, read_threads, request, tmp_path):
    store = open_store(engine, request, tmp_path)
    keys, clock = open_keys(store), FakeClock()
    parts, intake, gate = joined(store, clock)
    began = store.syncs()
    shape = Shape(read_threads=read_threads)
    with serving(Front(lambda: Parts(parts, shape), lambda: nothing_here)) as url:
        front = Running(url, store, clock, gate, intake, keys)

        def lose_cars(client_number: int) -> list[str]:
            with front.client() as client:
                return [reason_after(client, f"{client_number}-{n}") for n in range(FAILURES_EACH)]

        with ThreadPoolExecutor(CLIENTS) as threads:
            reasons = [one for many in threads.map(lose_cars, range(CLIENTS)) for one in many]
    assert reasons == ["hold"] * CLIENTS * FAILURES_EACH
    assert 0 < store.syncs() - began <= CLIENTS * FAILURES_EACH
    store.close()


def reason_after(client, user: str) -> str:
    """Lose a customer's car, and ask at once."""
    lost = {
        "type": "track",
        "event": "Rental Unfulfilled",
        "userId": user,
        "messageId": user,
        "properties": {"reason": "sold_out", "reservation": user},
    }
    (result,) = client.post("/v1/batch", json={"batch": [lost]}).json()["results"]
    assert result["status"] == "accepted"
    question = {"identifier": f"user:{user}", "brand": "cars", "class": "survey", "channel": "sms"}
    return client.post("/v1/may-send", json=question).json()["reason"]
