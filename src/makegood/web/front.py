"""The one door: hot paths are answered here, everything else goes to Django.

Ingest, the gate and live updates need many requests in flight and no thread each; screens need
Django, which runs as WSGI in a fixed pool of threads.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, TypeAlias

from makegood.api.problems import FAULT, OURS, Problem
from makegood.web import asking, incoming, ingest, live
from makegood.web.logs import request_of
from makegood.web.metrics import Metrics
from makegood.web.outages import STORE_FAULTS, place_of
from makegood.web.parts import Parts
from makegood.web.watching import METRICS, Watching
from makegood.web.wire import (
    TOLD,
    Gone,
    Handler,
    Receive,
    Scope,
    Send,
    Stopped,
    refuse,
    respond,
    retry_after,
)

Routes: TypeAlias = Mapping[str, Mapping[str, Handler]]
_LOG = logging.getLogger("makegood.front")
_STARTING = Problem(
    code="starting",
    message="Makegood is starting.",
    where="server",
    what_to_do="Try again in a few seconds.",
)


class Front:
    """An ASGI application; opens its parts when the server starts, closes them when it ends."""

    def __init__(self, open_parts: Callable[[], Parts], rest: Callable[[], Handler]) -> None:
        """Say how to begin.

        Args:
            open_parts: Opens what the hot paths need.
            rest: Makes the application that answers every other path.
        """
        self._open_parts = open_parts
        self._make_rest = rest
        self._routes: Routes = {}
        self._rest: Handler | None = None
        self._ask_by_id: Mapping[str, Handler] = {}
        self._incoming: Mapping[str, Handler] = {}
        self._metrics: Metrics | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._http(scope, receive, send)
            case "lifespan":
                await self._live(receive, send)
            case "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1000})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_head = scope["method"] == "HEAD"
        name = request_of(scope)
        send = self._told(scope, send, (b"x-request-id", name.encode()))
        try:
            handler = self._handler(scope)
            if handler is self._rest:
                await handler(_named(scope, name), receive, send)
            else:
                await handler(scope, receive, send)
        except Stopped as stopped:
            await refuse(send, stopped, is_head=is_head)
        except Gone:
            return
        except STORE_FAULTS as fault:
            _LOG.error("the store failed: %s", type(fault).__name__)
            await refuse(send, Stopped(503, FAULT, retry_after(2)), is_head=is_head)
        except Exception as fault:
            # Not its words, which may be a customer's.
            _LOG.error("a request failed: %s at %s", type(fault).__name__, place_of(fault))
            await refuse(send, Stopped(500, OURS), is_head=is_head)

    def _told(self, scope: Scope, send: Send, request: tuple[bytes, bytes]) -> Send:
        """Let the answer, whatever it is, name its request and tell what is left of a pace."""

        async def told(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *scope.get(TOLD, ()), request]
                if self._metrics is not None:
                    self._metrics.responded(_part_of(scope["path"]), message["status"])
            await send(message)

        return told

    def _handler(self, scope: Scope) -> Handler:
        path: str = scope["path"]
        methods = self._routes.get(path)
        if methods is None and path.startswith(asking.BY_ID):
            methods = self._ask_by_id
        if methods is None and self._incoming and path.startswith(incoming.PREFIX):
            methods = self._incoming
        if methods is None:
            if self._rest is None:
                raise Stopped(503, _STARTING, retry_after(2))
            return self._rest
        method: str = scope["method"]
        if method == "OPTIONS":
            return methods.get("OPTIONS") or _options(methods)
        handler = methods.get("GET" if method == "HEAD" else method)
        if handler is None:
            raise Stopped(405, _not_allowed(methods), ((b"allow", _allowed(methods)),))
        return _without_body(handler) if method == "HEAD" else handler

    async def _live(self, receive: Receive, send: Send) -> None:
        """Follow the server's life; a start that fails ends the server and says so."""
        await receive()
        is_open = False
        async with AsyncExitStack() as closing:
            try:
                # In a thread: Django refuses to touch its tables on an event loop.
                parts = await asyncio.to_thread(self._open_parts)
                closing.push_async_callback(parts.close)
                await asyncio.to_thread(self._begin, parts)
                is_open = True
            finally:
                outcome = "complete" if is_open else "failed"
                await send({"type": f"lifespan.startup.{outcome}"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    def _begin(self, parts: Parts) -> None:
        ingesting = ingest.Ingest(
            parts.entry, parts.commit, parts.clock, parts.origins, parts.metrics
        )
        sending: Mapping[str, Handler] = {"POST": ingesting}
        sending = {**sending, "OPTIONS": parts.origins.preflight(_options(sending))}
        asker = asking.Asking(parts.entry, parts.gate, parts.reads, parts.count)
        watching = Watching(parts)
        self._ask_by_id = {"GET": asker.get}
        self._incoming = {"POST": parts.incoming} if parts.incoming is not None else {}
        self._routes = {
            **dict.fromkeys(ingest.PATHS, sending),
            asking.PATH: {"POST": asker.post},
            live.PATH: {"GET": parts.live},
            "/healthz": {"GET": watching.alive},
            "/readyz": {"GET": watching.ready},
            METRICS: {"GET": watching.metrics},
        }
        self._metrics = parts.metrics
        self._rest = self._make_rest()


_PARTS = {
    **dict.fromkeys(ingest.PATHS, "ingest"),
    asking.PATH: "gate",
    live.PATH: "live",
    **dict.fromkeys(("/healthz", "/readyz", METRICS), "watching"),
}
_BEGINNINGS = (
    (asking.BY_ID, "gate"), ("/v1/", "api"), ("/desk/", "desk"), ("/static/", "static"),
    ("/accounts/", "sign_in"),
)  # fmt: skip


def _part_of(path: str) -> str:
    """Say which part of Makegood a path belongs to; there are few of them."""
    part = _PARTS.get(path)
    if part is None:
        found = (name for begins, name in _BEGINNINGS if path.startswith(begins))
        part = next(found, "portal")
    return part


def _named(scope: Scope, name: str) -> Scope:
    """Hand a request on under the one id that it has."""
    others = [one for one in scope["headers"] if one[0] != b"x-request-id"]
    return {**scope, "headers": [*others, (b"x-request-id", name.encode())]}


def _allowed(methods: Mapping[str, Handler]) -> bytes:
    names = {*methods, "OPTIONS", *(("HEAD",) if "GET" in methods else ())}
    return ", ".join(sorted(names)).encode()


def _not_allowed(methods: Mapping[str, Handler]) -> Problem:
    return Problem(
        code="method_not_allowed",
        message="This path does not know this method.",
        where="method",
        what_to_do=f"Use {_allowed(methods).decode()}.",
    )


def _options(methods: Mapping[str, Handler]) -> Handler:
    async def options(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        await respond(send, 204, b"", ((b"allow", _allowed(methods)),))

    return options


def _without_body(handler: Handler) -> Handler:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_head(message: dict[str, object]) -> None:
            await send({**message, "body": b""} if "body" in message else message)

        await handler(scope, receive, send_head)

    return answer
