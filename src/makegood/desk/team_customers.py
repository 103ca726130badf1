"""Whose customers: a rep's book of business, who waits for room, and who is kept apart."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps, may_see_customer
from makegood.desk.customers import book_of, visible
from makegood.desk.person import take_back
from makegood.desk.queue import PAGE
from makegood.desk.team import team_shell
from makegood.desk.team_talks import place_of, read_place
from makegood.desk.tokens import message_id_of, new_token
from makegood.messages.ids import CustomerId, RepId
from makegood.ports.rows import RepRow
from makegood.ports.ties import Tie, TieKind
from makegood.projections.roster import called, rep_name
from makegood.runtime.rooms import NO_LOAD, room_of
from makegood.sources.limits import writable

_KINDS = {"": TieKind.THEIRS, "waiting": TieKind.WAITING}


@require_safe
@for_reps
def customers(request: HttpRequest) -> HttpResponse:
    """List the customers of one person: one's own, or for a supervisor anybody's."""
    with at_the_desk(request) as desk:
        row = _whose(desk, request.GET.get("rep", ""))
        list_ = request.GET.get("list", "")
        kind = _KINDS.get(list_, TieKind.THEIRS)
        after = read_place(request.GET.get("after", ""))
        found = desk.reading.ties(kind, rep=row.rep, after=after, limit=PAGE)
        load = desk.reading.loads([row.rep]).get(row.rep, NO_LOAD)
        page = {
            **team_shell(desk, "customers"),
            "whose": row.name or row.rep,
            "rep": row.rep,
            "is_me": row.rep == desk.me.rep,
            "rows": _rows(desk, found),
            "next": place_of(found[-1]) if len(found) == PAGE else "",
            "list": list_ if kind is TieKind.WAITING else "",
            "load": load,
            "room": room_of(row, book_of(desk).people),
            "covers": _covers(desk, row),
            "zone": book_of(desk).timezone,
            "reps": desk.reps if desk.me.is_supervisor and not desk.me.brands else (),
        }
    return render(request, "desk/team_customers.html", page)


def _whose(desk: Desk, asked: str) -> RepRow:
    """One's own row; anybody's for a supervisor who serves all their brands."""
    wanted = RepId(asked) or desk.me.rep
    row = next((one for one in desk.reps if one.rep == wanted), None)
    if wanted == desk.me.rep:
        return row or RepRow(rep=desk.me.rep, name=desk.me.name, role=desk.me.role)
    serves = row is not None and any(map(desk.me.may_see, row.brands or ("",)))
    if row is None or not desk.me.is_supervisor or not serves:
        raise Http404
    return row


def _covers(desk: Desk, row: RepRow) -> list[dict[str, Any]]:
    """For whom somebody stands in just now, and what they should know."""
    return [
        {"name": one.name or one.rep, "handover": one.handover, "until_ms": one.away_until_ms}
        for one in desk.reps
        if one.cover == row.rep and one.is_away(desk.now_ms)
    ]


def _rows(desk: Desk, ties: tuple[Tie, ...]) -> list[dict[str, Any]]:
    """Name the customers; those of other brands alone are counted and not named."""
    persons = desk.reading.persons(tuple({one.profile for one in ties}))
    cases = desk.reading.cases_of(tuple({one.customer for one in ties}))
    return [
        {
            "customer": one.customer,
            "name": called(persons.get(one.profile)),
            "brand": one.brand,
            "since_ms": one.at_ms,
            "open": any(case.customer == one.customer and case.is_open for case in cases),
        }
        for one in ties
        if may_see_customer(desk, one.customer, cases)
    ]


@require_safe
@for_reps
def apart(request: HttpRequest) -> HttpResponse:
    """List who is kept apart at a rep's wish, with the reason; what customers wished is theirs."""
    with at_the_desk(request) as desk:
        _supervise(desk)
        found = desk.reading.ties(
            TieKind.APART, after=read_place(request.GET.get("after", "")), limit=PAGE
        )
        theirs = [one for one in found if one.side == "rep"]
        persons = desk.reading.persons(tuple({one.profile for one in theirs}))
        texts = desk.reading.texts([one.why for one in theirs if one.why])
        page = {
            **team_shell(desk, "apart"),
            "rows": [
                {
                    "customer": one.customer,
                    "name": called(persons.get(one.profile)),
                    "rep": one.rep,
                    "rep_name": rep_name(desk.reps, one.rep),
                    "at_ms": one.at_ms,
                    "why": texts.get(one.why, ""),
                }
                for one in theirs
            ],
            "next": place_of(found[-1]) if len(found) == PAGE else "",
            "zone": book_of(desk).timezone,
            "token": new_token(),
        }
    return render(request, "desk/team_apart.html", page)


@require_POST
@for_reps
def back(request: HttpRequest) -> HttpResponse:
    """Take back what a rep wished."""
    customer = CustomerId(writable(request.POST.get("customer", ""), 80))
    rep = RepId(writable(request.POST.get("rep", ""), 150))
    with at_the_desk(request) as desk:
        _supervise(desk)
        visible(desk, customer)
        message_id = message_id_of(request, desk.me.rep, f"{customer}:{rep}:back")
    if take_back(desk, customer, rep, message_id) is not None:
        raise Http404
    return redirect("desk:team-apart")


def _supervise(desk: Desk) -> None:
    if not desk.me.is_supervisor or desk.me.brands:
        raise PermissionDenied
