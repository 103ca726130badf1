"""The demo's own pages. They exist only while the demo is served: no deployment has them."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from makegood.demo.car import ANA, KATHY
from makegood.demo.served_page import HINTS, buttons_of, clock_text, scene_of
from makegood.demo.served_stage import current
from makegood.demo.served_storm import news
from makegood.demo.story import Moment
from makegood.demo.story_missing_car import story_of
from makegood.messages.money import Money
from makegood.projections.figures import clock_words, day_words, moment_words, money_words

_NOTHING_NEW = 204
_LINK = re.compile(r"https?://[^\s<>]+")
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The whole stage on one page."""
    parts = {**_strip(), **_letters(), **_twice(), "storm": news()}
    return render(request, "demo/page.html", parts)


@require_safe
def part(request: HttpRequest, name: str) -> HttpResponse:
    """One part of the page, when it has changed since the visitor's copy."""
    made = {"strip": _strip, "mailbox": _letters, "twice": _twice, "storm": _storm}.get(name)
    if made is None:
        raise Http404
    content = render(request, f"demo/_{name}.html", made())
    version = hashlib.sha256(_without_secrets(content.content)).hexdigest()[:12]
    if request.GET.get("v") == version:
        return HttpResponse(status=_NOTHING_NEW)
    return render(request, "demo/part.html", {"name": name, "v": version, **made()})


def _without_secrets(content: bytes) -> bytes:
    """The form's token is another one at each look."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", content)


@require_POST
def do(request: HttpRequest, act: str) -> HttpResponse:  # noqa: ARG001 - the form says nothing more
    """Press one of the buttons; one that can no longer be pressed changes nothing."""
    known = {button.act: button for button in buttons_of(scene_of(current()))}
    if act not in known:
        raise Http404
    if known[act].enabled:
        current().do(act)
    return redirect("demo:page")


@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """The customer's page once she has one; before that a quiet telephone."""
    stage = current()
    row = stage.car.row
    if row is None:
        return render(request, "demo/phone.html", {"name": ANA.name})
    return redirect(f"/c/{stage.makegood.links.portal_token(row.opener, row.case)}")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The desk for Kathy, who signs in with one click."""
    stage = current()
    if not request.user.is_authenticated:
        book = stage.makegood.book
        limit = money_words(Money(book.authority_cents[KATHY.role], book.currency))
        brand = book.brands[stage.car.day.brand].name
        words = {"rep": KATHY.name, "limit": limit, "brand": brand}
        return render(request, "demo/desk.html", words)
    row = stage.car.row
    return redirect("desk:queue") if row is None else redirect("desk:case", case_id=row.case)


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the rep of the story; nobody needs a password on this stage.

    Signing in changes the token of every form, so the whole page is drawn again.
    """
    login(request, User.objects.get(username=KATHY.rep), backend=_BACKEND)
    return redirect("demo:page")


def _strip() -> dict[str, Any]:
    stage = current()
    scene = scene_of(stage)
    return {
        "clock": clock_text(stage.car.clock.now_ms(), stage.makegood.book.timezone),
        "hint": HINTS[scene.turn],
        "turn": scene.turn,
        "buttons": buttons_of(scene),
    }


def _letters() -> dict[str, Any]:
    stage = current()
    zone, now_ms = stage.makegood.book.timezone, stage.car.clock.now_ms()
    letters = [
        (letter.at_ms, moment_words(letter.at_ms, now_ms, zone), letter, _linked(letter.text), "")
        for letter in stage.car.around.mailbox.letters
    ]
    stopped = [
        (one.at_ms, moment_words(one.at_ms, now_ms, zone), one.mail, _linked(one.mail.text), one)
        for one in stage.car.stopped
    ]
    mails = sorted((*letters, *stopped), key=lambda one: one[0], reverse=True)
    return {"mails": mails, "address": ANA.email}


def _linked(text: str) -> SafeString:
    """Make addresses in a plain text followable; our own open on the phone beside it."""
    ours = current().makegood.settings.base_url
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        target = escape(found[0].removeprefix(ours))
        link = f'<a href="{target}" target="phone">{escape(found[0])}</a>'
        parts += [escape(text[end : found.start()]), link]
        end = found.end()
    return mark_safe("".join((*parts, escape(text[end:]))))  # noqa: S308 - every part is escaped


def _twice() -> dict[str, Any]:
    stage = current()
    story = story_of(stage.car)
    return {
        "told": _dated(story.told, story.zone),
        "without": _dated(story.without, story.zone),
        "money": [(line, money_words(Money(line.cents, line.currency))) for line in story.money],
        "looked": story.looked,
        "joined": story.joined,
    }


def _dated(moments: Sequence[Moment], zone: str) -> list[tuple[str, str, Moment]]:
    return [(day_words(m.at_ms, zone), clock_words(m.at_ms, zone), m) for m in moments]


def _storm() -> dict[str, Any]:
    return {"storm": news()}
