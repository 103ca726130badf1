"""Keys at the desk: made, rotated and revoked by whoever may change connections."""

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps, makegood_of
from makegood.desk.case import UNPROCESSABLE
from makegood.desk.connections import connections_shell, must_connect
from makegood.desk.tokens import new_token
from makegood.messages.errors import InputError
from makegood.ports.rows import KeyRow
from makegood.runtime.keeping import OVERLAP_HOURS, Keys, Wish, digest_of, state_of
from makegood.runtime.keys import SCOPES
from makegood.sources.limits import writable

PAGE = 50
_LONGEST = 200
_FORM_SECONDS = 24 * 3600


class Shown(Struct, frozen=True, kw_only=True):
    """A key as a line of the page."""

    name: str
    digest: str
    scopes: tuple[str, ...]
    brands: tuple[str, ...]
    state: str
    strict: bool
    created_ms: int
    ends_ms: int
    used_ms: int
    may_rotate: bool
    may_revoke: bool


@require_safe
@for_reps
def keys(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        must_connect(desk)
        page = _page(desk, after=request.GET.get("after", ""))
    return render(request, "desk/connection_keys.html", page)


def _page(desk: Desk, *, after: str = "", **more: object) -> dict[str, Any]:
    rows, uses = desk.reading.keys(), desk.reading.key_uses()
    digests = [digest_of(row) for row in rows]
    start = digests.index(after) + 1 if after in digests else 0
    shown = [_shown(row, uses.get(row.sha256, 0), desk.now_ms) for row in rows]
    here = shown[start : start + PAGE]
    return {
        **connections_shell(desk, "keys"),
        "zone": desk.makegood.book.timezone,
        "keys": here,
        "next": here[-1].digest if start + PAGE < len(shown) else "",
        "scopes": SCOPES,
        "brands": sorted(desk.makegood.book.brands),
        "hours": OVERLAP_HOURS,
        "token": new_token(),
        **more,
    }


def _shown(row: KeyRow, used_ms: int, now_ms: int) -> Shown:
    state = state_of(row, now_ms)
    return Shown(
        name=row.name,
        digest=digest_of(row),
        scopes=row.scopes,
        brands=row.brands,
        state=state,
        strict=row.strict,
        created_ms=row.created_ms,
        ends_ms=row.ends_ms,
        used_ms=used_ms,
        may_rotate=state == "valid",
        may_revoke=state in ("valid", "rotated"),
    )


@require_POST
@for_reps
def make(request: HttpRequest) -> HttpResponse:
    """Make a key and show its text, on this answer alone."""
    with at_the_desk(request) as desk:
        must_connect(desk)
    if not _is_first(request):
        return _sent_before(request)
    makegood = makegood_of(request)
    try:
        text, row = Keys(makegood.store, makegood.clock).make(_wish(request))
    except InputError as error:
        return _refused(request, str(error))
    return _with_secret(request, text, f"The key {row.name} is made.")


def _wish(request: HttpRequest) -> Wish:
    given = request.POST
    try:
        days = int(given.get("days") or 0)
        per_second = float(given.get("per_second") or 0)
    except ValueError:
        raise InputError("Days and pace are numbers, or empty.") from None
    return Wish(
        name=writable(given.get("name", ""), _LONGEST),
        scopes=tuple(given.getlist("scope")),
        strict=given.get("strict") == "1",
        brands=tuple(given.getlist("brand")),
        days=days,
        per_second=per_second,
    )


@require_POST
@for_reps
def rotate(request: HttpRequest, digest: str) -> HttpResponse:
    """Give a key a new secret and show it, on this answer alone."""
    with at_the_desk(request) as desk:
        must_connect(desk)
    if not _is_first(request):
        return _sent_before(request)
    makegood = makegood_of(request)
    try:
        text, row, _ = Keys(makegood.store, makegood.clock).rotate(digest, _hours(request))
    except InputError as error:
        return _refused(request, str(error))
    return _with_secret(request, text, f"The key {row.name} has a new secret.")


def _hours(request: HttpRequest) -> int:
    try:
        return int(request.POST.get("hours") or OVERLAP_HOURS)
    except ValueError:
        raise InputError("Hours are a whole number.") from None


@require_POST
@for_reps
def revoke(request: HttpRequest, digest: str) -> HttpResponse:
    """Revoke a key; every process refuses it within five seconds."""
    with at_the_desk(request) as desk:
        must_connect(desk)
    makegood = makegood_of(request)
    try:
        row = Keys(makegood.store, makegood.clock).revoke(digest)
    except InputError as error:
        return _refused(request, str(error))
    messages.info(request, f"The key {row.name} is revoked; nobody gets in with it any more.")
    return redirect("desk:connection-keys")


def _is_first(request: HttpRequest) -> bool:
    """Whether this form was not sent before: a page that is loaded again makes no second key."""
    token = writable(request.POST.get("token", ""), 40)
    return bool(token) and cache.add(f"makegood:key-form:{token}", True, _FORM_SECONDS)


def _sent_before(request: HttpRequest) -> HttpResponse:
    messages.info(request, "This form was sent before; its key was shown then, and only then.")
    return redirect("desk:connection-keys")


def _with_secret(request: HttpRequest, text: str, says: str) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = _page(desk, secret=text, says=says)
    return render(request, "desk/connection_keys.html", page)


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = _page(desk, refused=why, given=request.POST)
    return render(request, "desk/connection_keys.html", page, status=UNPROCESSABLE)
