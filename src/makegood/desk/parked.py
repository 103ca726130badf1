"""The mail that waits at the SMTP gate: how much, why, for whom; one may be released by hand."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.connections import connections_shell
from makegood.desk.queue import PAGE
from makegood.gate.smtp.by_hand import release_by_hand
from makegood.messages.errors import InputError
from makegood.projections.parked import parked_counts, parked_shown
from makegood.runtime.noting import note

_PLACE = re.compile(r"([0-9]{1,15})\.(w[0-9a-f]{32})")


@require_safe
@for_reps
def parked(request: HttpRequest) -> HttpResponse:
    """List what waits, the longest waiting first."""
    after = _after(request.GET.get("after", ""))
    with at_the_desk(request) as desk:
        rows = desk.reading.parked(brands=desk.brands, after=after, limit=PAGE)
        page = {
            **connections_shell(desk, "parked"),
            "zone": desk.makegood.library.now().timezone,
            "counts": parked_counts(desk.reading.parked_counts(), desk.brands),
            "rows": parked_shown(rows),
            "next": f"{rows[-1].since_ms}.{rows[-1].parked}" if len(rows) == PAGE else "",
            "is_first": after is None,
        }
    return render(request, "desk/parked.html", page)


@require_POST
@for_reps
def release(request: HttpRequest) -> HttpResponse:
    """Let one go out as the service message that a person says it is."""
    with at_the_desk(request) as desk:
        me, makegood = desk.me, desk.makegood
    if not me.is_supervisor:
        raise PermissionDenied
    said = (me.rep, request.POST.get("reason", ""))
    which = request.POST.get("parked", "")
    try:
        found = release_by_hand(makegood.store, makegood.clock, which, said, me.may_see, note)
    except InputError as error:
        messages.error(request, str(error))
    else:
        if not found:
            raise Http404
        messages.info(request, "Released: the gate sends it within seconds.")
    return redirect("desk:parked")


def _after(text: str) -> tuple[int, str] | None:
    place = _PLACE.fullmatch(text)
    return (int(place[1]), place[2]) if place else None
