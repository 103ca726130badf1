"""After a history was folded anew: what to send, what to take back, what has gone already."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.messages.commands import Command
from makegood.messages.ids import CommandId
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.ports.store import Writing

_GONE = frozenset({OutboxStatus.LEASED, OutboxStatus.DONE, OutboxStatus.FAILED})
"""What went out, may be going out now, or is a dead letter that a person may revive."""
_MAY_GO = frozenset({OutboxStatus.WAITING, OutboxStatus.WITHDRAWN})


class Reconciled(Struct, frozen=True, gc=False, kw_only=True):
    """What the outbox has to learn.

    Attributes:
        put: Wanted and to be sent.
        missed: Wanted, but too late to be useful; a person sees them.
        needless: Wanted by the new history only, while the same step went out already.
        withdraw: Waiting and wanted no more.
    """

    put: tuple[Command, ...] = ()
    missed: tuple[Command, ...] = ()
    needless: tuple[Command, ...] = ()
    withdraw: tuple[CommandId, ...] = ()


def reconcile(
    wanted: Sequence[Command],
    withdrawn: frozenset[CommandId],
    known: Mapping[CommandId, OutboxRow],
    now_ms: int,
    kept: frozenset[CommandId] = frozenset(),
) -> Reconciled:
    """Compare what a fold wants with what the outbox holds.

    Sent is never re-sent: neither the same command nor, when a late event became the cause of a
    step, the same step under its new id. Needless is withdrawn; late is missed.

    Args:
        wanted: Every command of the folded history, or the new ones when it only went on.
        withdrawn: Commands the fold itself found needless.
        known: The customer's outbox rows; for a fold that only went on, those of `withdrawn`.
        now_ms: The present.
        kept: Commands of the part of the history that was not folded again; still wanted.
    """
    ids = kept | {command.id for command in wanted}
    gone = Counter(
        row.command.step
        for row in known.values()
        if row.status in _GONE and row.command.id not in ids
    )
    put: list[Command] = []
    missed: list[Command] = []
    needless: list[Command] = []
    for command in wanted:
        if command.id in withdrawn:
            needless.append(command)
        elif _can_go(known.get(command.id)) and gone[command.step]:
            gone[command.step] -= 1  # one that went stands in for one
            needless.append(command)
        elif command.useful_until_ms and command.useful_until_ms < now_ms:
            missed.append(command)
        else:
            put.append(command)
    unwanted = tuple(
        row.command.id
        for row in known.values()
        if row.status is OutboxStatus.WAITING
        and (row.command.id not in ids or row.command.id in withdrawn)
    )
    return Reconciled(
        put=tuple(put), missed=tuple(missed), needless=tuple(needless), withdraw=unwanted
    )


def _can_go(row: OutboxRow | None) -> bool:
    """Whether the order would be put: a repeat that was found needless is, fold after fold."""
    return row is None or row.status in _MAY_GO


def write_outbox(writing: Writing, learned: Sequence[Reconciled], now_ms: int) -> None:
    """Tell the outbox what is to go out, what is not any more, and what came too late."""
    put = [command for one in learned for command in one.put]
    missed = [command for one in learned for command in one.missed]
    needless = [command for one in learned for command in one.needless]
    withdraw = [command for one in learned for command in one.withdraw]
    if withdraw:
        writing.withdraw(withdraw, now_ms)
    if put:
        writing.put_commands(put)
    if missed:
        why = "It became known too late to be useful."
        writing.record(missed, OutboxStatus.MISSED, now_ms, why)
    if needless:
        why = "It was needless before it could be sent."
        writing.record(needless, OutboxStatus.WITHDRAWN, now_ms, why)
