"""SMS: by a signed webhook, or by any HTTP gateway that takes JSON and a bearer token."""

import json
from collections.abc import Mapping
from string import Template
from typing import Protocol

from msgspec import Struct

from makegood.effects.webhook import Counterpart, Webhooks
from makegood.effects.words import Words
from makegood.messages.commands import Command, SendMessage
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body, Carried
from makegood.ports.effect import Addressee

WEBHOOK_NAME = "sms"


class Text(Struct, frozen=True, kw_only=True):
    """One SMS.

    Attributes:
        to: Number as +12125550100.
        sender: Name of the brand.
        words: What it says; gateways split long ones.
    """

    to: str
    sender: str
    words: str


class Gateway(Protocol):
    """Something that takes an SMS."""

    def hand_over(self, command: Command, text: Text, now_ms: int) -> None:
        """Give it to the carrier. Raises `EffectFailed`."""


class WebhookGateway:
    """Posts the SMS as a signed webhook to the counterpart called "sms"."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks

    def hand_over(self, command: Command, text: Text, now_ms: int) -> None:
        order = command.order
        self._webhooks.post(
            WEBHOOK_NAME,
            command,
            "sms.send",
            {
                "command": command.id,
                "case": command.case,
                "class": order.message_class.value if isinstance(order, SendMessage) else "",
                "message": order.message if isinstance(order, SendMessage) else "",
                "to": text.to,
                "from": text.sender,
                "text": text.words,
            },
            now_ms,
        )


class HttpGateway:
    """Posts the SMS to a gateway's own JSON interface.

    The mapping is that interface's JSON with `$to`, `$from`, `$text` and `$id` where they belong,
    for example {"to": "$to", "content": "$text", "client_ref": "$id"}.
    """

    def __init__(
        self, webhooks: Webhooks, receiver: Counterpart, mapping: Mapping[str, str], token: str
    ) -> None:
        self._webhooks = webhooks
        self._receiver = receiver
        self._mapping = {name: Template(value) for name, value in mapping.items()}
        self._token = token

    def hand_over(self, command: Command, text: Text, now_ms: int) -> None:
        values = {"to": text.to, "from": text.sender, "text": text.words, "id": command.id}
        filled = {name: part.safe_substitute(values) for name, part in self._mapping.items()}
        self._webhooks.post_plain(
            self._receiver,
            json.dumps(filled, ensure_ascii=False).encode(),
            {"authorization": f"Bearer {self._token}", "idempotency-key": command.id},
            now_ms,
        )


class Sms:
    """Sends a message as SMS."""

    name = "sms"

    def __init__(self, gateway: Gateway, words: Words) -> None:
        self._gateway = gateway
        self._words = words

    def reaches(self, to: Addressee) -> bool:
        """Whether a number is known."""
        return bool(to.person.phone)

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Hand the SMS over; the subject is left out."""
        order = command.order
        if not isinstance(order, SendMessage):
            raise EffectFailed("An SMS carries messages only.", retry=False)
        rendered = self._words.render(command, to.person, self.name)
        brand = self._words.book_of(order).brands[order.brand]
        text = Text(to=to.person.phone, sender=brand.name, words=rendered.text.strip())
        self._gateway.hand_over(command, text, now_ms)
        return Carried(command=command.id, detail={"channel": self.name})
