"""What is said in public is posted over HTTP: signed as Standard Webhooks say, once, in time."""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import httpx
import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.settings import Settings, SourceSecrets
from makegood.sources.voice.heard import post_named
from makegood.testing.clock import FakeClock
from makegood.web.asgi import parts_of
from makegood.web.front import Front
from tests.integration.fronts import nothing_here, serving
from tests.unit.runtime.voice.world import MINUTE_MS, NOON_MS, book

RAW = b"a secret of this webhook, long enough"
SECRET = f"whsec_{b64encode(RAW).decode()}"
SAID = {"posts": [{"id": "1", "network": "forum", "author": "ana", "text": "No car."}]}


class Forum(NamedTuple):
    """A served Makegood, and a forum that tells it what is said there."""

    url: str
    makegood: Makegood

    def post(
        self, body: object, *, key: bytes = RAW, at_ms: int = NOON_MS, name: str = "forum"
    ) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        at = str(at_ms // 1000)
        made = hmac.new(key, f"msg_1.{at}.".encode() + raw, sha256).digest()
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{b64encode(made).decode()}",
        }
        return httpx.post(f"{self.url}/v1/in/{name}", content=raw, headers=headers, timeout=30)

    def kept(self) -> int:
        with self.makegood.store.reading() as reading:
            return len(reading.posts([post_named("forum", "1")]))


@pytest.fixture(params=[True, False], ids=["secret", "no secret"])
def forum(tmp_path, request: pytest.FixtureRequest) -> Iterator[Forum]:
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'makegood.db'}",
        key=b"k" * 32,
        book=book(tmp_path),
        sources={"forum": SourceSecrets(secrets=(SECRET,))} if request.param else {},
    )
    makegood = open_makegood(settings, clock=FakeClock(NOON_MS))
    with serving(Front(lambda: parts_of(makegood), lambda: nothing_here)) as url:
        yield Forum(url, makegood)
    makegood.close()


@pytest.mark.parametrize("forum", [True], indirect=True)
def test_a_signed_delivery_is_taken_once(forum: Forum) -> None:
    done = forum.post(SAID)
    assert (done.status_code, done.json()["accepted"]) == (200, 1)
    again = forum.post(SAID).json()
    assert (again["accepted"], again["duplicate"], again["rejected"]) == (0, 1, 0)
    assert forum.kept() == 1
    assert forum.post(b"{}x").status_code == 400
    assert forum.post(SAID, name="hashtag").status_code == 404


@pytest.mark.parametrize("forum", [True], indirect=True)
@pytest.mark.parametrize("changed", [{"key": b"another"}, {"at_ms": NOON_MS - 10 * MINUTE_MS}])
def test_what_is_not_signed_by_them_or_is_old_is_refused(
    forum: Forum, changed: dict[str, object]
) -> None:
    assert forum.post(SAID, **changed).status_code == 401  # type: ignore[arg-type]
    unsigned = httpx.post(f"{forum.url}/v1/in/forum", json=SAID, timeout=30)
    assert unsigned.status_code == 401
    assert forum.kept() == 0


@pytest.mark.parametrize("key", [b"", RAW])
@pytest.mark.parametrize("forum", [False], indirect=True)
def test_a_webhook_without_a_secret_takes_nothing(forum: Forum, key: bytes) -> None:
    assert forum.post(SAID, key=key).status_code == 403
    assert forum.kept() == 0


@pytest.mark.parametrize("forum", [True], indirect=True)
def test_what_a_search_shows_is_taken_once_and_each_result_stands_alone(forum: Forum) -> None:
    good = {
        "query": "northwind refund",
        "day": "2026-11-25",
        "place": 1,
        "url": "https://a.example",
    }
    other = {**good, "url": "https://b.example", "place": 2, "market": "de", "title": "B"}
    body = {"ranks": [good, {**good, "day": "never"}, {"query": 7}, {**good, "query": "x"}, other]}
    told = forum.post(body).json()
    assert (told["accepted"], told["rejected"], told["ignored"]) == (2, 2, 1)
    assert "Result 2: `never` is no day; write 2026-11-26." in told["reasons"]
    again = forum.post({"ranks": [good, other]}).json()
    assert (again["accepted"], again["duplicate"]) == (0, 2)
    with forum.makegood.store.reading() as reading:
        assert {one.market for one in reading.searches_listed()} == {"", "de"}
        assert len(reading.unfit("forum", limit=9)) == 2
