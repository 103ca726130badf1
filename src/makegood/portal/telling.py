"""Tell us what went wrong: open to everybody, believed once the address is shown to be theirs.

Nothing is stored before the link in the mail is followed: the story travels in the link, sealed.
The answer is the same for addresses we know and for those we do not.
"""

import hashlib
import logging
import re
import smtplib
from typing import Any

from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.forms import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from makegood.bootstrap import Makegood
from makegood.messages.facts import FailureRaised
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, ProfileId, profile_id
from makegood.playbooks.terms import Brand
from makegood.portal.guests import makegood_of
from makegood.portal.rates import PER_ADDRESS, PER_RECIPIENT, address_of, is_within
from makegood.portal.sealed import Sealed
from makegood.portal.speech import Speech, language_of
from makegood.portal.views import CUSTOMER, UNPROCESSABLE, by_link
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import PersonRow
from makegood.sources.limits import writable

_LOG = logging.getLogger("makegood.portal")
LONGEST_STORY = 1000  # it has to fit into a link
# The log keeps what it is about for ever: a number of a booking, never somebody's sentence.
_BOOKING = re.compile(r"(?=.*[0-9])[A-Za-z0-9#/_-]{1,40}")
LINK_MS = 2 * 86_400_000
SOURCE = "makegood:portal"
TOO_MANY = 429


class Told(Struct, frozen=True, kw_only=True):
    """What somebody wrote into the form."""

    email: str
    about: str
    words: str
    language: str = ""


class _Story(Struct, frozen=True, array_like=True):
    """What the link in the mail carries."""

    brand: str
    email: str
    about: str
    words: str


def _sealed(makegood: Makegood) -> Sealed:
    return Sealed(makegood.settings.key, "tell")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest, brand: str) -> HttpResponse:
    """Show the form; sending it sends a mail to the address given, and does nothing else."""
    spoken_by = _brand(request, brand)
    language = language_of(request)
    speech = Speech(language)
    page: dict[str, Any] = {
        "speech": speech,
        "lang": language,
        "brand": spoken_by.name,
        "brand_id": spoken_by.id,
        "written": request.POST,
        "longest": LONGEST_STORY,
    }
    if request.method != "POST":
        return render(request, "portal/tell.html", page)
    told = _read(request)
    wrong = _wrong(told)
    if wrong:
        page["notice"] = speech.say(wrong)
        return render(request, "portal/tell.html", page, status=UNPROCESSABLE)
    if not _may_ask(request, told):
        page["title"], page["says"] = speech.say("tell.slow_title"), speech.say("tell.slow")
        return render(request, "portal/said.html", page, status=TOO_MANY)
    # Whoever fills the field that nobody sees is a program: it reads the same page as a person.
    if not request.POST.get("website") and not _send(request, spoken_by, told, speech):
        page["notice"] = speech.say("tell.mail_failed")
        return render(request, "portal/tell.html", page, status=503)
    page["title"], page["says"] = speech.say("tell.sent_title"), speech.say("tell.sent")
    return render(request, "portal/said.html", page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show once more what was written; one click makes it a failure that is taken care of."""
    makegood = makegood_of(request)
    story = _sealed(makegood).open(token, makegood.clock.now_ms(), LINK_MS, _Story)
    spoken_by = _brand(request, story.brand)
    speech = Speech(language_of(request))
    page = {
        "speech": speech,
        "lang": speech.language,
        "brand": spoken_by.name,
        "words": story.words,
        "about": story.about,
    }
    if request.method != "POST":
        return render(request, "portal/confirm.html", page)
    told = Told(email=story.email, about=story.about, words=story.words, language=speech.language)
    _raise(makegood, spoken_by, told, token)
    page["title"] = speech.say("tell.thanks_title")
    page["says"] = speech.say("tell.thanks", brand=spoken_by.name)
    return render(request, "portal/said.html", page)


def _brand(request: HttpRequest, brand: str) -> Brand:
    library = makegood_of(request).library
    known = library.books[library.active].brands.get(brand)
    if known is None:
        raise Http404
    return known


def _read(request: HttpRequest) -> Told:
    about = writable(request.POST.get("about", ""), 80)
    words = writable(request.POST.get("words", ""), LONGEST_STORY)
    if about and words and not _BOOKING.fullmatch(about):
        about, words = "", f"{about}: {words}"[:LONGEST_STORY]
    return Told(
        email=writable(request.POST.get("email", ""), 254),
        about=about,
        words=words,
    )


def _wrong(told: Told) -> str:
    try:
        validate_email(told.email)
    except ValidationError:
        return "tell.wrong_email"
    return "" if told.words else "tell.wrong_words"


def _may_ask(request: HttpRequest, told: Told) -> bool:
    key = makegood_of(request).settings.key
    recipient = profile_id(normal(f"email:{told.email}"), key)
    return is_within(PER_ADDRESS, address_of(request)) and is_within(PER_RECIPIENT, recipient)


def _send(request: HttpRequest, brand: Brand, told: Told, speech: Speech) -> bool:
    makegood = makegood_of(request)
    story = _Story(brand.id, told.email, told.about, told.words)
    token = _sealed(makegood).seal(story, makegood.clock.now_ms())
    base = makegood.settings.base_url.rstrip("/")
    link = f"{base}{reverse('portal:confirm', args=[token])}?lang={speech.language}"
    mail = EmailMessage(
        subject=speech.say("tell.subject", brand=brand.name),
        body=speech.say("tell.mail", brand=brand.name, link=link),
        from_email=f"{brand.name} <{brand.sender}>",
        to=[told.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as fault:
        # Without its words: a mail server's refusal names the address.
        kind = type(fault).__name__
        _LOG.error("the mail that verifies a told failure could not be sent: %s", kind)
        return False
    return True


def _raise(makegood: Makegood, brand: Brand, told: Told, token: str) -> None:
    """File it with the one customer who has this address, else with the address itself."""
    digest = hashlib.blake2b(token.encode(), digest_size=16)
    message_id = f"told:{digest.hexdigest()}"
    ref = f"portal:{message_id}"
    body = FailureRaised(failure="other", about=told.about, brand=brand.id, words=ref)
    identifier = normal(f"email:{told.email}")
    customer = _customer_of(makegood, identifier)
    if customer is not None:
        makegood.acts.act(customer, body, CUSTOMER, message_id=message_id, texts={ref: told.words})
        return
    arrival = Arrival(
        source=SOURCE,
        message_id=message_id,
        identifier=identifier,
        time_ms=makegood.clock.now_ms(),
        body=body,
        body_digest=digest.digest(),
        person=PersonRow(profile=ProfileId(""), email=told.email, language=told.language),
        texts={ref: told.words},
    )
    makegood.intake.take([arrival])


def _customer_of(makegood: Makegood, identifier: str) -> CustomerId | None:
    with makegood.store.reading() as reading:
        found = reading.gate_records(profile_id(identifier, makegood.settings.key))
    customers = {record.customer for record in found}
    return customers.pop() if len(customers) == 1 else None
