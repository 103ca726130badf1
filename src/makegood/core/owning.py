"""Who owns a case of this customer: their own person or the cover, else whoever is on duty."""

from msgspec.structs import replace

from makegood.core.my_person import Need, prefer
from makegood.core.routing import NO_WISH, owner_for
from makegood.core.state import Case
from makegood.core.turn import Turn
from makegood.messages.ids import RepId


def owner_of(turn: Turn, brand: str) -> RepId:
    """Choose the owner of a case, as it stands in this turn.

    Args:
        turn: The turn; nobody is on duty in one of a timer.
        brand: The brand that failed; empty for the umbrella.
    """
    mine = turn.state.my_person
    if not mine.choices and not mine.refused:
        return owner_for(brand, turn.on_duty, NO_WISH)
    need = Need(at_ms=turn.at_ms, brand=brand)
    wish = prefer(mine, turn.duty, need, turn.book.people)
    return owner_for(brand, turn.on_duty, wish)


def stand_in(turn: Turn, case: Case) -> Case:
    """Let the cover have a case whose owner is off duty when the customer writes.

    Somebody who is only busy is waited for, as long as a call may take; where nobody is named who
    could come in their place, the owner keeps it.
    """
    if not case.owner or not turn.on_duty or any(one.rep == case.owner for one in turn.on_duty):
        return case
    need = Need(at_ms=turn.at_ms, brand=case.brand, channel="page", to=case.owner)
    takes = prefer(turn.state.my_person, turn.duty, need, turn.book.people).first
    return turn.put(replace(case, owner=takes)) if takes else case
