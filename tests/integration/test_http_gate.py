"""The gate over HTTP: canonical POST, GET by opaque id, never cached."""

from collections.abc import Iterator

import httpx
import pytest

from makegood.messages.ids import profile_id
from tests.integration.fronts import SECRET, Running, running

ASKED = {"identifier": "user:1", "brand": "cars", "class": "promotional", "channel": "mail"}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("front")) as it:
        lost = {"event": "Rental Unfulfilled", "userId": "1", "properties": {"reason": "sold_out"}}
        with it.client() as client:
            assert client.post("/v1/track", json=lost).status_code == 200
        yield it


def test_the_answer_says_why_since_when_until_and_which_case(front):
    with front.client("gate") as client:
        answer = client.post("/v1/may-send", json=ASKED)
    told = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (told["allowed"], told["reason"], told["until"]) == (False, "hold", "made_whole")
    assert told["since"] == "2026-01-01T09:00:00.000Z"
    assert told["case"].startswith("ke")
    assert told["says"]


def test_service_mail_passes_and_says_nothing_of_a_case(front):
    with front.client("gate") as client:
        told = client.post("/v1/may-send", json={**ASKED, "class": "receipt"}).json()
    assert (told["allowed"], told["reason"]) == (True, "free")
    assert (told["since"], told["until"], told["case"]) == (None, None, None)


def test_the_opaque_id_may_stand_in_a_url(front):
    customer = profile_id("user:1", SECRET)
    rest = {key: value for key, value in ASKED.items() if key != "identifier"}
    with front.client("gate") as client:
        told = client.get(f"/v1/may-send/{customer}", params=rest)
        assert (told.status_code, told.json()["reason"]) == (200, "hold")
        assert told.headers["cache-control"] == "no-store"
        head = client.head(f"/v1/may-send/{customer}", params=rest)
        assert (head.status_code, head.content) == (200, b"")
        for path, params in (
            ("/v1/may-send/user:1", rest),
            ("/v1/may-send/", rest),
            (f"/v1/may-send/{customer}", {}),
            (f"/v1/may-send/{customer}", {**rest, "class": "advert"}),
        ):
            assert_refused(client.get(path, params=params), 400)
        assert_refused(client.post(f"/v1/may-send/{customer}", json=ASKED), 405)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"identifier":"user:1","brand":"cars","class":"advert","channel":"mail"}',
        b'{"identifier":"user:1","brand":"cars","channel":"mail"}',
        b'{"identifier":"ana@example.org","brand":"cars","class":"promotional","channel":"mail"}',
        b'{"identifier":7,"brand":"cars","class":"promotional","channel":"mail"}',
        b"\xff",
        b"[" * 9_000,
    ],
)
def test_a_question_without_its_facts_is_refused(front, body):
    with front.client("gate") as client:
        assert_refused(client.post("/v1/may-send", content=body), 400)


def test_only_keys_of_the_gate_may_ask(front):
    assert_refused(httpx.post(f"{front.url}/v1/may-send", json=ASKED), 401)
    with front.client("cases") as client:
        assert_refused(client.post("/v1/may-send", json=ASKED), 403)
    with front.client("gate") as client:
        assert_refused(client.post("/v1/may-send", content=b" " * 20_000), 413)


def assert_refused(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "where", "what_to_do"}
    assert all(error.values())
