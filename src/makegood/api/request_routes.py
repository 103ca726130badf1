"""The routes of what customers ask for: ask, settle, appeal, look."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Header, Router
from pydantic import Field

from makegood.api.access import CasesKey
from makegood.api.asked import (
    AppealIn,
    RequestIn,
    RequestKey,
    RequestOut,
    RequestPage,
    SettleIn,
    WaitingPage,
    place_of,
    read_place,
    request_fields,
    waiting_fields,
)
from makegood.api.asking import appeal, ask, found, page, settle
from makegood.api.shapes import CustomerKey, ErrorOut, PageSize
from makegood.bootstrap import Makegood
from makegood.messages.ids import ProfileId
from makegood.ports.rows import KeyRow

Fields = dict[str, object]
router = Router(auth=CasesKey(), tags=["requests"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
_NOT_FOUND: dict[int, type[ErrorOut]] = {**_REFUSED, 404: ErrorOut}
_WRITES: dict[int, type[ErrorOut]] = {**_NOT_FOUND, 409: ErrorOut, 413: ErrorOut}
Named = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Names the request; sent again under the same name it happens once.",
    ),
]
Language = Annotated[str, Field(max_length=35, description="Of `says` and `title`.")]


def _makegood(request: HttpRequest) -> Makegood:
    joined: Makegood = request.makegood  # type: ignore[attr-defined]
    return joined


def _key(request: HttpRequest) -> KeyRow:
    key: KeyRow = request.auth  # type: ignore[attr-defined]
    return key


@router.post("/requests", response={200: RequestOut, **_WRITES})
def post_request(request: HttpRequest, wanted: RequestIn, idempotency_key: Named) -> Fields:
    """Ask for something; the table answers at once, or a person does within the time it says."""
    return ask(_makegood(request), _key(request), wanted, idempotency_key)


@router.get("/requests", response={200: WaitingPage, **_REFUSED})
def waiting_requests(
    request: HttpRequest,
    status: Literal["waiting"] = "waiting",  # noqa: ARG001 - the only one that is listed
    brand: Annotated[str, Field(max_length=200, description="Only of this one, or none.")] = "",
    after: Annotated[str, Field(pattern=r"^([0-9]{1,19}\.e[0-9a-f]{32})?$")] = "",
    limit: PageSize = 50,
    language: Language = "en",
) -> Fields:
    """List what waits for a person, appeals too, the most pressing first."""
    makegood = _makegood(request)
    with makegood.store.reading() as reading:
        rows = reading.waiting(
            brands=(brand,) if brand else (), after=read_place(after), limit=limit
        )
    return {
        "requests": [waiting_fields(row, makegood.book, language) for row in rows],
        "next": place_of(rows[-1]) if len(rows) == limit else None,
    }


@router.get("/requests/{request_id}", response={200: RequestOut, **_NOT_FOUND})
def one_request(request: HttpRequest, request_id: RequestKey, language: Language = "en") -> Fields:
    """Show one request with its answer and the reasons."""
    customer, one = found(_makegood(request), request_id)
    return request_fields(one, customer, language)


@router.get("/customers/{customer_id}/requests", response={200: RequestPage, **_NOT_FOUND})
def requests_of_customer(
    request: HttpRequest,
    customer_id: CustomerKey,
    after: Annotated[str, Field(pattern=r"^(q[0-9a-f]{64})?$")] = "",
    limit: PageSize = 50,
    language: Language = "en",
) -> Fields:
    """List what a customer asked for, the latest first."""
    customer, asked, following = page(_makegood(request), ProfileId(customer_id), after, limit)
    return {
        "requests": [request_fields(one, customer, language) for one in asked],
        "next": following,
    }


@router.post("/requests/{request_id}/settle", response={200: RequestOut, **_WRITES})
def settle_request(
    request: HttpRequest, request_id: RequestKey, answer: SettleIn, idempotency_key: Named
) -> Fields:
    """Answer a request that waits for a person."""
    return settle(_makegood(request), _key(request), request_id, answer, idempotency_key)


@router.post("/requests/{request_id}/appeal", response={200: RequestOut, **_WRITES})
def appeal_request(
    request: HttpRequest, request_id: RequestKey, words: AppealIn, idempotency_key: Named
) -> Fields:
    """Appeal a no, once; somebody other than who refused settles it."""
    return appeal(_makegood(request), _key(request), request_id, words, idempotency_key)
