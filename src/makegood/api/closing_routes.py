"""What is behind a case, what is done about it, and its end, in the name of a person."""

from typing import Annotated, Literal

from django.http import HttpRequest
from msgspec.structs import replace
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from makegood.api.access import CasesKey, Declined, sees
from makegood.api.asking import declined, rep_of
from makegood.api.problems import Problem, missing
from makegood.api.request_routes import WRITES, Fields, Named, joined, key_of
from makegood.api.shapes import CaseKey, Line, RaisedOut, Words
from makegood.core.decide import Asker
from makegood.messages.errors import Refused
from makegood.messages.facts import Answered, Released, RootCauseNamed
from makegood.messages.ids import CaseId, event_id
from makegood.ports.rows import CaseRow, RepRow
from makegood.runtime.acts import DESK
from makegood.runtime.intake import text_ref
from makegood.sources.personal import holds_address

router = Router(auth=CasesKey(by_brand=True), tags=["root causes"])
Step = RootCauseNamed | Released | Answered
_AGAIN = Refused(
    code="idempotency_conflict", why="The name of this request was used for something else."
)


class BehindIn(Schema):
    """What is behind one case; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    rep: Annotated[Line, Field(min_length=1)] = Field(description="Its owner, or a supervisor.")
    kind: Literal["", "policy", "process", "person", "outside"] = ""
    action: Words = Field(
        default="", description="What is done about it, kept apart from the log; no address."
    )
    cause: Annotated[Line, Field(max_length=100)] = Field(
        default="", description="rule:<id>, place:<id> or other:<words>; nothing personal."
    )
    told: Annotated[Line, Field(max_length=300)] = Field(
        default="",
        description="What the customer may be told of the action; plain, and nothing personal.",
    )


class EndIn(Schema):
    """How a case ends."""

    model_config = ConfigDict(extra="forbid")

    rep: Annotated[Line, Field(min_length=1)]
    how: Literal["good", "release"] = Field(
        description="The customer told this person so; or a supervisor lifts the hold."
    )
    reason: Words = Field(default="", description="Why it is released; kept apart from the log.")


@router.post("/cases/{case_id}/root-cause", response={200: RaisedOut, **WRITES})
def post_behind(
    request: HttpRequest, case_id: CaseKey, wanted: BehindIn, idempotency_key: Named
) -> Fields:
    """Say of what kind the root cause of a case is, and what is done about it."""
    told = wanted.told.strip()
    if not (wanted.kind or wanted.action.strip() or wanted.cause or told):
        raise Declined(422, _NOTHING)
    if any(map(holds_address, (wanted.cause, wanted.action, told))):
        raise Declined(422, _PERSONAL)
    body = RootCauseNamed(case=CaseId(""), cause=wanted.cause, kind=wanted.kind, told=told)
    row, rep = _who(request, case_id, wanted.rep)
    return _do(request, row, rep, body, idempotency_key, wanted.action.strip())


@router.post("/cases/{case_id}/end", response={200: RaisedOut, **WRITES})
def post_end(
    request: HttpRequest, case_id: CaseKey, wanted: EndIn, idempotency_key: Named
) -> Fields:
    """End a case; one that an unhappy answer opened only after somebody said what was learnt."""
    row, rep = _who(request, case_id, wanted.rep)
    if wanted.how == "good":
        good = Answered(case=CaseId(""), answer="good")
        return _do(request, row, rep, good, idempotency_key, "")
    if rep.role != "supervisor":
        raise Declined(403, _SUPERVISORS)
    body = Released(case=CaseId(""), by=rep.rep, reason="")
    return _do(request, row, rep, body, idempotency_key, wanted.reason.strip())


def _who(request: HttpRequest, case_id: str, name: str) -> tuple[CaseRow, RepRow]:
    makegood = joined(request)
    with makegood.store.reading() as reading:
        row = reading.case(CaseId(case_id))
    if row is None or not sees(request, row.brand):
        raise Declined(404, missing("case"))
    rep = rep_of(makegood, name, row.brand)
    if rep.has_left(makegood.clock.now_ms()):
        raise Declined(422, _LEFT)
    return row, rep


def _do(
    request: HttpRequest, row: CaseRow, rep: RepRow, body: Step, name: str, words: str
) -> Fields:
    """Take one step, once; the same name with something else is refused."""
    makegood = joined(request)
    message_id = f"{key_of(request).name}/{name}"
    event = event_id(DESK, message_id)
    ref = text_ref(event, "words") if words else ""
    match body:
        case RootCauseNamed():
            body = replace(body, case=row.case, by=rep.rep, action=ref)
        case Released():
            body = replace(body, case=row.case, by=rep.rep, reason=ref)
        case Answered():
            body = replace(body, case=row.case, by=rep.rep)
    with makegood.store.reading() as reading:
        said = next((it.body for it in reading.history(row.customer) if it.id == event), None)
        told = reading.texts([ref]).get(ref, words) if ref else words
    if said is not None:
        if said != body or told != words:
            raise declined(_AGAIN)
        return {"event": event, "repeated": True}
    done = makegood.acts.act(
        row.customer,
        body,
        Asker(rep=rep.rep, role=rep.role),
        message_id=message_id,
        texts={ref: words} if ref else {},
    )
    if isinstance(done, Refused):
        raise declined(done)
    return {"event": done.event, "repeated": done.repeated}


_NOTHING = Problem(
    code="nothing_said",
    message="It says neither of what kind the root cause is, nor what it is, nor what is done.",
    where="body",
    what_to_do="Give `kind`, `action` or `cause`.",
)
_PERSONAL = Problem(
    code="personal",
    message="A root cause and what is done about it name nobody's address.",
    where="body",
    what_to_do="Say what happened, and not to whom.",
)
_SUPERVISORS = Problem(
    code="supervisors_only",
    message="Only a supervisor releases a hold.",
    where="body rep",
    what_to_do="Give the sign-in name of a supervisor, or ask the customer.",
)
_LEFT = Problem(
    code="no_such_rep",
    message="This person does not work here any more.",
    where="body rep",
    what_to_do="Give the sign-in name of somebody who does.",
)
