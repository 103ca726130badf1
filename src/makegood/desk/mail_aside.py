"""Mails that nobody could file: why, from whom, when; take one again, file it, throw it away."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.connections import connections_shell, must_connect
from makegood.desk.customers import visible
from makegood.desk.files import kept_file
from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId
from makegood.playbooks.spans import DAY_MS
from makegood.ports.acts import Act
from makegood.ports.unfit import Unfit
from makegood.runtime.erasing import EMAIL
from makegood.runtime.mail_aside import SOURCE, is_text, raw_of
from makegood.runtime.noting import note
from makegood.runtime.raising import customer_meant

PAGE = 25
_SHOWN = 4_000
_PLACE = re.compile(r"([0-9]{1,15})\.([0-9a-z]{16,64})")
_FROM = re.compile(r"(?im)^from:[ \t]{0,9}([^\r\n]{1,200})")
_TOO_LONG = "Only its beginning is kept: take it from the mailbox, by `makegood mail take`."


class AsideShown(Struct, frozen=True, kw_only=True):
    """A mail as the list shows it.

    Attributes:
        sender: Whom it says to be from; empty when it does not, or nothing of it is kept.
        is_whole: It is kept byte for byte, so that it can be taken again.
    """

    row: Unfit
    sender: str
    begins: str
    is_whole: bool


@never_cache
@require_safe
@for_reps
def aside(request: HttpRequest) -> HttpResponse:
    """List them, the newest first."""
    place = _PLACE.fullmatch(request.GET.get("after", ""))
    after = (int(place[1]), place[2]) if place else None
    with at_the_desk(request) as desk:
        must_connect(desk)
        rows = desk.reading.unfit(SOURCE, after=after, limit=PAGE + 1)
        page = {
            **connections_shell(desk, "aside"),
            "zone": desk.makegood.book.timezone,
            "rows": [_shown(row) for row in rows[:PAGE]],
            "days": desk.makegood.book.letters.set_aside_ms // DAY_MS,
            "older": f"{rows[PAGE - 1].at_ms}.{rows[PAGE - 1].id}" if len(rows) > PAGE else "",
        }
    return render(request, "desk/mail_aside.html", page)


@never_cache
@require_safe
@for_reps
def whole(request: HttpRequest, mail: str) -> HttpResponse:
    """Give one as it came, to be saved: its beginning may say too little to judge it."""
    with at_the_desk(request) as desk:
        must_connect(desk)
        row = desk.reading.unfit_row(mail[:64])
        files = desk.makegood.post.files
    raw = raw_of(row, files) if row is not None and row.source == SOURCE else None
    if row is None or raw is None:
        raise Http404
    return kept_file(raw, f"{row.id}.eml", is_shown=False)


@require_POST
@for_reps
def again(request: HttpRequest) -> HttpResponse:
    """Take one as if it came just now: what stood in its way may be gone."""
    row, makegood, who = _wanted(request)
    raw = raw_of(row, makegood.post.files)
    if raw is None:
        messages.error(request, _TOO_LONG)
        return redirect("desk:mail-aside")
    took = makegood.post.room.take(raw)
    if took.became == "set aside":
        messages.error(request, f"It still cannot be filed. {took.why}")
        return redirect("desk:mail-aside")
    _done(makegood, row, Act(what="mail.filed", at_ms=0, who=who, about=took.customer))
    messages.info(request, f"It was {took.became}. {took.why}")
    return redirect("desk:mail-aside")


@require_POST
@for_reps
def file(request: HttpRequest) -> HttpResponse:
    """File one with the customer whom a person names."""
    row, makegood, who = _wanted(request)
    raw = raw_of(row, makegood.post.files)
    try:
        if raw is None:
            raise InputError(_TOO_LONG)
        named, customer = _customer(request, makegood)
        address = named.removeprefix(EMAIL) if named.startswith(EMAIL) else ""
        took = makegood.post.room.file(raw, customer, address)
    except InputError as error:
        messages.error(request, str(error))
        return redirect("desk:mail-aside")
    if took.became != "taken":
        messages.error(request, took.why)
        return redirect("desk:mail-aside")
    _done(makegood, row, Act(what="mail.filed", at_ms=0, who=who, about=customer))
    return redirect("desk:customer", customer_id=customer)


@require_POST
@for_reps
def discard(request: HttpRequest) -> HttpResponse:
    """Throw one away."""
    row, makegood, who = _wanted(request)
    _done(makegood, row, Act(what="mail.discarded", at_ms=0, who=who, about=row.id))
    messages.info(request, "It was thrown away.")
    return redirect("desk:mail-aside")


def _wanted(request: HttpRequest) -> tuple[Unfit, Makegood, str]:
    """Find the mail that a form is about; what is of no mail is not for this page."""
    with at_the_desk(request) as desk:
        must_connect(desk)
        row = desk.reading.unfit_row(request.POST.get("mail", "")[:64])
        if row is None or row.source != SOURCE:
            raise Http404
        return row, desk.makegood, desk.me.rep


def _customer(request: HttpRequest, makegood: Makegood) -> tuple[str, CustomerId]:
    """Find the customer whom a person named, if they may see that one; give how they did."""
    said = request.POST.get("customer", "").strip()[:200]
    named = normal(said if ":" in said else f"{EMAIL}{said}")
    customer = customer_meant(makegood.store, makegood.intake, named)
    if customer is None:
        raise InputError("No one customer is known by that: write an address, or user:42.")
    with at_the_desk(request) as desk:
        visible(desk, customer)
    return named, customer


def _done(makegood: Makegood, row: Unfit, act: Act) -> None:
    with makegood.store.writing() as writing:
        if writing.erase_unfit([row.id]):
            note(writing, replace(act, at_ms=makegood.clock.now_ms()))
    makegood.post.sweep()


def _shown(row: Unfit) -> AsideShown:
    head = row.record.replace("\r\n", "\n").partition("\n\n")[0]
    sender = _FROM.search(head)
    return AsideShown(
        row=row,
        sender=sender[1].strip() if sender else "",
        begins=row.record[:_SHOWN],
        is_whole=bool(row.file) or is_text(row),
    )
