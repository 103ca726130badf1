"""What has to be settled after a restore: what went out since the backup, nobody here knows."""

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.holds import iso
from makegood.messages.errors import InputError
from makegood.messages.ids import CommandId
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.parking import ParkedRow, ParkedStatus
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.ports.store import Store
from makegood.runtime.intake import Intake
from makegood.runtime.noting import note

_PAGE = 200
_LONGEST_LEASE_MS = 15 * 60_000  # of parked mail, and the longest until it is looked at again
_RESTORED = "restored"
_OPEN = (OutboxStatus.LEASED, OutboxStatus.WAITING)


class Settled(Struct, frozen=True, kw_only=True):
    """What was settled.

    Attributes:
        timers: Customers whose timers were due since the backup.
        aside: Commands put before a person, because they may have gone out already.
        mails: Recipients of parked mail that go nowhere by themselves, for the same reason.
    """

    timers: int
    aside: int
    mails: int = 0


def put_aside(store: Store, intake: Intake, clock: Clock, backup_ms: int) -> Settled:
    """Let nothing go out a second time by itself.

    Whatever was due before now may have been delivered after the backup: what waited in it, and
    what its timers have brought since. All of that is put before a person, who can have each tried
    again under its old id. What is due later cannot have gone out, and waits as before. Parked
    mail may have been let go since: it stays where it is until its time is over, or until a person
    lets it go.
    """
    now_ms = clock.now_ms()
    timers = _fire(store, intake, now_ms)
    why = (
        f"Restored from the backup of {iso(backup_ms)}: it may have gone out after that. Trying "
        "again sends it under the id it had."
    )
    aside = sum(_put_aside(store, status, now_ms, why) for status in _OPEN)
    return Settled(timers=timers, aside=aside, mails=_hold_back(store, now_ms))


def _fire(store: Store, intake: Intake, now_ms: int) -> int:
    """Fire what was due; a customer who stays due is left for the worker to complain about."""
    seen: set[str] = set()
    while True:
        with store.writing() as writing:
            due = writing.due_customers(now_ms, _PAGE + len(seen))
        fresh = [customer for customer in due if customer not in seen][:_PAGE]
        if not fresh:
            return len(seen)
        seen.update(fresh)
        intake.advance(fresh, now_ms)


def _put_aside(store: Store, status: OutboxStatus, now_ms: int, why: str) -> int:
    count, after = 0, CommandId("")
    while True:
        with store.writing() as writing:
            page = writing.outbox(status, after, _PAGE)
            late = [row for row in page if row.command.due_ms <= now_ms]
            waiting = [row.command for row in late if row.status is OutboxStatus.WAITING]
            writing.record(waiting, OutboxStatus.FAILED, now_ms, why)
            for row in late:
                if row.status is OutboxStatus.LEASED:
                    writing.settle(row.command.id, row.fence, OutboxStatus.FAILED, now_ms, why)
        count += len(late)
        if len(page) < _PAGE:
            return count
        after = _last(page)


def _hold_back(store: Store, now_ms: int) -> int:
    """Let no parked mail be looked at before its end.

    Whatever was leased or due when the backup was taken is due again within the longest lease.
    """
    count, until_ms = 0, now_ms + _LONGEST_LEASE_MS
    while True:
        with store.writing() as writing:
            rows = writing.claim_parked(until_ms, 0, _PAGE)
            writing.report_parked([_held_back(row, until_ms + 1) for row in rows])
        count += len(rows)
        if len(rows) < _PAGE:
            return count


def _held_back(row: ParkedRow, not_before_ms: int) -> ParkedRow:
    next_ms = max(row.expires_ms, not_before_ms)
    return replace(row, status=ParkedStatus.WAITING, reason=_RESTORED, next_ms=next_ms)


def _last(page: tuple[OutboxRow, ...]) -> CommandId:
    return page[-1].command.id


def note_restored(store: Store, clock: Clock, backup_ms: int, settled: Settled | None) -> None:
    """Write down that this deployment came out of a backup, and may be used from now on."""
    after = {"backup": iso(backup_ms)}
    after["outbox"] = "as it was" if settled is None else f"{settled.aside} put aside"
    if settled is not None and settled.mails:
        after["parked"] = f"{settled.mails} held back"
    with store.writing() as writing:
        writing.settle_restore()
        if settled is not None:
            writing.begin_feed_anew(clock.now_ms())
        note(writing, Act(what="backup.restored", at_ms=clock.now_ms(), after=after))


def must_be_settled(store: Store) -> None:
    """Let nothing be sent out of a restore that was cut off.

    Raises:
        InputError: What may have gone out since the backup was not put aside.
    """
    with store.reading() as reading:
        backup_ms = reading.unsettled_ms()
    if backup_ms:
        raise InputError(
            f"The restore of the backup of {iso(backup_ms)} was cut off before its end, so that "
            "what went out since would go out again. Drop this database and restore anew."
        )
