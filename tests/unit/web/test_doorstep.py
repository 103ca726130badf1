"""Addresses are counted at the doors without a key, and only the address that is really asking."""

import asyncio

import pytest

from makegood.ports.allowance import Allowance
from makegood.web.doorstep import Doorstep, is_counted, network_of
from makegood.web.screens import behind
from makegood.web.wire import Stopped


def scope(path: str, client: str = "10.0.0.9", **headers: str):
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http", "method": "GET", "path": path, "scheme": "http", "client": (client, 4000),
        "query_string": b"", "headers": named,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("/c/x", True),
        ("/accounts/login/", True),
        ("/desk/", True),
        ("/v1/callbacks/taxi", True),
        ("/v1/cases", True),
        ("/static/abc/base.css", False),
    ],
)
def test_what_needs_no_key_is_counted(path: str, counted: bool):
    assert is_counted(scope(path), bool) is counted


def test_a_callback_is_counted_whatever_it_carries_and_a_key_has_its_own_pace():
    known = {"mg_x"}.__contains__
    assert is_counted(scope("/v1/callbacks/taxi", authorization="Bearer mg_x"), known)
    assert not is_counted(scope("/v1/cases", authorization="Bearer mg_x"), known)
    assert is_counted(scope("/v1/cases", authorization="Bearer mg_guessed"), known)


def test_a_household_with_many_addresses_is_one():
    assert network_of("2001:db8::1") == network_of("2001:db8:0:0:ffff::2")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:10.0.0.9") == "10.0.0.9"
    assert network_of("fe80::1%eth0") == network_of("fe80::2")
    assert network_of("") == network_of("nonsense") == "unknown"


def came_in(proxies: int, *requests) -> list[int]:
    """Ask one after the other; give the statuses."""
    statuses: list[int] = []

    async def django(*args):
        statuses.append(200)

    async def whole():
        return {"type": "http.request", "body": b"", "more_body": False}

    answer = behind(django, proxies, Doorstep(Allowance(per_second=0.001, burst=1), lambda: 0.0))
    for request in requests:
        try:
            asyncio.run(answer(request, whole, None))  # type: ignore[arg-type]
        except Stopped as stopped:
            statuses.append(stopped.status if dict(stopped.headers)[b"retry-after"] else 0)
    return statuses


def test_behind_a_proxy_the_client_is_counted_and_not_the_proxy():
    one = scope("/c/x", x_forwarded_for="1.1.1.1")
    other = scope("/c/x", x_forwarded_for="2.2.2.2")
    assert came_in(1, one, other, one) == [200, 200, 429]


def test_what_a_client_claims_of_itself_gives_it_no_pace_of_its_own():
    claims = [scope("/c/x", x_forwarded_for=f"9.9.9.{n}, 1.1.1.1") for n in range(3)]
    assert came_in(1, *claims) == [200, 429, 429]
    assert came_in(0, *claims) == [200, 429, 429]
