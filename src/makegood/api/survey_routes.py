"""What answers to surveys say, for the firm's own tools: figures, never whose they are."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.analytics.asking import Figure, Group, groups_by
from makegood.analytics.parity.intervals import Interval
from makegood.api.access import CasesKey, brands_of, sees
from makegood.api.request_routes import Fields, joined
from makegood.api.shapes import ErrorOut, Line
from makegood.playbooks.rulings import SurveyRule
from makegood.playbooks.spans import DAY_MS
from makegood.ports.answers import AnswerCount
from makegood.projections.asking_words import survey_at, surveys_in

router = Router(auth=CasesKey(by_brand=True), tags=["surveys"])
_REFUSED: dict[int, type[ErrorOut]] = dict.fromkeys((400, 401, 403, 422, 429, 503), ErrorOut)


class RangeOut(Schema):
    """A figure with the ends of its range, which holds with 95 %."""

    value: float
    low: float
    high: float


class FigureOut(Schema):
    """What the answers to one question say."""

    question: str = Field(description="Empty for the first question of the survey.")
    kind: Literal["csat", "ces", "nps", "thumbs", "custom"]
    answers: int
    figure: RangeOut | None = Field(
        description="nps -100 to 100; csat and thumbs in percent; ces and custom a mean. "
        "Null: cannot tell yet."
    )


class WhyOut(Schema):
    """How many were not asked for one reason."""

    why: str
    customers: int


class SurveyOut(Schema):
    """One survey, or one part of it."""

    name: str
    asked: int
    answered: int
    elsewhere: int = Field(description="Answers of whom somebody else asked.")
    response: RangeOut | None = Field(description="0 to 1; null: cannot tell yet.")
    not_asked: list[WhyOut]
    figures: list[FigureOut]
    unhappy: int
    recovered: int = Field(description="Of the unhappy: said since that it is good.")
    still: int = Field(description="Of the unhappy: bad again after their case was closed.")
    recovery: RangeOut | None = Field(description="0 to 1; null: cannot tell yet.")


class SurveysOut(Schema):
    """Of the touchpoints since then."""

    days: int
    by: Literal["survey", "touchpoint", "brand"]
    surveys: list[SurveyOut]


@router.get("/surveys", response={200: SurveysOut, **_REFUSED})
def get_surveys(
    request: HttpRequest,
    days: Annotated[int, Field(ge=1, le=3660)] = 90,
    survey: Annotated[Line, Field(description="Of one survey alone.")] = "",
    by: Literal["survey", "touchpoint", "brand"] = "survey",
) -> Fields:
    """Say what each survey's answers come to; by touchpoint or brand of one survey."""
    makegood, brands = joined(request), brands_of(request)
    rules = surveys_in(makegood.library, lambda brand: sees(request, brand))
    since_ms = makegood.clock.now_ms() - days * DAY_MS
    with makegood.store.reading() as reading:
        counts = reading.answer_counts(since_ms, survey=survey, brands=brands)
    too_few = makegood.library.now().asking.too_few

    def own(one: AnswerCount) -> SurveyRule | None:
        return survey_at(makegood.library, one.brand, one.survey)

    if by == "survey" or not survey:
        groups = groups_by(lambda one: one.survey, rules.get, counts, too_few, own)
    elif by == "brand":
        groups = groups_by(
            lambda one: one.brand,
            lambda brand: survey_at(makegood.library, brand, survey),
            counts,
            too_few,
        )
    else:
        rule = rules.get(survey)
        groups = groups_by(
            lambda one: one.touch,
            lambda _: rule,
            counts,
            too_few,
            own,
        )
    return {
        "days": days,
        "by": by if survey else "survey",
        "surveys": [_fields(one) for one in groups],
    }


def _fields(one: Group) -> Fields:
    return {
        "name": one.name,
        "asked": one.asked,
        "answered": one.answered,
        "elsewhere": one.elsewhere,
        "response": range_fields(one.response),
        "not_asked": [{"why": why, "customers": n} for why, n in one.not_asked],
        "figures": [_figure(it) for it in one.figures],
        "unhappy": one.unhappy,
        "recovered": one.recovered,
        "still": one.still,
        "recovery": range_fields(one.recovery),
    }


def _figure(one: Figure) -> Fields:
    return {
        "question": one.question,
        "kind": one.kind.value,
        "answers": one.n,
        "figure": range_fields(one.interval),
    }


def range_fields(one: Interval | None) -> Fields | None:
    return None if one is None else {"value": one.value, "low": one.low, "high": one.high}
