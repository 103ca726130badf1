"""The route of the suppression list: who is held now, page by page, and who changed since."""

import hmac
from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field

from makegood.api.access import Declined, WithKey
from makegood.api.problems import Problem
from makegood.api.shapes import ErrorOut, Line
from makegood.bootstrap import Makegood
from makegood.core.holds import Question, iso
from makegood.gate.suppressions import (
    Page,
    Suppressed,
    digests_of,
    page_of_changes,
    page_of_held,
)
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.playbooks.book import Library
from makegood.ports.store import Reading
from makegood.projections.alike import check_known

router = Router(auth=WithKey("suppressions"), tags=["suppressions"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
Fields = dict[str, object]
# "l" is a place in the list, after a customer and begun at a place of the feed; "c" is a place of
# the changes.
_AFTER = r"^(l[0-9]{1,18}\.p[0-9a-f]{32}|c[0-9]{1,18})?$"
_GONE = Problem(
    code="cursor_too_old",
    message="The changes since then are not kept, or not any more.",
    where="query after",
    what_to_do="Fetch the whole list again, without `after`.",
)


class SuppressedOut(Schema):
    """One customer."""

    customer: str
    identifiers: list[str] | None = Field(
        None, description="Typed, in clear; null when digests were asked for."
    )
    sha256: list[str] | None = Field(
        None, description="Of each e-mail address in lower case; null when not asked for."
    )
    held: bool = Field(description="Always true in the list; in changes also false.")
    reason: Literal["hold", "cannot_judge", "stuck"] | None
    since: str | None
    until: str | None = Field(description="made_whole, judged or an instant; null for no end.")
    case: str | None


class SuppressionPage(Schema):
    """One page: as old as `as_of` when it was read, and older in every copy of it."""

    as_of: str
    lag_ms: int = Field(description="How long the oldest change waits to be published; 0: none.")
    brand: str | None
    suppressions: list[SuppressedOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")
    changes: str | None = Field(
        description="At the end: give it as `after`, later, for what changed since."
    )


@router.get(
    "/suppressions",
    response={200: SuppressionPage, 304: None, 410: ErrorOut, **_REFUSED},
)
def list_suppressions(  # noqa: PLR0913 - a query
    request: HttpRequest,
    response: HttpResponse,
    brand: Annotated[Line, Field(description="Who wants to send; empty for any brand.")] = "",
    message_class: Annotated[
        MessageClass, Query(alias="class", description="What for; some are never held.")
    ] = MessageClass.PROMOTIONAL,
    hashed: Annotated[bool, Field(description="SHA-256 of e-mail addresses instead.")] = False,
    after: Annotated[str, Field(pattern=_AFTER, description="`next` or `changes`.")] = "",
    limit: Annotated[int, Field(ge=1, le=1_000)] = 500,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> object:
    """List who is held now, or who changed since; a copy of it is "synced", never a promise."""
    makegood: Makegood = request.makegood  # type: ignore[attr-defined]
    now_ms = makegood.clock.now_ms()
    library = makegood.library
    check_known("brand", brand, library.now(brand).brands)
    question = Question(brand=brand, message_class=message_class)
    with makegood.store.reading() as reading:
        page, begun = _page(reading, library, question, (after, limit), now_ms)
        waits_ms = reading.unpublished()
    shown = [_fields(one, hashed=hashed) for one in page.entries]
    fields = {
        "brand": brand or None,
        "suppressions": shown,
        "next": _next(page, begun, is_list=not after.startswith("c")),
        "changes": None if page.more else f"c{page.after if after[:1] == 'c' else begun}",
    }
    etag = f'W/"{sha256(msgspec.json.encode([fields, message_class])).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    if any(hmac.compare_digest(etag, one.strip()) for one in if_none_match.split(",")):
        return Status(304, None)
    lag_ms = max(0, now_ms - waits_ms) if waits_ms else 0
    return {"as_of": iso(now_ms), "lag_ms": lag_ms, **fields}


def _page(
    reading: Reading, library: Library, question: Question, span: tuple[str, int], now_ms: int
) -> tuple[Page, int]:
    """Give a page, and the place of the feed at which its list was begun."""
    after, limit = span
    forgotten, newest = reading.feed_ends()
    if question.message_class not in HELD_CLASSES:
        return Page(entries=(), after=str(newest), more=False), newest
    if after.startswith("c"):
        sequence = int(after[1:])
        if not forgotten <= sequence <= newest:  # ahead of all: a backup was restored since
            raise Declined(410, _GONE)
        return page_of_changes(reading, library, question, (sequence, limit), now_ms), sequence
    place, _, customer = after.removeprefix("l").partition(".")
    page = page_of_held(reading, library, question, (customer, limit), now_ms)
    return page, int(place) if place else newest


def _next(page: Page, begun: int, *, is_list: bool) -> str | None:
    if not page.more:
        return None
    return f"l{begun}.{page.after}" if is_list else f"c{page.after}"


def _fields(one: Suppressed, *, hashed: bool) -> Fields:
    return {
        "customer": one.customer,
        "identifiers": None if hashed else list(one.identifiers),
        "sha256": list(digests_of(one.identifiers)) if hashed else None,
        "held": one.held,
        "reason": one.reason or None,
        "since": iso(one.since_ms) if one.since_ms else None,
        "until": one.until or None,
        "case": one.case or None,
    }
