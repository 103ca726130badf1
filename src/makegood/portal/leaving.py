"""Unsubscribe: looking never does it, one click does (RFC 8058), and it can be taken back."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from makegood.core.holds import EVERYWHERE
from makegood.messages.errors import Refused
from makegood.messages.facts import Unsubscribed
from makegood.portal.guests import makegood_of
from makegood.portal.speech import Speech, language_of
from makegood.portal.views import CUSTOMER, NOT_FOUND, bad_link, by_link
from makegood.projections.roster import person_of

SCOPES = ("one", "brand", "all")


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
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        if customer is None:
            return bad_link(request, "forged", NOT_FOUND)
        profiles = reading.profiles_of([customer]).get(customer, (profile,))
        person = person_of(tuple(reading.persons(profiles).values()))
    language = language_of(request, person)
    speech = Speech(language)
    done = ""
    if request.method == "POST":
        again = request.POST.get("again") == "1"
        scope = request.POST.get("scope", "one")
        body = _wish(brand, channel, scope if scope in SCOPES else "one", again=again)
        outcome = makegood.acts.act(
            customer, body, CUSTOMER, message_id=f"leave:{secrets.token_urlsafe(12)}"
        )
        refused = isinstance(outcome, Refused)
        done = "refused.other" if refused else f"unsubscribe.{'undone' if again else 'done'}"
    book = makegood.library.books[makegood.library.active]
    page = {
        "speech": speech,
        "lang": language,
        "brand": book.brands[brand].name if brand in book.brands else book.umbrella,
        "channel": speech.say(f"channel.{channel if channel in ('mail', 'sms') else '*'}"),
        "done": done,
        "scope": request.POST.get("scope", "one"),
        "scopes": SCOPES,
    }
    return render(request, "portal/unsubscribe.html", page)


def _wish(brand: str, channel: str, scope: str, *, again: bool) -> Unsubscribed:
    if scope == "all":
        return Unsubscribed(brand=EVERYWHERE, channel=EVERYWHERE, again=again)
    if scope == "brand":
        return Unsubscribed(brand=brand, channel=EVERYWHERE, again=again)
    return Unsubscribed(brand=brand, channel=channel, again=again)
