"""Django behind the front: a whole body, a known client, and a fixed pool of threads.

A thread is never given to a client that is still sending: eight slow ones would shut the desk. A
body that breaks off is never acted on, though what came of it would parse.
"""

import re
from typing import Any

from a2wsgi import WSGIMiddleware

from makegood.web.doorstep import Doorstep
from makegood.web.wire import Handler, Receive, Scope, Send, header, receive_body

SCREEN_THREADS = 8  # a fixed pool: Django keeps one database connection for each thread
MOST_BYTES = 1_048_576  # Django itself refuses less, in words; this only bounds the memory
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def django_behind(proxies: int, doorstep: Doorstep | None = None) -> Handler:
    """Give Django, as WSGI in a fixed pool of threads.

    Args:
        proxies: How many servers of ours stand in front and say who asks.
        doorstep: How fast an address may come.
    """
    from makegood.web.wsgi import application as django

    wsgi: Any = django
    return behind(WSGIMiddleware(wsgi, workers=SCREEN_THREADS), proxies, doorstep)


def behind(threads: Any, proxies: int, doorstep: Doorstep | None = None) -> Handler:
    """Let an application see whole requests of known clients only."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        client = known(scope, proxies)
        if doorstep is not None:
            doorstep.admit(client)
        body = await receive_body(scope, receive, MOST_BYTES)

        async def all_of_it() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await threads(client, all_of_it, send)

    return answer


def known(scope: Scope, proxies: int) -> Scope:
    """Say who asks and how, as far as we can trust it.

    What a proxy of ours saw is the last but (proxies - 1) of X-Forwarded-For; everything before
    it is what the client claims. Names with an underscore would pass for those with a hyphen.
    """
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    query = _NOT_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], scope["query_string"])
    cleaned = {**scope, "headers": headers, "query_string": query}
    if not proxies:
        return cleaned
    claimed = ",".join(_all(scope, b"x-forwarded-for")).split(",")
    seen = claimed[-proxies].strip() if len(claimed) >= proxies else ""
    if seen:
        cleaned["client"] = (
            _without_port(seen)[:45],
            0,
        )  # the longest spelling of an IPv6 address
    if header(scope, b"x-forwarded-proto").strip().casefold() == "https":
        cleaned["scheme"] = "https"
    return cleaned


def _all(scope: Scope, name: bytes) -> list[str]:
    return [bytes(value).decode("latin-1") for found, value in scope["headers"] if found == name]


def _without_port(client: str) -> str:
    """Leave out the port that some proxies write beside the address, as Azure's do."""
    if client.startswith("["):
        return client[1:].partition("]")[0]
    host, _, port = client.partition(":")
    return host if "." in host and port.isdigit() else client
