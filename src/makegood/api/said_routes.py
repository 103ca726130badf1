"""The routes of what was said: promise, tell what something costs, send to somebody else."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from makegood.api.access import CasesKey
from makegood.api.paging import page_of
from makegood.api.request_routes import NOT_FOUND, WRITES, Fields, Language, Named, joined, key_of
from makegood.api.said import (
    ArrivedIn,
    DisclosureIn,
    KeptIn,
    PromiseIn,
    RedirectIn,
    SaidKey,
    SaidOut,
    SaidPage,
    said_fields,
    said_key,
)
from makegood.api.saying import arrived, disclose, found, kept, look, promise, redirect
from makegood.api.shapes import CustomerKey, PageSize
from makegood.messages.ids import ProfileId

router = Router(auth=CasesKey(), tags=["what was said"])


@router.post("/promises", response={200: SaidOut, **WRITES})
def post_promise(request: HttpRequest, wanted: PromiseIn, idempotency_key: Named) -> Fields:
    """Promise something; when it is not kept in time, that is a failure."""
    return promise(joined(request), key_of(request), wanted, idempotency_key)


@router.post("/disclosures", response={200: SaidOut, **WRITES})
def post_disclosure(request: HttpRequest, wanted: DisclosureIn, idempotency_key: Named) -> Fields:
    """Write down what the customer was told something costs; the rule book may compare it."""
    return disclose(joined(request), key_of(request), wanted, idempotency_key)


@router.post("/redirects", response={200: SaidOut, **WRITES})
def post_redirect(request: HttpRequest, wanted: RedirectIn, idempotency_key: Named) -> Fields:
    """Send a customer to a named person who accepted them; not taken in, it is a failure."""
    return redirect(joined(request), key_of(request), wanted, idempotency_key)


@router.get("/said/{said_id}", response={200: SaidOut, **NOT_FOUND})
def one_said(request: HttpRequest, said_id: SaidKey, language: Language = "en") -> Fields:
    """Show one thing that was said, as it stands."""
    customer, one = found(joined(request), said_id)
    return said_fields(one, customer, language)


@router.get("/customers/{customer_id}/said", response={200: SaidPage, **NOT_FOUND})
def said_to_customer(
    request: HttpRequest,
    customer_id: CustomerKey,
    after: Annotated[str, Field(pattern=r"^(s[0-9a-f]{64})?$")] = "",
    limit: PageSize = 50,
    language: Language = "en",
) -> Fields:
    """List what a customer was told, the latest first."""
    customer, spoken = look(joined(request), ProfileId(customer_id))
    shown, following = page_of(
        spoken, lambda one: said_key(one.said.profile, one.said.event), after, limit, "promise"
    )
    return {
        "said": [said_fields(one, customer, language) for one in shown],
        "next": following,
    }


@router.post("/said/{said_id}/kept", response={200: SaidOut, **WRITES})
def keep_promise(
    request: HttpRequest, said_id: SaidKey, told: KeptIn, idempotency_key: Named
) -> Fields:
    """Say that a promise was kept, in time or late."""
    return kept(joined(request), key_of(request), said_id, told, idempotency_key)


@router.post("/said/{said_id}/arrived", response={200: SaidOut, **WRITES})
def arrive(
    request: HttpRequest, said_id: SaidKey, told: ArrivedIn, idempotency_key: Named
) -> Fields:
    """Say what became of a customer who was sent to somebody else."""
    return arrived(joined(request), key_of(request), said_id, told, idempotency_key)
