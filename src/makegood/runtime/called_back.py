"""An outcome that a counterpart tells later: who may tell it, and how it ends the command."""

from makegood.messages.commands import (
    AskOwner,
    AskPlace,
    Command,
    ConfirmOffer,
    FindPlaces,
    Fulfil,
    SendMessage,
    SendReply,
    TellManagement,
)
from makegood.messages.facts import Body, Carried, Confirmed, Declined, Dropped
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.ports.store import Writing


def may_answer(command: Command, provider: str, body: Body) -> bool:
    """Whether a provider was asked this, and can say that; nobody answers for another."""
    match command.order:
        case ConfirmOffer(provider=asked):
            return asked == provider and isinstance(body, Confirmed | Declined)
        case Fulfil(provider=asked):
            return asked == provider and isinstance(body, Carried | Dropped)
        case SendMessage() | FindPlaces() | AskPlace() | AskOwner() | SendReply():
            return False
        case TellManagement():
            return False


def end_early(writing: Writing, row: OutboxRow, body: Body, now_ms: int) -> None:
    """End a command that a callback answered; a try under way finds its fence gone."""
    failed = isinstance(body, Dropped)
    status = OutboxStatus.FAILED if failed else OutboxStatus.DONE
    error = body.reason if isinstance(body, Dropped) else ""
    match row.status:
        case OutboxStatus.LEASED:
            writing.settle(row.command.id, row.fence, status, now_ms, error)
        case OutboxStatus.WAITING:
            writing.record((row.command,), status, now_ms, error)
        case OutboxStatus.FAILED if not failed:  # a dead letter that was carried out after all
            writing.revive(row.command.id, now_ms)
            writing.record((row.command,), status, now_ms, error)
        case _:
            return
