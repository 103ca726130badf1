"""Sources at the desk: who tells us by itself, what could not be taken, and how notes fare."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps, makegood_of
from makegood.desk.connections import connections_shell, must_connect
from makegood.effects.zendesk_notes import SINK
from makegood.playbooks.book import books_in
from makegood.playbooks.mappings import Form, Source
from makegood.ports.notices import Telling, TellingStatus

PAGE = 25


class SourceCard(Struct, frozen=True, kw_only=True):
    """One source as the page shows it.

    Attributes:
        address: Where its webhook calls; empty for a file.
        is_believed: It has a secret here.
        left: Records that are kept because they fit nothing.
    """

    source: Source
    address: str
    is_believed: bool
    left: int


@require_safe
@for_reps
def sources(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        must_connect(desk)
        page = {
            **connections_shell(desk, "sources"),
            "zone": desk.makegood.book.timezone,
            "cards": _cards(desk),
            "notes": desk.reading.sinks_health().get(SINK),
            "failed": _failed(desk),
            "writes_back": desk.makegood.settings.zendesk is not None,
        }
    return render(request, "desk/connection_sources.html", page)


@never_cache
@require_safe
@for_reps
def source(request: HttpRequest, name: str) -> HttpResponse:
    """Show the records of one source that could not be taken, newest first."""
    with at_the_desk(request) as desk:
        must_connect(desk)
        card = next((one for one in _cards(desk) if one.source.id == name), None)
        if card is None:
            raise Http404
        rows = desk.reading.unfit(name, after=_after(request), limit=PAGE + 1)
        page: dict[str, Any] = {
            **connections_shell(desk, "sources"),
            "zone": desk.makegood.book.timezone,
            "card": card,
            "rows": rows[:PAGE],
            "older": f"{rows[PAGE - 1].at_ms}-{rows[PAGE - 1].id}" if len(rows) > PAGE else "",
        }
    return render(request, "desk/connection_source.html", page)


@require_POST
@for_reps
def tell_again(request: HttpRequest) -> HttpResponse:
    """Let every note that was not taken be tried again."""
    with at_the_desk(request) as desk:
        must_connect(desk)
    makegood = makegood_of(request)
    with makegood.store.writing() as writing:
        writing.replay_tellings(SINK, (), 0, makegood.clock.now_ms())
    return redirect("desk:sources")


def _after(request: HttpRequest) -> tuple[int, str] | None:
    """Read where the page before ended; anything else begins at the newest."""
    at, dash, id_ = request.GET.get("after", "").partition("-")
    if not dash or not (at.isascii() and at.isdigit() and len(at) < 16):
        return None
    return int(at), id_[:64]


def _cards(desk: Desk) -> tuple[SourceCard, ...]:
    makegood, counts = desk.makegood, desk.reading.unfit_counts()
    found = {name: one for book in books_in(makegood.book) for name, one in book.sources.items()}
    base = makegood.settings.base_url.rstrip("/")
    return tuple(
        SourceCard(
            source=one,
            address=f"{base}/v1/in/{name}" if one.form is Form.WEBHOOK else "",
            is_believed=name in makegood.settings.sources,
            left=counts.get(name, 0),
        )
        for name, one in sorted(found.items())
    )


def _failed(desk: Desk) -> tuple[Telling, ...]:
    return desk.reading.tellings(SINK, TellingStatus.FAILED, 0, PAGE)
