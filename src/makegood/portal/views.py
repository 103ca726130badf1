"""The customer's page and what they can do on it.

The secret is in the address and nothing else gives power here: a forged form from another site
would need the link itself, so these forms carry no second token and work without cookies. Looking
changes nothing; a program that checks links in mails only looks. `Opened` is told by the page's
script, and without a script by the first thing the customer does.
"""

import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.effects.links import LinkExpired, LinkForged
from makegood.messages.errors import Refused
from makegood.messages.facts import (
    Answered,
    Appealed,
    AskedAgain,
    Body,
    Chosen,
    Opened,
    Requested,
    Wrote,
)
from makegood.portal.calling_back import STALE, asked_about, backs_owed, is_kept, wish_in
from makegood.portal.claims import REFUSALS as CLAIM_REFUSALS
from makegood.portal.claims import appealable, claimable, filed, read_claim
from makegood.portal.guests import Guest, guest_of, makegood_of
from makegood.portal.page import page_of
from makegood.portal.speech import Speech, language_of
from makegood.runtime.acts import Acted
from makegood.sources.limits import writable

LONGEST_TEXT = 4000
SAID = ("write", "call", "claim", "again", "back")
GONE, UNPROCESSABLE, NOT_FOUND = 410, 422, 404
CUSTOMER = Asker()
_REFUSALS = ("offer_gone", "already_chosen", "case_closed", *CLAIM_REFUSALS)
_OF_A_CALL = {"bad_time": "back.bad_time", "nothing_wished": "back.nothing"}
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def by_link(view: View[P]) -> View[P]:
    """Answer a link that is too old or not ours in words, without revealing anything."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except LinkExpired:
            return bad_link(request, "expired", GONE)
        except LinkForged:
            return bad_link(request, "forged", NOT_FOUND)

    return cast("View[P]", guarded)


def bad_link(request: HttpRequest, why: str, status: int) -> HttpResponse:
    library = makegood_of(request).library
    book = library.books[library.active]
    page = {
        "speech": Speech(language_of(request)),
        "lang": language_of(request),
        "why": why,
        "brand": book.umbrella,
        "brands": tuple(book.brands.values()),
    }
    return render(request, "portal/bad_link.html", page, status=status)


@require_safe
@by_link
def case(request: HttpRequest, token: str) -> HttpResponse:
    return _show(request, guest_of(request, token))


def _show(
    request: HttpRequest, guest: Guest, *, notice: str = "", status: int = 200
) -> HttpResponse:
    language = language_of(request, guest.person)
    speech = Speech(language, guest.book.timezone)
    said = request.GET.get("said", "")
    told = filed(guest, speech)
    page = {
        **page_of(guest, speech),
        "speech": speech,
        "lang": language,
        "asked_lang": request.GET.get("lang", ""),
        "form_token": secrets.token_urlsafe(9),
        "notice": speech.say(notice) if notice else "",
        "leave_url": _leave_url(request, guest),
        "person_url": _person_url(request, guest),
        "said": speech.say(f"{said}.sent") if said in SAID else "",
        "claims": claimable(guest, speech),
        "filed": tuple(one for one in told if not one.refused),
        "refused": tuple(one for one in told if one.refused),
        "currency": guest.book.currency,
        "our_call": asked_about(guest, speech),
    }
    return render(request, "portal/case.html", page, status=status)


def _leave_url(request: HttpRequest, guest: Guest) -> str:
    """The way out of all offers, in the language the page is read in."""
    brand = guest.case.brand or next(iter(guest.book.brands), "")
    token = makegood_of(request).links.unsubscribe_token(guest.profile, brand, "mail")
    return reverse("portal:unsubscribe", args=[token])


def _person_url(request: HttpRequest, guest: Guest) -> str:
    """The way to who looks after them, where the book lets customers choose."""
    if not guest.library.now(guest.case.brand).people.choices:
        return ""
    token = makegood_of(request).links.person_token(guest.profile, "")
    return reverse("portal:person", args=[token])


@csrf_exempt
@require_POST
@by_link
def choose(request: HttpRequest, token: str) -> HttpResponse:
    guest = guest_of(request, token)
    offer = writable(request.POST.get("offer", ""), 80)
    if not offer:
        return _show(request, guest, notice="refused.choose_one", status=UNPROCESSABLE)
    return _do(request, guest, "choose", Chosen(case=guest.case.id, offer=offer))


@csrf_exempt
@require_POST
@by_link
def answer(request: HttpRequest, token: str) -> HttpResponse:
    guest = guest_of(request, token)
    good = request.POST.get("answer") == "good"
    body = Answered(case=guest.case.id, answer="good" if good else "not_yet")
    return _do(request, guest, "answer", body)


@csrf_exempt
@require_POST
@by_link
def write(request: HttpRequest, token: str) -> HttpResponse:
    guest = guest_of(request, token)
    text = writable(request.POST.get("text", ""), LONGEST_TEXT)
    if not text:
        return _show(request, guest, notice="refused.empty", status=UNPROCESSABLE)
    return _write(request, guest, "write", text)


@csrf_exempt
@require_POST
@by_link
def call_me(request: HttpRequest, token: str) -> HttpResponse:
    guest = guest_of(request, token)
    speech = Speech(language_of(request, guest.person))
    return _write(request, guest, "call", speech.say("call.text"))


@csrf_exempt
@require_POST
@by_link
def call_back(request: HttpRequest, token: str) -> HttpResponse:
    """Take what the customer wants of the calls that we owe; to them they are one."""
    guest = guest_of(request, token)
    sent = {name: request.POST.get(name, "") for name in ("none", "number", "from")}
    form = writable(request.POST.get("form", ""), 40) or secrets.token_urlsafe(9)
    outcomes = _wish(request, guest, sent, form)
    if outcomes == STALE:  # an old form with something else in it: that has not been said yet
        outcomes = _wish(request, guest, sent, secrets.token_urlsafe(9))
    if isinstance(outcomes, str):
        return _show(request, guest, notice=outcomes, status=UNPROCESSABLE)
    refused = [one for one in outcomes if isinstance(one, Refused)]
    wrong = next((_OF_A_CALL[it.code] for it in refused if it.code in _OF_A_CALL), "")
    if wrong or len(refused) == len(outcomes):
        now, notice = guest_of(request, token), wrong or "refused.other"
        return _show(request, now, notice=notice, status=UNPROCESSABLE)
    return redirect(_back(request, guest.token, "back"))


def _wish(
    request: HttpRequest, guest: Guest, sent: Mapping[str, str], form: str
) -> list[Acted | Refused] | str:
    """Ask it of each call that is owed; or give the phrase that says what is wrong, or `STALE`."""
    ref = f"portal:{guest.case.id}:back:{form}"
    wish = wish_in(guest, sent, ref)
    if isinstance(wish, str):
        return wish
    makegood, (body, number) = makegood_of(request), wish
    outcomes: list[Acted | Refused] = []
    for one in backs_owed(guest):
        outcome = makegood.acts.act(
            guest.customer,
            replace(body, call_back=one.id),
            CUSTOMER,
            message_id=f"{guest.case.id}:back:{form}:{one.id}",
            texts={ref: number} if number else {},
        )
        if isinstance(outcome, Acted) and outcome.repeated:
            with makegood.store.reading() as reading:
                if not is_kept(reading, one, wish):
                    return STALE
        outcomes.append(outcome)
    return outcomes


@csrf_exempt
@require_POST
@by_link
def again(request: HttpRequest, token: str) -> HttpResponse:
    """Take with one tap that the customer was asked for what we know already."""
    guest = guest_of(request, token)
    body = AskedAgain(case=guest.case.id, who="customer")
    return _do(request, guest, "again", body, said="again")


@csrf_exempt
@require_POST
@by_link
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """File what was spent; what is lacking is asked for."""
    guest = guest_of(request, token)
    values = {name: request.POST.get(name, "") for name in request.POST}
    read = read_claim(guest, values)
    if isinstance(read, Refused):
        return _refused(request, guest, read)
    return _once(request, guest, "claim", read)


@csrf_exempt
@require_POST
@by_link
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Appeal the no to a claim, once."""
    guest = guest_of(request, token)
    event = appealable(guest, request.POST.get("claim", ""))
    if event is None:
        return _show(request, guest, notice="refused.other", status=UNPROCESSABLE)
    return _once(request, guest, "appeal", Appealed(asked=event))


def _once(
    request: HttpRequest, guest: Guest, act: str, body: Requested | Appealed
) -> HttpResponse:
    """Do it once; the same form with something else in it is not taken for the first."""
    message_id = _message_id(request, guest, act)
    requests = makegood_of(request).requests
    outcome = requests.act(guest.customer, body, CUSTOMER, message_id=message_id)
    return _told(request, guest, outcome, said="claim")


def _refused(request: HttpRequest, guest: Guest, why: Refused) -> HttpResponse:
    notice = f"refused.{why.code}" if why.code in _REFUSALS else "refused.other"
    return _show(request, guest, notice=notice, status=UNPROCESSABLE)


def _write(request: HttpRequest, guest: Guest, act: str, text: str) -> HttpResponse:
    ref = f"portal:{_message_id(request, guest, act)}"
    body = Wrote(case=guest.case.id, text=ref)
    return _do(request, guest, act, body, texts={ref: text}, said=act)


@csrf_exempt
@require_POST
@by_link
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The page's script says that somebody really looks; told once for each case and failure."""
    guest = guest_of(request, token)
    message_id = f"{guest.case.id}:opened:{len(guest.case.failures)}"
    makegood_of(request).acts.act(
        guest.customer, Opened(case=guest.case.id), CUSTOMER, message_id=message_id
    )
    return HttpResponse(status=204)


def _message_id(request: HttpRequest, guest: Guest, act: str) -> str:
    form = writable(request.POST.get("form", ""), 40) or secrets.token_urlsafe(9)
    return f"{guest.case.id}:{act}:{form}"


def _do(
    request: HttpRequest,
    guest: Guest,
    act: str,
    body: Body,
    *,
    texts: Mapping[str, str] | None = None,
    said: str = "",
) -> HttpResponse:
    outcome = makegood_of(request).acts.act(
        guest.customer,
        body,
        CUSTOMER,
        message_id=_message_id(request, guest, act),
        texts=texts or {},
    )
    return _told(request, guest, outcome, said=said)


def _told(
    request: HttpRequest, guest: Guest, outcome: Acted | Refused, *, said: str
) -> HttpResponse:
    if isinstance(outcome, Refused):
        return _refused(request, guest, outcome)
    return redirect(_back(request, guest.token, said))


def _back(request: HttpRequest, token: str, said: str) -> str:
    asked = {"lang": request.GET.get("lang", ""), "said": said}
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value.isalpha())
    return reverse("portal:case", args=[token]) + (f"?{query}" if query else "")
