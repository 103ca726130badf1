"""Waivers: what was waived stays waived, so that the next request hears yes without asking again.

A waiver is lasting unless the book or the person said once; one for once is used up by the answer
that would have been another one without it.
Source: science, section 1e (a precedent is remembered with its reason).
"""

from msgspec.structs import replace

from makegood.core.state import State
from makegood.core.waived import Waiver
from makegood.messages.facts import Facts, Requested
from makegood.playbooks.rulings import RequestRule, Ruling
from makegood.playbooks.terms import Answer


def customer_facts(state: State, without: str = "") -> Facts:
    """Give the facts of a customer as a table reads them, with what was waived.

    Args:
        state: The customer's.
        without: Leave this waiver out.
    """
    standing = {one.what: True for one in state.waivers if one.what != without}
    return {**state.facts, "waived": standing}


def used_by(state: State, rule: RequestRule, wanted: Requested, ruling: Ruling) -> tuple[str, ...]:
    """Say which waivers for once an answer rests on: without them it would be another."""
    lasting = {one.what for one in state.waivers if not one.once}
    once = {one.what for one in state.waivers if one.once} - lasting
    if ruling.answer is not Answer.ALLOW or rule.claim is not None:
        return ()
    said = state.memory.facts(wanted.about)
    return tuple(
        what
        for what in sorted(once)
        if _differs(ruling, rule.answer(wanted.facts, customer_facts(state, without=what), said))
    )


def _differs(one: Ruling, other: Ruling) -> bool:
    terms = ("answer", "row", "remedy", "charge")
    return any(getattr(one, name) != getattr(other, name) for name in terms)


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
