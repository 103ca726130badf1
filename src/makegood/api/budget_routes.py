"""The route of budgets: how much of each is taken now."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.api.access import CasesKey
from makegood.api.shapes import ErrorOut, PageSize
from makegood.bootstrap import Makegood
from makegood.runtime.budgets import Purse, look

router = Router(auth=CasesKey(), tags=["budgets"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)


class BudgetOut(Schema):
    """A budget in the period of this moment."""

    id: str
    per: Literal["day", "week", "month"]
    period: str = Field(description="The day, week or month, in the book's time zone.")
    roles: list[str]
    brand: str | None
    cents: int
    taken_cents: int = Field(description="Given or on its way; more than `cents` if it cost more.")
    left_cents: int
    currency: str


class BudgetPage(Schema):
    """One page of budgets, by id."""

    budgets: list[BudgetOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


@router.get("/budgets", response={200: BudgetPage, **_REFUSED})
def list_budgets(
    request: HttpRequest,
    after: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,63})?$")] = "",
    limit: PageSize = 50,
) -> dict[str, object]:
    """List the budgets of the active rule book, with what is taken from each now."""
    makegood: Makegood = request.makegood  # type: ignore[attr-defined]
    book, now_ms = makegood.book, makegood.clock.now_ms()
    rest = sorted((one for one in book.budgets if one.id > after), key=lambda one: one.id)
    with makegood.store.reading() as reading:
        shown = [look(reading, book, one, now_ms) for one in rest[:limit]]
    return {
        "budgets": [_fields(one, book.currency) for one in shown],
        "next": rest[limit - 1].id if len(rest) > limit else None,
    }


def _fields(one: Purse, currency: str) -> dict[str, object]:
    budget = one.budget
    return {
        "id": budget.id,
        "per": budget.per,
        "period": one.period,
        "roles": list(budget.roles),
        "brand": budget.brand or None,
        "cents": budget.cents,
        "taken_cents": one.taken_cents,
        "left_cents": one.left_cents,
        "currency": currency,
    }
