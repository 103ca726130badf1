"""Letters to management: the list, each as it was sent, and what the next one would say."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.analytics.monday.weeks import week_named, week_of
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.feelings import feelings_shell
from makegood.playbooks.monday import LANGUAGES, MondayRule
from makegood.ports.monday import MondayLetter
from makegood.runtime.monday import Mondays

PAGE = 20
_PLACE = re.compile(r"([0-9]{1,15})~([a-z0-9_.\-W]{1,120})")


@require_safe
@for_reps
def letters(request: HttpRequest) -> HttpResponse:
    """List the letters that were written, the newest first, page by page."""
    found = _PLACE.fullmatch(request.GET.get("before", ""))
    before = (int(found[1]), found[2]) if found else None
    with at_the_desk(request) as desk:
        _must_supervise(desk)
        rows = desk.reading.mondays(among=audiences(desk), before=before, limit=PAGE + 1)
        shown = rows[:PAGE]
        page = {
            **feelings_shell(desk, "letters"),
            "letters": [_listed(desk, one) for one in shown],
            "next": "{}~{}".format(*shown[-1].key) if len(rows) > PAGE else "",
            "is_first": before is None,
            "rules": [one for one in _rules(desk) if may_read(desk, one.brands)],
            "zone": desk.makegood.book.timezone,
        }
    return render(request, "desk/monday_letters.html", page)


@require_safe
@for_reps
def letter(request: HttpRequest, letter_id: str) -> HttpResponse:
    """Show one letter as it was sent."""
    with at_the_desk(request) as desk:
        _must_supervise(desk)
        row = desk.reading.monday(letter_id)
        if row is None or not may_read(desk, row.brands):
            raise Http404
        page = {**feelings_shell(desk, "letters"), **_shown(desk, row), "is_kept": True}
    return render(request, "desk/monday_letter.html", page)


@require_safe
@for_reps
def preview(request: HttpRequest) -> HttpResponse:
    """Show what the letter of a week would say of the brands of whoever looks; it is not sent."""
    with at_the_desk(request) as desk:
        _must_supervise(desk)
        makegood, zone = desk.makegood, desk.makegood.book.timezone
        wanted = request.GET.get("week", "")
        week = week_named(wanted, zone) if wanted else week_of(desk.now_ms, zone)
        if week is None or week.begins_ms > desk.now_ms:
            raise Http404
        told = request.GET.get("language", "")
        rule = MondayRule(
            id="preview",
            to=(),
            language=told if told in LANGUAGES else "en",
            brands=desk.me.brands,
            timezone=zone,
        )
        mondays = Mondays(
            makegood.store, lambda: makegood.library, makegood.clock, makegood.settings.base_url
        )
        row = mondays.letter(desk.reading, rule, makegood.library, week)
        page = {
            **feelings_shell(desk, "letters"),
            **_shown(desk, row),
            "earlier": week.earlier().name,
            "languages": LANGUAGES,
        }
    return render(request, "desk/monday_letter.html", page)


def audiences(desk: Desk) -> tuple[str, ...] | None:
    """Say which letters somebody may see, as the store asks for them; None for all."""
    if not desk.me.brands:
        return None
    known = desk.reading.monday_audiences()
    return tuple(one for one in known if may_read(desk, one.split()))


def may_read(desk: Desk, brands: tuple[str, ...] | list[str]) -> bool:
    """Whether a letter is about no brand that they do not serve; one of all is about every one."""
    return not desk.me.brands or (bool(brands) and set(brands) <= set(desk.me.brands))


def _must_supervise(desk: Desk) -> None:
    if not desk.me.is_supervisor:
        raise PermissionDenied


def _rules(desk: Desk) -> tuple[MondayRule, ...]:
    return desk.makegood.book.monday.letters


def _listed(desk: Desk, one: MondayLetter) -> dict[str, Any]:
    names = {id_: brand.name for id_, brand in desk.makegood.book.brands.items()}
    return {
        "letter": one.letter,
        "name": one.name,
        "week": one.week,
        "brands": ", ".join(names.get(brand, brand) for brand in one.brands[:5]),
        "more": max(len(one.brands) - 5, 0),
        "at_ms": one.at_ms,
        "to": len(one.to),
        "late": one.late,
        "subject": one.sheet.subject,
    }


def _shown(desk: Desk, row: MondayLetter) -> dict[str, Any]:
    return {
        "row": row,
        "sheet": row.sheet,
        "zone": desk.makegood.book.timezone,
        "text": row.text,
    }
