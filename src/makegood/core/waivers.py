"""Waivers: what was waived stays waived, so that the next request hears yes without asking again.

A waiver is lasting unless the book or the person said once; one for once is used up by the answer
that would have been another one without it.
Source: evidence, "Owed by law or custom" (a precedent is remembered with its reason).
"""

from msgspec.structs import replace

from makegood.core.agreements import Honoured, waived_by, with_agreed
from makegood.core.state import State
from makegood.core.waived import Waiver
from makegood.messages.facts import Facts, Requested
from makegood.messages.ids import AgreementId
from makegood.playbooks.rulings import RequestRule, Ruling
from makegood.playbooks.terms import Answer

_TERMS = ("answer", "row", "remedy", "charge")


def customer_facts(state: State, without: str = "", honoured: tuple[Honoured, ...] = ()) -> Facts:
    """Give the facts of a customer as a table reads them, with what was waived and agreed.

    Args:
        state: The customer's.
        without: Leave this waiver out.
        honoured: Agreements that hold; what one of them waives is waived like by an answer.
    """
    standing = {one.what: True for one in state.waivers if one.what != without}
    standing |= dict.fromkeys(waived_by(honoured), True)
    return {**with_agreed(state.facts, honoured), "waived": standing}


def rests_on(
    state: State,
    rule: RequestRule,
    wanted: Requested,
    ruling: Ruling,
    honoured: tuple[Honoured, ...],
) -> tuple[tuple[AgreementId, str], ...]:
    """Say which agreements an answer rests on: without them it would be another.

    Of several that would each do, the nearest is named.

    Returns:
        (agreement, why it holds), the nearest first.
    """
    if not honoured or rule.claim is not None:
        return ()
    said = state.memory.facts(wanted.about)

    def by(left: tuple[Honoured, ...]) -> Ruling:
        return rule.answer(wanted.facts, customer_facts(state, honoured=left), said)

    whole = by(honoured)  # as the table says it, before what it gives was sized

    def differs(left: tuple[Honoured, ...]) -> bool:
        other = by(left)
        return _differs(whole, other) or whole.amount != other.amount

    if ruling.answer is Answer.PERSON or not differs(()):
        return ()
    needed = honoured
    for one in reversed(honoured):
        fewer = tuple(other for other in needed if other is not one)
        if not differs(fewer):
            needed = fewer
    return tuple((one.agreement.id, one.why.value) for one in needed)


def used_by(
    state: State,
    rule: RequestRule,
    wanted: Requested,
    ruling: Ruling,
    honoured: tuple[Honoured, ...] = (),
) -> tuple[str, ...]:
    """Say which waivers for once an answer rests on: without them it would be another."""
    lasting = {one.what for one in state.waivers if not one.once}
    once = {one.what for one in state.waivers if one.once} - lasting
    if ruling.answer is not Answer.ALLOW or rule.claim is not None:
        return ()
    said = state.memory.facts(wanted.about)
    return tuple(
        what
        for what in sorted(once)
        if _differs(ruling, rule.answer(wanted.facts, customer_facts(state, what, honoured), said))
    )


def _differs(one: Ruling, other: Ruling) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in _TERMS)


def waive(state: State, waiver: Waiver) -> State:
    """Remember a waiver; one that lasts is not said twice, and takes the place of one for once."""
    same = [one for one in state.waivers if one.what == waiver.what]
    if any(not one.once or waiver.once for one in same):
        return state
    kept = tuple(one for one in state.waivers if one.what != waiver.what)
    return replace(state, waivers=(*kept, waiver))


def use_up(state: State, names: tuple[str, ...]) -> State:
    """Use up waivers for once."""
    if not names:
        return state
    kept = tuple(one for one in state.waivers if not (one.once and one.what in names))
    return replace(state, waivers=kept)
