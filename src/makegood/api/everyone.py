"""Everyone like this over HTTP: for a case, for a request, or for a kind of either."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.api.access import CasesKey, Declined
from makegood.api.asked import Cents, RequestKey, SumOut, read_key
from makegood.api.problems import Problem
from makegood.api.shapes import CaseKey, ErrorOut, Line
from makegood.bootstrap import Makegood
from makegood.core.likeness import Comparable
from makegood.core.state import State, decode_state
from makegood.messages.ids import CaseId, CustomerId
from makegood.messages.money import Money
from makegood.ports.store import Reading
from makegood.projections.alike import checked_remedy, like_of_case, like_of_kind, like_of_request
from makegood.projections.everyone import Everyone, Share, Wanted, everyone

router = Router(auth=CasesKey(), tags=["everyone"])
Fields = dict[str, object]
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
_NOT_FOUND: dict[int, type[ErrorOut]] = {**_REFUSED, 404: ErrorOut}
Remedy = Annotated[Line, Field(description="Also this remedy, even if it was never given.")]
Each = Annotated[Cents | None, Field(description="What `remedy` costs; null by the book.")]
OwnBrand = Annotated[bool, Field(description="Only cases of its brand.")]


class ShareOut(Schema):
    """How many customers came back."""

    back: int
    of: int = Field(description="Customers for whom it can be told by now.")
    low: float | None = Field(description="95 % interval of the share; null for too few.")
    high: float | None


class RemedyOut(Schema):
    """One remedy among comparable cases."""

    remedy: str
    cases: int = Field(description="In how many it was given.")
    given: list[SumOut]
    for_all: list[SumOut] = Field(description="What it costs in every comparable case.")
    unpriced: int = Field(description="Cases whose price nobody knows; not in `for_all`.")
    came_back: ShareOut


class EveryoneOut(Schema):
    """Who else was in the same place, and what became of it."""

    kind: str
    what: str
    same: list[str]
    standing: str | None = Field(description="This level or a higher one; null for any.")
    brand: str | None = Field(description="Only this brand; null for any.")
    within_days: int
    judge_after_days: int
    ready: bool = Field(description="False while cases are counted for another rule book.")
    customers: int
    cases: int
    given: int
    refused: int
    waiting: int
    too_few: bool = Field(description="Too few customers to tell anything of all of them.")
    remedies: list[RemedyOut]
    came_back: ShareOut | None = Field(description="Null when the book names no such event.")
    came_back_given: ShareOut | None
    came_back_refused: ShareOut | None


@router.get("/cases/{case_id}/everyone", response={200: EveryoneOut, **_NOT_FOUND})
def everyone_like_case(
    request: HttpRequest,
    case_id: CaseKey,
    remedy: Remedy = "",
    cents: Each = None,
    own_brand: OwnBrand = False,
) -> Fields:
    """Tell of everyone like the customer of a case, by its latest failure."""
    makegood = _makegood(request)
    with makegood.store.reading() as reading:
        row = reading.case(CaseId(case_id))
        state = _state(reading, row.customer) if row is not None else None
        case = state.case(row.case) if row is not None and state is not None else None
        if state is None or case is None:
            raise _missing("case")
        like = like_of_case(state, case, makegood.library)
        if like is None:
            raise _missing("failure in this case that can be compared")
        return _answer(makegood, reading, like, (remedy, cents, own_brand))


@router.get("/requests/{request_id}/everyone", response={200: EveryoneOut, **_NOT_FOUND})
def everyone_like_request(
    request: HttpRequest,
    request_id: RequestKey,
    remedy: Remedy = "",
    cents: Each = None,
    own_brand: OwnBrand = False,
) -> Fields:
    """Tell of everyone who asked for the same."""
    makegood = _makegood(request)
    profile, event = read_key(request_id)
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        state = _state(reading, customer) if customer is not None else None
        like = like_of_request(state, event, makegood.library) if state is not None else None
        if like is None:
            raise _missing("request")
        return _answer(makegood, reading, like, (remedy, cents, own_brand))


@router.get("/everyone", response={200: EveryoneOut, **_REFUSED})
def everyone_of_kind(  # noqa: PLR0913 - each is one parameter of the query
    request: HttpRequest,
    failure: Annotated[Line, Field(description="Id of a failure; or else `asks`.")] = "",
    asks: Annotated[Line, Field(description="Id of a request.")] = "",
    brand: Line = "",
    severity: Annotated[int, Field(ge=0, le=5)] = 0,
    standing: Annotated[Line, Field(description="A level; this one or a higher.")] = "",
    remedy: Remedy = "",
    cents: Each = None,
    own_brand: OwnBrand = False,
) -> Fields:
    """Tell of everyone with a kind of failure, or a kind of request."""
    makegood = _makegood(request)
    like = like_of_kind(
        makegood.library.now(brand),
        failure=failure,
        request=asks,
        brand=brand,
        severity=severity,
        standing=standing,
    )
    with makegood.store.reading() as reading:
        return _answer(makegood, reading, like, (remedy, cents, own_brand))


def _makegood(request: HttpRequest) -> Makegood:
    joined: Makegood = request.makegood  # type: ignore[attr-defined]
    return joined


def _state(reading: Reading, customer: CustomerId) -> State | None:
    row = reading.row(customer)
    return decode_state(row.state) if row is not None else None


def _missing(what: str) -> Declined:
    problem = Problem(
        code="not_found",
        message=f"There is no such {what}.",
        where="path",
        what_to_do="Check the id; ids are opaque and never change their spelling.",
    )
    return Declined(404, problem)


def _answer(
    makegood: Makegood,
    reading: Reading,
    like: Comparable,
    terms: tuple[str, int | None, bool],
) -> Fields:
    remedy, cents, own_brand = terms
    book = makegood.book
    remedies = checked_remedy(book.for_brand(like.brand), remedy, cents)
    wanted = Wanted(like=like, remedies=remedies, cents=cents, own_brand=own_brand)
    found = everyone(reading, wanted, book, makegood.clock.now_ms())
    return everyone_fields(found)


def everyone_fields(found: Everyone) -> Fields:
    """Show an answer as JSON fields."""
    known = found.knows_return
    return {
        "kind": found.kind,
        "what": found.what,
        "same": list(found.same),
        "standing": found.standing or None,
        "brand": found.brand or None,
        "within_days": found.within_days,
        "judge_after_days": found.judge_after_days,
        "ready": found.is_ready,
        "customers": found.customers,
        "cases": found.cases,
        "given": found.given,
        "refused": found.refused,
        "waiting": found.waiting,
        "too_few": found.is_too_few,
        "remedies": [
            {
                "remedy": one.remedy,
                "cases": one.cases,
                "given": [_sum(money) for money in one.sums],
                "for_all": [_sum(money) for money in one.for_all],
                "unpriced": one.unpriced,
                "came_back": _share(one.came_back),
            }
            for one in found.remedies
        ],
        "came_back": _share(found.came_back) if known else None,
        "came_back_given": _share(found.came_back_given) if known else None,
        "came_back_refused": _share(found.came_back_refused) if known else None,
    }


def _sum(money: Money) -> Fields:
    return {"cents": money.cents, "currency": money.currency}


def _share(share: Share) -> Fields:
    return {"back": share.back, "of": share.of, "low": share.low, "high": share.high}
