"""The route of coverage: what share of the sends we know of asked the gate or passed it."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.api.access import CasesKey
from makegood.api.shapes import ErrorOut
from makegood.bootstrap import Makegood
from makegood.projections.coverage import DAYS, coverage

router = Router(auth=CasesKey(), tags=["coverage"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)


class PartOut(Schema):
    """One brand on one channel."""

    brand: str = Field(description="Empty where no brand of the rule book was named.")
    channel: str
    own: int = Field(description="Sent by Makegood, which asks for each.")
    asked: int = Field(description="The gate said yes when it was asked.")
    smtp: int = Field(description="Recipients that passed the SMTP gate.")
    screened: int = Field(description="Rows of screened lists that may be written to.")
    reported: int = Field(description="Told of by events.")
    not_asked: int = Field(description="Told of by events beyond all that asked or passed.")
    share: float | None = Field(description="At most so much asked; null when nothing is known.")
    last_day: str


class CampaignOut(Schema):
    """A campaign of a source that is not connected."""

    campaign: str
    told: int


class LooseOut(Schema):
    """A source that tells of more sends than had asked."""

    brand: str
    channel: str
    source: str = Field(description="Name of the write key that told.")
    told: int
    campaigns: list[CampaignOut]
    last_day: str


class CoverageOut(Schema):
    """Coverage of the last days, up to and with today (UTC)."""

    days: int
    since: str
    share: float | None = Field(description="At most so much asked; null when nothing is known.")
    known: int
    covered: int
    not_asked: int
    parts: list[PartOut]
    not_connected: list[LooseOut]


@router.get("/coverage", response={200: CoverageOut, **_REFUSED})
def show_coverage(
    request: HttpRequest, days: Annotated[int, Field(ge=1, le=366)] = DAYS
) -> dict[str, object]:
    """Say what share of the sends that are known asked the gate, by brand and channel."""
    makegood: Makegood = request.makegood  # type: ignore[attr-defined]
    makegood.coverage.flush()  # what this process counted a moment ago is in it
    with makegood.store.reading() as reading:
        return coverage(reading, makegood.clock.now_ms(), days=days).shown()
