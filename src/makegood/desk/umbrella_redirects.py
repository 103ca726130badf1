"""Redirects at the desk: which places were asked, who is on the way, and what was asked twice."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.umbrella import umbrella_shell
from makegood.ports.redirects import RedirectRow
from makegood.projections.roster import called, person_of

PAGE = 50
DAYS = 30  # a month, so that one bad evening is still seen
_DAY_MS = 86_400_000
_PILLS = {
    "asked": "warn", "accepted": "ok", "expected": "warn", "arrived": "ok", "refused": "alarm",
    "not_arrived": "alarm", "expired": "warn",
}  # fmt: skip
_SAYS = {
    "asked": "asked", "accepted": "said yes", "declined": "said no", "silent": "did not answer",
    "expired": "its yes ran out", "not_needed": "not needed", "expected": "on the way",
    "arrived": "arrived", "refused": "not taken in", "not_arrived": "did not arrive",
}  # fmt: skip


class Line(Struct, frozen=True, kw_only=True):
    """One place that was asked about one customer."""

    row: RedirectRow
    name: str
    says: str
    pill: str


class Twice(Struct, frozen=True, kw_only=True):
    """How often customers of a brand were asked for what we knew."""

    brand: str
    count: int


@require_safe
@for_reps
def redirects(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = _page(request, desk)
    return render(request, "desk/umbrella_redirects.html", page)


def _page(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    open_only = request.GET.get("show") != "all"
    rows = desk.reading.redirects(
        open_only=open_only, brands=desk.brands, after=_after(request), limit=PAGE
    )
    twice = _told_twice(desk)
    return {
        **umbrella_shell(desk, "redirects"),
        "zone": desk.makegood.book.timezone,
        "open_only": open_only,
        "lines": _lines(desk, rows),
        "next": f"{rows[-1].at_ms}.{rows[-1].row}" if len(rows) == PAGE else "",
        "twice": twice,
        "told_twice": sum(one.count for one in twice),
        "days": DAYS,
    }


def _told_twice(desk: Desk) -> tuple[Twice, ...]:
    counts = desk.reading.told_twice(desk.now_ms - DAYS * _DAY_MS)
    return tuple(
        Twice(brand=brand, count=count)
        for brand, count in sorted(counts.items())
        if desk.me.may_see(brand)
    )


def _lines(desk: Desk, rows: tuple[RedirectRow, ...]) -> tuple[Line, ...]:
    """Name the customers; three statements for a page, whatever its length."""
    customers = sorted({row.customer for row in rows})
    profiles = desk.reading.profiles_of(customers) if customers else {}
    everyone = [one for group in profiles.values() for one in group]
    persons = desk.reading.persons(everyone) if everyone else {}
    names = {
        customer: called(person_of([persons[one] for one in group if one in persons]))
        for customer, group in profiles.items()
    }
    return tuple(
        Line(
            row=row,
            name=names.get(row.customer, "A customer without a name"),
            says=_SAYS.get(row.status, row.status),
            pill=_PILLS.get(row.status, ""),
        )
        for row in rows
    )


def _after(request: HttpRequest) -> tuple[int, str] | None:
    at, _, row = request.GET.get("after", "").partition(".")
    is_number = at.isascii() and at.isdigit() and len(at) < 16
    return (int(at), row[:80]) if is_number and row.isascii() else None
