"""The route of budgets: how much of each is taken now."""

from collections.abc import Iterator
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.api.access import CasesKey
from makegood.api.shapes import ErrorOut, Line, PageSize
from makegood.bootstrap import Makegood
from makegood.playbooks.book import RuleBook
from makegood.playbooks.giving import Budget
from makegood.projections.alike import check_known
from makegood.runtime.budgets import Purse, look

router = Router(auth=CasesKey(), tags=["budgets"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
_AFTER = r"^([a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?)?$"


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
    after: Annotated[str, Field(pattern=_AFTER)] = "",
    limit: PageSize = 50,
    brand: Annotated[Line, Field(description="Only those that pay for cases of it.")] = "",
) -> dict[str, object]:
    """List the budgets of the active rule books, with what is taken from each now."""
    makegood: Makegood = request.makegood  # type: ignore[attr-defined]
    book, now_ms = makegood.book, makegood.clock.now_ms()
    check_known("brand", brand, book.brands)
    found = dict(_of_all(book) if not brand else _of_brand(book.for_brand(brand), brand))
    rest = sorted(purse for purse in found if purse > after)
    with makegood.store.reading() as reading:
        shown = [look(reading, *found[purse], now_ms) for purse in rest[:limit]]
    return {
        "budgets": [_fields(one, book.currency) for one in shown],
        "next": rest[limit - 1] if len(rest) > limit else None,
    }


def _of_brand(book: RuleBook, brand: str) -> Iterator[tuple[str, tuple[RuleBook, Budget]]]:
    """Give the budgets that pay for cases of a brand, by purse, each with the book it is in."""
    for one in book.budgets:
        if one.brand in ("", brand):
            yield one.purse, (book, one)


def _of_all(book: RuleBook) -> Iterator[tuple[str, tuple[RuleBook, Budget]]]:
    """Give every budget; one that the books of brands share is told by the umbrella's."""
    for brand, own in book.by_brand.items():
        yield from _of_brand(own, brand)
    for one in book.budgets:
        if one.brand not in book.by_brand:
            yield one.purse, (book, one)


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
