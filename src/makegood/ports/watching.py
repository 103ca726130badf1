"""What tells that the parts are alive and keep up: beats, tallies, the pressure on the outbox."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct


class Waiting(Struct, frozen=True, kw_only=True):
    """Commands of one urgency that are not carried out yet.

    Attributes:
        all: How many, also those for another day.
        due: How many could go out now.
        oldest_ms: Since when the oldest of those could; 0 for none.
    """

    all: int
    due: int
    oldest_ms: int = 0


class WatchReading(Protocol):
    """What is known of the parts."""

    def schema_version(self) -> int:
        """Say how many steps of the tables were taken; 0 where there are none to take."""

    def unsettled_ms(self) -> int:
        """Say from when the backup is whose restore has not come to its end; 0 for none."""

    def key_uses(self) -> Mapping[bytes, int]:
        """Give when each key was last used, to the minute, by its digest."""

    def beats(self) -> Mapping[str, int]:
        """Give when each part last said that it is alive, by its name."""

    def tallies(self) -> Mapping[str, int]:
        """Give what parts have counted, by name, over all processes and restarts."""

    def waiting_commands(self, now_ms: int) -> Mapping[int, Waiting]:
        """Add up what waits in the outbox, by urgency."""

    def first_timer_ms(self) -> int:
        """Say when the first timer of all is due; 0 when there is none."""


class WatchWriting(Protocol):
    """What parts say of themselves."""

    def settle_restore(self) -> None:
        """Say that the restore has come to its end."""

    def put_key_uses(self, used_ms: Mapping[bytes, int]) -> None:
        """Note when keys were last used; an earlier time changes nothing."""

    def beat(self, name: str, now_ms: int) -> None:
        """Say that a part is alive."""

    def end_beat(self, name: str) -> None:
        """Say that a part was stopped in order; it is no longer waited for."""

    def tally(self, counted: Mapping[str, int]) -> None:
        """Add to what parts have counted."""
