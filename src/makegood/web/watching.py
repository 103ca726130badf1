"""What a watcher asks: does it live, can it serve, how does it fare."""

import asyncio
from ipaddress import ip_address

import msgspec

from makegood.api.forms import Health
from makegood.api.problems import KEY_MISSING
from makegood.runtime.pulse import LATE_MS, WORKER
from makegood.store.outages import ENGINE_FAULTS
from makegood.store.schema import STEPS
from makegood.web.parts import Parts
from makegood.web.wire import JSON, Receive, Scope, Send, Stopped, header, respond

METRICS = "/metrics"
_FORWARDED = (b"x-forwarded-for", b"forwarded", b"x-real-ip")
_TEXT = (
    (b"content-type", b"text/plain; version=0.0.4; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


def readiness(parts: Parts) -> Health:
    """Look at everything that serving needs."""
    try:
        with parts.store.reading() as reading:
            has_book = reading.active_book() is not None
            is_right = reading.schema_version() == len(STEPS)
            beat_ms, timer_ms = reading.beats().get(WORKER, 0), reading.first_timer_ms()
            noticed_ms = reading.unpublished()
    except ENGINE_FAULTS:
        return Health(status="waiting", missing=("store",))
    there = (("tables", is_right), ("rule book", has_book), ("worker", parts.is_working))
    missing = tuple(name for name, is_there in there if not is_there)
    now_ms = parts.clock.now_ms()
    lag_ms = max(0, now_ms - timer_ms) if timer_ms else 0
    untold_ms = max(0, now_ms - noticed_ms) if noticed_ms else 0
    silent_ms = max(0, now_ms - beat_ms) if beat_ms else None
    lags = (("worker", silent_ms or 0), ("timers", lag_ms), ("notices", untold_ms))
    return Health(
        status="waiting" if missing else "ready",
        missing=missing,
        late=tuple(name for name, lag in lags if lag > LATE_MS),
        worker_silent_s=None if silent_ms is None else silent_ms // 1000,
        timers_lag_s=lag_ms // 1000,
        notices_lag_s=untold_ms // 1000,
    )


class Watching:
    """Answers whoever watches this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def alive(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Say that the process answers; it asks nobody else."""
        await respond(send, 200, b'{"status":"ok"}')

    async def ready(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Say whether it can serve, with what is missing and what lags."""
        found = await asyncio.to_thread(readiness, self._parts)
        await respond(send, 503 if found.missing else 200, msgspec.json.encode(found), JSON)

    async def metrics(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Give the figures to a key with the scope `metrics`, or to the machine itself."""
        if header(scope, b"authorization"):
            await self._parts.entry.admit(scope, "metrics")
        elif not is_local(scope, self._parts.proxies):
            raise Stopped(401, KEY_MISSING, ((b"www-authenticate", b'Bearer realm="Makegood"'),))
        page = await asyncio.to_thread(self._parts.metrics.page, self._parts.of_store)
        await respond(send, 200, page, _TEXT)


def is_local(scope: Scope, proxies: int) -> bool:
    """Whether a request began on this machine: whatever a proxy hands on did not."""
    if proxies or any(header(scope, name) for name in _FORWARDED):
        return False
    client = scope.get("client")
    try:
        return client is not None and ip_address(str(client[0])).is_loopback
    except ValueError:
        return False
