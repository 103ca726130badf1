"""Say over HTTP that a customer was asked for what we know already: a call log knows it first."""

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from makegood.api.access import CasesKey, Declined, sees
from makegood.api.asking import declined, rep_of
from makegood.api.problems import Problem, missing
from makegood.api.request_routes import WRITES, Fields, Named, joined, key_of
from makegood.api.shapes import CaseKey, Line, RaisedOut, Words
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.errors import Refused
from makegood.messages.facts import AskedAgain
from makegood.messages.ids import CaseId, event_id
from makegood.runtime.acts import DESK
from makegood.runtime.intake import text_ref

router = Router(auth=CasesKey(by_brand=True), tags=["cases"])
Who = Literal["customer", "rep", "place"]


class AgainIn(Schema):
    """The customer was asked for what we know already."""

    model_config = ConfigDict(extra="forbid")

    who: Who = Field(description="Who says so.")
    rep: Line = Field(default="", description="Which rep; needed when `who` is rep.")
    place: Line = Field(default="", description="Id of the place; needed when `who` is place.")
    words: Words = Field(default="", description="What was asked; kept apart from the log.")


@router.post("/cases/{case_id}/told-twice", response={200: RaisedOut, **WRITES})
def post_told_twice(
    request: HttpRequest,
    case_id: CaseKey,
    told: AgainIn,
    idempotency_key: Named,
) -> Fields:
    """Count that the customer was asked for what we know already."""
    makegood = joined(request)
    with makegood.store.reading() as reading:
        row = reading.case(CaseId(case_id))
    if row is None or not sees(request, row.brand):
        raise Declined(404, missing("case"))
    asker = _asker(makegood, told, row.brand)
    message_id = f"{key_of(request).name}/{idempotency_key}"
    ref = text_ref(event_id(DESK, message_id), "again") if told.words.strip() else ""
    done = makegood.acts.act(
        row.customer,
        AskedAgain(case=row.case, who=told.who, words=ref),
        asker,
        message_id=message_id,
        texts={ref: told.words} if ref else {},
    )
    if isinstance(done, Refused):
        raise declined(done)
    return {"event": done.event, "repeated": done.repeated}


def _asker(makegood: Makegood, told: AgainIn, brand: str) -> Asker:
    """Say in whose name it is told.

    Raises:
        Declined: 422 for a place or a person that is not named or not known.
    """
    if told.who == "rep":
        rep = rep_of(makegood, told.rep, brand)
        return Asker(rep=rep.rep, role=rep.role)
    if told.who == "customer":
        return Asker()
    with makegood.store.reading() as reading:
        known = reading.places_by_id([told.place])
    if told.place not in known:
        problem = Problem(
            code="no_such_place",
            message=f"There is no place {told.place[:40]!r}.",
            where="body place",
            what_to_do="Give the id of a place; `makegood places` lists them.",
        )
        raise Declined(422, problem)
    return Asker(place=told.place)
