"""Who owns a case of this customer: their own person or the cover, else whoever is on duty."""

from makegood.core.my_person import Need, prefer
from makegood.core.routing import NO_WISH, owner_for
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
