"""The routes of webhook endpoints: made, changed, rotated, removed, and told again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field, StringConstraints

from makegood.api.access import Declined, WithKey
from makegood.api.problems import missing
from makegood.api.shapes import ErrorOut, Line, PageSize
from makegood.bootstrap import Makegood
from makegood.effects.hooks import SINK
from makegood.ports.notices import SinkHealth, Telling, TellingStatus
from makegood.ports.webhooks import Delivery, Endpoint
from makegood.runtime.endpoints import (
    LONGEST_DESCRIPTION,
    LONGEST_URL,
    Endpoints,
    Secrets,
    Wanted,
)

router = Router(auth=WithKey("webhooks"), tags=["webhooks"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
_FOUND: dict[int, type[ErrorOut]] = {**_REFUSED, 404: ErrorOut}
EndpointKey = Annotated[str, StringConstraints(pattern=r"^w[0-9a-f]{16}$")]
NoticeKey = Annotated[str, StringConstraints(pattern=r"^n[0-9a-f]{32}$")]
Names = Annotated[list[Line], Field(max_length=100)]
_NONE = Field(description="None for everything.")
Fields = dict[str, object]


class EndpointIn(Schema):
    """An endpoint to be made."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(max_length=LONGEST_URL)]
    kinds: Names = Field([], description="Such as hold.opened or hold.*; none for everything.")
    brands: Names = Field([], description="Of the rule book; none for all.")
    description: Annotated[str, StringConstraints(max_length=LONGEST_DESCRIPTION)] = ""


class EndpointChange(Schema):
    """What to change; what is left out stays. The address of an endpoint never changes."""

    model_config = ConfigDict(extra="forbid")

    kinds: Names | None = None
    brands: Names | None = None
    description: Annotated[str, StringConstraints(max_length=LONGEST_DESCRIPTION)] | None = None
    disabled: bool | None = None


class EndpointOut(Schema):
    """An endpoint, and how it fares."""

    id: str
    url: str
    kinds: list[str]
    brands: list[str]
    description: str
    by: str
    created_at: datetime
    disabled: str | None = Field(description="Who switched it off, or `gone` after a 410.")
    disabled_at: datetime | None
    waiting: int
    failed: int
    failures: int = Field(description="Rounds in a row in which nothing was taken.")
    took_at: datetime | None
    error: str | None


class EndpointPage(Schema):
    """Every endpoint; there are few."""

    webhooks: list[EndpointOut]


class SecretsOut(Schema):
    """The secrets that sign now."""

    secret: str
    before: str | None = Field(description="The rotated one, while it signs too.")
    before_until: datetime | None


class EndpointMade(EndpointOut):
    """A new endpoint with its secret."""

    secret: str


class DeliveryOut(Schema):
    """One request and its answer."""

    place: int
    notice: str
    kind: str
    at: datetime
    attempt: int
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    answer_headers: dict[str, str]
    answer_body: str
    took_ms: int
    error: str | None


class DeliveryPage(Schema):
    """One page of requests, the newest first."""

    deliveries: list[DeliveryOut]
    next: int | None = Field(description="Give it as `before` for the next page; null: the end.")


class TellingOut(Schema):
    """One notice on its way."""

    sequence: int
    notice: str
    kind: str
    noticed_at: datetime
    status: Literal["waiting", "leased", "done", "failed"]
    attempts: int
    next_at: datetime | None
    error: str | None


class TellingPage(Schema):
    """One page of notices for an endpoint, the newest first."""

    notices: list[TellingOut]
    next: int | None = Field(description="Give it as `before` for the next page; null: the end.")


class ReplayIn(Schema):
    """What to send again: these notices, or all that failed since a time."""

    model_config = ConfigDict(extra="forbid")

    notices: Annotated[list[NoticeKey], Field(max_length=200)] = Field([])
    since: datetime | None = None


class ReplayOut(Schema):
    """How many wait again."""

    again: int


@router.get("/webhooks", response={200: EndpointPage, **_REFUSED})
def list_webhooks(request: HttpRequest) -> Fields:
    """List the endpoints and how they fare."""
    return {"webhooks": [endpoint_fields(*one) for one in _endpoints(request).every()]}


@router.post("/webhooks", response={201: EndpointMade, **_REFUSED})
def make_webhook(request: HttpRequest, wanted: EndpointIn) -> Status[Fields]:
    """Make an endpoint; it hears what changes from now on. The answer has its secret."""
    what = Wanted(kinds=wanted.kinds, brands=wanted.brands, description=wanted.description)
    by: str = request.auth.name  # type: ignore[attr-defined]
    row = _endpoints(request).add(wanted.url, what, by)
    secret = _endpoints(request).secrets(row.id).newest
    return Status(201, {**endpoint_fields(row, SinkHealth(sink=row.id)), "secret": secret})


@router.get("/webhooks/{endpoint_id}", response={200: EndpointOut, **_FOUND})
def one_webhook(request: HttpRequest, endpoint_id: EndpointKey) -> Fields:
    """Show one endpoint."""
    _must_be(request, endpoint_id)
    return _shown(request, endpoint_id)


@router.patch("/webhooks/{endpoint_id}", response={200: EndpointOut, **_FOUND})
def change_webhook(
    request: HttpRequest, endpoint_id: EndpointKey, change: EndpointChange
) -> Fields:
    """Change what an endpoint hears, or switch it off and on."""
    row, endpoints = _must_be(request, endpoint_id), _endpoints(request)
    if (change.kinds, change.brands, change.description) != (None, None, None):
        wanted = Wanted(
            kinds=row.kinds if change.kinds is None else change.kinds,
            brands=row.brands if change.brands is None else change.brands,
            description=row.description if change.description is None else change.description,
        )
        endpoints.change(endpoint_id, wanted)
    if change.disabled is not None:
        by: str = request.auth.name  # type: ignore[attr-defined]
        if change.disabled:
            endpoints.disable(endpoint_id, by)
        else:
            endpoints.enable(endpoint_id)
    return _shown(request, endpoint_id)


@router.delete("/webhooks/{endpoint_id}", response={204: None, **_FOUND})
def remove_webhook(request: HttpRequest, endpoint_id: EndpointKey) -> Status[None]:
    """Remove an endpoint with its log and all that waits for it."""
    _must_be(request, endpoint_id)
    _endpoints(request).remove(endpoint_id)
    return Status(204, None)


@router.get("/webhooks/{endpoint_id}/secret", response={200: SecretsOut, **_FOUND})
def webhook_secret(request: HttpRequest, endpoint_id: EndpointKey) -> Fields:
    """Show the secrets that sign now."""
    _must_be(request, endpoint_id)
    return secret_fields(_endpoints(request).secrets(endpoint_id))


@router.post("/webhooks/{endpoint_id}/rotate", response={200: SecretsOut, **_FOUND})
def rotate_webhook(request: HttpRequest, endpoint_id: EndpointKey) -> Fields:
    """Give an endpoint a new secret; the one before signs too for 24 hours."""
    _must_be(request, endpoint_id)
    return secret_fields(_endpoints(request).rotate(endpoint_id))


@router.get("/webhooks/{endpoint_id}/deliveries", response={200: DeliveryPage, **_FOUND})
def list_deliveries(
    request: HttpRequest,
    endpoint_id: EndpointKey,
    notice: Annotated[Line, Field(description="Only of this notice.")] = "",
    before: Annotated[int, Field(ge=0, lt=2**62)] = 0,
    limit: PageSize = 50,
) -> Fields:
    """List what was sent to an endpoint in the last 14 days, with what it answered."""
    _must_be(request, endpoint_id)
    with _makegood(request).store.reading() as reading:
        rows = reading.deliveries(endpoint_id, before, limit, notice)
    return {
        "deliveries": [delivery_fields(row) for row in rows],
        "next": rows[-1].place if len(rows) == limit else None,
    }


@router.get("/webhooks/{endpoint_id}/notices", response={200: TellingPage, **_FOUND})
def list_notices(
    request: HttpRequest,
    endpoint_id: EndpointKey,
    status: Annotated[Literal["waiting", "leased", "done", "failed", ""], _NONE] = "",
    before: Annotated[int, Field(ge=0, lt=2**62)] = 0,
    limit: PageSize = 50,
) -> Fields:
    """List the notices for an endpoint, and what became of each."""
    _must_be(request, endpoint_id)
    only = TellingStatus(status) if status else None
    with _makegood(request).store.reading() as reading:
        rows = reading.tellings(SINK + endpoint_id, only, before, limit)
    return {
        "notices": [telling_fields(row) for row in rows],
        "next": rows[-1].said.sequence if len(rows) == limit else None,
    }


@router.post("/webhooks/{endpoint_id}/replay", response={200: ReplayOut, **_FOUND})
def replay_webhook(request: HttpRequest, endpoint_id: EndpointKey, replay: ReplayIn) -> Fields:
    """Send again; the receiver knows a repeat by its webhook-id."""
    _must_be(request, endpoint_id)
    since_ms = _ms(replay.since) if replay.since else 0
    return {"again": _endpoints(request).replay(endpoint_id, replay.notices, since_ms)}


def _makegood(request: HttpRequest) -> Makegood:
    joined: Makegood = request.makegood  # type: ignore[attr-defined]
    return joined


def _endpoints(request: HttpRequest) -> Endpoints:
    return _makegood(request).endpoints


def _must_be(request: HttpRequest, endpoint_id: str) -> Endpoint:
    row = _endpoints(request).find(endpoint_id)
    if row is None:
        raise Declined(404, missing("webhook"))
    return row


def _shown(request: HttpRequest, endpoint_id: str) -> Fields:
    found = [one for one in _endpoints(request).every() if one[0].id == endpoint_id]
    if not found:
        raise Declined(404, missing("webhook"))
    return endpoint_fields(*found[0])


def endpoint_fields(row: Endpoint, health: SinkHealth) -> Fields:
    """Show an endpoint and how it fares."""
    return {
        "id": row.id,
        "url": row.url,
        "kinds": _words(row.kinds),
        "brands": list(row.brands),
        "description": row.description,
        "by": row.by,
        "created_at": _at(row.created_ms),
        "disabled": row.disabled or None,
        "disabled_at": _at(row.disabled_ms),
        "waiting": health.waiting,
        "failed": health.failed,
        "failures": health.failures,
        "took_at": _at(health.took_ms),
        "error": health.error or None,
    }


def _words(kinds: Sequence[str]) -> list[str]:
    return [str(kind) for kind in kinds]


def secret_fields(secrets: Secrets) -> Fields:
    """Show secrets, to whoever may see them."""
    return {
        "secret": secrets.newest,
        "before": secrets.before or None,
        "before_until": _at(secrets.before_until_ms),
    }


def delivery_fields(row: Delivery) -> Fields:
    """Show one request and its answer."""
    return {
        "place": row.place,
        "notice": row.notice,
        "kind": row.kind.value,
        "at": _at(row.at_ms),
        "attempt": row.attempt,
        "request_headers": dict(row.request_headers),
        "request_body": row.request_body,
        "status": row.status or None,
        "answer_headers": dict(row.answer_headers),
        "answer_body": row.answer_body,
        "took_ms": row.took_ms,
        "error": row.error or None,
    }


def telling_fields(row: Telling) -> Fields:
    """Show one notice on its way."""
    waits = row.status is TellingStatus.WAITING
    return {
        "sequence": row.said.sequence,
        "notice": row.said.notice.id,
        "kind": row.said.notice.kind.value,
        "noticed_at": _at(row.said.notice.at_ms),
        "status": row.status.value,
        "attempts": row.attempts,
        "next_at": _at(row.next_ms) if waits else None,
        "error": row.error or None,
    }


def _at(at_ms: int) -> datetime | None:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC) if at_ms else None


def _ms(at: datetime) -> int:
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)
