"""What is done with keys by administrators: made, rotated, revoked; each leaves a note."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.holds import iso
from makegood.messages.errors import InputError
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.rows import KeyRow
from makegood.ports.store import Reading, Store, Writing
from makegood.runtime.keys import digest, mint, secret
from makegood.runtime.noting import note

OVERLAP_HOURS = 24
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_SHORTEST_DIGEST = 8
_LONGEST_DAYS = 3_650
_MOST_A_SECOND = 1_000_000


class Wish(Struct, frozen=True, kw_only=True):
    """What a new key shall be.

    Attributes:
        days: It ends after so many; 0 for no end.
        per_second: Its own pace; 0 for the deployment's.
    """

    name: str
    scopes: tuple[str, ...]
    strict: bool = False
    brands: tuple[str, ...] = ()
    days: int = 0
    per_second: float = 0.0
    burst: float = 0.0


class Keys:
    """Changes keys; every process knows of it within 5 seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def make(self, wish: Wish) -> tuple[str, KeyRow]:
        """Make a key; its text is given here and never again.

        Raises:
            InputError: Something of the wish cannot be.
        """
        now_ms = self._clock.now_ms()
        _check(wish)
        text, row = mint(wish.name, wish.scopes, now_ms, strict=wish.strict)
        row = replace(
            row,
            brands=wish.brands,
            ends_ms=now_ms + wish.days * _DAY_MS if wish.days else 0,
            per_second=wish.per_second,
            burst=wish.burst or wish.per_second,
        )
        with self._store.writing() as writing:
            writing.put_key(row)
            note(writing, Act(what="key.made", at_ms=now_ms, about=named(row), after=told(row)))
        return text, row

    def rotate(self, begins: str, hours: int = OVERLAP_HOURS) -> tuple[str, KeyRow, KeyRow]:
        """Give a key a new secret under the same name; the old one goes on for a while.

        Args:
            begins: How its digest begins.
            hours: How long the old secret stays valid; 0 ends it now.

        Returns:
            The new text, shown once; the new row; the old row.

        Raises:
            InputError: No such key, or one that is not valid, or that was rotated before.
        """
        if not 0 <= hours <= 24 * _LONGEST_DAYS:
            raise InputError("The old key stays valid for 0 hours or more.")
        now_ms, text = self._clock.now_ms(), secret()
        with self._store.writing() as writing:
            old = _to_be_changed(writing, begins)
            if not old.is_valid(now_ms):
                raise InputError(f"The key {named(old)} is no longer valid: make a new one.")
            if old.rotated_ms:
                raise InputError(f"The key {named(old)} was rotated before: rotate the newer one.")
            lasts_ms = old.ends_ms - old.created_ms if old.ends_ms else 0
            new = replace(
                old,
                sha256=digest(text),
                created_ms=now_ms,
                ends_ms=now_ms + lasts_ms if lasts_ms else 0,
            )
            until_ms = now_ms + hours * _HOUR_MS
            until_ms = min(until_ms, old.ends_ms) if old.ends_ms else until_ms
            ended = replace(old, ends_ms=until_ms, rotated_ms=now_ms)
            writing.put_key(ended)
            writing.put_key(new)
            told_ = {"new": digest_of(new), "old_ends": iso(until_ms)}
            act = Act(
                what="key.rotated", at_ms=now_ms, about=named(old), before=told(old), after=told_
            )
            note(writing, act)
        return text, new, ended

    def revoke(self, begins: str) -> KeyRow:
        """Revoke a key; every process refuses it within 5 seconds. Idempotent.

        Raises:
            InputError: No key, or several, have a digest that begins so.
        """
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            row = _to_be_changed(writing, begins)
            if row.revoked_ms:
                return row
            revoked = replace(row, revoked_ms=now_ms)
            writing.put_key(revoked)
            note(
                writing, Act(what="key.revoked", at_ms=now_ms, about=named(row), before=told(row))
            )
        return revoked


def named(row: KeyRow) -> str:
    """Name a key as lists and records do."""
    return f"{row.name} {digest_of(row)}"


def digest_of(row: KeyRow) -> str:
    """Give the beginning of its digest, by which a key is meant."""
    return row.sha256.hex()[:_SHORTEST_DIGEST]


def told(row: KeyRow) -> Mapping[str, str]:
    """Say what a key may do, for the record."""
    said = {
        "scopes": ", ".join(row.scopes),
        "brands": ", ".join(row.brands),
        "strict": "yes" if row.strict else "",
        "ends": iso(row.ends_ms) if row.ends_ms else "",
        "per_second": f"{row.per_second:g}" if row.per_second else "",
    }
    return {name: value for name, value in said.items() if value}


def state_of(row: KeyRow, now_ms: int) -> str:
    """Say in a word how a key stands."""
    if row.revoked_ms:
        return "revoked"
    if not row.is_valid(now_ms):
        return "ended"
    return "rotated" if row.rotated_ms else "valid"


def _check(wish: Wish) -> None:
    if not 0 <= wish.days <= _LONGEST_DAYS:
        raise InputError(f"A key ends after 1 to {_LONGEST_DAYS:,} days, or never.")
    if not (0 <= wish.per_second <= _MOST_A_SECOND and 0 <= wish.burst <= _MOST_A_SECOND):
        raise InputError("A pace is a number of requests a second, 0 for the deployment's.")
    if wish.burst and not wish.per_second:
        raise InputError("A burst needs a pace: say how many requests a second.")


def _to_be_changed(writing: Writing, begins: str) -> KeyRow:
    """Find a key, and wait for whoever changes keys just now.

    Two who rotate one key at once would each read it as it was; the record of acts is one line
    that all of them write to, so the second reads what the first has written.
    """
    writing.hold_acts()
    return found(writing, begins)


def found(reading: Reading, begins: str) -> KeyRow:
    """Find the one key whose digest begins so.

    Raises:
        InputError: There is none, or there are several.
    """
    wanted = begins.strip().casefold()
    rows: Sequence[KeyRow] = reading.keys()
    some = [row for row in rows if row.sha256.hex().startswith(wanted)]
    if len(wanted) < _SHORTEST_DIGEST or len(some) != 1:
        count = len(some) if len(wanted) >= _SHORTEST_DIGEST else 0
        raise InputError(
            f"{count} keys have a digest that begins so; write the {_SHORTEST_DIGEST} signs or "
            "more that `makegood key list` shows."
        )
    return some[0]
