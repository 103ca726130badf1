"""Walks at the desk: rank tonight's arrivals by harm, read the reasons, and decide who goes."""

import io
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.case import UNPROCESSABLE
from makegood.desk.umbrella import umbrella_shell
from makegood.messages.errors import InputError, Refused
from makegood.ports.redirects import WalkRow
from makegood.projections.roster import rep_name
from makegood.runtime.walks import IDENTIFIERS, read_arrivals, suggestion
from makegood.sources.limits import writable

PAGE = 25
_LARGEST = 1024 * 1024  # bytes of a list of arrivals
_LONGEST_WHY = 500


@require_safe
@for_reps
def walks(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = _page(request, desk)
    return render(request, "desk/umbrella_walks.html", page)


def _page(request: HttpRequest, desk: Desk, **more: object) -> dict[str, Any]:
    rows = desk.reading.walks(brands=desk.brands, after=_after(request), limit=PAGE)
    book = desk.makegood.book
    return {
        **umbrella_shell(desk, "walks"),
        "zone": book.timezone,
        "rows": rows,
        "next": f"{rows[-1].at_ms}.{rows[-1].walk}" if len(rows) == PAGE else "",
        "rules": tuple(book.walks.values()),
        "brands": [one for one in sorted(book.brands) if desk.me.may_see(one)],
        "columns": _columns(desk),
        "given": request.POST,
        **more,
    }


def _columns(desk: Desk) -> str:
    takes = {name for rule in desk.makegood.book.walks.values() for name in rule.takes}
    return ", ".join(("reservation", *IDENTIFIERS, "volunteer", *sorted(takes - {"reservation"})))


@require_POST
@for_reps
def rank(request: HttpRequest) -> HttpResponse:
    """Rank a list of arrivals; nobody is told anything."""
    brand = writable(request.POST.get("brand", ""), 64)
    with at_the_desk(request) as desk:
        if not brand or not desk.me.may_see(brand) or brand not in desk.makegood.book.brands:
            raise Http404
        makegood, by = desk.makegood, desk.me.rep
    need = request.POST.get("need", "")
    file = request.FILES.get("file")
    try:
        if file is None or file.size is None or file.size > _LARGEST:
            raise InputError("Choose a CSV file of at most 1 MB.")
        rule = makegood.walks.rule_of(writable(request.POST.get("rule", ""), 64), brand)
        text = file.read().decode("utf-8-sig")
        guests = read_arrivals(io.StringIO(text, newline=""), rule)
        count = int(need) if need.isascii() and need.isdigit() and len(need) < 6 else 0
        row = makegood.walks.propose(rule, guests, count, brand, by)
    except UnicodeDecodeError:
        return _not_ranked(request, "The file is not UTF-8.")
    except InputError as error:
        return _not_ranked(request, str(error))
    return redirect("desk:umbrella-walk", row.walk)


def _not_ranked(request: HttpRequest, why: str) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = _page(request, desk, refused=f"Nobody was ranked: {why}")
    return render(request, "desk/umbrella_walks.html", page, status=UNPROCESSABLE)


@require_safe
@for_reps
def walk(request: HttpRequest, walk_id: str) -> HttpResponse:
    """Show a ranking with its reasons, and what was decided."""
    with at_the_desk(request) as desk:
        page = _one(desk, walk_id)
    return render(request, "desk/umbrella_walk.html", page)


def _one(
    desk: Desk, walk_id: str, *, go: Collection[str] | None = None, **more: object
) -> dict[str, Any]:
    row = _row(desk, walk_id)
    profiles = [one.profile for one in row.walkers if one.profile]
    persons = desk.reading.persons(profiles) if profiles else {}
    first = set(suggestion(row) if go is None else go)
    return {
        **umbrella_shell(desk, "walks"),
        "zone": desk.makegood.book.timezone,
        "row": row,
        "title": _title(desk, row),
        "walkers": [
            {
                "one": one,
                "name": persons[one.profile].name if one.profile in persons else "",
                "first": one.arrival in first,
            }
            for one in row.walkers
        ],
        "decided_by": rep_name(desk.reps, row.decided_by) if row.decided_by else "",
        "ranked_by": rep_name(desk.reps, row.by) if row.by else "",
        "longest": _LONGEST_WHY,
        "written": "",
        **more,
    }


def _row(desk: Desk, walk_id: str) -> WalkRow:
    row = desk.reading.walk(walk_id)
    if row is None or not desk.me.may_see(row.brand):
        raise Http404
    return row


def _title(desk: Desk, row: WalkRow) -> str:
    rule = desk.makegood.library.now(row.brand).walks.get(row.rule)
    return rule.title if rule is not None else row.rule.replace("_", " ").capitalize()


@require_POST
@for_reps
def decide(request: HttpRequest, walk_id: str) -> HttpResponse:
    """Write down who goes; each of them has a case and a Plan B from now on."""
    with at_the_desk(request) as desk:
        _row(desk, walk_id)
        makegood, by = desk.makegood, desk.me.rep
    because = writable(request.POST.get("because", ""), _LONGEST_WHY)
    go = request.POST.getlist("go")
    done = makegood.walks.decide(walk_id, go, by, because)
    if isinstance(done, Refused):
        with at_the_desk(request) as desk:
            page = _one(desk, walk_id, refused=done.why, written=because, go=go)
        return render(request, "desk/umbrella_walk.html", page, status=UNPROCESSABLE)
    messages.info(request, "It is written down. Each of them has a case and a Plan B.")
    return redirect("desk:umbrella-walk", walk_id)


def _after(request: HttpRequest) -> tuple[int, str] | None:
    at, _, walk = request.GET.get("after", "").partition(".")
    is_number = at.isascii() and at.isdigit() and len(at) < 16
    return (int(at), walk[:80]) if is_number and walk.isascii() else None
