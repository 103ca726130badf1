"""Public, what searches show: per query the newest results, how they moved, and over time."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.shell import shell
from makegood.playbooks.searches import DAY_MS, KINDS, OURS
from makegood.ports.searches import WatchedSearch
from makegood.projections.searches import WHOSE, Day, changes, history, results
from makegood.sources.voice.ranks import MOST_PLACES

PAGE = 20
DAYS, DEEPEST = 90, 30
"""The history that is shown: so many days, to this place."""
_EPOCH = date(1970, 1, 1).toordinal()
_NEITHER = {kind for kind in KINDS if kind != OURS}


@require_safe
@for_reps
def searches(request: HttpRequest) -> HttpResponse:
    """List the searches of which results are known, page by page."""
    with at_the_desk(request) as desk:
        name = request.GET.get("after", "")
        last = desk.reading.searches([name]).get(name) if name else None
        after = last.order if last is not None else None
        rows = desk.reading.searches_listed(brands=desk.brands, after=after, limit=PAGE + 1)
        terms = book_of(desk).voice.searches
        placings = desk.reading.last_placings([one.search for one in rows[:PAGE]], MOST_PLACES)
        shown = []
        for row in rows[:PAGE]:
            found = results(row, placings, terms)
            first = found.first(terms.first)
            words = ", ".join(f"{count} {WHOSE[kind]}" for kind, count in first.items())
            shown.append(
                {**_head(row), "first": words, "changes": len(changes(found, terms))},
            )
        page = {
            **_shell(desk),
            "searches": shown,
            "next": rows[PAGE - 1].search if len(rows) > PAGE else "",
            "is_first": after is None,
        }
    return render(request, "desk/searches.html", page)


@require_safe
@for_reps
def search(request: HttpRequest, search_id: str) -> HttpResponse:
    """Show the newest results of a search beside the earlier ones, and their history."""
    with at_the_desk(request) as desk:
        row = desk.reading.searches([search_id]).get(search_id)
        if row is None or not desk.me.may_see(row.brand):
            raise Http404
        terms = book_of(desk).voice.searches
        placings = desk.reading.last_placings([search_id], MOST_PLACES)
        since = row.newest_day - DAYS + 1
        past = desk.reading.placing_history(search_id, since, DEEPEST, DAYS * DEEPEST)
        found, days = results(row, placings, terms), history(past, terms)
        page = {
            **_shell(desk),
            **_head(row),
            "found": found,
            "changes": changes(found, terms),
            "drawings": _drawings(days),
            "days": [(_words(one.day), one.cells) for one in days],
            "sides": [WHOSE[kind].removeprefix("a ") for kind in KINDS],
            "deepest": DEEPEST,
        }
    return render(request, "desk/watched_search.html", page)


def _shell(desk: Desk) -> dict[str, Any]:
    book = book_of(desk)
    return {
        **shell(desk, page="voice"),
        "tab": "searches",
        "terms": book.voice.searches,
        "kept_days": book.voice.searches.keep_ms // DAY_MS,
        "brand_names": {one.id: one.name for one in book.brands.values()},
    }


def _head(row: WatchedSearch) -> dict[str, Any]:
    earlier = _words(row.earlier_day) if row.earlier_day else ""
    return {"row": row, "newest": _words(row.newest_day), "earlier": earlier}


def _words(day: int) -> str:
    found = date.fromordinal(day + _EPOCH)
    return f"{found.day} {found:%B %Y}"


def _drawings(days: tuple[Day, ...]) -> list[tuple[str, SafeString]]:
    """Draw our best place and the best of others; the library takes a while, and only then."""
    from makegood.analytics.report.places import Places, both_widths  # a second to load

    rows = tuple(
        (date.fromordinal(one.day + _EPOCH).isoformat(), one.best.get(OURS, 0), _others(one))
        for one in reversed(days)
    )
    drawn = both_widths(Places(rows=rows, deepest=DEEPEST))
    return [(name, SafeString(drawing)) for name, drawing in drawn if drawing]


def _others(one: Day) -> int:
    return min((place for kind, place in one.best.items() if kind in _NEITHER), default=0)
