"""Who calls the customer back after somebody of us spoiled a call, and until when."""

from collections.abc import Iterator

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


def called_back(guest: Guest, speech: Speech) -> Iterator[str]:
    """Say who calls until when; once that is over, that it is late and not the old time."""
    for one in backs_told(guest):
        owner = rep_name(guest.reps, one.owner).split(" ")[0]
        late = one.passed or one.due_ms <= guest.now_ms
        key, clock = ("done.call_late", "") if late else ("done.call", speech.clock(one.due_ms))
        yield speech.say(key, owner=owner, clock=clock)
