"""What making good costs beside what winning customers costs, month by month."""

import csv
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from makegood.analytics.spend import (
    FEWEST_CASES,
    MonthSpend,
    add_up,
    by_month,
    months_until,
)
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.feelings import feelings_shell
from makegood.messages.money import Money
from makegood.ports.spend import UNKNOWN
from makegood.projections.figures import money_words

BACK = (3, 12, 24)
PAGE = 60  # rows of the table; the next ones are a link away
HEADS = (
    "month", "brand", "currency", "goodwill_cents", "owed_cents", "made_good",
    "cost_per_made_good_cents", "cost_low_cents", "cost_high_cents", "friends",
    "acquisition_cents", "new_customers", "cost_per_new_customer_cents",
)  # fmt: skip


@require_safe
@for_reps
def index(request: HttpRequest) -> HttpResponse:
    """Show both by month and brand, with a chart in the currency of the book."""
    with at_the_desk(request) as desk:
        back, after = _back(request), request.GET.get("after", "")
        rows = rows_of(desk, back)
        shown, following = page_of(rows, after)
        currency = book_of(desk).currency
        page = {
            **feelings_shell(desk, "spend"),
            "back": back,
            "choices": BACK,
            "rows": [_shown(one) for one in shown],
            "next": following,
            "fewest": FEWEST_CASES,
            "currency": currency,
        }
    from makegood.analytics.spend_chart import chart  # loads the renderer, not when we start

    # Drawn when the store is let go of, of numbers and month names; nobody's words are in it.
    wide, narrow = chart(rows, currency)
    page |= {"wide": mark_safe(wide), "narrow": mark_safe(narrow)}  # noqa: S308
    return render(request, "desk/feelings_spend.html", page)


@require_safe
@for_reps
def table(request: HttpRequest) -> HttpResponse:
    """Give all of it as CSV."""
    with at_the_desk(request) as desk:
        rows = rows_of(desk, _back(request))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="spend.csv"'
    writer = csv.writer(response, lineterminator="\n")
    writer.writerow(HEADS)
    writer.writerows(_line(one) for one in rows)
    return response


def rows_of(desk: Desk, back: int) -> tuple[MonthSpend, ...]:
    """Give every month and brand that this person may see, the newest month first."""
    library = desk.makegood.library
    months = months_until(desk.now_ms, library.now().timezone, back)
    sums = add_up(desk.reading, months, desk.brands)
    return by_month(sums, months, lambda brand: library.now(brand).currency)


def page_of(
    rows: Sequence[MonthSpend], after: str, limit: int = PAGE
) -> tuple[Sequence[MonthSpend], str]:
    """Give the rows after a key, and the key after which the next page begins; "" at the end."""
    keys = [key_of(one) for one in rows]
    begin = keys.index(after) + 1 if after in keys else 0
    shown = rows[begin : begin + limit]
    return shown, key_of(shown[-1]) if begin + limit < len(rows) else ""


def key_of(one: MonthSpend) -> str:
    """Name a row."""
    return f"{one.month}.{one.brand}.{one.currency}"


def _back(request: HttpRequest) -> int:
    asked = request.GET.get("months", "")
    return int(asked) if asked in map(str, BACK) else BACK[1]


def _line(one: MonthSpend) -> tuple[object, ...]:
    cost = one.cost
    ends = (round(cost.value), round(cost.low), round(cost.high)) if cost else ("", "", "")
    return (
        one.month, one.brand, one.currency, one.goodwill_cents, one.owed_cents, one.made_good,
        *ends, one.friends, _known(one.acquisition_cents), _known(one.new_customers),
        "" if one.per_new_cents is None else one.per_new_cents,
    )  # fmt: skip


def _known(number: int) -> int | str:
    return "" if number == UNKNOWN else number


def _shown(one: MonthSpend) -> dict[str, Any]:
    def money(cents: int) -> str:
        return money_words(Money(cents, one.currency))

    cost, new = one.cost, one.per_new_cents
    return {
        "month": one.month,
        "is_running": one.is_running,
        "brand": one.brand,
        "goodwill": money(one.goodwill_cents),
        "owed": money(one.owed_cents),
        "made_good": one.made_good,
        "cost": f"between {money(round(cost.low))} and {money(round(cost.high))}" if cost else "",
        "friends": one.friends,
        "acquisition": money(one.acquisition_cents) if one.acquisition_cents != UNKNOWN else "",
        "new": one.new_customers if one.new_customers != UNKNOWN else "",
        "per_new": money(new) if new is not None else "",
    }
