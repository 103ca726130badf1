"""The slower routes: cases, customers, failures raised by hand, dead letters, callbacks."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router
from pydantic import Field

from makegood.api.access import CasesKey, Declined, brands_of, key_of, must_speak_for, sees
from makegood.api.customers import CustomerOut, standing_fields
from makegood.api.problems import Problem
from makegood.api.raising import raise_failure
from makegood.api.shapes import (
    CaseDetail,
    CaseKey,
    CasePage,
    CommandKey,
    CommandPage,
    CustomerKey,
    ErrorOut,
    FailureIn,
    Line,
    PageSize,
    RaisedOut,
    RetriedOut,
    case_fields,
    command_fields,
    cursor_of,
    money_fields,
    place_of,
)
from makegood.bootstrap import Makegood
from makegood.effects.callbacks import CallbackForged, CallbackStale, verify_callback
from makegood.messages.ids import CaseId, CommandId, ProfileId, RepId
from makegood.ports.rows import OutboxStatus

Status = Literal["waiting", "leased", "done", "withdrawn", "missed", "held", "failed"]
Fields = dict[str, object]
router = Router(auth=CasesKey(by_brand=True))
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
_NOT_FOUND: dict[int, type[ErrorOut]] = {**_REFUSED, 404: ErrorOut}


def _makegood(request: HttpRequest) -> Makegood:
    joined: Makegood = request.makegood  # type: ignore[attr-defined]
    return joined


def _missing(what: str, where: str) -> Declined:
    problem = Problem(
        code="not_found",
        message=f"There is no such {what}.",
        where=where,
        what_to_do="Check the id; ids are opaque and never change their spelling.",
    )
    return Declined(404, problem)


@router.get("/cases", response={200: CasePage, **_REFUSED}, tags=["cases"])
def list_cases(
    request: HttpRequest,
    owner: Annotated[Line, Field(description="Only this rep's cases.")] = "",
    closed: Annotated[bool, Field(description="Closed cases too.")] = False,
    after: Annotated[Line, Field(description="`next` of the page before.")] = "",
    limit: PageSize = 50,
) -> Fields:
    """List cases, the customer about to be lost first."""
    place = place_of(after) if after else None
    with _makegood(request).store.reading() as reading:
        rows = reading.cases(
            owner=RepId(owner) if owner else None,
            open_only=not closed,
            brands=brands_of(request),
            after=place,
            limit=limit,
        )
    is_last = len(rows) < limit
    return {
        "cases": [case_fields(row) for row in rows],
        "next": None if is_last else cursor_of(rows[-1]),
    }


@router.get("/cases/{case_id}", response={200: CaseDetail, **_NOT_FOUND}, tags=["cases"])
def one_case(request: HttpRequest, case_id: CaseKey) -> Fields:
    """Show one case; the id of any failure in it finds it."""
    with _makegood(request).store.reading() as reading:
        row = reading.case(CaseId(case_id))
        if row is None or not sees(request, row.brand):
            raise _missing("case", "path case_id")
        lines = reading.ledger(row.case)
    return {**case_fields(row), "ledger": [money_fields(line) for line in lines]}


@router.get(
    "/customers/{customer_id}", response={200: CustomerOut, **_NOT_FOUND}, tags=["customers"]
)
def one_customer(request: HttpRequest, customer_id: CustomerKey) -> Fields:
    """Show one customer; an id from before a merge still finds them."""
    asked = ProfileId(customer_id)
    with _makegood(request).store.reading() as reading:
        customer = reading.customers_of([asked]).get(asked)
        row = reading.row(customer) if customer is not None else None
        if customer is None:
            raise _missing("customer", "path customer_id")
        profiles = reading.profiles_of([customer]).get(customer, ())
        every = reading.cases_of([customer])
    # Somebody without a case is everybody's; one case of a brand of the key's is enough.
    cases = [case for case in every if sees(request, case.brand)]
    if every and not cases:
        raise _missing("customer", "path customer_id")
    return {
        "id": customer,
        "profiles": list(profiles),
        "events": row.events if row is not None else 0,
        "stuck": bool(row is not None and row.stuck),
        "cases": [case_fields(case) for case in cases],
        "standing": standing_fields(row, _makegood(request)),
    }


@router.post(
    "/failures",
    response={200: RaisedOut, **_REFUSED, 409: ErrorOut, 413: ErrorOut},
    tags=["failures"],
)
def post_failure(
    request: HttpRequest,
    failure: FailureIn,
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="Names the request; sent again under the same name it happens once.",
        ),
    ],
) -> Fields:
    """Raise a failure by hand; it holds the marketing before the answer."""
    must_speak_for(request, failure.brand)
    return raise_failure(_makegood(request), key_of(request), failure, idempotency_key)


@router.get("/commands", response={200: CommandPage, **_REFUSED}, tags=["commands"])
def list_commands(
    request: HttpRequest,
    status: Literal[
        "waiting", "leased", "done", "withdrawn", "missed", "held", "failed"
    ] = "failed",
    after: Annotated[str, Field(pattern=r"^(m[0-9a-f]{32})?$")] = "",
    limit: PageSize = 50,
) -> Fields:
    """List commands of one status; without one the dead letters."""
    with _makegood(request).store.reading() as reading:
        rows = reading.outbox(OutboxStatus(status), CommandId(after), limit)
    return {
        "commands": [
            command_fields(row) for row in rows if sees(request, row.command.order.brand)
        ],
        "next": rows[-1].command.id if len(rows) == limit else None,
    }


@router.post(
    "/commands/{command_id}/retry",
    response={200: RetriedOut, **_NOT_FOUND, 409: ErrorOut},
    tags=["commands"],
)
def retry_command(request: HttpRequest, command_id: CommandKey) -> Fields:
    """Try a dead letter again."""
    makegood = _makegood(request)
    with makegood.store.reading() as reading:
        row = reading.command(CommandId(command_id))
    if row is None or not sees(request, row.command.order.brand):
        raise _missing("command", "path command_id")
    if not makegood.worker.revive(CommandId(command_id)):
        problem = Problem(
            code="not_failed",
            message="This command is not a dead letter.",
            where="path command_id",
            what_to_do="Only commands of the status failed can be tried again.",
        )
        raise Declined(409, problem)
    return {"id": command_id, "status": "waiting"}


@router.post(
    "/callbacks/{provider}",
    auth=None,
    response={
        204: None,
        400: ErrorOut,
        401: ErrorOut,
        404: ErrorOut,
        422: ErrorOut,
        503: ErrorOut,
    },
    tags=["callbacks"],
)
def take_callback(request: HttpRequest, provider: Line) -> HttpResponse:
    """Take the outcome a counterpart tells later, signed by Standard Webhooks."""
    makegood = _makegood(request)
    secrets = {one.name: one.secret for one in makegood.settings.counterparts}
    if provider not in secrets:
        raise _missing("counterpart", "path provider")
    now_ms = makegood.clock.now_ms()
    headers = dict(request.headers.items())
    try:
        command, body = verify_callback(headers, request.body, secrets[provider], now_ms)
    except (CallbackForged, CallbackStale) as error:
        raise Declined(401, _unsigned(str(error))) from None
    if not makegood.worker.called_back(provider, command, body):
        raise _missing("command for this counterpart", "body data.command")
    return HttpResponse(status=204)


def _unsigned(message: str) -> Problem:
    return Problem(
        code="not_signed",
        message=message,
        where="header webhook-signature",
        what_to_do="Sign id, time and raw body with the shared secret, as Standard Webhooks says.",
    )
