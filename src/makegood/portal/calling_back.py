"""Who calls the customer back after somebody of us spoiled a call, and what they want of it."""

import re
from collections.abc import Mapping
from typing import Any

from makegood.core.phone import CallBack
from makegood.messages.call_facts import CallWished
from makegood.messages.errors import InputError
from makegood.portal.guests import Guest
from makegood.portal.speech import Speech
from makegood.ports.store import Reading
from makegood.projections.figures import local
from makegood.projections.hours import zone_words
from makegood.projections.roster import rep_name
from makegood.runtime.roster import moment_ms
from makegood.sources.limits import writable

LONGEST_NUMBER = 40
STALE = "stale"
"""In place of a phrase: the form was sent before, and something else stands in it now."""
_NUMBER = re.compile(r"\+?[0-9](?:[ ()/.\-]*[0-9]){4,19}")


def backs_owed(guest: Guest) -> tuple[CallBack, ...]:
    """Give the calls that are owed to the customer of this case, told or not.

    One outlives its case where a person closed that first: its page still leads to the call.
    """
    if not guest.case.is_open:
        if guest.state.open_case is not None:
            return ()
        waiting = guest.state.phone.waiting
        return tuple(one for one in waiting if guest.case.failure(one.about) is not None)
    brand = guest.case.brand
    return tuple(
        one
        for one in guest.state.phone.waiting
        if not brand or not one.brand or one.brand == brand
    )


def backs_told(guest: Guest) -> tuple[CallBack, ...]:
    """Give those that are promised, late ones too."""
    return tuple(one for one in backs_owed(guest) if one.promised)


def called_back(guest: Guest, speech: Speech) -> str:
    """Say who calls until when; once that is over, that it is late and not the old time.

    Of several the one that is late, else the soonest: to the customer they are one call. Empty
    for none.
    """
    told = [(not _is_late(one, guest.now_ms), one.due_ms, one) for one in backs_told(guest)]
    if not told:
        return _wished(guest, speech)
    in_time, due_ms, one = min(told, key=lambda it: it[:2])
    owner = rep_name(guest.reps, one.owner).split(" ")[0]
    owner = owner if one.owner else speech.say("owner.someone")
    if one.late and one.told_by_ms > guest.now_ms:
        by_ms = one.told_by_ms
        return speech.say(
            "back.later", owner=owner, day=speech.day(by_ms), clock=speech.clock(by_ms)
        )
    if not in_time:
        return speech.say("done.call_late", owner=owner)
    if _is_today(guest, due_ms, speech):
        return speech.say("done.call", owner=owner, clock=speech.clock(due_ms))
    return speech.say(
        "back.by_day", owner=owner, day=speech.day(due_ms), clock=speech.clock(due_ms)
    )


def _wished(guest: Guest, speech: Speech) -> str:
    """Say what they named where nobody can promise it; empty once it is over, or for nothing."""
    wish_ms = max((one.wish_ms for one in backs_owed(guest)), default=0)
    if wish_ms <= guest.now_ms:
        return ""
    return speech.say("back.wished", day=speech.day(wish_ms), clock=speech.clock(wish_ms))


def _is_today(guest: Guest, at_ms: int, speech: Speech) -> bool:
    days = {local(one, speech.timezone).date() for one in (at_ms, guest.now_ms)}
    return len(days) == 1


def is_late(guest: Guest) -> bool:
    """Whether one of them did not come in time: that is said before any other call is."""
    return any(_is_late(one, guest.now_ms) or one.late for one in backs_told(guest))


def _is_late(one: CallBack, now_ms: int) -> bool:
    # What was late before they named another time is not late any more.
    overdue = any(it.why == "overdue" and it.at_ms >= one.wish_ms for it in one.passed)
    return overdue or one.due_ms <= now_ms


def asked_about(guest: Guest, speech: Speech) -> dict[str, Any] | None:
    """Give what the page asks about the call; None where none is owed."""
    owed = backs_owed(guest)
    if not owed:
        return None
    wish_ms = max(one.wish_ms for one in owed)
    is_ahead = wish_ms > guest.now_ms  # what is over would be refused when only a number is named
    at = local(wish_ms, speech.timezone).strftime("%Y-%m-%dT%H:%M") if is_ahead else ""
    return {
        "zone": zone_words(speech.timezone, speech.language),
        "from": at,
        "has_number": any(one.number for one in owed),
        "longest": LONGEST_NUMBER,
    }


def wish_in(guest: Guest, sent: Mapping[str, str], ref: str) -> tuple[CallWished, str] | str:
    """Read what a customer wants of the call, for the first that is owed.

    Args:
        guest: Whose page it is.
        sent: The form.
        ref: By which a number is kept.

    Returns:
        It, with the number in words; or the phrase that says what is wrong.
    """
    owed = backs_owed(guest)
    if not owed:
        return "refused.other"
    if sent.get("none"):
        return CallWished(call_back=owed[0].id, needless=True), ""
    number = writable(sent.get("number", ""), LONGEST_NUMBER).strip()
    if number and not _NUMBER.fullmatch(number):
        return "back.bad_number"
    written, from_ms = writable(sent.get("from", ""), LONGEST_NUMBER).strip(), 0
    try:
        from_ms = moment_ms(written, guest.book.timezone) if written else 0
    except InputError:
        return "back.bad_time"
    if not (number or from_ms):
        return "back.nothing"
    body = CallWished(call_back=owed[0].id, from_ms=from_ms, number=ref if number else "")
    return body, number


def is_kept(reading: Reading, one: CallBack, wish: tuple[CallWished, str]) -> bool:
    """Whether a call-back has what a form says that was sent before."""
    body, number = wish
    if body.from_ms and one.wish_ms != body.from_ms:
        return False
    return not number or reading.texts([one.number]).get(one.number) == number
