"""Everything we can do outside, as one effect: each kind of order goes to the adapter for it."""

from typing import assert_never

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
from makegood.messages.facts import Body
from makegood.ports.effect import Addressee, Effect


class Outside:
    """Carries out any command."""

    def __init__(
        self,
        *,
        messages: Effect,
        confirmations: Effect,
        fulfilment: Effect,
        places: Effect,
        owners: Effect,
        replies: Effect,
    ) -> None:
        self._owners = owners
        self._replies = replies
        self._places = places
        self._messages = messages
        self._confirmations = confirmations
        self._fulfilment = fulfilment

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Do it. Raises `EffectFailed`."""
        match command.order:
            case SendMessage():
                return self._messages.carry_out(command, to, now_ms)
            case ConfirmOffer():
                return self._confirmations.carry_out(command, to, now_ms)
            case Fulfil():
                return self._fulfilment.carry_out(command, to, now_ms)
            case FindPlaces() | AskPlace():
                return self._places.carry_out(command, to, now_ms)
            case AskOwner() | TellManagement():
                return self._owners.carry_out(command, to, now_ms)
            case SendReply():
                return self._replies.carry_out(command, to, now_ms)
            case _ as never:
                assert_never(never)
