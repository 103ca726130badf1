"""How customers feel, for the firm's own tools: figures over time, never whose they are."""

from collections.abc import Mapping
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from makegood.analytics.asking import Figure
from makegood.analytics.feelings import Change, Line, Point, lines_of, trend_of
from makegood.api.access import CasesKey, Declined, brands_of, sees
from makegood.api.paging import page_of
from makegood.api.problems import missing
from makegood.api.request_routes import NOT_FOUND, Fields, joined
from makegood.api.shapes import Line as Text
from makegood.api.shapes import PageSize
from makegood.api.survey_routes import RangeOut, range_fields
from makegood.playbooks.rulings import SurveyRule
from makegood.projections.asking_words import survey_at
from makegood.runtime.feelings import Felt, Wanted, brands_asked, felt, touches_asked

router = Router(auth=CasesKey(by_brand=True), tags=["surveys"])
By = Annotated[Literal["week", "month"], Field(description="As the book's time zone has them.")]
Kind = Literal["csat", "ces", "nps", "thumbs", "custom"]


class ChangeOut(Schema):
    """How far a figure moved, in its own unit."""

    difference: RangeOut
    verdict: Literal["better", "worse", "unsure"] = Field(
        description="Unsure: it may be chance, for the range holds nought."
    )


class FeelingOut(Schema):
    """What one question's answers come to."""

    question: str = Field(description="Empty for the first question of the survey.")
    kind: Kind
    answers: int
    figure: RangeOut | None = Field(description="Null: cannot tell yet.")
    change: ChangeOut | None = Field(
        description="The later half of the whole periods less the earlier; null: cannot tell yet."
    )


class FeltOut(Schema):
    """One brand or touchpoint."""

    name: str = Field(description="Empty for what has no brand, or was asked elsewhere.")
    asked: int
    answered: int
    figures: list[FeelingOut]


class FeelingsOut(Schema):
    """Brands or touchpoints, compared by one survey; ranges of a page hold together with 95 %."""

    survey: str
    of: Literal["brand", "touchpoint"]
    by: Literal["week", "month"]
    first: str = Field(description="First day of the first period.")
    too_few: int
    feelings: list[FeltOut]
    next: str | None


class PeriodOut(Schema):
    """One week or month of a question."""

    first: str = Field(description="Its first day.")
    running: bool = Field(description="It is not over, and compared with none.")
    asked: int
    unhappy: int = Field(description="Who ever answered the survey badly.")
    recovered: int = Field(description="Of the unhappy: said since that it is good.")
    answers: int
    figure: RangeOut | None = Field(description="Null: cannot tell yet.")
    change: ChangeOut | None = Field(description="From the period before.")


class QuestionOut(Schema):
    """One question over time; ranges of its periods hold together with 95 %."""

    question: str
    kind: Kind
    periods: list[PeriodOut]


class PeriodsOut(Schema):
    """A survey over time."""

    survey: str
    by: Literal["week", "month"]
    too_few: int
    questions: list[QuestionOut]


@router.get("/feelings", response={200: FeelingsOut, **NOT_FOUND})
def get_feelings(
    request: HttpRequest,
    survey: Annotated[Text, Field(description="Id of a survey of the rule book.")],
    of: Literal["brand", "touchpoint"] = "brand",
    by: By = "week",
    after: Annotated[Text, Field(description="`next` of the page before.")] = "",
    limit: PageSize = 50,
) -> Fields:
    """Compare brands, or touchpoints, by what one survey's answers come to."""
    wanted = _wanted(request, by)
    _rule(wanted.surveys, survey)
    with joined(request).store.reading() as reading:
        found = felt(reading, wanted, is_coarse=True)
    several = (brands_asked if of == "brand" else touches_asked)(found, survey)
    shown, following = page_of(sorted(several), _place, after, limit, of)
    too_few = wanted.book.asking.too_few
    lines = lines_of([several[name] for name in shown], too_few)
    return {
        "survey": survey,
        "of": of,
        "by": by,
        "first": found.periods[0].first,
        "too_few": too_few,
        "feelings": [_felt(name, [one for one in lines if one.name == name]) for name in shown],
        "next": following,
    }


@router.get("/feelings/periods", response={200: PeriodsOut, **NOT_FOUND})
def get_feelings_periods(
    request: HttpRequest,
    survey: Annotated[Text, Field(description="Id of a survey of the rule book.")],
    brand: Annotated[Text, Field(description="Of this one alone.")] = "",
    touchpoint: Annotated[Text, Field(description="After this one alone.")] = "",
    by: By = "week",
) -> Fields:
    """Say what one survey's answers come to, week by week or month by month."""
    wanted = _wanted(request, by)
    if brand and not sees(request, brand):
        raise Declined(404, missing("brand"))
    library = wanted.library
    asked = survey_at(library, brand, survey) if brand else wanted.surveys.get(survey)
    rule = _rule({survey: asked} if asked is not None else {}, survey)
    with joined(request).store.reading() as reading:
        found = felt(reading, wanted, brands=(brand,) if brand else (), touch=touchpoint)
    return {
        "survey": survey,
        "by": by,
        "too_few": wanted.book.asking.too_few,
        "questions": _questions(found, rule),
    }


def _place(name: str) -> str:
    """Name the place of what may have no name."""
    return f"~{name}"


def _wanted(request: HttpRequest, by: Literal["week", "month"]) -> Wanted:
    makegood = joined(request)
    return Wanted(
        library=makegood.library, now_ms=makegood.clock.now_ms(), brands=brands_of(request), by=by
    )


def _rule(rules: Mapping[str, SurveyRule], survey: str) -> SurveyRule:
    if survey not in rules:
        raise Declined(404, missing("survey"))
    return rules[survey]


def _questions(found: Felt, rule: SurveyRule) -> list[Fields]:
    counted, too_few = found.of_survey(rule.id), found.wanted.book.asking.too_few
    return [
        {
            "question": one.id,
            "kind": one.kind.value,
            "periods": [
                _period(point) for point in trend_of(one, counted, too_few, found.wanted.own)
            ],
        }
        for one in rule.questions
    ]


def _felt(name: str, lines: list[Line]) -> Fields:
    return {
        "name": name,
        "asked": lines[0].asked,
        "answered": lines[0].answered,
        "figures": [{**_figure(one.whole), "change": _change(one.change)} for one in lines],
    }


def _figure(one: Figure) -> Fields:
    return {
        "question": one.question,
        "kind": one.kind.value,
        "answers": one.n,
        "figure": range_fields(one.interval),
    }


def _period(one: Point) -> Fields:
    return {
        "first": one.period.first,
        "running": one.period.is_running,
        "asked": one.asked,
        "unhappy": one.unhappy,
        "recovered": one.recovered,
        "answers": one.figure.n,
        "figure": range_fields(one.figure.interval),
        "change": _change(one.change),
    }


def _change(one: Change | None) -> Fields | None:
    if one is None:
        return None
    return {"difference": range_fields(one.interval), "verdict": one.verdict}
