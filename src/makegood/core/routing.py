"""Who owns a case: one named person, from the first minute; and which brand a fact is about.

Source: story 3; science, section 1c (37: a dedicated team behind a named person).
"""

from makegood.core.my_person import Preference
from makegood.core.state import State
from makegood.messages.events import OnDuty
from makegood.messages.facts import Body, Judged, Settled, Touchpoint
from makegood.messages.ids import CaseId, RepId

NO_WISH = Preference()
"""Of a customer who chose nobody and is kept apart from nobody."""
NOBODY = RepId("")
"""No owner yet; the first event with somebody on duty finds one."""


def owner_for(brand: str, on_duty: tuple[OnDuty, ...], wish: Preference = NO_WISH) -> RepId:
    """Choose the owner of a case among the reps on duty: the customer's own person before others.

    Args:
        brand: The brand that failed; empty for the umbrella.
        on_duty: Reps on duty when the event was appended, the one to ask first at the front.
        wish: Whom the customer wants, and whom they are kept apart from; a case waits for nobody.

    Returns:
        The first of the wish who need not be waited for, else the first who serves the brand,
        else the first, else nobody; never somebody the customer is kept apart from.
    """
    willing = wish.candidates[1:] if wish.wait_until_ms else wish.candidates
    if willing:
        return willing[0].rep
    on_duty = tuple(one for one in on_duty if one.rep not in wish.denied)
    serving = [duty for duty in on_duty if not duty.brands or brand in duty.brands]
    chosen = serving or list(on_duty)
    return chosen[0].rep if chosen else NOBODY


def brand_of(state: State, body: Body) -> str:
    """Say which brand a fact is about, whose own book then judges it; empty for the umbrella."""
    match body:
        case Touchpoint(properties=properties):
            told = properties.get("brand")
            return told if isinstance(told, str) else ""
        case Judged(question=question):
            case = state.open_case
            asked = case.unclear if case is not None else ()
            return next((one.brand for one in asked if one.event == question), "")
        case Settled(asked=asked_in):
            request = state.request(asked_in)
            return request.brand if request is not None else ""
    brand = getattr(body, "brand", "")
    known = state.case(getattr(body, "case", CaseId("")))
    return known.brand if known is not None else str(brand)


def can_promise_call(within_ms: int, at_ms: int, brand: str, on_duty: tuple[OnDuty, ...]) -> bool:
    """Whether a call within some time can be promised: somebody has to be on duty till then."""
    return any(
        duty.until_ms >= at_ms + within_ms and (not duty.brands or brand in duty.brands)
        for duty in on_duty
    )
