"""A customer's telephone calls over HTTP, who has to call back, and that somebody did."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from makegood.api.access import CasesKey, Declined
from makegood.api.asking import declined, rep_of
from makegood.api.problems import Problem, missing
from makegood.api.request_routes import NOT_FOUND, WRITES, Fields, Named, joined, key_of
from makegood.api.shapes import CustomerKey, Line, RaisedOut, Words, instant
from makegood.bootstrap import Makegood
from makegood.core.call_backs import is_named
from makegood.core.decide import Asker
from makegood.core.fold import advance
from makegood.core.phone import CallBack, Phone, PhoneCall
from makegood.core.state import decode_state
from makegood.messages.call_facts import CalledBack
from makegood.messages.errors import Refused
from makegood.messages.ids import CustomerId, EventId, ProfileId, event_id
from makegood.runtime.acts import DESK
from makegood.runtime.intake import text_ref

router = Router(auth=CasesKey(), tags=["calls"])
SUPERVISOR = "supervisor"
_SUPERVISORS = Problem(
    code="supervisors_only",
    message="Nobody by name has this call-back any more, and this person is no supervisor.",
    where="body rep",
    what_to_do="Let a supervisor call.",
)
BackKey = Annotated[str, Field(pattern=r"^e[0-9a-f]{32}$")]


class CallOut(Schema):
    """One call, as all its events say together."""

    call: str
    at: datetime
    agents: list[str]
    queues: list[str]
    answered: bool
    outward: bool = Field(description="We called them.")
    transfers: int
    held_seconds: int
    told_again: int
    waited_seconds: int | None = Field(description="Null where nobody says.")
    ended: datetime | None
    ended_by: Literal["", "agent", "customer", "line"] = Field(
        description="`line` where it is not known, or two say two things; empty while it lasts."
    )


class CallBackOut(Schema):
    """A call that a supervisor owes."""

    call_back: str
    call: str
    why: Literal["hung_up_on", "flagged"]
    agent: str = Field(description="Whom it is about.")
    owner: str = Field(description="Who has to call; empty for the supervisors together.")
    due: datetime
    stuck: bool = Field(description="It failed at the top, and nobody stands higher.")
    done: datetime | None
    done_by: str


class CallsOut(Schema):
    """A customer's calls that are remembered, the latest first."""

    calls: list[CallOut]
    call_backs: list[CallBackOut]
    suggestions: int = Field(description="What transcripts suggest that nobody has read yet.")


class CalledBackIn(Schema):
    """Somebody called the customer back."""

    model_config = ConfigDict(extra="forbid")

    rep: Annotated[Line, Field(min_length=1)] = Field(description="Who called.")
    reached: bool = Field(description="False leaves it open, and its clock goes on.")
    note: Words = Field(default="", description="What was said; kept apart from the log.")


@router.get("/customers/{customer_id}/calls", response={200: CallsOut, **NOT_FOUND})
def get_calls(request: HttpRequest, customer_id: CustomerKey) -> Fields:
    """Show a customer's calls and call-backs; what was said in them is in no answer."""
    _, phone = _phone(joined(request), ProfileId(customer_id))
    latest = sorted(phone.calls, key=lambda one: (-one.at_ms, one.id))
    return {
        "calls": [_call(one) for one in latest],
        "call_backs": [_back(one) for one in reversed(phone.backs)],
        "suggestions": len(phone.open_hints),
    }


@router.post(
    "/customers/{customer_id}/call-backs/{call_back_id}", response={200: RaisedOut, **WRITES}
)
def post_called_back(
    request: HttpRequest,
    customer_id: CustomerKey,
    call_back_id: BackKey,
    told: CalledBackIn,
    idempotency_key: Named,
) -> Fields:
    """Say that whoever it stands with, or somebody above them, called the customer back."""
    makegood = joined(request)
    customer, phone = _phone(makegood, ProfileId(customer_id))
    one = phone.back(call_back_id)
    if one is None:
        raise Declined(404, missing("call-back"))
    rep = rep_of(makegood, told.rep, one.brand)
    if one.is_anybodys and not is_named(one, rep.rep) and rep.role != SUPERVISOR:
        raise Declined(403, _SUPERVISORS)
    message_id = f"{key_of(request).name}/{idempotency_key}"
    ref = text_ref(event_id(DESK, message_id), "note") if told.note.strip() else ""
    done = makegood.acts.act(
        customer,
        CalledBack(call_back=EventId(call_back_id), reached=told.reached, note=ref),
        Asker(rep=rep.rep, role=rep.role),
        message_id=message_id,
        texts={ref: told.note} if ref else {},
    )
    if isinstance(done, Refused):
        raise declined(done)
    return {"event": done.event, "repeated": done.repeated}


def _phone(makegood: Makegood, profile: ProfileId) -> tuple[CustomerId, Phone]:
    """Find a customer's calls, as they stand now.

    Raises:
        Declined: 404 for nobody.
    """
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        row = reading.row(customer) if customer is not None else None
    if customer is None or row is None:
        raise Declined(404, missing("customer"))
    state = decode_state(row.state)
    if not row.stuck:
        state = advance(state, makegood.clock.now_ms(), makegood.library).state
    return customer, state.phone


def _call(one: PhoneCall) -> Fields:
    return {
        "call": one.id,
        "at": instant(one.at_ms),
        "agents": list(one.agents),
        "queues": list(one.queues),
        "answered": one.answered,
        "outward": one.outward,
        "transfers": one.handed_on,
        "held_seconds": one.held_seconds,
        "told_again": one.told_more,
        "waited_seconds": one.waited,
        "ended": instant(one.ended_ms) if one.ended_ms else None,
        "ended_by": one.ended_by,
    }


def _back(one: CallBack) -> Fields:
    return {
        "call_back": one.id,
        "call": one.call,
        "why": one.why,
        "agent": one.rep,
        "owner": one.owner,
        "due": instant(one.due_ms),
        "stuck": one.is_stuck,
        "done": instant(one.done_ms) if one.done_ms else None,
        "done_by": one.done_by,
    }
