"""A letter of ours is taken back only while no worker has it in hand: the outbox says so."""

from makegood.core.state import State
from makegood.messages.errors import Refused
from makegood.messages.facts import Body, ReplyTakenBack
from makegood.ports.rows import OutboxStatus
from makegood.ports.store import Writing


def in_hand(writing: Writing, state: State, body: Body, now_ms: int) -> Refused | None:
    """Withdraw a letter's order before the fact says so; say why it is too late for that.

    A clock cannot tell: whoever asks may have waited for the store, while a worker began.
    """
    if not isinstance(body, ReplyTakenBack):
        return None
    own = [one.reply for one in state.my_person.threads if one.replied == body.said and one.reply]
    if len(writing.withdraw(own, now_ms)) == len(own):
        return None
    rows = writing.commands(own)
    if all(row.status in (OutboxStatus.WAITING, OutboxStatus.WITHDRAWN) for row in rows):
        return None
    return Refused(code="too_late", why="The answer is on its way already.")
