"""What the routes of what was said take and give."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from makegood.api.asked import Cents
from makegood.api.shapes import Line, Words, instant
from makegood.messages.ids import CustomerId, EventId, ProfileId
from makegood.projections.asked import in_language
from makegood.projections.said import Spoken

SaidKey = Annotated[str, StringConstraints(pattern=r"^s[0-9a-f]{64}$")]
Rep = Annotated[Line, Field(description="Sign-in name of who says it; their limit counts.")]
Identifier = Annotated[Line, Field(description="The customer, typed: user:42")]
About = Annotated[Line, Field(description="Booking, segment or order.")]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class PromiseIn(Schema):
    """A promise to a customer, with words and an end."""

    model_config = ConfigDict(extra="forbid")

    identifier: Identifier
    rep: Rep
    promise: Line = Field(description='Id of a promise of the rule book, or "other".')
    until: datetime = Field(description="Until when it is to be kept, with its offset from UTC.")
    words: Words = Field(description="What was said; kept apart from the log.")
    about: About = ""
    brand: Line = ""
    binds: dict[str, object] = Field(default={}, description="What it binds us to.")
    language: Line = "en"


class DisclosureIn(Schema):
    """What the customer was told something costs."""

    model_config = ConfigDict(extra="forbid")

    identifier: Identifier
    rep: Rep
    disclosure: Line = Field(description="Id of a disclosure of the rule book.")
    about: About
    cents: Cents
    channel: Literal["", "phone", "desk", "mail", "chat", "web", "contract"] = ""
    words: Words = Field(default="", description="What was said; kept apart from the log.")
    brand: Line = ""
    language: Line = "en"


class RedirectIn(Schema):
    """A customer who is sent to somebody else who accepted them."""

    model_config = ConfigDict(extra="forbid")

    identifier: Identifier
    rep: Rep
    to: Line = Field(description="Where: a hotel, a branch, a team.")
    accepted_by: Name = Field(description="Who accepted them there; kept apart from the log.")
    until: datetime = Field(description="Until when the place is held, with its offset from UTC.")
    story: Words = Field(description="What they were told of it; kept apart from the log.")
    about: About = ""
    brand: Line = ""
    language: Line = "en"


class KeptIn(Schema):
    """A promise was kept."""

    model_config = ConfigDict(extra="forbid")

    rep: Rep
    note: Words = ""
    language: Line = "en"


class ArrivedIn(Schema):
    """What became of a customer who was sent to somebody else."""

    model_config = ConfigDict(extra="forbid")

    rep: Rep
    taken: bool = Field(description="False when they were refused there.")
    note: Words = ""
    language: Line = "en"


class SaidOut(Schema):
    """Something that was said; free of personal data."""

    id: str
    customer: str
    kind: Literal["promise", "disclosure", "redirect"]
    name: str = Field(description="Its id in the rule book.")
    title: str
    about: str
    brand: str
    by: str | None
    said_at: datetime
    until: datetime | None
    status: Literal["open", "kept", "broken", "kept_late", "told"]
    facts: dict[str, object]


class SaidPage(Schema):
    """One page of what a customer was told and is remembered, the latest first."""

    said: list[SaidOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


def said_key(profile: ProfileId, event: EventId) -> str:
    """Name what was said by whom it was about and its event."""
    return f"s{profile[1:]}{event[1:]}"


def read_said_key(key: str) -> tuple[ProfileId, EventId]:
    """Read what `said_key` wrote."""
    return ProfileId(f"p{key[1:33]}"), EventId(f"e{key[33:]}")


def said_fields(one: Spoken, customer: CustomerId, language: str) -> dict[str, object]:
    """Show it as JSON fields."""
    said = one.said
    return {
        "id": said_key(said.profile, said.event),
        "customer": customer,
        "kind": said.kind.value,
        "name": said.id,
        "title": in_language(one.titles, language),
        "about": one.about,
        "brand": said.brand,
        "by": said.by or None,
        "said_at": instant(said.at_ms),
        "until": instant(said.due_ms) if said.due_ms else None,
        "status": one.status,
        "facts": said.facts,
    }
