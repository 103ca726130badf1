"""What a customer waits for, as far as the fold has to remember it."""

from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CommandId, EventId, ProfileId
from makegood.messages.waits import WaitNorm

MOST_OPEN = 30  # as many conversations are kept
MOST_ENDED = 10  # what ended is in a row of its own; these are for who was answered too soon
Ending: TypeAlias = Literal["", "answered", "gave_up"]


class Wait(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One wait.

    Attributes:
        event: The event that began it.
        rule: The rule about waits of the book.
        about: The conversation, or what the events of a queue are about.
        at_ms: Since when.
        due_ms: Waiting longer is a failure; 0 for history, which has no clock.
        norm: What was usual then; None when nobody knew.
        late_ms: When it became a failure; 0 until then.
        told: The order that tells the customer by when; empty when nobody did.
        by_ms: The date that was told.
        told_ms: When that went out.
        ended_ms: When it ended; 0 while it lasts.
        ended: How.
    """

    event: EventId
    rule: str
    about: str
    profile: ProfileId
    at_ms: int
    due_ms: int
    brand: str = ""
    channel: str = ""
    norm: WaitNorm | None = None
    late_ms: int = 0
    told: CommandId = CommandId("")
    by_ms: int = 0
    told_ms: int = 0
    ended_ms: int = 0
    ended: Ending = ""

    @property
    def key(self) -> tuple[EventId, str]:
        """What tells it from others."""
        return (self.event, self.rule)

    @property
    def failure_about(self) -> str:
        """What the failure is about: what the book says, as of other events of the same matter.

        Else it is this wait alone, and no later one of the same conversation.
        """
        named = self.about if not self.channel and self.about != self.event else ""
        return named or f"{self.rule}/{self.event}"


def bounded(waits: tuple[Wait, ...]) -> tuple[Wait, ...]:
    """Let go of what ended longest ago, and of waits that are too many; the newest are last.

    Of those that last, the oldest of which the failure is found already, or none can be, go first.
    """
    lasting = [one for one in waits if not one.ended_ms]
    lasting.sort(key=lambda one: bool(one.due_ms) and not one.late_ms)
    open_ones = lasting[-MOST_OPEN:]
    ended = sorted((one for one in waits if one.ended_ms), key=lambda one: one.ended_ms)
    kept = {one.key for one in (*open_ones, *ended[-MOST_ENDED:])}
    return tuple(one for one in waits if one.key in kept)
