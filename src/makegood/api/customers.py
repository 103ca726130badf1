"""What the route of a customer gives: cases, and who this is with who says so."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from makegood.api.shapes import CaseOut, instant
from makegood.bootstrap import Makegood
from makegood.core.state import decode_state
from makegood.ports.rows import CustomerRow
from makegood.projections.standing import Basis, Part, one_brand, standing_of


class BasisOut(Schema):
    """What one source says."""

    value: object = Field(description="The fact as it was told; null when it was taken back.")
    words: str
    source: str | None = Field(description="Null: told before the rule book named the fact.")
    at: datetime | None


class PartOut(Schema):
    """One part of a standing."""

    part: Literal["tier", "tenure", "value", "payment", "partner", "agreements", "public_voice"]
    words: str
    sources_differ: bool
    told: list[BasisOut] = Field(description="The newest first.")


class StandingOut(Schema):
    """Who a customer is, by the active rule book."""

    prospect: bool = Field(description="Nobody knows of a purchase.")
    parts: list[PartOut]


class CustomerOut(Schema):
    """One customer; free of personal data."""

    id: str
    profiles: list[str]
    events: int
    stuck: bool
    cases: list[CaseOut]
    standing: StandingOut | None = Field(description="Null: the rule book does not say how.")


def standing_fields(row: CustomerRow | None, makegood: Makegood) -> dict[str, object] | None:
    """Show a standing as JSON fields."""
    state = decode_state(row.state if row is not None else b"")
    standing = standing_of(state, makegood.library.now(one_brand(state)), makegood.clock.now_ms())
    if standing is None:
        return None
    return {
        "prospect": standing.is_prospect,
        "parts": [_part(one) for one in standing.parts],
    }


def _part(one: Part) -> dict[str, object]:
    return {
        "part": one.id,
        "words": one.words,
        "sources_differ": one.differs,
        "told": [_basis(basis) for basis in one.basis],
    }


def _basis(one: Basis) -> dict[str, object]:
    return {
        "value": one.value,
        "words": one.words,
        "source": one.source or None,
        "at": instant(one.at_ms) if one.at_ms else None,
    }
