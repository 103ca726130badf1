"""Events over HTTP: per-item answers, limits, packing, keys, and no answer before the commit."""

import base64
import gzip
import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from makegood.api.limits import Allowance
from makegood.web import wire
from makegood.web.parts import Shape
from tests.integration.fronts import Running, running

LOST = {
    "type": "track",
    "event": "Rental Unfulfilled",
    "userId": "42",
    "messageId": "m1",
    "properties": {"reservation": "R1", "reason": "no_car", "brand": "road"},
}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("front")) as it:
        yield it


def batch(*items: object) -> dict[str, object]:
    return {"batch": list(items), "sentAt": "2026-01-01T09:00:00Z"}


def statuses(answer: httpx.Response) -> list[str]:
    return [result["status"] for result in answer.json()["results"]]


def assert_says_what_and_where(answer: httpx.Response) -> dict[str, str]:
    error: dict[str, str] = answer.json()["error"]
    assert set(error) == {"code", "message", "where", "what_to_do"}
    assert all(error.values())
    return error


def test_each_item_is_answered_in_order(front):
    with front.client() as client:
        first = client.post("/v1/batch", json=batch({**LOST, "messageId": "order-1"}))
        again = client.post(
            "/v1/batch",
            json=batch(
                {**LOST, "messageId": "order-1"},
                {**LOST, "messageId": "order-1", "event": "Rental Returned"},
                {"type": "track", "event": "A", "messageId": "nobody"},
                {**LOST, "messageId": "order-2", "event": "Rental Returned"},
            ),
        )
    assert (first.status_code, again.status_code) == (200, 200)
    assert statuses(first) == ["accepted"]
    assert statuses(again) == ["duplicate", "conflict", "rejected", "accepted"]
    results = again.json()["results"]
    assert [result["index"] for result in results] == [0, 1, 2, 3]
    assert [result["message_id"] for result in results] == [
        "order-1", "order-1", "nobody", "order-2",
    ]  # fmt: skip
    assert "userId" in results[2]["error"]
    assert results[1]["error"]


def test_what_was_acknowledged_is_held_at_once(front):
    question = {"identifier": "user:held", "brand": "", "class": "promotional", "channel": "mail"}
    with front.client() as client:
        before = client.post("/v1/may-send", json=question).json()
        item = {**LOST, "userId": "held", "messageId": "held-1"}
        assert statuses(client.post("/v1/track", json=item)) == ["accepted"]
        after = client.post("/v1/may-send", json=question).json()
    assert (before["allowed"], before["reason"]) == (True, "unknown")
    assert (after["allowed"], after["reason"]) == (False, "hold")


def test_a_strict_key_or_question_stores_nothing_of_a_bad_batch(front):
    good = {**LOST, "messageId": "strict-1"}
    for key, path in (("strict", "/v1/batch"), ("all", "/v1/batch?strict=1")):
        with front.client(key) as client:
            refused = client.post(path, json=batch(good, {"type": "track"}))
            assert refused.status_code == 400
            error = assert_says_what_and_where(refused)
            assert error["where"] == "batch[1]"
            assert statuses(refused) == ["rejected"]
            assert statuses(client.post("/v1/batch", json=batch(good))) == ["accepted"]
            good = {**good, "messageId": "strict-2"}


def test_a_request_without_one_good_item_is_refused(front):
    with front.client() as client:
        answer = client.post("/v1/track", json={"event": "A"})
        assert answer.status_code == 400
        assert_says_what_and_where(answer)
        empty = client.post("/v1/batch", json=batch())
        assert (empty.status_code, empty.json()) == (200, {"results": []})


def test_the_key_comes_as_bearer_or_as_user_name(front):
    key = front.keys["all"]
    basic = base64.b64encode(f"{key}:".encode()).decode()
    for header in (f"Bearer {key}", f"basic {basic}"):
        answer = httpx.post(
            f"{front.url}/v1/batch", json=batch(), headers={"Authorization": header}
        )
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Bearer mg_wrong", 401),
        ("Basic !!!", 401),
        ("Basic /////w==", 401),
        ("Digest x", 401),
    ],
)
def test_without_a_valid_key_nothing_is_read(front, header, status):
    answer = httpx.post(f"{front.url}/v1/batch", content=b"{", headers={"Authorization": header})
    assert answer.status_code == status
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert assert_says_what_and_where(answer)["where"] == "header Authorization"


def test_a_key_without_the_scope_is_refused(front):
    with front.client("gate") as client:
        answer = client.post("/v1/batch", json=batch())
    assert answer.status_code == 403
    assert "ingest" in assert_says_what_and_where(answer)["message"]


def test_packed_bodies_are_unpacked_within_the_limit(front):
    body = json.dumps(batch({**LOST, "messageId": "packed"})).encode()
    bomb = gzip.compress(b'{"batch":[' + b" " * 50_000_000)
    assert len(bomb) < 100_000
    headers = {"Content-Encoding": "gzip"}
    with front.client() as client:
        whole = client.post("/v1/batch", content=gzip.compress(body), headers=headers)
        assert statuses(whole) == ["accepted"]
        for content, status in (
            (bomb, 413),
            (b"not gzip", 400),
            (gzip.compress(body)[:-9], 400),
            (b"", 400),
        ):
            refused = client.post("/v1/batch", content=content, headers=headers)
            assert refused.status_code == status
            assert_says_what_and_where(refused)
        odd = client.post("/v1/batch", content=body, headers={"Content-Encoding": "br"})
        assert odd.status_code == 415
        assert_says_what_and_where(odd)


def test_a_large_body_is_refused_while_it_is_read(front):
    limit = 500 * 1024
    with front.client() as client:
        declared = client.post("/v1/batch", content=b" " * (limit + 1))
        streamed = client.post("/v1/batch", content=iter([b" " * 65_536] * 9))
        fits = client.post("/v1/batch", content=json.dumps(batch()).encode().ljust(limit))
    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert_says_what_and_where(answer)
    assert fits.status_code == 200


def test_an_event_over_32_kilobytes_is_rejected_and_its_neighbour_is_taken(front):
    large = {**LOST, "messageId": "large", "properties": {"x": "y" * 33_000}}
    with front.client() as client:
        answer = client.post("/v1/batch", json=batch(large, {**LOST, "messageId": "small"}))
    assert statuses(answer) == ["rejected", "accepted"]
    assert "32,768" in answer.json()["results"][0]["error"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"batch":1}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_batch_says_what_it_should_be(front, body):
    with front.client() as client:
        answer = client.post("/v1/batch", content=body)
    assert answer.status_code == 400
    assert assert_says_what_and_where(answer)["where"] == "body"


def test_methods_are_answered_as_http_asks(front):
    with front.client() as client:
        wrong = client.get("/v1/batch")
        options = client.options("/v1/batch")
        head = client.head("/healthz")
        head_wrong = client.head("/v1/batch")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "OPTIONS, POST")
    assert_says_what_and_where(wrong)
    assert (options.status_code, options.headers["allow"]) == (204, "OPTIONS, POST")
    assert (head.status_code, head.content) == (200, b"")
    assert (head_wrong.status_code, head_wrong.content) == (405, b"")


def test_other_paths_are_answered_by_the_rest_of_the_application(front):
    assert httpx.get(f"{front.url}/desk/").json() == {"rest": True}


def test_the_server_says_that_it_lives_and_that_it_is_ready(front):
    assert httpx.get(f"{front.url}/healthz").json() == {"status": "ok"}
    ready = httpx.get(f"{front.url}/readyz").json()
    assert (ready["status"], ready["missing"], ready["late"]) == ("ready", [], [])


def test_a_key_that_asks_too_fast_is_told_to_wait(tmp_path):
    shape = Shape(allowance=Allowance(per_second=0.001, burst=2))
    with running(tmp_path, shape=shape) as front, front.client() as client:
        codes = [client.post("/v1/batch", json=batch()).status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        answer = client.post("/v1/batch", json=batch())
        assert int(answer.headers["retry-after"]) > 500
        assert_says_what_and_where(answer)
        with front.client("strict") as other:
            assert other.post("/v1/batch", json=batch()).status_code == 200


def test_a_store_that_fails_is_a_503_and_the_key_may_try_again(tmp_path):
    def broken(arrivals):
        raise OSError("disk full")

    with running(tmp_path, take=broken) as front, front.client() as client:
        answer = client.post("/v1/track", json=LOST)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert_says_what_and_where(answer)


def test_an_unforeseen_fault_is_a_plain_500_without_its_words(front, monkeypatch, caplog):
    def broken(*args):
        raise ZeroDivisionError("ana@example.org")

    monkeypatch.setattr(front.gate, "ask", broken)
    with front.client() as client:
        body = {"identifier": "user:1", "brand": "", "class": "survey", "channel": "mail"}
        answer = client.post("/v1/may-send", json=body)
    assert answer.status_code == 500
    assert_says_what_and_where(answer)
    assert "ZeroDivisionError" in caplog.text
    assert "ana@example.org" not in caplog.text + answer.text


def test_nothing_hides_behind_a_request_with_two_lengths(front):
    host, _, port = front.url.removeprefix("http://").partition(":")
    hidden = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    asked = (
        f"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: {len(hidden)}\r\n"
        f"Authorization: Bearer {front.keys['all']}\r\nTransfer-Encoding: chunked\r\n\r\n{hidden}"
    )
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(asked.encode())
        answered = b""
        while part := connection.recv(65_536):
            answered += part
    # What a proxy took for the body is no second request: the server answers once and hangs up.
    assert answered.count(b"HTTP/1.1 ") == 1
    assert answered.startswith(b"HTTP/1.1 400")


def test_a_client_that_never_ends_its_body_gives_its_place_back(front, monkeypatch):
    monkeypatch.setattr(wire, "BODY_SECONDS", 0.1)
    host, port = front.url.removeprefix("http://").split(":")
    head = (
        f"POST /v1/track HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n"
        f"Authorization: Bearer {front.keys['all']}\r\n\r\n{{"
    )
    with socket.create_connection((host, int(port)), timeout=30) as slow:
        slow.sendall(head.encode())
        assert slow.recv(65_536).startswith(b"HTTP/1.1 408 ")
    with front.client() as client:
        assert client.post("/v1/track", json=LOST).status_code == 200
