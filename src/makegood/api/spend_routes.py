"""What making good costs beside what winning customers costs; the books are told here."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.analytics.spend import MonthSpend, add_up, by_month, months_until
from makegood.api.access import CasesKey, Declined, brands_of, key_of, must_speak_for
from makegood.api.problems import Problem
from makegood.api.request_routes import Fields, joined
from makegood.api.shapes import ErrorOut, Line, PageSize
from makegood.api.survey_routes import RangeOut
from makegood.messages.errors import InputError
from makegood.ports.spend import UNKNOWN, Acquisition
from makegood.runtime.spend import MOST_CENTS, MOST_CUSTOMERS, SpendRoom, in_hundredths

router = Router(auth=CasesKey(by_brand=True), tags=["spend"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
MOST_ROWS = 1_000


class MonthOut(Schema):
    """One month of one brand in one currency; amounts are hundredths of its unit."""

    month: str
    is_running: bool
    brand: str | None
    currency: str
    goodwill_cents: int = Field(description="Given as goodwill, booked as marketing.")
    owed_cents: int = Field(description="Paid because it was owed.")
    made_good: int = Field(description="Cases that ended made good.")
    cost_per_made_good_cents: RangeOut | None = Field(
        description="Mean goodwill of these cases; null: cannot tell yet. No causal effect."
    )
    friends: int = Field(description="Who became customers by links of these cases.")
    acquisition_cents: int | None = Field(description="By the firm's books; null: not told.")
    new_customers: int | None = Field(description="By the firm's books; null: not told.")
    cost_per_new_customer_cents: int | None


class SpendPage(Schema):
    """One page of months, the newest first."""

    months: list[MonthOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class AcquisitionIn(Schema):
    """What the books say of one month, brand and channel; told again, it takes its own place."""

    brand: Line = Field("", description="Empty for what was spent for all brands together.")
    month: str = Field(description="As 2026-03.", pattern=r"^[0-9]{4}-[0-9]{2}$")
    channel: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    amount: int = Field(
        description="In minor units of the currency, as ISO 4217 has them.", ge=0, le=MOST_CENTS
    )
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    new_customers: int | None = Field(None, ge=0, le=MOST_CUSTOMERS)


class BooksIn(Schema):
    """All of it is taken, or nothing."""

    rows: list[AcquisitionIn] = Field(min_length=1, max_length=MOST_ROWS)


class BooksOut(Schema):
    """What became of it."""

    changed: int = Field(description="Rows that are new or say something else than before.")


@router.get("/spend", response={200: SpendPage, **_REFUSED})
def get_spend(
    request: HttpRequest,
    months: Annotated[int, Field(ge=1, le=60, description="Whole months back.")] = 12,
    after: Annotated[Line, Field(description="`next` of the page before.")] = "",
    limit: PageSize = 50,
) -> Fields:
    """Say what making good cost, and what winning customers cost, by month and brand."""
    makegood = joined(request)
    library = makegood.library
    wanted = months_until(makegood.clock.now_ms(), library.now().timezone, months)
    with makegood.store.reading() as reading:
        sums = add_up(reading, wanted, brands_of(request))
    rows = by_month(sums, wanted, lambda brand: library.now(brand).currency)
    keys = [_key(one) for one in rows]
    if after and after not in keys:
        problem = Problem(
            code="bad_cursor",
            message="This is not the end of a page.",
            where="query after",
            what_to_do="Give the value of `next` of the page before, or leave it out.",
        )
        raise Declined(422, problem)
    begin = keys.index(after) + 1 if after else 0
    shown = rows[begin : begin + limit]
    return {
        "months": [_fields(one) for one in shown],
        "next": _key(shown[-1]) if begin + limit < len(rows) else None,
    }


@router.put("/spend/acquisition", response={200: BooksOut, **_REFUSED, 413: ErrorOut})
def put_acquisition(request: HttpRequest, told: BooksIn) -> Fields:
    """Tell what winning customers cost, by the firm's books."""
    makegood, key = joined(request), key_of(request)
    for one in told.rows:
        must_speak_for(request, one.brand)
    rows = [
        Acquisition(
            brand=one.brand,
            month=one.month,
            channel=one.channel,
            cents=in_hundredths(one.amount, one.currency),
            currency=one.currency,
            customers=UNKNOWN if one.new_customers is None else one.new_customers,
        )
        for one in told.rows
    ]
    room = SpendRoom(makegood.store, lambda: makegood.book, makegood.clock)
    try:
        return {"changed": room.take(rows, f"key:{key.name}")}
    except InputError as error:
        problem = Problem(
            code="bad_books",
            message=str(error),
            where="body rows",
            what_to_do="Correct it and send all again; nothing was stored.",
        )
        raise Declined(422, problem) from error


def _key(one: MonthSpend) -> str:
    return f"{one.month}.{one.brand}.{one.currency}"


def _fields(one: MonthSpend) -> Fields:
    cost = one.cost
    return {
        "month": one.month,
        "is_running": one.is_running,
        "brand": one.brand or None,
        "currency": one.currency,
        "goodwill_cents": one.goodwill_cents,
        "owed_cents": one.owed_cents,
        "made_good": one.made_good,
        "cost_per_made_good_cents": (
            {"value": cost.value, "low": cost.low, "high": cost.high} if cost else None
        ),
        "friends": one.friends,
        "acquisition_cents": _known(one.acquisition_cents),
        "new_customers": _known(one.new_customers),
        "cost_per_new_customer_cents": one.per_new_cents,
    }


def _known(number: int) -> int | None:
    return None if number == UNKNOWN else number
