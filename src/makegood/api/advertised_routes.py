"""What is advertised: what is said of it in public beside what the log measures; never by whom."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.analytics.advertised import Beside, Measured, Said, beside, count, words
from makegood.analytics.parity.intervals import Interval
from makegood.api.access import CasesKey, Declined, brands_of, sees
from makegood.api.problems import Problem, missing
from makegood.api.request_routes import Fields, joined
from makegood.api.shapes import ErrorOut, Line, PageSize
from makegood.api.survey_routes import RangeOut
from makegood.core.holds import iso
from makegood.playbooks.advertising import Advertised
from makegood.playbooks.spans import DAY_MS
from makegood.ports.advertised import Touching, TouchKey
from makegood.runtime.advertised import advertised_by

router = Router(auth=CasesKey(by_brand=True), tags=["advertised"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)
_NOT_FOUND: dict[int, type[ErrorOut]] = {**_REFUSED, 404: ErrorOut}
_AFTER = r"^([0-9]{1,15}\.[0-9a-f]{32})?$"


class SaidOut(Schema):
    """What posts say."""

    about: int = Field(description="Posts about it.")
    against: int = Field(description="By which it was not so.")
    kept: int = Field(description="By which it was so.")
    unjudged: int = Field(description="Nobody knows which way.")
    share_against: RangeOut | None = Field(
        description="0 to 1, whichever way the unjudged turn; null: cannot tell yet."
    )


class MeasuredOut(Schema):
    """How often it was kept, by one measure of the log."""

    kind: Literal["waits", "promises"]
    kept: int
    broken: int
    share_kept: RangeOut | None = Field(description="0 to 1; null: cannot tell yet.")


class AdvertisedOut(Schema):
    """One promise."""

    id: str
    says: dict[str, str]
    url: str
    brands: list[str] = Field(description="Empty for all.")
    said: SaidOut
    measured: list[MeasuredOut]
    failures: int | None = Field(description="Cases in which it failed; null: none is named.")
    words: list[str]


class AdvertisedPage(Schema):
    """One page of promises, by id."""

    days: int
    advertised: list[AdvertisedOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class TouchingOut(Schema):
    """A post about a promise; neither its words nor its author."""

    post: str
    brand: str | None
    at: str
    verdict: Literal["against", "kept", "unjudged", "aside"]
    because: Literal["words", "stars", "case", "person", "read", "label"] = Field(
        description="`read`: by a machine; `label`: somebody sorted it so."
    )
    rep: str | None


class TouchingPage(Schema):
    """One page of posts, the newest first."""

    posts: list[TouchingOut]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


@router.get("/advertised", response={200: AdvertisedPage, **_REFUSED})
def list_advertised(
    request: HttpRequest,
    days: Annotated[int, Field(ge=1, le=366)] = 90,
    brand: Annotated[Line, Field(description="Only what this brand says, and of it.")] = "",
    after: Annotated[Line, Field(description="`next` of the page before.")] = "",
    limit: PageSize = 50,
) -> Fields:
    """Say of each promise what is said in public and what is measured, beside each other."""
    makegood = joined(request)
    if brand and (brand not in makegood.book.brands or not sees(request, brand)):
        raise Declined(422, _NO_BRAND)
    now_ms = makegood.clock.now_ms()
    found = {key: it for key, it in _seen(request, brand).items() if key > after}
    keys = list(found)[:limit]
    shown = [found[key] for key in keys]
    span = (now_ms - now_ms % DAY_MS - (days - 1) * DAY_MS, now_ms + 1)
    brands = (brand,) if brand else brands_of(request)
    with makegood.store.reading() as reading:
        counts = count(reading, shown, span, now_ms, brands)
    return {
        "days": days,
        "advertised": [_fields(one) for one in beside(shown, counts)],
        "next": keys[-1] if len(found) > limit else None,
    }


@router.get("/advertised/{promise_id}/posts", response={200: TouchingPage, **_NOT_FOUND})
def list_posts(
    request: HttpRequest,
    promise_id: str,
    verdict: Annotated[
        Literal["against", "kept", "unjudged", "aside"] | None,
        Field(description="Only these; else all but those that are about something else."),
    ] = None,
    after: Annotated[str, Field(pattern=_AFTER, description="`next` of the page before.")] = "",
    limit: PageSize = 50,
) -> Fields:
    """List the posts about a promise."""
    if promise_id not in {one.id for one in _seen(request, "").values()}:
        raise Declined(404, missing("promise"))
    at, _, post = after.partition(".")
    place: TouchKey | None = (int(at), post) if post else None
    with joined(request).store.reading() as reading:
        rows = reading.touching(
            promise_id, verdict=verdict, brands=brands_of(request), after=place, limit=limit + 1
        )
    shown = rows[:limit]
    return {
        "posts": [_post(one) for one in shown],
        "next": "{}.{}".format(*shown[-1].key) if len(rows) > limit else None,
    }


_NO_BRAND = Problem(
    code="no_such_brand",
    message="There is no such brand for this key.",
    where="query brand",
    what_to_do="Name a brand of the active rule book that the key may see.",
)


def _seen(request: HttpRequest, brand: str) -> dict[str, Advertised]:
    """Give what is advertised by brands that the key may see, in the order of its keys."""
    found = advertised_by(joined(request).library.now(), brand)
    return {
        key: one
        for key, one in sorted(found.items())
        if not one.brands or any(sees(request, it) for it in one.brands)
    }


def _fields(one: Beside) -> Fields:
    return {
        "id": one.promise.id,
        "says": dict(one.promise.says),
        "url": one.promise.url,
        "brands": list(one.promise.brands),
        "said": _said(one.said),
        "measured": [_measured(it) for it in one.measured],
        "failures": one.failures,
        "words": list(words(one)),
    }


def _said(one: Said) -> Fields:
    return {
        "about": one.about,
        "against": one.against,
        "kept": one.kept,
        "unjudged": one.unjudged,
        "share_against": _range(one.interval) if one.can_tell else None,
    }


def _measured(one: Measured) -> Fields:
    share = _range(one.interval) if one.can_tell else None
    return {"kind": one.kind, "kept": one.kept, "broken": one.broken, "share_kept": share}


def _range(one: Interval) -> Fields:
    return {"value": one.value, "low": one.low, "high": one.high}


def _post(one: Touching) -> Fields:
    return {
        "post": one.post,
        "brand": one.brand or None,
        "at": iso(one.at_ms),
        "verdict": one.verdict,
        "because": one.because,
        "rep": one.rep or None,
    }
