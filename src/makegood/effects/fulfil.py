"""Remedies carried out by counterparts: refund, credit, ride, driver."""

from makegood.effects.answers import (
    FulfilAnswer,
    moved,
    plain_facts,
    read_answer,
    without_addresses,
)
from makegood.effects.webhook import Webhooks, shared
from makegood.messages.commands import Command, Fulfil
from makegood.messages.errors import EffectFailed, InputError
from makegood.messages.facts import Body, Carried
from makegood.messages.money import Money
from makegood.ports.effect import Addressee

_TAKEN_NOT_DONE = 202
_NO_CONTENT = 204


class Fulfilment:
    """Asks the counterpart that the rule book names to carry out a remedy."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Carry it out; without a provider nobody need act and the cost is booked."""
        order = command.order
        if not isinstance(order, Fulfil):
            raise EffectFailed("Only a remedy can be fulfilled.", retry=False)
        if not order.provider:
            return Carried(command=command.id, paid=_moved(order.amount))
        fields = self._webhooks.counterpart(order.provider).shares
        answer = self._webhooks.post(
            order.provider,
            command,
            "remedy.fulfil",
            {
                "command": command.id,
                "case": command.case,
                "remedy": order.remedy,
                "kind": order.kind,
                "amount_cents": order.amount.cents,
                "currency": order.amount.currency,
                "owed": order.owed,
                "basis": order.basis,
                "about": order.about,
                "brand": order.brand,
                "facts": order.facts,
                "customer": shared(to.person, fields),
                **({"payee": shared(to.payee, fields)} if to.payee is not None else {}),
            },
            now_ms,
        )
        if answer.status == _TAKEN_NOT_DONE:
            raise EffectFailed(f"{order.provider} took it and has not done it yet.")
        if answer.status == _NO_CONTENT or not answer.content.strip():
            return Carried(command=command.id, paid=_moved(order.amount))
        return _carried(command, order, read_answer(answer.content, FulfilAnswer, order.provider))


def _carried(command: Command, order: Fulfil, answer: FulfilAnswer) -> Carried:
    cents = order.amount.cents if answer.paid_cents is None else answer.paid_cents
    try:
        paid = moved(cents, answer.currency or order.amount.currency)
    except InputError as error:
        said = f"{order.provider} says that it paid what cannot be: {error}."
        raise EffectFailed(said) from None
    return Carried(
        command=command.id,
        paid=_moved(paid),
        reference=without_addresses(answer.reference),
        detail=plain_facts(answer.detail),
    )


def _moved(amount: Money) -> Money | None:
    return amount if amount.cents else None
