"""The route of letters to management: what each said, the newest first."""

import re
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.api.access import CasesKey, Declined, key_of
from makegood.api.problems import missing
from makegood.api.shapes import ErrorOut
from makegood.bootstrap import Makegood
from makegood.ports.monday import MondayLetter

router = Router(auth=CasesKey(by_brand=True), tags=["letters to management"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 404, 422, 429, 503), ErrorOut)
_PLACE = re.compile(r"([0-9]{1,15})~([a-z0-9_.\-W]{1,120})")


class SheetRowOut(Schema):
    """One figure."""

    label: str
    now: str
    before: str = Field(description="In the week before; empty where nothing compares.")
    note: str = Field(description="What it is made of, or its interval.")
    link: str = Field(description="Path of the desk's page about it; empty for none.")


class SheetPartOut(Schema):
    """One part of a letter."""

    title: str
    rows: list[SheetRowOut]


class ManagementLetterOut(Schema):
    """A letter as it was sent; it names no customer, and not to whom it went."""

    letter: str
    name: str = Field(description="What the rule book calls it.")
    week: str = Field(description="ISO week, as 2026-W47.")
    brands: list[str] = Field(description="Whose figures it has; empty for all.")
    at_ms: int
    due_ms: int
    late: bool
    book: str = Field(description="The rule book it was written by.")
    language: str
    subject: str
    doing: list[str] = Field(description="What to do, the most pressing first.")
    parts: list[SheetPartOut]
    notes: list[str]
    text: str


class ManagementLettersOut(Schema):
    """A page of letters."""

    letters: list[ManagementLetterOut]
    next: str | None


@router.get("/letters", response={200: ManagementLettersOut, **_REFUSED})
def list_management_letters(
    request: HttpRequest,
    before: str = "",
    limit: Annotated[int, Field(ge=1, le=99)] = 20,
) -> dict[str, object]:
    """Page through letters to management; a key of some brands sees those of its brands alone."""
    place = _PLACE.fullmatch(before) if before else None
    if before and place is None:
        raise Declined(404, missing("letter"))
    makegood: Makegood = request.makegood  # type: ignore[attr-defined]
    own = set(key_of(request).brands)
    with makegood.store.reading() as reading:
        among = None
        if own:
            known = reading.monday_audiences()
            among = [one for one in known if one and set(one.split()) <= own]
        rows = reading.mondays(
            among=among,
            before=(int(place[1]), place[2]) if place is not None else None,
            limit=limit + 1,
        )
    shown = rows[:limit]
    more = len(rows) > len(shown)
    return {
        "letters": [_out(one) for one in shown],
        "next": "{}~{}".format(*shown[-1].key) if more else None,
    }


def _out(one: MondayLetter) -> dict[str, object]:
    sheet = one.sheet
    return {
        "letter": one.letter,
        "name": one.name,
        "week": one.week,
        "brands": list(one.brands),
        "at_ms": one.at_ms,
        "due_ms": one.due_ms,
        "late": one.late,
        "book": one.book,
        "language": sheet.language,
        "subject": sheet.subject,
        "doing": list(sheet.doing),
        "parts": [
            {
                "title": part.title,
                "rows": [
                    {
                        "label": row.label,
                        "now": row.now,
                        "before": row.before,
                        "note": row.note,
                        "link": row.link,
                    }
                    for row in part.rows
                ],
            }
            for part in sheet.parts
        ],
        "notes": list(sheet.notes),
        "text": one.text,
    }
