"""Root causes: what is behind cases, who answers for it and until when, and the answer.

A root cause is one for all brands, so a key of some brands opens none of it.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from makegood.api.access import CasesKey, Declined
from makegood.api.asking import declined, rep_of
from makegood.api.problems import Problem, missing
from makegood.api.request_routes import WRITES, Fields, joined
from makegood.api.shapes import Line, PageSize, instant
from makegood.messages.errors import Refused
from makegood.messages.ids import RepId
from makegood.projections.root_causes import Asking, CauseRow, causes_for, rows_of_causes
from makegood.runtime.root_answers import LONGEST_SAYS, Given, answer_cause, asking_of

router = Router(auth=CasesKey(), tags=["root causes"])
Cause = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
SUPERVISOR = "supervisor"
EVERYTHING = Asking(rep=RepId(""), sees_all=True)


class RootAnswerOut(Schema):
    """What was answered last."""

    answer: Literal["changed", "will", "stays"]
    says: str
    at: datetime = Field(description="Since when it is changed, or by when it will be.")
    rep: str
    said: datetime


class RootCauseOut(Schema):
    """One root cause with its cases added up; free of personal data."""

    cause: str = Field(description="rule:<id>, place:<id> or other:<words>.")
    title: str
    owner: str = Field(description="Sign-in name; empty for the supervisors together.")
    cases: int
    waiting: int = Field(description="Cases that the last answer does not cover.")
    harm: int = Field(description="The severities of the cases added up.")
    days: int = Field(description="Since the first case opened.")
    stands: str
    due: datetime | None = Field(description="Until when an answer, or the change, is due.")
    late: bool
    answer: RootAnswerOut | None


class RootCausesOut(Schema):
    """A page of them, by their names."""

    root_causes: list[RootCauseOut]
    next: str | None


class RootAnswerIn(Schema):
    """What becomes of a root cause."""

    model_config = ConfigDict(extra="forbid")

    cause: Cause
    answer: Literal["changed", "will", "stays"]
    says: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_SAYS)] = Field(
        description="What is changed, or why it stays; nothing personal."
    )
    at: AwareDatetime | None = Field(
        default=None,
        description="Since when it is changed (now unless said), or by when it will be.",
    )
    rep: Annotated[Line, Field(min_length=1)] = Field(
        description="Who answers: the owner, or a supervisor."
    )


@router.get("/root-causes", response={200: RootCausesOut})
def get_root_causes(
    request: HttpRequest, after: Line = "", limit: PageSize = 50, owner: Line = ""
) -> Fields:
    """List root causes by their names; of one owner, what they answer for."""
    makegood = joined(request)
    who = Asking(rep=RepId(owner)) if owner else EVERYTHING
    now_ms = makegood.clock.now_ms()
    with makegood.store.reading() as reading:
        rows, following = causes_for(reading, makegood.library, who, (after, limit), now_ms)
    return {"root_causes": [_fields(row) for row in rows], "next": following or None}


@router.post("/root-causes/answer", response={200: RootCauseOut, **WRITES})
def post_root_answer(request: HttpRequest, wanted: RootAnswerIn) -> Fields:
    """Say what becomes of a root cause; the same answer sent twice is one answer."""
    makegood = joined(request)
    rep = rep_of(makegood, wanted.rep, "")
    now_ms = makegood.clock.now_ms()
    if wanted.answer == "will" and wanted.at is None:
        raise Declined(422, _LACKS_DAY)
    if rep.has_left(now_ms):
        raise Declined(422, _LEFT)
    given = Given(
        cause=wanted.cause,
        answer=wanted.answer,
        says=wanted.says.strip(),
        who=asking_of(rep.rep, supervises=rep.role == SUPERVISOR, brands=rep.brands),
        at_ms=_ms(wanted.at),
    )
    done = answer_cause(makegood.store, makegood.clock, makegood.library, given)
    if isinstance(done, Refused):
        if done.code == "no_such_cause":
            raise Declined(404, missing("root cause"))
        raise declined(done)
    with makegood.store.reading() as reading:
        found = reading.gathered("", 1, among=[wanted.cause])
        (row,) = rows_of_causes(reading, makegood.library, found, now_ms)
    return _fields(row)


_LACKS_DAY = Problem(
    code="bad_end",
    message="It does not say by when it will change.",
    where="body at",
    what_to_do="Give an instant with its offset, such as 2026-03-31T23:59:00+01:00.",
)
_LEFT = Problem(
    code="no_such_rep",
    message="This person does not work here any more.",
    where="body rep",
    what_to_do="Give the sign-in name of the owner, or of a supervisor.",
)


def _ms(at: datetime | None) -> int | None:
    return int(at.astimezone(UTC).timestamp() * 1000) if at is not None else None


def _fields(row: CauseRow) -> Fields:
    answer = row.answer
    return {
        "cause": row.cause,
        "title": row.title,
        "owner": row.owner,
        "cases": row.cases,
        "waiting": row.open,
        "harm": row.harm,
        "days": row.days,
        "stands": row.says,
        "due": instant(row.due_ms) if row.due_ms else None,
        "late": row.late,
        "answer": answer
        and {
            "answer": answer.answer,
            "says": answer.says,
            "at": instant(answer.since_ms),
            "rep": answer.by,
            "said": instant(answer.said_ms),
        },
    }
