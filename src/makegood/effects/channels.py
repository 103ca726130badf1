"""The channel port: the fastest way that reaches this customer for a message this urgent."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from makegood.messages.commands import HELD_CLASSES, Command, SendMessage, Urgency
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body
from makegood.ports.effect import Addressee, Effect

_ORDER = {
    Urgency.NOW: ("sms", "mail"),
    Urgency.SOON: ("mail", "sms"),
    Urgency.WHEN_CONVENIENT: ("mail", "sms"),
}


class Channel(Effect, Protocol):
    """A way to reach a customer."""

    @property
    def name(self) -> str:
        """Name as the gate and unsubscribe know it: `mail` or `sms`."""

    def reaches(self, to: Addressee) -> bool:
        """Whether this customer can be reached this way."""


Sent: TypeAlias = Callable[[SendMessage, str], None]


class Channels:
    """Sends each message on the fastest channel that reaches the customer."""

    def __init__(self, channels: tuple[Channel, ...], sent: Sent | None = None) -> None:
        """Join the parts.

        Args:
            channels: The ways there are.
            sent: Told of each message that was taken, and on which channel.
        """
        self._channels = {channel.name: channel for channel in channels}
        self._sent = sent

    def ways(self, order: SendMessage, to: Addressee) -> tuple[str, ...]:
        """Name the channels that reach a customer, the one to be used first."""
        return tuple(
            name
            for name in _ORDER[order.urgency]
            if name in self._channels and self._channels[name].reaches(to)
        )

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Send it on the first way that takes it.

        A rejected number or address gives way to the next channel at once, except for messages
        that a hold stops: the gate was asked about the first channel only. The case's own
        question passes on every channel.

        Raises:
            EffectFailed: Nobody reachable (a person has to see that), or not taken.
        """
        order = command.order
        if not isinstance(order, SendMessage):
            raise EffectFailed("A channel carries messages only.", retry=False)
        ways = self.ways(order, to)
        if not ways:
            raise EffectFailed("No reachable channel: no address or number is known.", retry=False)
        passes = order.question or order.message_class not in HELD_CLASSES
        last = len(ways) - 1 if passes else 0
        for name in ways[:last]:
            try:
                return self._carry_out(name, command, to, now_ms)
            except EffectFailed as failed:
                if failed.retry:
                    raise
        return self._carry_out(ways[last], command, to, now_ms)

    def _carry_out(self, name: str, command: Command, to: Addressee, now_ms: int) -> Body:
        body = self._channels[name].carry_out(command, to, now_ms)
        if self._sent is not None and isinstance(command.order, SendMessage):
            self._sent(command.order, name)
        return body
