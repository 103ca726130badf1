"""Availability: which places have room, as their own systems say, and since when they say so."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class Need(Struct, frozen=True, kw_only=True):
    """What is needed.

    Attributes:
        product: A kind of room, a class of car; empty for any.
        from_: From when: a day as in 2026-12-04, or an instant; empty for now.
        until: Until when, not included; empty for one day, or one instant.
        party: How many people.
    """

    product: str = ""
    from_: str = ""
    until: str = ""
    party: int = 1


class Room(Struct, frozen=True, kw_only=True):
    """What one place says.

    Attributes:
        place: Its id.
        left: How many it has left; 0 when it is full.
        rate_cents: What it asks for itself, a night or a day; -1 when it does not say.
        as_of_ms: When that was so.
    """

    place: str
    left: int
    rate_cents: int = -1
    as_of_ms: int = 0


class Availability(Protocol):
    """Somebody who knows which places have room."""

    @property
    def name(self) -> str:
        """What the deployment calls it."""

    def rooms(self, need: Need, places: Sequence[str], now_ms: int) -> Sequence[Room]:
        """Say what some places have; a place of which nothing is known is left out.

        Args:
            need: What is needed.
            places: Their ids.
            now_ms: Our time.

        Raises:
            EffectFailed: It cannot be asked.
        """

    def close(self) -> None:
        """Give back connections."""
