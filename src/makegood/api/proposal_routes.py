"""The routes of proposals: propose what is above one's authority, approve, turn down, appeal."""

from collections.abc import Callable
from typing import Annotated, TypeAlias

from django.http import HttpRequest
from msgspec import Struct
from ninja import Router
from pydantic import Field

from makegood.api.access import CasesKey, Declined, sees
from makegood.api.asking import declined, rep_of
from makegood.api.paging import page_of
from makegood.api.problems import missing
from makegood.api.proposals import (
    ApprovalIn,
    ContestIn,
    ProposalIn,
    ProposalKey,
    ProposalOut,
    ProposalPage,
    RefusalIn,
    proposal_fields,
)
from makegood.api.request_routes import Fields, Named, joined, key_of
from makegood.api.shapes import CaseKey, ErrorOut, PageSize
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.proposals import find
from makegood.core.state import Case, decode_state
from makegood.messages.errors import Refused
from makegood.messages.facts import Approved, Contested, Proposed, TurnedDown
from makegood.messages.ids import CaseId, EventId, event_id
from makegood.messages.money import Money
from makegood.ports.rows import CaseRow
from makegood.runtime.acts import DESK
from makegood.runtime.intake import text_ref

Step: TypeAlias = Proposed | Approved | TurnedDown | Contested
router = Router(auth=CasesKey(by_brand=True), tags=["proposals"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 404, 422, 429, 503), ErrorOut)
_WRITES: dict[int, type[ErrorOut]] = {**_REFUSED, 409: ErrorOut, 413: ErrorOut}
_AGAIN = Refused(
    code="idempotency_conflict", why="The name of this request was used for something else."
)


class _Said(Struct, frozen=True, kw_only=True):
    """Who takes a step, under which name, with which words."""

    rep: str
    name: str
    words: str = ""


@router.get("/cases/{case_id}/proposals", response={200: ProposalPage, **_REFUSED})
def list_proposals(
    request: HttpRequest,
    case_id: CaseKey,
    after: Annotated[str, Field(pattern=r"^(e[0-9a-f]{32})?$")] = "",
    limit: PageSize = 50,
) -> Fields:
    """List what was proposed in a case, with its answers; at most ten wait at a time."""
    makegood = joined(request)
    case = _case(makegood, _row(request, case_id))
    shown, following = page_of(case.proposals, lambda one: one.event, after, limit, "proposal")
    return {
        "proposals": [proposal_fields(one, case.id, is_open=case.is_open) for one in shown],
        "next": following,
    }


@router.post("/cases/{case_id}/proposals", response={200: ProposalOut, **_WRITES})
def post_proposal(
    request: HttpRequest, case_id: CaseKey, wanted: ProposalIn, idempotency_key: Named
) -> Fields:
    """Propose what is above one's authority or budget; a second person answers in time."""
    currency = joined(request).book.currency

    def make(case: CaseId, ref: str) -> Step:
        return Proposed(
            case=case,
            remedy=wanted.remedy,
            cost=Money(wanted.cents or 0, currency),
            off_script=wanted.cents is not None,
            reason=ref,
        )

    said = _Said(rep=wanted.rep, name=idempotency_key, words=wanted.reason)
    return _do(request, case_id, said, make)


@router.post(
    "/cases/{case_id}/proposals/{proposal_id}/approve", response={200: ProposalOut, **_WRITES}
)
def approve_proposal(
    request: HttpRequest,
    case_id: CaseKey,
    proposal_id: ProposalKey,
    answer: ApprovalIn,
    idempotency_key: Named,
) -> Fields:
    """Give what was proposed, within one's own authority and budget."""

    def make(case: CaseId, _ref: str) -> Step:
        return Approved(case=case, proposed=EventId(proposal_id))

    return _do(request, case_id, _Said(rep=answer.rep, name=idempotency_key), make)


@router.post(
    "/cases/{case_id}/proposals/{proposal_id}/turn-down", response={200: ProposalOut, **_WRITES}
)
def turn_down_proposal(
    request: HttpRequest,
    case_id: CaseKey,
    proposal_id: ProposalKey,
    answer: RefusalIn,
    idempotency_key: Named,
) -> Fields:
    """Say no, with a reason."""

    def make(case: CaseId, ref: str) -> Step:
        return TurnedDown(case=case, proposed=EventId(proposal_id), reason=ref)

    said = _Said(rep=answer.rep, name=idempotency_key, words=answer.reason)
    return _do(request, case_id, said, make)


@router.post(
    "/cases/{case_id}/proposals/{proposal_id}/appeal", response={200: ProposalOut, **_WRITES}
)
def appeal_proposal(
    request: HttpRequest,
    case_id: CaseKey,
    proposal_id: ProposalKey,
    words: ContestIn,
    idempotency_key: Named,
) -> Fields:
    """Appeal a no, once; somebody other than who said it decides."""

    def make(case: CaseId, ref: str) -> Step:
        return Contested(case=case, proposed=EventId(proposal_id), words=ref)

    said = _Said(rep=words.rep, name=idempotency_key, words=words.words)
    return _do(request, case_id, said, make)


def _do(
    request: HttpRequest, case_id: str, said: _Said, make: Callable[[CaseId, str], Step]
) -> Fields:
    """Take one step, once, in the name of a person; a repeat shows what became of it."""
    makegood = joined(request)
    key = key_of(request)
    row = _row(request, case_id)
    rep = rep_of(makegood, said.rep, row.brand)
    message_id = f"{key.name}/{said.name}"
    event = event_id(DESK, message_id)
    ref = text_ref(event, "reason") if said.words else ""
    wanted = make(row.case, ref)
    done = makegood.acts.act(
        row.customer,
        wanted,
        Asker(rep=rep.rep, role=rep.role),
        message_id=message_id,
        texts={ref: said.words} if ref else {},
    )
    if isinstance(done, Refused):
        raise declined(done)
    if done.repeated and not _is_same(makegood, row, event, wanted, rep.rep):
        raise declined(_AGAIN)
    case = _case(makegood, row)
    one = find(case, event if isinstance(wanted, Proposed) else wanted.proposed)
    if one is None:
        raise Declined(404, missing("proposal"))
    return proposal_fields(one, case.id, is_open=case.is_open)


def _is_same(makegood: Makegood, row: CaseRow, event: EventId, wanted: Step, rep: str) -> bool:
    """Whether a repeat wants what was done under its name before, for the same person."""
    with makegood.store.reading() as reading:
        history = reading.history(row.customer)
    said = next((one.body for one in history if one.id == event), None)
    if type(said) is not type(wanted) or getattr(said, "by", rep) != rep:
        return False
    names = ["remedy", "off_script", "proposed"]
    if isinstance(wanted, Proposed) and wanted.off_script:
        names.append("cost")  # else the plan said it
    return all(getattr(said, name, "") == getattr(wanted, name, "") for name in names)


def _row(request: HttpRequest, case_id: str) -> CaseRow:
    with joined(request).store.reading() as reading:
        row = reading.case(CaseId(case_id))
    if row is None or not sees(request, row.brand):
        raise Declined(404, missing("case"))
    return row


def _case(makegood: Makegood, row: CaseRow) -> Case:
    with makegood.store.reading() as reading:
        kept = reading.row(row.customer)
    case = decode_state(kept.state).case(row.case) if kept is not None else None
    if case is None:
        raise Declined(404, missing("case"))
    return case
