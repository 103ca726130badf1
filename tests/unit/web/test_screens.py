"""What reaches Django: whole bodies of clients that are who they seem."""

import asyncio

import pytest

from makegood.web import wire
from makegood.web.screens import behind, known
from makegood.web.wire import Gone, Stopped, read_body, receive_body


def scope(headers=(), query: bytes = b"", client=("10.0.0.9", 4000)):
    return {
        "type": "http", "method": "POST", "path": "/c/x", "scheme": "http", "client": client,
        "query_string": query, "headers": list(headers),
    }  # fmt: skip


def parts(*messages):
    """A client that sends these parts, and then nothing for ever."""
    coming = list(messages)

    async def receive():
        if coming:
            return coming.pop(0)
        return await asyncio.Event().wait()

    return receive


def part(body: bytes, *, more: bool):
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize("read", [read_body, receive_body])
def test_a_client_that_never_ends_its_body_is_told_so(monkeypatch, read):
    monkeypatch.setattr(wire, "BODY_SECONDS", 0.01)
    with pytest.raises(Stopped) as stopped:
        asyncio.run(read(scope(), parts(part(b"a", more=True)), 100))
    assert stopped.value.status == 408
    assert stopped.value.problem.code == "too_slow"


def test_a_body_that_breaks_off_is_not_acted_on():
    reached = []

    async def django(*args):
        reached.append(args)

    cut = parts(part(b"answer=good", more=True), {"type": "http.disconnect"})
    with pytest.raises(Gone):
        asyncio.run(behind(django, 0)(scope(), cut, None))
    assert reached == []


def test_the_whole_body_is_handed_on_at_once():
    async def ask():
        read = []

        async def django(asked, receive, send):
            read.append(await receive())

        await behind(django, 0)(
            scope(), parts(part(b"a", more=True), part(b"b", more=False)), None
        )
        return read

    assert asyncio.run(ask()) == [part(b"ab", more=False)]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, [b"1.1.1.1"], "10.0.0.9"),
        (1, [b"6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        (1, [b"6.6.6.6", b"1.1.1.1"], "1.1.1.1"),
        (2, [b"6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1"),
        (2, [b"1.1.1.1"], "10.0.0.9"),
        (1, [], "10.0.0.9"),
    ],
)
def test_who_asks_is_what_our_own_proxies_saw(proxies, forwarded, seen):
    headers = [(b"x-forwarded-for", value) for value in forwarded]
    assert known(scope(headers), proxies)["client"][0] == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("192.0.2.7:50123", "192.0.2.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("unknown", "unknown"),
    ],
)
def test_a_port_that_a_proxy_writes_beside_the_address_makes_no_other_client(written, seen):
    headers = [(b"x-forwarded-for", written.encode())]
    assert known(scope(headers), 1)["client"][0] == seen


def test_nobody_else_says_that_a_connection_is_secure():
    headers = [(b"x-forwarded-proto", b"https")]
    assert known(scope(headers), 0)["scheme"] == "http"
    assert known(scope(headers), 1)["scheme"] == "https"


def test_a_name_with_an_underscore_does_not_pass_for_one_with_a_hyphen():
    headers = [(b"x_forwarded_for", b"6.6.6.6"), (b"host", b"localhost")]
    assert known(scope(headers), 1)["headers"] == [(b"host", b"localhost")]


def test_a_query_of_raw_bytes_is_spelled_as_it_should_be():
    assert known(scope(query="q=é&x=%41".encode()), 0)["query_string"] == b"q=%C3%A9&x=%41"
