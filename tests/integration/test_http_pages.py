"""Over a real server: pages of allowed origins send, and each yes of the gate is counted."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from makegood.runtime.sends import Coverage
from makegood.store.sqlite import SqliteStore
from makegood.testing.clock import FakeClock
from makegood.web.front import Front
from makegood.web.parts import Parts
from tests.integration.fronts import LIBRARY, joined, nothing_here, open_keys, serving

SHOP = "https://shop.example.org"
ASKED = {"identifier": "user:1", "brand": "cars", "class": "promotional", "channel": "mail"}


class World:
    """A front that lets one origin in and counts."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "makegood.db")
        clock = FakeClock()
        self.keys = open_keys(self.store)
        self.coverage = Coverage(self.store, clock, lambda: LIBRARY.book(LIBRARY.active))
        parts, _, _ = joined(self.store, clock)
        self.joined = replace(parts, coverage=self.coverage, origins=(SHOP,))
        self.url = ""

    def post(self, path: str, key: str, body: object, origin: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[key]}"}
        if origin:
            headers["Origin"] = origin
        return httpx.post(self.url + path, json=body, headers=headers, timeout=30)

    def sends(self) -> dict[str, int]:
        self.coverage.flush()
        with self.store.reading() as reading:
            return {f"{it.brand}/{it.channel}/{it.way}": it.count for it in reading.sends(0)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("front"))
    app = Front(lambda: Parts(world.joined), lambda: nothing_here)
    with serving(app) as url:
        world.url = url
        yield world
    world.coverage.close()
    world.store.close()


def test_a_page_of_an_allowed_origin_asks_and_sends(world):
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    preflight = httpx.options(f"{world.url}/v1/track", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == SHOP
    sent = world.post("/v1/track", "strict", {"event": "Page Left", "userId": "7"}, SHOP)
    assert (sent.status_code, sent.headers["access-control-allow-origin"]) == (200, SHOP)
    wrong = world.post("/v1/track", "strict", {"event": "", "userId": "7"}, SHOP)
    assert (wrong.status_code, wrong.headers["access-control-allow-origin"]) == (400, SHOP)


def test_a_page_may_use_no_key_that_does_more_and_ask_nothing_else(world):
    refused = world.post("/v1/track", "all", {"event": "A", "userId": "7"}, SHOP)
    assert (refused.status_code, refused.json()["code"]) == (403, "key_not_for_pages")
    other = world.post("/v1/track", "strict", {"event": "A", "userId": "7"}, "https://a.example")
    assert "access-control-allow-origin" not in other.headers
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    gate = httpx.options(f"{world.url}/v1/may-send", headers=asked)
    assert "access-control-allow-origin" not in gate.headers


def test_each_yes_of_the_gate_is_counted_and_no_no(world):
    before = world.sends().get("cars/mail/asked", 0)
    assert world.post("/v1/may-send", "gate", ASKED).json()["allowed"]
    assert world.post("/v1/may-send", "gate", {**ASKED, "class": "receipt"}).json()["allowed"]
    lost = {"event": "Rental Unfulfilled", "userId": "8", "properties": {"reason": "sold_out"}}
    assert world.post("/v1/track", "all", lost).status_code == 200
    no = world.post("/v1/may-send", "gate", {**ASKED, "identifier": "user:8"}).json()
    assert no["allowed"] is False
    assert world.post("/v1/may-send", "gate", {**ASKED, "identifier": "?"}).status_code == 400
    assert world.sends()["cars/mail/asked"] == before + 2
