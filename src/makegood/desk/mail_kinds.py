"""The kinds of mail that passed the gate; one click says what a kind is that nobody knows."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.connections import connections_shell, must_connect
from makegood.desk.queue import PAGE
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError
from makegood.playbooks.book import RuleBook
from makegood.projections.mail_kinds import kinds_shown
from makegood.projections.roster import rep_name

CHOICES = (
    MessageClass.PROMOTIONAL, MessageClass.SURVEY, MessageClass.MIXED, MessageClass.SERVICE,
    MessageClass.RECEIPT,
)  # fmt: skip
_NOBODY_KNOWS = ""
_PLACE = re.compile(r"([0-9]{1,15})\.([0-9a-z_:]{1,160})")


@require_safe
@for_reps
def kinds(request: HttpRequest) -> HttpResponse:
    """List the kinds of mail, those that wait for a person unless all are wanted."""
    shows_all = request.GET.get("show") == "all"
    with at_the_desk(request) as desk:
        must_connect(desk)
        found = desk.reading.mail_kinds(
            waiting_only=not shows_all, after=_after(request.GET.get("after", "")), limit=PAGE
        )
        book = desk.makegood.library.now()
        rows = [
            (row, rep_name(desk.reps, row.said_by), _brand(book, row.brand), terms)
            for row in kinds_shown(desk.reading, found)
            for terms in (book.outgoing_of(row.brand),)
        ]
        page = {
            **connections_shell(desk, "mail"),
            "zone": book.timezone,
            "rows": rows,
            "choices": CHOICES,
            "shows_all": shows_all,
            "waiting": desk.reading.mail_kinds_waiting(),
            "next": f"{found[-1].last_ms}.{found[-1].kind}" if len(found) == PAGE else "",
            "is_none_yet": not rows
            and not desk.reading.mail_kinds(waiting_only=False, after=None, limit=1),
            "is_first": not request.GET.get("after"),
        }
    return render(request, "desk/mail_kinds.html", page)


@require_POST
@for_reps
def decide(request: HttpRequest) -> HttpResponse:
    """Write down what a kind of mail is; it counts from the next mail on."""
    kind, wanted = request.POST.get("kind", ""), request.POST.get("class", _NOBODY_KNOWS)
    with at_the_desk(request) as desk:
        must_connect(desk)
    if wanted and wanted not in CHOICES:
        raise Http404
    said = MessageClass(wanted) if wanted else None
    try:
        row = desk.makegood.mail_kinds.decide(kind, said, desk.me.rep)
    except InputError as error:
        messages.error(request, str(error))
    else:
        if row is None:
            raise Http404
        messages.info(request, _told(said))
    shows_all = "?show=all" if request.POST.get("show") == "all" else ""
    return redirect(reverse("desk:mail-kinds") + shows_all)


def _brand(book: RuleBook, brand: str) -> str:
    known = book.brands.get(brand)
    return known.name if known else brand


def _told(said: MessageClass | None) -> str:
    if said is None:
        return "Taken back. Such mails are judged by their signs again, from the next one on."
    return f"From the next one on, such mails are {said.value}. You can change that under All."


def _after(text: str) -> tuple[int, str] | None:
    place = _PLACE.fullmatch(text)
    return (int(place[1]), place[2]) if place else None
