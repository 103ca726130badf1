"""Who leaves, who is put forward to their customers and why, and the calls of the three."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.queue import PAGE
from makegood.desk.team import team_shell
from makegood.desk.team_talks import place_of, read_place
from makegood.desk.tokens import new_token
from makegood.messages.errors import InputError
from makegood.messages.ids import RepId
from makegood.ports.rows import PersonRow
from makegood.ports.ties import MOST_TIES, Load, Tie, TieKind
from makegood.projections.likeness_words import likeness_words
from makegood.projections.roster import called, rep_name
from makegood.runtime.roster import moment_ms
from makegood.sources.limits import writable

UNPROCESSABLE = 422
NO_LOAD = Load()


@require_safe
@for_reps
def leaving(request: HttpRequest) -> HttpResponse:
    """Show who leaves, with their customers a page at a time."""
    with at_the_desk(request) as desk:
        page = _page(desk, request)
    return render(request, "desk/team_leaving.html", page)


def _page(desk: Desk, request: HttpRequest) -> dict[str, Any]:
    loads = desk.reading.loads()
    leavers = [row for row in desk.reps if row.left_ms]
    seen = [row for row in leavers if _serves(desk, row.brands)]
    wanted = RepId(writable(request.GET.get("rep", ""), 150))
    chosen = wanted if any(row.rep == wanted for row in seen) else RepId("")
    after = read_place(request.GET.get("after", ""))
    ties = desk.reading.ties(TieKind.LEAVING, rep=chosen, after=after, limit=PAGE)
    calls = desk.reading.ties(TieKind.MEETING, rep=desk.me.rep, limit=MOST_TIES)
    persons = desk.reading.persons(tuple({one.profile for one in (*ties, *calls)}))
    brands = {id_: it.name for id_, it in desk.makegood.book.brands.items()}
    mine = [one for one in (*ties, *calls) if desk.me.may_see(one.brand)]
    rows = {one.item: _row(desk, one, persons.get(one.profile), brands) for one in mine}
    return {
        **team_shell(desk, "leaving"),
        "leavers": [
            {
                "rep": row.rep,
                "name": row.name or row.rep,
                "leaves_ms": row.left_ms,
                "gone": row.has_left(desk.now_ms),
                "theirs": loads.get(row.rep, NO_LOAD).theirs,
                "asked": loads.get(row.rep, NO_LOAD).leaving,
                "is_chosen": row.rep == chosen,
            }
            for row in seen
        ],
        "rows": [rows[one.item] for one in ties if one.item in rows],
        "calls": [rows[one.item] for one in calls if one.item in rows],
        "chosen": rep_name(desk.reps, chosen) if chosen else "",
        "rep": chosen,
        "next": place_of(ties[-1]) if len(ties) == PAGE else "",
        "may": _may(desk),
        "zone": book_of(desk).timezone,
        "staff": [(row.rep, row.name or row.rep) for row in desk.reps if not row.left_ms],
        "token": new_token(),
    }


def _serves(desk: Desk, brands: tuple[str, ...]) -> bool:
    return not desk.me.brands or not brands or bool(set(brands) & set(desk.me.brands))


def _may(desk: Desk) -> bool:
    return desk.me.is_supervisor and not desk.me.brands


def _row(desk: Desk, tie: Tie, person: PersonRow | None, brands: dict[str, str]) -> dict[str, Any]:
    return {
        "customer": tie.customer,
        "name": called(person),
        "brand": tie.brand,
        "rep": tie.asked_for or tie.rep,
        "successor": tie.then,
        "successor_name": rep_name(desk.reps, tie.then) if tie.then else "",
        "why": likeness_words(tie.likeness, brands),
        "since_ms": tie.at_ms,
        "until_ms": tie.until_ms,
    }


@require_POST
@for_reps
def begin(request: HttpRequest) -> HttpResponse:
    """Write down when somebody leaves, or that they stay; a privileged act."""
    rep = RepId(writable(request.POST.get("rep", ""), 150))
    written = writable(request.POST.get("leaves", ""), 40).strip()
    stays = request.POST.get("stays") == "yes"
    with at_the_desk(request) as desk:
        if not _may(desk):
            raise PermissionDenied
        makegood, me, now_ms = desk.makegood, desk.me, desk.now_ms
        row = next((one for one in desk.reps if one.rep == rep), None)
        wrong = "" if row is not None else "Name somebody of the roster."
        leaves_ms = 0
        if row is not None and not stays:
            try:
                leaves_ms = moment_ms(written, row.timezone) if written else now_ms
            except InputError as error:
                wrong = str(error)
        if wrong:
            page = _page(desk, request) | {"wrong": wrong, "written": written}
            return render(request, "desk/team_leaving.html", page, status=UNPROCESSABLE)
    makegood.leavings.begin(rep, leaves_ms, me.rep)
    return redirect("desk:team-leaving")
