"""The kinds of mail that passed the gate, and what somebody says they are."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field, StringConstraints

from makegood.api.access import CasesKey, Declined, WithKey
from makegood.api.problems import missing
from makegood.api.request_routes import Fields, joined, key_of
from makegood.api.shapes import ErrorOut, Line, PageSize
from makegood.messages.commands import MessageClass
from makegood.projections.alike import check_known
from makegood.projections.mail_kinds import KindShown, kinds_shown

router = Router(auth=CasesKey(), tags=["mail"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 404, 422, 429, 503), ErrorOut)
_PLACE = re.compile(r"([0-9]{1,15})\.([0-9a-z_:]{1,160})")
KindKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-z_:]{1,160}$")]
After = Annotated[str, Field(pattern=rf"^({_PLACE.pattern})?$")]


class MailKindOut(Schema):
    """One kind of mail; free of personal data."""

    id: str
    brand: str | None
    domain: str
    subject: str = Field(description="Words that two recipients were sent; the rest is left out.")
    example: str
    message_class: MessageClass | None = Field(alias="class")
    by: Literal["rule", "person", "signals", "none"]
    why: str
    mails: int
    recipients: int
    would_have_been_held: int = Field(description="Recipients on hold whom it was passed on to.")
    first_seen: datetime
    last_seen: datetime
    said_by: str | None
    said_at: datetime | None


class MailKindPage(Schema):
    """One page of kinds, the last seen first."""

    kinds: list[MailKindOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class MailClassIn(Schema):
    """What such mails are; null takes back what was said."""

    model_config = ConfigDict(extra="forbid")

    message_class: MessageClass | None = Field(alias="class")


@router.get("/mail-kinds", response={200: MailKindPage, **_REFUSED}, by_alias=True)
def list_mail_kinds(
    request: HttpRequest,
    after: After = "",
    limit: PageSize = 50,
    brand: Annotated[Line, Field(description="Only of it.")] = "",
    waiting: Annotated[bool, Field(description="Only those that nobody classed.")] = False,
) -> Fields:
    """List the kinds of mail that other tools sent through the gate."""
    makegood = joined(request)
    check_known("brand", brand, makegood.book.brands)
    place = _PLACE.fullmatch(after)
    with makegood.store.reading() as reading:
        found = reading.mail_kinds(
            waiting_only=waiting,
            brands=(brand,) if brand else (),
            after=(int(place[1]), place[2]) if place else None,
            limit=limit + 1,
        )
        shown = kinds_shown(reading, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return {
        "kinds": [_fields(one) for one in shown],
        "next": f"{last.last_ms}.{last.kind}" if last else None,
    }


@router.get("/mail-kinds/{kind}", response={200: MailKindOut, **_REFUSED}, by_alias=True)
def get_mail_kind(request: HttpRequest, kind: KindKey) -> Fields:
    """Give one kind of mail."""
    with joined(request).store.reading() as reading:
        row = reading.mail_kind(kind)
        if row is None:
            raise Declined(404, missing("kind of mail"))
        return _fields(kinds_shown(reading, (row,))[0])


@router.post(
    "/mail-kinds/{kind}/class",
    response={200: MailKindOut, **_REFUSED},
    by_alias=True,
    auth=WithKey("mail"),
)
def put_mail_class(request: HttpRequest, kind: KindKey, wanted: MailClassIn) -> Fields:
    """Say what such mails are: it counts within 5 seconds, and can be said otherwise later."""
    makegood = joined(request)
    said_by = f"key:{key_of(request).name}"
    row = makegood.mail_kinds.decide(kind, wanted.message_class, said_by)
    if row is None:
        raise Declined(404, missing("kind of mail"))
    with makegood.store.reading() as reading:
        return _fields(kinds_shown(reading, (row,))[0])


def _fields(one: KindShown) -> Fields:
    return {
        "id": one.kind,
        "brand": one.brand or None,
        "domain": one.domain,
        "subject": one.subject,
        "example": one.example,
        "class": one.message_class,
        "by": one.by,
        "why": one.why,
        "mails": one.mails,
        "recipients": one.recipients,
        "would_have_been_held": one.held,
        "first_seen": _instant(one.first_ms),
        "last_seen": _instant(one.last_ms),
        "said_by": one.said_by or None,
        "said_at": _instant(one.said_ms) if one.said_ms else None,
    }


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC)
