"""What the routes of requests take and give."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from makegood.api.shapes import Line, Words, instant
from makegood.messages.ids import CustomerId, EventId, ProfileId
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook
from makegood.ports.rows import AskedRow
from makegood.projections.asked import Request, in_language

RequestKey = Annotated[str, StringConstraints(pattern=r"^q[0-9a-f]{64}$")]
Cents = Annotated[int, Field(ge=0, le=10**12)]


class RequestIn(Schema):
    """Something that a customer asks for."""

    model_config = ConfigDict(extra="forbid")

    identifier: Line = Field(description="The customer, typed: user:42, email:ana@example.org")
    request: Line = Field(description="Id of a request of the rule book.")
    facts: dict[str, object] = Field(default={}, description="What it carries; see `takes`.")
    about: Line = Field(default="", description="Booking, segment or order.")
    brand: Line = ""
    asker: Line = Field(default="", description="Who asks, typed; empty for the customer.")
    payer: Line = Field(default="", description="Who pays, typed; empty for the customer.")
    told: Line = Field(default="", description="Who is told, typed; empty for the customer.")
    language: Line = Field(default="en", description="Of `says` and `title`.")


class SettleIn(Schema):
    """A person's answer."""

    model_config = ConfigDict(extra="forbid")

    rep: Line = Field(description="Sign-in name of who answers; their limit and brands count.")
    answer: Literal["allow", "deny"]
    remedy: Line = Field(default="", description="What is given with a yes.")
    cents: Cents | None = Field(default=None, description="What that costs; null by the book.")
    charge_cents: Cents | None = Field(default=None, description="What has to be paid.")
    reason: Words = Field(default="", description="Required for a no; kept apart from the log.")
    language: Line = "en"


class AppealIn(Schema):
    """A no that is not accepted."""

    model_config = ConfigDict(extra="forbid")

    rep: Line = Field(default="", description="Who appeals for the customer, if not they.")
    words: Words = Field(default="", description="What they said; kept apart from the log.")
    language: Line = "en"


class SumOut(Schema):
    """A sum of money."""

    cents: int
    currency: str


class GivenOut(Schema):
    """What is given with a yes."""

    remedy: str
    cost: SumOut | None


class SeenOut(Schema):
    """Something that was looked at."""

    name: str
    value: object


class ReasonsOut(Schema):
    """Why the table said what it said."""

    answer: Literal["allow", "deny", "person"]
    row: str | None
    line: int
    source: str | None
    looked_at: list[SeenOut]
    seen: list[SeenOut]
    missing: str | None = Field(
        description="What was lacking, when that is why a person is asked."
    )
    also: list[str] = Field(description="Rows that fit too, when only one may.")


class RequestOut(Schema):
    """A request with its answer; free of personal data."""

    id: str
    customer: str
    request: str
    title: str
    about: str
    brand: str
    asker: str | None
    payer: str | None
    told: str | None
    status: Literal["waiting", "appealed", "allowed", "denied"]
    says: str | None
    gives: GivenOut | None
    charge: SumOut | None
    asked_at: datetime
    within_seconds: int = Field(description="How long a person has, also after an appeal.")
    answer_by: datetime | None
    late: bool
    answered_by: str | None = Field(description="A person; null for the table.")
    may_appeal: bool
    reasons: ReasonsOut


class RequestPage(Schema):
    """One page of what a customer asked for, the latest first."""

    requests: list[RequestOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class WaitingOut(Schema):
    """A request that waits for a person; free of personal data."""

    id: str
    customer: str
    request: str
    title: str
    about: str
    brand: str
    status: Literal["waiting", "appealed"]
    refused_by: str | None = Field(description="Who said no; somebody else answers the appeal.")
    asked_at: datetime
    answer_by: datetime
    late: bool


class WaitingPage(Schema):
    """One page of what waits for a person, the most pressing first."""

    requests: list[WaitingOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


def request_key(profile: ProfileId, event: EventId) -> str:
    """Name a request by whom it was about and its event."""
    return f"q{profile[1:]}{event[1:]}"


def read_key(key: str) -> tuple[ProfileId, EventId]:
    """Read what `request_key` wrote."""
    return ProfileId(f"p{key[1:33]}"), EventId(f"e{key[33:]}")


def waiting_fields(row: AskedRow, book: RuleBook, language: str) -> dict[str, object]:
    """Show a waiting request as JSON fields."""
    rule = book.requests.get(row.request)
    return {
        "id": request_key(row.profile, row.event),
        "customer": row.customer,
        "request": row.request,
        "title": in_language(rule.title, language) if rule else row.request,
        "about": row.about,
        "brand": row.brand,
        "status": "appealed" if row.appealed else "waiting",
        "refused_by": row.refused_by or None,
        "asked_at": instant(row.at_ms),
        "answer_by": instant(row.due_ms),
        "late": row.late,
    }


def place_of(row: AskedRow) -> str:
    """Name the place of a waiting request in the list, for the page after it."""
    return f"{row.due_ms}.{row.event}"


def read_place(place: str) -> tuple[int, EventId] | None:
    """Read what `place_of` wrote; None for the beginning."""
    due, _, event = place.partition(".")
    return (min(int(due), 2**63 - 1), EventId(event)) if event else None


def _sum(money: Money | None) -> dict[str, object] | None:
    return None if money is None else {"cents": money.cents, "currency": money.currency}


def _seen(pairs: tuple[tuple[str, object], ...]) -> list[dict[str, object]]:
    return [{"name": name, "value": value} for name, value in pairs]


def request_fields(one: Request, customer: CustomerId, language: str) -> dict[str, object]:
    """Show a request as JSON fields."""
    asked = one.asked
    says = in_language(asked.says, language) if not one.by else ""
    return {
        "id": request_key(one.profile, one.event),
        "customer": customer,
        "request": asked.request,
        "title": in_language(one.titles, language),
        "about": asked.about,
        "brand": asked.brand,
        "asker": asked.asker or None,
        "payer": asked.payer or None,
        "told": asked.told or None,
        "status": one.status.value,
        "says": says or None,
        "gives": {"remedy": one.remedy, "cost": _sum(one.cost)} if one.remedy else None,
        "charge": _sum(one.charge),
        "asked_at": instant(one.at_ms),
        "within_seconds": asked.within_ms // 1000,
        "answer_by": instant(one.due_ms) if one.due_ms else None,
        "late": one.now.late if one.now else False,
        "answered_by": one.by or None,
        "may_appeal": one.can_appeal,
        "reasons": {
            "answer": asked.answer,
            "row": asked.row or None,
            "line": asked.line,
            "source": one.source or None,
            "looked_at": _seen(asked.looked_at),
            "seen": _seen(asked.seen),
            "missing": asked.missing or None,
            "also": list(asked.also),
        },
    }
