"""How one customer feels over time, and what is under the line: a card, and its own page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of, now_of, visible
from makegood.desk.shell import shell
from makegood.messages.errors import InputError
from makegood.messages.ids import CustomerId, ProfileId
from makegood.playbooks.feelings import Feeling
from makegood.projections import feeling_places
from makegood.projections.feeling_line_words import (
    FEELINGS,
    LET_DOWN,
    REMEDY,
    EvidenceTeller,
    drawn_as,
    now_words,
)
from makegood.projections.feelings import LET_DOWN as LET_DOWN_KINDS
from makegood.projections.feelings import Evidence, Kind, line_of
from makegood.projections.roster import called, person_of
from makegood.projections.triage import chance_words
from makegood.runtime.feeling_line import Felt, Wanted, feelings_of

ON_CARD, ON_PAGE = 5, 30
MOST_DRAWN = 100
MOST_WORDS = 600
_MARKS: dict[Kind, str] = {**dict.fromkeys(LET_DOWN_KINDS, "alarm"), "remedy": "ok"}


class Shown(Struct, frozen=True, kw_only=True):
    """One thing under the line, as the page shows it.

    Attributes:
        place: The event under which the timeline has it; empty for none.
        pill: What they feel by their own word; empty for what happened.
        read: How sure the model was that read it; empty for what no model read.
    """

    at_ms: int
    says: str
    words: str
    mark: str
    place: str
    pill: str
    brand: str
    read: str


def _led_on(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead a kept link on to whom somebody goes on as who was joined with another one."""

    @wraps(view)
    def leading(request: HttpRequest, customer_id: str) -> HttpResponse:
        try:
            return view(request, customer_id)
        except Http404:
            with at_the_desk(request) as desk:
                now = now_of(desk, CustomerId(customer_id))
            name = request.resolver_match.view_name if request.resolver_match else "desk:felt"
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            return redirect(f"{reverse(name, args=(now,))}{query}")

    return leading


@require_safe
@for_reps
@_led_on
def card(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Give the card of a customer's page; it comes after the page, which waits for no drawing."""
    with at_the_desk(request) as desk:
        wanted = CustomerId(customer_id)
        _profiles(desk, wanted)
        page, draw = _felt(desk, wanted, "", ON_CARD)
    return render(request, "desk/_felt.html", page | draw())


@require_safe
@for_reps
@_led_on
def felt(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Show the line, and page by page everything that is under it."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        person = person_of(tuple(desk.reading.persons(_profiles(desk, wanted)).values()))
        found, draw = _felt(desk, wanted, request.GET.get("after", ""), ON_PAGE)
        page = {
            **shell(desk, page="customer"),
            **found,
            "name": called(person),
            "whole": True,
        }
    return render(request, "desk/felt.html", page | draw())


def _profiles(desk: Desk, wanted: CustomerId) -> tuple[ProfileId, ...]:
    """Give whose history it is, of somebody whom this person may see."""
    visible(desk, wanted)
    profiles = desk.reading.profiles_of([wanted]).get(wanted, ())
    if not profiles:
        raise Http404
    return profiles


def _felt(
    desk: Desk, wanted: CustomerId, after: str, limit: int
) -> tuple[dict[str, Any], Callable[[], dict[str, Any]]]:
    """Read it, and put into words what this person may see; give also what draws it.

    It is drawn when the store is let go of: a connection waits for no drawing.
    """
    try:
        before = feeling_places.read(after)
    except InputError as error:
        raise Http404 from error
    library, book = desk.makegood.library, book_of(desk)
    found = feelings_of(
        desk.reading,
        library,
        Wanted(customer=wanted, now_ms=desk.now_ms, before=before, limit=limit),
        lambda one: _sees(desk, one),
        words=True,
    )
    teller = EvidenceTeller(library, desk.reps)
    brands = {one.id: one.name for one in book.brands.values()}
    now_ms, zone = desk.now_ms, book.timezone
    page = {
        "customer": wanted,
        "now_ms": now_ms,
        "zone": zone,
        "evidence": [_shown(one, teller, found, brands) for one in found.evidence],
        "following": feeling_places.written(found.following) if found.following else "",
        "only_theirs": bool(desk.me.brands),
    }
    return page, lambda: _drawn(found, now_ms, zone)


def _sees(desk: Desk, one: Evidence) -> bool:
    """What is of a brand they do not serve, or was said of them alone, is not under their line."""
    of_them = one.met == desk.me.rep and one.by != desk.me.rep
    return desk.me.may_see(one.brand) and not of_them


def _shown(one: Evidence, teller: EvidenceTeller, found: Felt, brands: dict[str, str]) -> Shown:
    mark = "customer" if one.is_said else _MARKS.get(one.kind, "")
    return Shown(
        at_ms=one.at_ms,
        says=teller.says(one),
        words=_clipped(one.text or found.texts.get(one.words, "")),
        mark="alarm" if one.feeling is Feeling.UNHAPPY else mark,
        place=one.event,
        pill=FEELINGS[one.feeling] if one.feeling is not None else "",
        brand=brands.get(one.brand, one.brand) if len(brands) > 1 else "",
        read=chance_words(one.sure) if one.is_measured else "",
    )


def _clipped(words: str) -> str:
    """Give the beginning of what was written; the timeline and the letters have all of it."""
    return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS].rstrip()} …"


def _drawn(found: Felt, now_ms: int, zone: str) -> dict[str, Any]:
    """Draw the first page's line at both widths; what they said last, in words."""
    if found.line is None:
        return {}
    from makegood.analytics.report import feelings as report  # a second to load
    from makegood.analytics.report.charts import NARROW, WIDE

    lasting = [one for one in found.under if one.feeling or drawn_as(one)]
    last = lasting[:MOST_DRAWN]
    drawing = report.Drawing(
        lanes=(*FEELINGS.values(), REMEDY, LET_DOWN),
        spans=tuple(
            (one.from_ms, one.until_ms, FEELINGS[one.feeling], one.is_open)
            for one in line_of(last, now_ms).spans
        ),
        said=tuple((one.at_ms, FEELINGS[one.feeling]) for one in last if one.feeling),
        happened=tuple((one.at_ms, lane) for one in last if (lane := drawn_as(one))),
        let_down=LET_DOWN,
        until_ms=now_ms,
        zone=zone,
    )
    from_ms = last[-1].at_ms if len(lasting) > len(last) else found.read_from_ms
    return {
        "now": now_words(found.line, read_all=not found.read_from_ms),
        "from_ms": from_ms,
        "wide": mark_safe(report.draw_feelings(drawing, WIDE)),  # noqa: S308  # drawn by us
        "narrow": mark_safe(report.draw_feelings(drawing, NARROW)),  # noqa: S308
    }
