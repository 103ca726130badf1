"""What is due on a case, for whom and by when."""

from typing import Literal

from msgspec import Struct

from makegood.core.places import to_be_rung
from makegood.core.state import Case, OfferStatus, Phase, State
from makegood.core.timers import TimerKind

Level = Literal["calm", "warn", "alarm"]
_WHY = {
    "second_failure": "after the second failure",
    "no_choice": "because nothing was chosen",
    "no_offer": "because nobody could confirm an offer",
    "not_opened": "because the offer was not opened",
    "asked_for": "because the customer asked for it",
    "not_yet": "because it is not good yet",
    "wrote": "because the customer wrote",
    "broken_promise": "because we broke a promise",
    "apology": "to say sorry by voice, not in one more message",
    "lapsed": "because they no longer use what they used for years, and still use the rest",
    "no_plan": "because the rule book has no plan for this",
    "unreached": "because the offer could not be delivered",
    "not_asked": "because we could not ask in writing whether it is good again",
    "place_not_told": "because the place that keeps a room could not be told; call there first",
    "still_unhappy": "because they are still unhappy after their case was closed",
    "bad_score": "because they answered a survey, and it was not good",
}


class Due(Struct, frozen=True, kw_only=True):
    """The next thing due.

    Attributes:
        what: The act, in words that begin a sentence: "Call".
        why: Why it is due.
        at_ms: Until when; 0 for no time.
        level: How loud to show it.
    """

    what: str
    why: str = ""
    at_ms: int = 0
    level: Level = "calm"


def due_of(state: State, case: Case, now_ms: int) -> Due | None:
    """Say what is due next on an open case; None when nothing is."""
    if not case.is_open:
        return None
    call, rings = case.call, to_be_rung(case)
    has_call = call is not None and not call.done_ms
    if rings and not (call is not None and has_call and call.due_ms < rings[0].by_ms):
        late: Level = "alarm" if rings[0].by_ms <= now_ms else "warn"
        why = "because nobody there can be written to"
        return Due(what=f"Ring {rings[0].name}", why=why, at_ms=rings[0].by_ms, level=late)
    if call is not None and has_call:
        level: Level = "alarm" if call.promised or call.due_ms <= now_ms else "warn"
        return Due(what="Call", why=_WHY.get(call.why, ""), at_ms=call.due_ms, level=level)
    waits = [one for one in case.proposals if one.is_waiting]
    if waits:
        first = min(waits, key=lambda one: one.due_ms)
        alarm: Level = "alarm" if first.late else "warn"
        return Due(what="A second person says yes or no", at_ms=first.due_ms, level=alarm)
    if case.unclear:
        return Due(what="Say whether this was a failure", level="warn")
    if case.missing:
        return Due(what="Find the fact that what is owed or given waits for", level="warn")
    if case.look:
        return Due(what="Look at this hold: it stands very long", level="warn")
    return _waiting(state, case, now_ms)


def _waiting(state: State, case: Case, now_ms: int) -> Due | None:
    timers = {t.kind: t.due_ms for t in reversed(state.timers) if t.subject == case.id}
    if case.phase is Phase.OFFERED:
        at_ms = timers.get(TimerKind.CHOOSE_BY, 0)
        level: Level = "warn" if at_ms and at_ms - now_ms < 5 * 60_000 else "calm"
        return Due(what="The customer chooses", at_ms=at_ms, level=level)
    if any(offer.status is OfferStatus.ASKING for offer in case.offers):
        return Due(what="Somebody confirms the offers", at_ms=timers.get(TimerKind.CONFIRM_BY, 0))
    if case.phase is Phase.ASKED:
        return Due(what="The customer says whether it is good again")
    if any(offer.status is OfferStatus.CHOSEN for offer in case.offers):
        return Due(what="The chosen help is on its way")
    at_ms = timers.get(TimerKind.ASK_AT, 0)
    return Due(what="We ask whether it is good again", at_ms=at_ms) if at_ms else None
