"""Pages of allowed origins may send events, with a key that may do nothing else."""

import asyncio
from typing import Any

import pytest

from makegood.ports.rows import KeyRow
from makegood.web.origins import Origins
from makegood.web.wire import Receive, Scope, Send, Stopped, respond

SHOP = "https://shop.example.org"
ONLY_SENDS = KeyRow(sha256=b"", name="page", scopes=("ingest",))
DOES_MORE = KeyRow(sha256=b"", name="server", scopes=("ingest", "gate"))


def scope(origin: str = "", **headers: str) -> Scope:
    given = {**({"origin": origin} if origin else {}), **headers}
    names = {name.replace("_", "-"): value for name, value in given.items()}
    return {"headers": [(name.encode(), value.encode()) for name, value in names.items()]}


def preflight(origins: Origins, asked: Scope) -> tuple[int, dict[bytes, bytes]]:
    sent: list[dict[str, Any]] = []

    async def otherwise(scope: Scope, receive: Receive, send: Send) -> None:
        await respond(send, 299, b"")

    async def receive() -> dict[str, Any]:
        raise AssertionError("there is no body to read")

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(origins.preflight(otherwise)(asked, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"])


def test_without_a_setting_no_page_is_answered_and_no_key_is_looked_at():
    origins = Origins(())
    assert origins.headers(scope(SHOP)) == ()
    assert preflight(origins, scope(SHOP, access_control_request_method="POST"))[0] == 299
    origins.check(scope(SHOP), DOES_MORE)


@pytest.mark.parametrize("allowed", [(SHOP,), ("*",)])
def test_an_allowed_page_hears_the_answer(allowed):
    origins = Origins(allowed)
    assert dict(origins.headers(scope(SHOP)))[b"access-control-allow-origin"] == SHOP.encode()
    status, headers = preflight(origins, scope(SHOP, access_control_request_method="POST"))
    assert status == 204
    assert headers[b"access-control-allow-origin"] == SHOP.encode()
    assert headers[b"access-control-allow-methods"] == b"POST"
    assert b"authorization" in headers[b"access-control-allow-headers"]
    assert headers[b"vary"] == b"origin"
    assert b"access-control-allow-credentials" not in headers


def test_another_page_hears_nothing():
    origins = Origins((SHOP,))
    status, headers = preflight(
        origins, scope("https://evil.example", access_control_request_method="POST")
    )
    assert status == 204
    assert {name for name in headers if name.startswith(b"access-control")} == set()


def test_what_is_no_question_of_a_browser_is_answered_as_ever():
    assert preflight(Origins((SHOP,)), scope(SHOP))[0] == 299


def test_a_page_may_use_no_key_that_does_more_than_send():
    origins = Origins((SHOP,))
    origins.check(scope(SHOP), ONLY_SENDS)
    origins.check(scope(), DOES_MORE)
    with pytest.raises(Stopped) as stopped:
        origins.check(scope(SHOP), DOES_MORE)
    assert (stopped.value.status, stopped.value.problem.code) == (403, "key_not_for_pages")
