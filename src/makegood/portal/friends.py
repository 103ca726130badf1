"""The forwardable link: whoever comes by it counts once, and learns nothing about who sent it."""

import secrets
from hashlib import blake2b

from django.conf import settings
from django.core.validators import validate_email
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from makegood.messages.facts import Identified, Referred
from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.portal.guests import makegood_of
from makegood.portal.rates import PER_FRIEND, address_of, is_within
from makegood.portal.speech import Speech, language_of
from makegood.portal.views import CUSTOMER, NOT_FOUND, UNPROCESSABLE, bad_link, by_link
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import PersonRow
from makegood.sources.limits import writable

COOKIE = "makegood_friend"
COOKIE_SECONDS = 365 * 86_400  # as long as the link itself
SOURCE = "makegood:portal"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def friend(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a friend passed on; sending the form makes the visitor somebody we know."""
    makegood = makegood_of(request)
    profile, case = makegood.links.read_referral(token)
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        row = reading.case(case)
    if customer is None or row is None or row.customer != customer:
        return bad_link(request, "forged", NOT_FOUND)
    visitor = _visitor(request)
    language = language_of(request)
    speech = Speech(language)
    status, notice, joined = 200, "", False
    if request.method == "POST":
        notice = _join(request, customer, case, visitor, language)
        joined, status = not notice, UNPROCESSABLE if notice else 200
    book = makegood.library.books[makegood.library.active]
    page = {
        "speech": speech,
        "lang": language,
        "brand": book.brands[row.brand].name if row.brand in book.brands else book.umbrella,
        "token": token,
        "notice": speech.say(notice) if notice else "",
        "joined": joined,
        "written": request.POST,
    }
    response = render(request, "portal/friend.html", page, status=status)
    response.set_signed_cookie(
        COOKIE, visitor, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@csrf_exempt
@require_POST
@by_link
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """The page's script says that somebody really looks; without our cookie nobody does."""
    makegood = makegood_of(request)
    profile, case = makegood.links.read_referral(token)
    visitor = request.get_signed_cookie(COOKIE, default="", max_age=COOKIE_SECONDS)
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
    if visitor and customer is not None and is_within(PER_FRIEND, address_of(request)):
        _refer(request, customer, case, visitor, joined=False)
    return HttpResponse(status=204)


def _visitor(request: HttpRequest) -> str:
    known = request.get_signed_cookie(COOKIE, default="", max_age=COOKIE_SECONDS)
    return known or secrets.token_urlsafe(12)


def _refer(
    request: HttpRequest, customer: CustomerId, case: CaseId, visitor: str, *, joined: bool
) -> None:
    body = Referred(case=case, visitor=visitor, joined=joined)
    message_id = f"{case}:friend:{visitor}:{'joined' if joined else 'seen'}"
    makegood_of(request).acts.act(customer, body, CUSTOMER, message_id=message_id)


def _join(
    request: HttpRequest, customer: CustomerId, case: CaseId, visitor: str, language: str
) -> str:
    """Take the friend's own details in; give what was wrong, or nothing."""
    email = writable(request.POST.get("email", ""), 254)
    try:
        validate_email(email)
    except ValidationError:
        return "tell.wrong_email"
    if not is_within(PER_FRIEND, address_of(request)):
        return "tell.slow"
    makegood = makegood_of(request)
    message_id = f"{case}:friend:{visitor}:known"
    arrival = Arrival(
        source=SOURCE,
        message_id=message_id,
        identifier=f"anon:{visitor}",
        time_ms=makegood.clock.now_ms(),
        body=Identified(),
        body_digest=blake2b(email.casefold().encode(), digest_size=16).digest(),
        # No look-up: nobody has shown that the address is theirs, so it finds nobody yet.
        person=PersonRow(
            profile=ProfileId(""),
            name=writable(request.POST.get("name", ""), 100),
            email=email,
            language=language,
        ),
    )
    makegood.intake.take([arrival])
    _refer(request, customer, case, visitor, joined=True)
    return ""
