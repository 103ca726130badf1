"""The roster on the desk: everybody's row for a supervisor, and one's own for each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import UNPROCESSABLE, book_of
from makegood.desk.team import never_there, team_shell
from makegood.messages.errors import InputError
from makegood.ports.rows import RepRow
from makegood.projections.hours import language_words
from makegood.projections.roster import rep_name
from makegood.runtime.rooms import NO_LOAD, room_of
from makegood.runtime.roster import FIELDS, OWN, Firm, Wrong
from makegood.sources.limits import writable

PAGE = 50
MOST_BYTES = 2_000_000
LABELS: Mapping[str, tuple[str, str]] = {
    "name": ("Name", "What customers read."),
    "role": ("Role", "As the rule book's authority calls it."),
    "brands": ("Brands", "Ids with commas between; empty for all."),
    "hours": ("Hours", "mon-fri 08:00-18:00; sat 09:00-13:00. Empty: as the rule book says."),
    "timezone": ("Time zone", "Europe/Berlin, say."),
    "languages": ("Languages", "en, de, es"),
    "capacity": ("Customers at most", "Empty for what the rule book says; 0 for nobody."),
    "most_cases": ("Busy with so many open cases", "Empty for what the rule book says."),
    "away_from": ("Away from", "The time is where they work."),
    "away_until": ("Back at", "Empty while nobody knows."),
    "cover": ("Covered by", "Who looks after the customers meanwhile."),
    "busy_until": ("Busy until", "In a conversation till then."),
    "left": ("Left the firm on", "Empty while they work here."),
    "line": ("Mail addresses called off", "One more makes a new address; the old one ends."),
    "handover": ("What the cover should know", "Only your cover and supervisors read this."),
    "email": ("Mail address", "Where the firm writes to them; customers never see it."),
    "supervisor": ("Supervisor", "Who calls back when a call of theirs went wrong."),
    "words": ("About oneself", "What customers who choose read."),
}
_LONG = ("handover", "words")
_MOMENTS = {"away_from": "away_from_ms", "away_until": "away_until_ms",
            "busy_until": "busy_until_ms", "left": "left_ms"}  # fmt: skip


@require_safe
@for_reps
def roster(request: HttpRequest) -> HttpResponse:
    """List the roster by sign-in name."""
    return _list(request)


def _list(request: HttpRequest, wrong: tuple[Wrong, ...] = (), status: int = 200) -> HttpResponse:
    with at_the_desk(request) as desk:
        after = request.GET.get("after", "")
        shown = [one for one in desk.reps if one.rep > after and _may_look(desk, one)]
        rules, loads = book_of(desk).people, desk.reading.loads()
        page = {
            **team_shell(desk, "roster"),
            **never_there(desk),
            "rows": [
                {
                    "row": one,
                    "languages": language_words(one.languages, "en"),
                    "cover": rep_name(desk.reps, one.cover) if one.cover else "",
                    "room": room_of(one, rules),
                    "load": loads.get(one.rep, NO_LOAD),
                    "away": one.is_away(desk.now_ms),
                    "left": one.has_left(desk.now_ms),
                    "may_edit": _may_edit(desk, one),
                }
                for one in shown[:PAGE]
            ],
            "next": shown[PAGE - 1].rep if len(shown) > PAGE else "",
            "may_import": _supervises_all(desk),
            "columns": ", ".join(FIELDS),
            "wrong": wrong[:20],
            "more_wrong": max(len(wrong) - 20, 0),
        }
    return render(request, "desk/team_roster.html", page, status=status)


def _supervises_all(desk: Desk) -> bool:
    return desk.me.is_supervisor and not desk.me.brands


def _may_look(desk: Desk, row: RepRow) -> bool:
    own = row.rep == desk.me.rep or not row.brands
    return own or any(map(desk.me.may_see, row.brands))


def _may_edit(desk: Desk, row: RepRow) -> bool:
    """Each their own row; a supervisor everybody's, one of some brands those of these alone."""
    if row.rep == desk.me.rep:
        return True
    theirs = bool(row.brands) and set(row.brands) <= set(desk.me.brands)
    return desk.me.is_supervisor and (not desk.me.brands or theirs)


def _fields_for(desk: Desk, row: RepRow) -> tuple[str, ...]:
    """What somebody may change: each a little of their own, a supervisor of all brands all."""
    if _supervises_all(desk):
        return FIELDS
    if desk.me.is_supervisor and row.rep != desk.me.rep:
        return tuple(name for name in FIELDS if name not in ("role", "brands"))
    return OWN


def _firm(desk: Desk) -> Firm:
    book = book_of(desk)
    return Firm(
        brands=tuple(book.brands),
        roles=tuple(book.authority_cents),
        reps=tuple(row.rep for row in desk.reps),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_reps
def row(request: HttpRequest, rep: str) -> HttpResponse:
    """Show one row, or change it."""
    with at_the_desk(request) as desk:
        one = next((it for it in desk.reps if it.rep == rep), None)
        if one is None and rep == desk.me.rep:
            one = RepRow(rep=desk.me.rep, name=desk.me.name, role=desk.me.role)
        if one is None or not _may_look(desk, one):
            raise Http404
        if not _may_edit(desk, one):
            raise PermissionDenied
        names, firm, makegood, me = _fields_for(desk, one), _firm(desk), desk.makegood, desk.me
    if request.method != "POST":
        return _form(request, one, names, {}, ())
    values = {name: request.POST.get(name, "") for name in names if name in request.POST}
    wrong = makegood.roster.change(one.rep, values, firm, me.rep)
    if wrong:
        return _form(request, one, names, values, wrong)
    messages.success(request, f"What you wrote of {one.name or one.rep} is kept.")
    return redirect("desk:team-roster-row", rep=one.rep)


def _form(
    request: HttpRequest,
    one: RepRow,
    names: tuple[str, ...],
    values: Mapping[str, str],
    wrong: tuple[Wrong, ...],
) -> HttpResponse:
    by_name = {each.field: each.why for each in wrong}
    with at_the_desk(request) as desk:
        fields: list[dict[str, Any]] = [
            {
                "name": name,
                "label": LABELS[name][0],
                "hint": LABELS[name][1],
                "value": values.get(name, _typed(one, name)),
                "moment": name in _MOMENTS and name not in by_name,
                "choices": _covers(desk, one) if name in ("cover", "supervisor") else (),
                "wrong": by_name.get(name, ""),
                "long": name in _LONG,
            }
            for name in names
        ]
        page: dict[str, Any] = {
            **team_shell(desk, "roster"),
            "row": one,
            "fields": fields,
            "is_me": one.rep == desk.me.rep,
        }
    status = UNPROCESSABLE if wrong else 200
    return render(request, "desk/team_roster_row.html", page, status=status)


def written(row: RepRow, name: str) -> str:
    """Write a field as the form and a file have it."""
    value = getattr(row, _MOMENTS.get(name, name))
    if name in _MOMENTS:
        return _moment(value, row.timezone)
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None or (name in ("most_cases", "line") and not value) else str(value)


def _typed(row: RepRow, name: str) -> str:
    """Write a field as its input takes it: a moment always with its time."""
    value = written(row, name)
    return f"{value}T00:00" if name in _MOMENTS and value and "T" not in value else value


def _covers(desk: Desk, row: RepRow) -> list[tuple[str, str]]:
    """Who can stand in, by name, and whoever is named already."""
    found = [
        (one.name or one.rep, one.rep)
        for one in desk.reps
        if one.rep in (row.cover, row.supervisor)
        or (one.rep != row.rep and not one.has_left(desk.now_ms))
    ]
    return [(rep, name) for name, rep in sorted(found)]


def _moment(at_ms: int, timezone: str) -> str:
    if not at_ms:
        return ""
    try:
        there = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(timezone))
    except (KeyError, ValueError, OSError):
        there = datetime.fromtimestamp(at_ms / 1000, ZoneInfo("UTC"))
    plain = there.replace(tzinfo=None, microsecond=0)
    midnight = plain.time() == datetime.min.time()
    return plain.date().isoformat() if midnight else plain.isoformat(timespec="minutes")


@require_POST
@for_reps
def take(request: HttpRequest) -> HttpResponse:
    """Take a file of rows: all of it, or nothing and every mistake."""
    with at_the_desk(request) as desk:
        if not _supervises_all(desk):
            raise PermissionDenied
        firm, makegood, me = _firm(desk), desk.makegood, desk.me
    try:
        text = _text(request)
    except InputError as error:
        return _list(request, (Wrong(field="file", why=str(error)),), UNPROCESSABLE)
    count, wrong = makegood.roster.take(text, firm, me.rep)
    if wrong:
        return _list(request, wrong, UNPROCESSABLE)
    messages.success(request, f"{count} rows were changed.")
    return redirect("desk:team-roster")


def _text(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return writable(request.POST.get("text", ""), MOST_BYTES)
    if (file.size or 0) > MOST_BYTES:
        raise InputError("The file is larger than 2 MB; send it in parts.")
    try:
        return bytes(file.read()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("The file is not in UTF-8; save it as CSV UTF-8.") from error
