"""Rows of what is synced to campaign tools: known marks, runs and lag; no address in clear."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import ProfileId
from makegood.ports.marking import Checked

MarkState: TypeAlias = Literal["wanted", "marked", "absent", "refused"]


class Mark(Struct, frozen=True, kw_only=True):
    """One address that should be marked, as far as we know.

    Attributes:
        place: Key of the place.
        address: Pseudonym of the e-mail address.
        state: `wanted` until the vendor said yes (`marked`), has no such contact (`absent`), or
            would not (`refused`).
        wanted_run: The last run that found it held.
        seen_run: The last run that found its mark at the vendor.
        at_ms: When `state` was last learnt.
    """

    place: str
    address: ProfileId
    state: MarkState
    wanted_run: int = 0
    seen_run: int = 0
    at_ms: int = 0


class Sync(Struct, frozen=True, kw_only=True):
    """How a place fares.

    Attributes:
        run: Number of the last run that began.
        runner: The process that runs it; empty when none does.
        lease_ms: Until when that process has it to itself.
        started_ms: When the last run began.
        ended_ms: When the last whole run ended; 0 for never.
        added: Marks that run found missing, and set.
        removed: Marks it found too many, and took away.
        wanted: Addresses that should be marked then.
        absent: Of those, how many the vendor has no contact for.
        refused: Of those, how many the vendor would not mark.
        error: Why the last run did not end; empty when it did.
        error_ms: When that was.
        refused_ms: Since when the key is refused; 0 while it is not.
        synced_ms: When a change of a hold last reached the vendor.
        checked_ms: When campaigns were last looked at; 0 for never.
        checked: What was found.
    """

    place: str
    run: int = 0
    runner: str = ""
    lease_ms: int = 0
    started_ms: int = 0
    ended_ms: int = 0
    added: int = 0
    removed: int = 0
    wanted: int = 0
    absent: int = 0
    refused: int = 0
    error: str = ""
    error_ms: int = 0
    refused_ms: int = 0
    synced_ms: int = 0
    checked_ms: int = 0
    checked: Checked = Checked()


class MarkReading(Protocol):
    """What is known of marks."""

    def marks(self, place: str, addresses: Sequence[ProfileId]) -> Mapping[ProfileId, Mark]:
        """Give the marks of some addresses; unknown ones are left out."""

    def unseen_marks(self, place: str, run: int, after: ProfileId, limit: int) -> tuple[Mark, ...]:
        """Page by address through marks that a run wanted and did not see at the vendor."""

    def failed_marks(self, place: str, after: ProfileId, limit: int) -> tuple[Mark, ...]:
        """Page by address through those the vendor has no contact for, or refused."""

    def sync(self, place: str) -> Sync:
        """Say how a place fares; one of which nothing is known has not run."""

    def lags(self, place: str, since_hour: int) -> Mapping[int, int]:
        """Count what was synced by bucket of its lag, from an hour on."""


class MarkWriting(Protocol):
    """What is learnt of marks."""

    def put_marks(self, rows: Sequence[Mark]) -> None:
        """Write marks; one that is known keeps the larger of its runs."""

    def want_marks(
        self, place: str, addresses: Sequence[ProfileId], run: int, now_ms: int
    ) -> None:
        """Note that a run found addresses held; what is known of them stays."""

    def drop_marks(self, place: str, addresses: Sequence[ProfileId]) -> None:
        """Forget marks."""

    def drop_unwanted(self, place: str, run: int, before_ms: int) -> int:
        """Forget marks that a run did not want, last learnt of before it began; give how many."""

    def lock_sync(self, place: str) -> Sync:
        """Give how a place fares; others who lock it wait until the end."""

    def put_sync(self, row: Sync) -> None:
        """Write how a place fares."""

    def add_lags(self, place: str, hour: int, counts: Mapping[int, int], oldest: int) -> None:
        """Count some lags by bucket, and forget hours before the oldest one kept."""
