"""The real libraries of RudderStack and of Segment for Node point at Makegood unchanged."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
import pytest
from rudderstack.analytics.client import Client

from makegood.messages.facts import Identified, Touchpoint
from makegood.messages.ids import profile_id
from makegood.web.wire import Receive, Scope, Send, respond
from tests.conftest import unavailable
from tests.integration.fronts import SECRET, Running, running, serving

NODE_FOLDER = Path(__file__).parents[1] / "sdks" / "node"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("front")) as it:
        yield it


@pytest.fixture(scope="session")
def node() -> str:
    """Where Node is; its library is installed."""
    path = shutil.which("node")
    if path is None:
        unavailable("no Node: 'make node-sdk' installs it")
    if not (NODE_FOLDER / "node_modules" / "@segment").is_dir():
        unavailable("no library for Node: 'make node-sdk' installs it")
    return path


class Weak:
    """A line before a front that fails so many requests, half of them after they were stored."""

    def __init__(self, url: str, fails: int) -> None:
        self._url = url
        self._left = fails
        self._lock = Lock()
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if scope["method"] != "POST":
            await respond(send, 404, b"")
            return
        with self._lock:
            self.bodies.append(body)
            left = self._left
            self._left = max(0, left - 1)
        wanted = (b"authorization", b"content-type", b"content-encoding")
        headers = [(name, value) for name, value in scope["headers"] if name in wanted]
        if left % 2 == 0:
            async with httpx.AsyncClient() as client:
                answer = await client.post(
                    self._url + scope["path"], content=body, headers=headers, timeout=30
                )
            if not left:
                await respond(send, answer.status_code, answer.content)
                return
        await respond(send, 503, b"{}", ((b"retry-after", b"1"),))


def bodies(front: Running, identifier: str) -> list[object]:
    with front.store.reading() as reading:
        (record,) = reading.gate_records(profile_id(identifier, SECRET))
        return [event.body for event in reading.history(record.customer)]


def touched(front: Running, identifier: str) -> list[str]:
    return sorted(it.name for it in bodies(front, identifier) if isinstance(it, Touchpoint))


def held(front: Running, identifier: str) -> bool:
    with front.client() as client:
        asked = {"identifier": identifier, "brand": "", "class": "promotional", "channel": "mail"}
        return client.post("/v1/may-send", json=asked).json()["allowed"] is False


# RudderStack for Python


def rudder(url: str, key: str, failed: list[Exception], **options: Any) -> Client:
    return Client(
        key,
        host=url,
        max_retries=options.pop("retries", 0),
        on_error=lambda error, _: failed.append(error),
        upload_interval=0.05,
        **options,
    )


@pytest.mark.parametrize("gzip", [False, True])
def test_every_call_of_rudderstack_arrives(front, gzip):
    user, failed = f"rudder-{gzip:d}", []
    client = rudder(front.url, front.keys["all"], failed, gzip=gzip)
    client.identify(user, {"email": f"{user}@example.org", "tier": "gold"})
    client.track(user, "Rental Unfulfilled", {"reason": "no_car", "reservation": user})
    client.page(user, "Help", "Fees")
    client.screen(user, "App", "Home")
    client.group(user, "acme", {"seats": 3})
    client.alias(f"old-{user}", user)
    client.shutdown()
    assert failed == []
    assert touched(front, f"user:{user}") == [
        "Rental Unfulfilled",
        "Viewed Fees Page",
        "Viewed Home Screen",
    ]
    assert sum(isinstance(it, Identified) for it in bodies(front, f"user:{user}")) == 3
    assert held(front, f"email:{user}@example.org")


@pytest.mark.parametrize(
    ("key", "status"), [("mg_wrong", 401), ("gate", 403)], ids=["unknown", "scope missing"]
)
def test_rudderstack_hears_of_a_wrong_key_at_once(front, key, status):
    failed: list[Any] = []
    client = rudder(front.url, front.keys.get(key, key), failed, retries=10)
    client.track("nobody", "Rental Returned")
    client.shutdown()
    assert [error.status for error in failed] == [status]
    assert failed[0].code in ("key_unknown", "scope_missing")


def test_rudderstack_hears_of_a_batch_that_is_refused(front):
    failed: list[Any] = []
    client = rudder(front.url, front.keys["strict"], failed, retries=10)
    client.track("nobody", "x" * 300)
    client.shutdown()
    (error,) = failed
    assert (error.status, error.code) == (400, "item_rejected")
    assert "255" in error.message


def test_rudderstack_sends_again_what_was_not_acknowledged_and_it_is_stored_once(front):
    weak, failed = Weak(front.url, fails=2), []
    with serving(weak) as url:
        client = rudder(url, front.keys["all"], failed, retries=5)
        for number in range(40):
            client.track("again", "Rental Returned", {"number": number})
        client.shutdown()
    assert failed == []
    assert len(weak.bodies) >= 3
    assert len(bodies(front, "user:again")) == 40


# Segment for Node


def sent(node: str, url: str, key: str, calls: list[dict[str, Any]], **more: int) -> Any:
    told = {"url": url, "key": key, "retries": 0, "flush_at": 15, "calls": calls, **more}
    done = subprocess.run(
        [node, "send.mjs", json.dumps(told)],
        cwd=NODE_FOLDER,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout)


def call(method: str, **message: Any) -> dict[str, Any]:
    return {"method": method, "message": message}


def test_every_call_of_segment_for_node_arrives(front, node):
    calls = [
        call("identify", userId="node", anonymousId="guest-n", traits={"email": "n@example.org"}),
        call("track", userId="node", event="Rental Unfulfilled",
             properties={"reason": "no_car", "reservation": "N1"}),
        call("page", userId="node", name="Fees", category="Help"),
        call("screen", userId="node", name="Home"),
        call("group", userId="node", groupId="acme", traits={"seats": 3}),
        call("alias", userId="node", previousId="old-node"),
    ]  # fmt: skip
    told = sent(node, front.url, front.keys["all"], calls, flush_at=2)
    assert told == {"failed": [], "answers": [200, 200, 200]}
    assert touched(front, "user:node") == [
        "Rental Unfulfilled",
        "Viewed Fees Page",
        "Viewed Home Screen",
    ]
    for identifier in ("email:n@example.org", "anon:guest-n", "user:old-node"):
        assert held(front, identifier)


@pytest.mark.parametrize(
    ("key", "status"), [("mg_wrong", 401), ("gate", 403)], ids=["unknown", "scope missing"]
)
def test_segment_for_node_hears_of_a_wrong_key_at_once(front, node, key, status):
    calls = [call("track", userId="nobody", event="Rental Returned")]
    told = sent(node, front.url, front.keys.get(key, key), calls, retries=3)
    assert told["answers"] == [status]
    assert len(told["failed"]) == 1


def test_segment_for_node_sends_again_what_was_not_acknowledged_and_it_is_stored_once(front, node):
    calls = [
        call("track", userId="node-again", event="Rental Returned", properties={"number": number})
        for number in range(40)
    ]
    weak = Weak(front.url, fails=2)
    with serving(weak) as url:
        told = sent(node, url, front.keys["all"], calls, retries=5, flush_at=100)
    assert told == {"failed": [], "answers": [503, 503, 200]}
    assert len(bodies(front, "user:node-again")) == 40
