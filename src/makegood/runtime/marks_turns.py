"""One comparison of a place at a time: a leased row, and calls that are repeated with patience."""

import logging
import secrets
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from makegood.messages.errors import EffectFailed
from makegood.ports.clock import Clock
from makegood.ports.marks import Sync
from makegood.ports.store import Store, Writing

LEASE_MS = 180_000  # longer than one call and every pause before its repetitions
_TRIES = 5
_LONGEST_PAUSE_MS = 30_000  # whoever asks for more ends the run; the next one begins anew
_LOG = logging.getLogger("makegood.marks")
Given = TypeVar("Given")
Sleep = Callable[[float], object]


class Lost(Exception):
    """Another process took the run over, or this one was told to stop."""


class Turns:
    """The runs of this process, each with its place to itself."""

    def __init__(
        self, store: Store, clock: Clock, sleep: Sleep, stopped: Callable[[], bool]
    ) -> None:
        """Join the parts.

        Args:
            sleep: Waits some seconds before a call is repeated.
            stopped: Asked before each page.
        """
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._stopped = stopped
        self._runner = secrets.token_hex(8)

    def begin(self, place: str) -> Sync | None:
        """Take a place for a run; None when another process has it."""
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            fares = writing.lock_sync(place)
            if fares.runner and fares.lease_ms > now_ms:
                return None
            begun = replace(
                fares,
                run=fares.run + 1,
                runner=self._runner,
                lease_ms=now_ms + LEASE_MS,
                started_ms=now_ms,
            )
            writing.put_sync(begun)
        return begun

    def fail(self, begun: Sync, says: str) -> Sync | None:
        """Write down why a run did not end; None when it is no longer ours."""
        now_ms = self._clock.now_ms()
        _LOG.warning("%s: run %s did not end: %s", begun.place, begun.run, says)
        with self._store.writing() as writing:
            fares = writing.lock_sync(begun.place)
            if (fares.runner, fares.run) != (begun.runner, begun.run):
                return None
            failed = replace(fares, runner="", lease_ms=0, error=says, error_ms=now_ms)
            writing.put_sync(failed)
        return failed

    def keep(self, begun: Sync, change: Callable[[Writing], object]) -> None:
        """Write something of a run that is still ours, and hold it for longer.

        Raises:
            Lost: It is not.
        """
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            fares = writing.lock_sync(begun.place)
            if self._stopped():
                writing.put_sync(replace(fares, runner="", lease_ms=0))
            elif (fares.runner, fares.run) == (begun.runner, begun.run):
                writing.put_sync(replace(fares, lease_ms=now_ms + LEASE_MS))
                change(writing)
                return
        raise Lost

    def patiently(self, call: Callable[[], Given]) -> Given:
        """Repeat a call that may help, with the pause the vendor asks for."""
        for attempt in range(_TRIES - 1):
            try:
                return call()
            except EffectFailed as fault:
                pause_ms = fault.after_ms or 1000 * 2**attempt
                if not fault.retry or pause_ms > _LONGEST_PAUSE_MS or self._stopped():
                    raise
            self._sleep(pause_ms / 1000)
        return call()
