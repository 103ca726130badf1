"""Who calls the customer back after somebody of us spoiled a call, and until when."""

from makegood.core.phone import CallBack
from makegood.portal.guests import Guest
from makegood.portal.speech import Speech
from makegood.projections.roster import rep_name


def backs_told(guest: Guest) -> tuple[CallBack, ...]:
    """Give the calls that are promised to the customer of this case, late ones too."""
    if not guest.case.is_open:
        return ()
    brand = guest.case.brand
    return tuple(
        one
        for one in guest.state.phone.waiting
        if one.promised and (not brand or not one.brand or one.brand == brand)
    )


def called_back(guest: Guest, speech: Speech) -> str:
    """Say who calls until when; once that is over, that it is late and not the old time.

    Of several the one that is late, else the soonest: to the customer they are one call. Empty
    for none.
    """
    told = [(not _is_late(one, guest.now_ms), one.due_ms, one) for one in backs_told(guest)]
    if not told:
        return ""
    in_time, due_ms, one = min(told, key=lambda it: it[:2])
    owner = rep_name(guest.reps, one.owner).split(" ")[0]
    if in_time:
        return speech.say("done.call", owner=owner, clock=speech.clock(due_ms))
    return speech.say("done.call_late", owner=owner)


def is_late(guest: Guest) -> bool:
    """Whether one of them did not come in time: that is said before any other call is."""
    return any(_is_late(one, guest.now_ms) for one in backs_told(guest))


def _is_late(one: CallBack, now_ms: int) -> bool:
    overdue = any(it.why == "overdue" for it in one.passed)
    return overdue or one.due_ms <= now_ms
