"""How one customer feels, over HTTP: what they said, what happened, and the line between."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.api.access import CasesKey, Declined, sees
from makegood.api.problems import missing
from makegood.api.request_routes import NOT_FOUND, Fields, joined
from makegood.api.shapes import CustomerKey, PageSize, instant
from makegood.messages.ids import ProfileId
from makegood.projections import feeling_places
from makegood.projections.feelings import Evidence, FeelingLine, Span
from makegood.runtime.feeling_line import Felt, Wanted, feelings_of

router = Router(auth=CasesKey(by_brand=True), tags=["customers"])
Said = Literal["happy", "neither", "unhappy"]


class MachineReadOut(Schema):
    """What a model made of a letter."""

    model: str
    kind: str
    sure: float = Field(description="0 to 1, as the model is calibrated.")


class FeelingEvidenceOut(Schema):
    """One thing under the line; free of personal data."""

    at: datetime
    kind: Literal[
        "answer", "good_again", "not_yet", "public", "wrote",
        "let_down", "late_call", "spoiled_call", "remedy", "call", "released",
    ]  # fmt: skip
    said: bool = Field(description="The customer said it; else it happened, and is no feeling.")
    feeling: Said | None = Field(description="By the scale of its own question; null: unknown.")
    event: str | None
    brand: str
    name: str | None = Field(description="Survey, failure, remedy, network or channel.")
    question: str | None = Field(description="Of the survey; empty for its first.")
    score: int | None
    most: int | None = Field(description="The end of the question's scale.")
    replaced: bool = Field(description="A later answer about the same took its place.")
    read_by: MachineReadOut | None = Field(description="Null: no machine read it.")


class FeelingSpanOut(Schema):
    """How long the last that was said about a feeling stands; in the gaps nobody knows."""

    feeling: Said
    since: datetime
    until: datetime | None = Field(description="Null: nothing was said or happened since.")
    event: str | None


class FeelingLineOut(Schema):
    """The line."""

    now: Said | None = Field(description="Null: they have not said since something happened.")
    last: Said | None = Field(description="What they last said; null for nothing.")
    last_at: datetime | None
    read_from: datetime | None = Field(description="Nothing older was read; null: all was.")
    spans: list[FeelingSpanOut] = Field(description="Oldest first.")


class FeelingsOut(Schema):
    """How a customer feels, as far as they said."""

    line: FeelingLineOut | None = Field(description="On the first page alone.")
    evidence: list[FeelingEvidenceOut] = Field(description="The latest first.")
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


@router.get("/customers/{customer_id}/feelings", response={200: FeelingsOut, **NOT_FOUND})
def feelings(
    request: HttpRequest,
    customer_id: CustomerKey,
    after: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]{0,4000}$", description="`next` of the page before.")
    ] = "",
    limit: PageSize = 50,
) -> Fields:
    """Say what a customer said they feel, with what happened in between; nothing is guessed."""
    makegood, asked = joined(request), ProfileId(customer_id)
    before = feeling_places.read(after)
    with makegood.store.reading() as reading:
        customer = reading.customers_of([asked]).get(asked)
        if customer is None:
            raise Declined(404, missing("customer"))
        cases = reading.cases_of([customer])
        # Somebody without a case is everybody's; one case of a brand of the key's is enough.
        if cases and not any(sees(request, one.brand) for one in cases):
            raise Declined(404, missing("customer"))
        wanted = Wanted(
            customer=customer, now_ms=makegood.clock.now_ms(), before=before, limit=limit
        )
        found = feelings_of(
            reading, makegood.library, wanted, lambda one: sees(request, one.brand)
        )
    return {
        "line": _line(found.line, found) if found.line is not None else None,
        "evidence": [_evidence(one) for one in found.evidence],
        "next": feeling_places.written(found.following) if found.following else None,
    }


def _line(line: FeelingLine, found: Felt) -> Fields:
    last = line.last
    return {
        "now": line.now,
        "last": last.feeling if last is not None else None,
        "last_at": instant(last.at_ms) if last is not None else None,
        "read_from": instant(found.read_from_ms) if found.read_from_ms else None,
        "spans": [_span(one) for one in line.spans],
    }


def _span(one: Span) -> Fields:
    return {
        "feeling": one.feeling,
        "since": instant(one.from_ms),
        "until": None if one.is_open else instant(one.until_ms),
        "event": one.said.event or None,
    }


def _evidence(one: Evidence) -> Fields:
    return {
        "at": instant(one.at_ms),
        "kind": one.kind,
        "said": one.is_said,
        "feeling": one.feeling,
        "event": one.event or None,
        "brand": one.brand,
        "name": one.name or None,
        "question": one.question if one.kind == "answer" else None,
        "score": one.score,
        "most": one.most or None,
        "replaced": one.replaced,
        "read_by": _read_by(one) if one.is_measured else None,
    }


def _read_by(one: Evidence) -> Fields:
    return {"model": one.model, "kind": one.read_as, "sure": one.sure / 1_000}
