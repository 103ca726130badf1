"""Offers confirmed before they are made: an offer names only what somebody has said yes to."""

from makegood.effects.answers import ConfirmAnswer, confirmed_or_declined, read_answer
from makegood.effects.webhook import Webhooks, shared
from makegood.messages.commands import Command, ConfirmOffer
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body
from makegood.ports.effect import Addressee

_TAKEN_NOT_DONE = 202


class Confirmation:
    """Asks a counterpart whether it can keep what we are about to offer."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Ask; the answer is `Confirmed` or `Declined`, now or in a callback."""
        order = command.order
        if not isinstance(order, ConfirmOffer):
            raise EffectFailed("Only an offer can be confirmed.", retry=False)
        fields = self._webhooks.counterpart(order.provider).shares
        answer = self._webhooks.post(
            order.provider,
            command,
            "offer.confirm",
            {
                "command": command.id,
                "case": command.case,
                "remedy": order.remedy,
                "about": order.about,
                "brand": order.brand,
                "answer_by_ms": command.useful_until_ms,
                "facts": order.facts,
                "customer": shared(to.person, fields),
            },
            now_ms,
        )
        if answer.status == _TAKEN_NOT_DONE:
            raise EffectFailed(f"{order.provider} will say later whether it can.")
        return confirmed_or_declined(
            command.id, read_answer(answer.content, ConfirmAnswer, order.provider)
        )
