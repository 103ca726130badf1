"""Places at the desk: houses and branches that can take a customer in, and who answers."""

import io
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.case import UNPROCESSABLE
from makegood.desk.umbrella import umbrella_shell
from makegood.messages.errors import InputError
from makegood.ports.places import PlaceRow
from makegood.runtime.places import COLUMNS, import_places, place_of
from makegood.sources.limits import writable

PAGE = 50
_LONGEST = 300
_LARGEST = 2 * 1024 * 1024  # bytes of a table; twenty thousand places are less


def _must_edit(desk: Desk) -> None:
    """Let only a supervisor on who serves every brand.

    Raises:
        PermissionDenied: They are not one.
    """
    if not desk.me.is_supervisor or desk.me.brands:
        raise PermissionDenied


@require_safe
@for_reps
def places(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = _page(request, desk)
    return render(request, "desk/umbrella_places.html", page)


def _page(request: HttpRequest, desk: Desk, **more: object) -> dict[str, Any]:
    after = writable(request.GET.get("after", ""), 80)
    rows = desk.reading.places(brands=desk.me.brands, after=after, limit=PAGE)
    return {
        **umbrella_shell(desk, "places"),
        "rows": rows,
        "next": rows[-1].place if len(rows) == PAGE else "",
        "edits": desk.me.is_supervisor and not desk.me.brands,
        "columns": COLUMNS,
        **more,
    }


@require_safe
@for_reps
def place(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show one place, for whoever may change it to change."""
    with at_the_desk(request) as desk:
        page = _one(desk, place_id)
    return render(request, "desk/umbrella_place.html", page)


def _one(desk: Desk, place_id: str, **more: object) -> dict[str, Any]:
    row = desk.reading.places_by_id([place_id]).get(place_id)
    if row is None or not desk.me.may_see(row.brand):
        raise Http404
    return {
        **umbrella_shell(desk, "places"),
        "row": row,
        "cells": cells_of(row),
        "brands": sorted(desk.makegood.book.brands),
        "edits": desk.me.is_supervisor and not desk.me.brands,
        **more,
    }


def cells_of(row: PlaceRow) -> dict[str, str]:
    """Write a place as the table has it."""
    contact = row.contacts[0] if row.contacts else None
    return {
        "place": row.place,
        "brand": row.brand,
        "name": row.name,
        "kind": row.kind,
        "latitude": "" if row.latitude is None else str(row.latitude),
        "longitude": "" if row.longitude is None else str(row.longitude),
        "near": " ".join(f"{near}:{metres}" for near, metres in row.near.items()),
        "rank": str(row.rank or ""),
        "address": row.address,
        "directions": row.directions,
        "timezone": row.timezone,
        "language": row.language,
        "contact_name": contact.name if contact else "",
        "contact_email": contact.email if contact else "",
        "contact_phone": contact.phone if contact else "",
        "closed": "yes" if row.closed else "",
    }


@require_POST
@for_reps
def save(request: HttpRequest, place_id: str) -> HttpResponse:
    """Change a place."""
    with at_the_desk(request) as desk:
        _must_edit(desk)
        known = desk.reading.places_by_id([place_id]).get(place_id)
        if known is None:
            raise Http404
        brands, store = desk.makegood.book.brands, desk.makegood.store
    given = {name: writable(request.POST.get(name, ""), _LONGEST + 1) for name in COLUMNS}
    try:
        row = place_of({**given, "place": place_id})
        if row.brand not in brands:
            raise ValueError(f"the rule book has no brand {row.brand[:40]!r}")
    except (ValueError, InputError) as error:
        return _refused(request, place_id, given, str(error))
    with store.writing() as writing:
        writing.put_places([row])
    messages.info(request, f"{row.name} is saved.")
    return redirect("desk:umbrella-place", place_id)


def _refused(
    request: HttpRequest, place_id: str, given: Mapping[str, str], why: str
) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = _one(desk, place_id, refused=f"{why[:1].upper()}{why[1:]}.")
    page["cells"] = {**given, "place": place_id}
    return render(request, "desk/umbrella_place.html", page, status=UNPROCESSABLE)


@require_POST
@for_reps
def take_in(request: HttpRequest) -> HttpResponse:
    """Take a table of places in, all or none."""
    with at_the_desk(request) as desk:
        _must_edit(desk)
        brands, store = desk.makegood.book.brands, desk.makegood.store
    file = request.FILES.get("file")
    try:
        if file is None or file.size is None or file.size > _LARGEST:
            raise InputError("Choose a CSV file of at most 2 MB.")
        text = file.read().decode("utf-8-sig")
        done = import_places(store, io.StringIO(text, newline=""), brands)
    except UnicodeDecodeError:
        return _not_taken(request, "The file is not UTF-8.")
    except InputError as error:
        return _not_taken(request, str(error))
    messages.info(request, f"{done.new} new, {done.changed} changed, {done.same} as they were.")
    return redirect("desk:umbrella-places")


def _not_taken(request: HttpRequest, why: str) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = _page(request, desk, refused=f"Nothing was taken in: {why}")
    return render(request, "desk/umbrella_places.html", page, status=UNPROCESSABLE)
