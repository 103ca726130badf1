"""Who is who, at the desk: pairs that wait for a person, the evidence, one click to answer.

A pair is of two brands, and only who serves both sees it: what one brand knows of somebody is not
shown to who works for another.
"""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.umbrella import umbrella_shell
from makegood.messages.errors import Refused
from makegood.messages.ids import CustomerId
from makegood.ports.links import LinkPair, LinkStatus
from makegood.projections.links import (
    chance_words,
    name_of,
    precision_words,
    reason_of,
    rows_of,
)
from makegood.runtime.joining import Decided
from makegood.sources.limits import writable

PAGE = 50
LONGEST_REASON = 500
STATUSES: tuple[LinkStatus, ...] = ("review", "linked", "apart")
_AFTER = re.compile(r"(-?[0-9]{1,9})\.(l[0-9a-f]{32})")
_PAIR = re.compile(r"l[0-9a-f]{32}")


class Listed(Struct, frozen=True, kw_only=True):
    """A pair as a line of the list."""

    id: str
    left: str
    right: str
    left_brand: str
    right_brand: str
    chance: str
    why: str
    by: str
    settled_ms: int


@require_safe
@for_reps
def links(request: HttpRequest) -> HttpResponse:
    """List the pairs of one kind, the likeliest first."""
    show = request.GET.get("show", "")
    status: LinkStatus = next((one for one in STATUSES if one == show), "review")
    after = _AFTER.fullmatch(request.GET.get("after", ""))
    place = (int(after[1]), after[2]) if after else None
    with at_the_desk(request) as desk:
        brands = desk.me.brands
        found = desk.reading.link_pairs(status, brands=brands, after=place, limit=PAGE + 1)
        last = found[PAGE - 1] if len(found) > PAGE else None
        page = {
            **umbrella_shell(desk, "links"),
            "zone": desk.makegood.book.timezone,
            "show": status,
            "counts": _counts(desk),
            "rows": [_listed(desk, one) for one in found[:PAGE]],
            "next": f"{last.weight}.{last.id}" if last else "",
            "is_first": place is None,
            "last_run": _last_run(desk),
        }
    return render(request, "desk/links.html", page)


def _counts(desk: Desk) -> dict[str, int]:
    counts = dict.fromkeys(STATUSES, 0)
    for (status, left, right), number in desk.reading.link_counts().items():
        if desk.me.may_see(left) and desk.me.may_see(right):
            counts[status] += number
    return {str(status): number for status, number in counts.items()}


def _last_run(desk: Desk) -> dict[str, Any] | None:
    """Say what the last run did, to who serves all brands."""
    runs = desk.reading.link_runs(1) if not desk.me.brands else ()
    if not runs:
        return None
    return {
        "run": runs[0],
        "precision": precision_words(runs[0]),
        "linked_at": f"{100 * runs[0].linked_at:g} %",
    }


def _listed(desk: Desk, pair: LinkPair) -> Listed:
    names = {row.rep: row.name for row in desk.reps}
    return Listed(
        id=pair.id,
        left=name_of(pair, "left"),
        right=name_of(pair, "right"),
        left_brand=pair.left_brand,
        right_brand=pair.right_brand,
        chance=chance_words(pair.probability),
        why=pair.why,
        by=names.get(pair.by, pair.by) if pair.by else "itself",
        settled_ms=pair.settled_ms,
    )


@require_safe
@for_reps
def link(request: HttpRequest, pair_id: str) -> HttpResponse:
    """Show one pair: both lists side by side, field by field, and what may be done."""
    with at_the_desk(request) as desk:
        page = _page(desk, _pair(desk, pair_id))
    return render(request, "desk/link.html", page)


def _pair(desk: Desk, id_: str) -> LinkPair:
    """Find a pair that this person may see; any other one does not exist for them."""
    found = desk.reading.links_by_id([id_]).get(id_) if _PAIR.fullmatch(id_) else None
    if found is None or not (
        desk.me.may_see(found.left_brand) and desk.me.may_see(found.right_brand)
    ):
        raise Http404
    return found


def _page(desk: Desk, pair: LinkPair) -> dict[str, Any]:
    customers = desk.reading.customers_of([pair.left, pair.right])
    return {
        **umbrella_shell(desk, "links"),
        "zone": desk.makegood.book.timezone,
        "pair": pair,
        "row": _listed(desk, pair),
        "evidence": rows_of(pair),
        "suggested": reason_of(pair.evidence),
        "customers": sorted(set(customers.values())),
        "left_customer": customers.get(pair.left, CustomerId("")),
        "right_customer": customers.get(pair.right, CustomerId("")),
    }


@require_POST
@for_reps
def act(request: HttpRequest, pair_id: str, act: str) -> HttpResponse:
    """Link two customers, keep them apart, or take them apart again."""
    with at_the_desk(request) as desk:
        pair, me, joining = _pair(desk, pair_id), desk.me, desk.makegood.joining
    reason = writable(request.POST.get("reason", "").strip(), LONGEST_REASON)
    outcome: Decided | Refused
    match act:
        case "link":
            outcome = joining.link(pair, me.rep, reason or reason_of(pair.evidence))
        case "apart":
            outcome = joining.keep_apart(pair.id, me.rep, reason or "Looked at, and two people")
        case "unlink" if not reason:
            messages.error(request, "Say why these are two people; then they are taken apart.")
            return redirect("desk:link", pair_id=pair.id)
        case "unlink":
            outcome = joining.unlink(pair.id, me.rep, reason)
        case _:
            raise Http404
    _tell(request, outcome, act)
    if isinstance(outcome, Refused) or act == "unlink":
        return redirect("desk:link", pair_id=pair.id)
    return redirect("desk:links")


def _tell(request: HttpRequest, outcome: Decided | Refused, act: str) -> None:
    if isinstance(outcome, Refused):
        messages.error(request, outcome.why)
    elif outcome.still_one:
        says = "This link is gone, and they are still one customer: other links join them."
        messages.error(request, says)
    elif not outcome.changed:
        messages.info(request, "Somebody had decided this already; nothing was changed.")
    else:
        says = {
            "link": "Linked: they are one customer, with the holds of both. It can be taken back.",
            "apart": "Kept apart: nobody is asked about these two again.",
            "unlink": "Taken apart: each has their own history and holds again.",
        }[act]
        messages.info(request, says)
