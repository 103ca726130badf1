"""Unsubscribe: looking never does it, one click does (RFC 8058), and a slip is taken back at once.

The link works for ever, for whoever has the mail, a forwarded one too. It therefore only takes
offers away. They come back by what the page hands out after a click that changed something, once
and for an hour. RFC 8058 asks no more of the link than to let its reader go.
"""

import secrets
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from makegood.core.holds import EVERYWHERE
from makegood.core.state import decode_state
from makegood.effects.links import LinkError
from makegood.messages.errors import Refused
from makegood.messages.facts import Unsubscribed
from makegood.messages.ids import CustomerId, ProfileId
from makegood.portal.guests import makegood_of
from makegood.portal.sealed import Sealed
from makegood.portal.speech import Speech, language_of
from makegood.portal.views import CUSTOMER, GONE, NOT_FOUND, bad_link, by_link
from makegood.ports.rows import PersonRow
from makegood.projections.roster import person_of

SCOPES = ("one", "brand", "all")
UNDO_MS = 3_600_000  # long enough to notice a slip, too short for an old mail
Pair = tuple[str, str]


class _Undo(Struct, frozen=True, array_like=True):
    """What one click changed, so that it can be taken back exactly.

    Attributes:
        nonce: Names the click: it is taken back once.
        left: Brand and channel that it took away.
        before: What stood already and is within that.
    """

    profile: ProfileId
    nonce: str
    left: Pair
    before: tuple[Pair, ...] = ()


class _Leaver(Struct, frozen=True):
    """Whose link it is, and what they left before."""

    customer: CustomerId
    profile: ProfileId
    person: PersonRow | None
    unsubscribed: tuple[Pair, ...]


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show the choice, or carry it out.

    The mail program's own button posts `List-Unsubscribe=One-Click` and nothing else: that is the
    brand and channel of the mail, at once and without a question.
    """
    makegood = makegood_of(request)
    profile, brand, channel = makegood.links.read_unsubscribe(token)
    leaver = _leaver(request, profile)
    if leaver is None:
        return bad_link(request, "forged", NOT_FOUND)
    done, undo = "", ""
    if request.method == "POST" and "again" in request.POST:
        done = _come_back(request, leaver)
    elif request.method == "POST":
        done, undo = _leave(request, leaver, _pair(request.POST.get("scope", ""), brand, channel))
    language = language_of(request, leaver.person)
    speech = Speech(language)
    book = makegood.library.books[makegood.library.active]
    page: dict[str, Any] = {
        "speech": speech,
        "lang": language,
        "brand": book.brands[brand].name if brand in book.brands else book.umbrella,
        "channel": speech.say(f"channel.{channel if channel in ('mail', 'sms') else '*'}"),
        "done": done,
        "undo": undo,
    }
    status = GONE if done == "unsubscribe.too_late" else 200
    return render(request, "portal/unsubscribe.html", page, status=status)


def _leaver(request: HttpRequest, profile: ProfileId) -> _Leaver | None:
    with makegood_of(request).store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        row = reading.row(customer) if customer is not None else None
        if customer is None or row is None:
            return None
        profiles = reading.profiles_of([customer]).get(customer, (profile,))
        return _Leaver(
            customer=customer,
            profile=profile,
            person=person_of(tuple(reading.persons(profiles).values())),
            unsubscribed=decode_state(row.state).unsubscribed,
        )


def _pair(scope: str, brand: str, channel: str) -> Pair:
    if scope == "all":
        return EVERYWHERE, EVERYWHERE
    return brand, EVERYWHERE if scope == "brand" else channel


def _leave(request: HttpRequest, leaver: _Leaver, left: Pair) -> tuple[str, str]:
    """Carry it out; give what to say, and what takes it back when it changed something."""
    nonce = secrets.token_urlsafe(12)
    if not _wish(request, leaver, left, f"leave:{nonce}"):
        return "refused.other", ""
    if any(_covers(wide, left) for wide in leaver.unsubscribed):
        return "unsubscribe.done", ""
    before = tuple(one for one in leaver.unsubscribed if _covers(left, one))
    undo = _Undo(leaver.profile, nonce, left, before)
    makegood = makegood_of(request)
    return "unsubscribe.done", _sealed(request).seal(undo, makegood.clock.now_ms())


def _come_back(request: HttpRequest, leaver: _Leaver) -> str:
    """Take one click back, with what stood before it."""
    now_ms = makegood_of(request).clock.now_ms()
    try:
        undo = _sealed(request).open(request.POST["again"], now_ms, UNDO_MS, _Undo)
    except LinkError:
        return "unsubscribe.too_late"
    if undo.profile != leaver.profile:
        return "unsubscribe.too_late"
    if not _wish(request, leaver, undo.left, f"return:{undo.nonce}", again=True):
        return "refused.other"
    for place, pair in enumerate(undo.before):
        _wish(request, leaver, pair, f"return:{undo.nonce}:{place}")
    return "unsubscribe.undone"


def _wish(
    request: HttpRequest, leaver: _Leaver, pair: Pair, message_id: str, *, again: bool = False
) -> bool:
    """Append the wish; False when it was refused."""
    body = Unsubscribed(brand=pair[0], channel=pair[1], again=again)
    acts = makegood_of(request).acts
    outcome = acts.act(leaver.customer, body, CUSTOMER, message_id=message_id)
    return not isinstance(outcome, Refused)


def _covers(wide: Iterable[str], narrow: Iterable[str]) -> bool:
    return all(a in (EVERYWHERE, b) for a, b in zip(wide, narrow, strict=True))


def _sealed(request: HttpRequest) -> Sealed:
    return Sealed(makegood_of(request).settings.key, "return")
