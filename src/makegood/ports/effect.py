"""Effects: what the shell can do outside, one method each, idempotent by the command's id."""

from typing import Protocol

from msgspec import Struct

from makegood.messages.commands import Command
from makegood.messages.facts import Body
from makegood.ports.rows import PersonRow


class Addressee(Struct, frozen=True, kw_only=True):
    """Whom a command reaches.

    Attributes:
        person: Personal data, read at delivery; empty fields when erased or unknown.
        payee: Who paid and gets back what is refunded; None for the person themselves.
    """

    person: PersonRow
    payee: PersonRow | None = None


class Effect(Protocol):
    """Carries out one kind of order."""

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Do it, once if the other side recognises the command's id.

        Returns:
            The outcome as an event body: `Carried`, `Confirmed`, `Declined` or `Dropped`.

        Raises:
            EffectFailed: Not done; `retry` says whether another try can help.
        """
