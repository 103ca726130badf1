"""Availability asked by HTTP: one signed question, under the guards of every webhook."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec
from msgspec import Struct

from makegood.effects.webhook import Counterpart, Webhooks, is_taken, signed_headers
from makegood.messages.errors import EffectFailed
from makegood.ports.availability import Need, Room

SECONDS = 8.0  # a guest stands at the desk; who has not answered by then is not known to have room
LARGEST = 2**53


class _Said(Struct, frozen=True, kw_only=True):
    place: str
    left: int
    rate_cents: int = -1
    as_of: datetime | None = None


class _Answer(Struct, frozen=True, kw_only=True):
    places: tuple[_Said, ...]


class AvailabilityHttp:
    """Asks a property system, or whoever stands before several."""

    def __init__(self, counterpart: Counterpart, webhooks: Webhooks) -> None:
        """Keep whom to ask.

        Args:
            counterpart: Its address and secret.
            webhooks: Its own client, with a deadline of `SECONDS`.
        """
        self.name = counterpart.name
        self._counterpart = counterpart
        self._webhooks = webhooks

    def rooms(self, need: Need, places: Sequence[str], now_ms: int) -> Sequence[Room]:
        """Ask; what it does not mention is not known."""
        data = {
            "product": need.product,
            "from": need.from_,
            "until": need.until,
            "party": need.party,
            "places": list(places),
        }
        at = datetime.fromtimestamp(now_ms // 1000, UTC)
        body = json.dumps(
            {"type": "availability.asked", "timestamp": at.isoformat(), "data": data}
        )
        named = blake2b(f"{now_ms}\x1f{body}".encode(), digest_size=16).hexdigest()
        headers = signed_headers(self._counterpart.secret, f"a{named}", at, body)
        answer = self._webhooks.exchange(self._counterpart, body.encode(), headers)
        if not is_taken(answer.status):
            raise EffectFailed(f"{self.name} answered {answer.status}.")
        try:
            read = msgspec.json.decode(answer.content, type=_Answer)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise EffectFailed(f"{self.name} answered in another form: {error}.") from error
        asked = set(places)
        return tuple(_room(one, now_ms) for one in read.places if one.place in asked)

    def close(self) -> None:
        """Give back the connection."""
        self._webhooks.close()


def _room(one: _Said, now_ms: int) -> Room:
    """Take what it says; without a time it is as of now, and never of a time to come."""
    said_ms = now_ms
    if one.as_of is not None:
        aware = one.as_of if one.as_of.tzinfo is not None else one.as_of.replace(tzinfo=UTC)
        said_ms = min(int(aware.timestamp() * 1000), now_ms)
    return Room(
        place=one.place,
        left=min(max(one.left, 0), LARGEST),
        rate_cents=one.rate_cents if 0 <= one.rate_cents <= LARGEST else -1,
        as_of_ms=said_ms,
    )
