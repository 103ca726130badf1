"""What the slower routes take and give."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from makegood.api.access import Declined
from makegood.api.problems import Problem
from makegood.messages.ids import CaseId
from makegood.ports.rows import CaseRow, LedgerRow, OutboxRow

# Control characters cannot be stored, so they are refused at the door.
Line = Annotated[str, StringConstraints(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[
    str, StringConstraints(max_length=4_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")
]
CaseKey = Annotated[str, StringConstraints(pattern=r"^ke[0-9a-f]{32}$")]
PageSize = Annotated[int, Field(ge=1, le=200)]
CustomerKey = Annotated[str, StringConstraints(pattern=r"^p[0-9a-f]{32}$")]
CommandKey = Annotated[str, StringConstraints(pattern=r"^m[0-9a-f]{32}$")]
_NEVER = 2**63 - 1  # the store's place for a case with nothing due


class ProblemOut(Schema):
    """Why a request was not done."""

    code: str
    message: str
    where: str
    what_to_do: str


class ErrorOut(Schema):
    """The shape of every answer that is not 2xx."""

    error: ProblemOut


class CaseOut(Schema):
    """One case; free of personal data."""

    id: str
    customer: str
    brand: str
    phase: str
    severity: int
    second_failure: bool
    risk: int
    owner: str | None
    waiting_for: str | None
    line: str
    is_open: bool
    holds_marketing: bool
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


class CasePage(Schema):
    """One page of cases, the customer about to be lost first."""

    cases: list[CaseOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class MoneyOut(Schema):
    """Money that moved for a case."""

    account: Literal["owed", "marketing"]
    remedy: str
    cents: int
    currency: str
    at: datetime


class CaseDetail(CaseOut):
    """One case with the money that moved for it."""

    ledger: list[MoneyOut]


class FailureIn(Schema):
    """A failure raised by hand."""

    model_config = ConfigDict(extra="forbid")

    identifier: Line = Field(description="Typed: user:42, email:ana@example.org, ...")
    failure: Line = Field(default="other", description="Id of a failure rule, or other.")
    about: Line = Field(default="", description="Booking, segment or order.")
    brand: Line = ""
    severity: int = Field(default=0, ge=0, le=5, description="0 leaves it to the rule.")
    words: Words = Field(default="", description="What was said; kept apart from the log.")
    asker: Line = Field(default="", description="Who asks, typed; empty for the customer.")
    payer: Line = Field(default="", description="Who paid, typed; empty for the customer.")
    told: Line = Field(default="", description="Whom the case writes to, typed; empty: as usual.")
    account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,64}$")] = Field(
        default="", description="Through which account it was booked; empty when not known."
    )


class RaisedOut(Schema):
    """A failure that is now in the log."""

    event: str
    repeated: bool


class CommandOut(Schema):
    """A command with its delivery."""

    id: str
    case: str
    kind: str
    status: str
    attempts: int
    error: str
    due_at: datetime


class CommandPage(Schema):
    """One page of commands by id."""

    commands: list[CommandOut]
    next: str | None


class RetriedOut(Schema):
    """A dead letter that waits for delivery again."""

    id: str
    status: Literal["waiting"]


def instant(at_ms: int) -> datetime:
    """Write an instant; the JSON carries its offset."""
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC)


def _maybe(at_ms: int) -> datetime | None:
    return instant(at_ms) if at_ms else None


def case_fields(row: CaseRow) -> dict[str, object]:
    """Show a case as JSON fields."""
    return {
        "id": row.case,
        "customer": row.customer,
        "brand": row.brand,
        "phase": row.phase,
        "severity": row.severity,
        "second_failure": row.double,
        "risk": row.risk,
        "owner": row.owner or None,
        "waiting_for": row.waiting_for or None,
        "line": row.line,
        "is_open": row.is_open,
        "holds_marketing": row.held,
        "opened_at": instant(row.opened_ms),
        "due_at": _maybe(row.due_ms),
        "closed_at": _maybe(row.closed_ms),
    }


def money_fields(line: LedgerRow) -> dict[str, object]:
    return {
        "account": line.account,
        "remedy": line.remedy,
        "cents": line.cents,
        "currency": line.currency,
        "at": instant(line.at_ms),
    }


def command_fields(row: OutboxRow) -> dict[str, object]:
    return {
        "id": row.command.id,
        "case": row.command.case,
        "kind": str(row.command.order.__struct_config__.tag),
        "status": row.status.value,
        "attempts": row.attempts,
        "error": row.error,
        "due_at": instant(row.command.due_ms),
    }


def cursor_of(row: CaseRow) -> str:
    """Name the place after a case, so that the next page begins there."""
    place = (row.risk, row.due_ms or _NEVER, row.case)
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).decode().rstrip("=")


def place_of(cursor: str) -> tuple[int, int, CaseId]:
    """Read what `cursor_of` wrote.

    Raises:
        Declined: It is not one of ours.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        risk, due_ms, case = msgspec.msgpack.decode(raw, type=tuple[int, int, str])
        if max(abs(risk), abs(due_ms)) > _NEVER or "\x00" in case:
            raise ValueError
    except (binascii.Error, ValueError, msgspec.DecodeError):
        problem = Problem(
            code="bad_cursor",
            message="This is not the end of a page.",
            where="query after",
            what_to_do="Give the value of `next` of the page before, or leave it out.",
        )
        raise Declined(400, problem) from None
    return risk, due_ms, CaseId(case)
