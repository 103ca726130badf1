"""What customers are asked and say: figures with intervals, who was not asked, who is unhappy."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.analytics.asking import Group, group_of, groups_by
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.queue import PAGE
from makegood.desk.team import team_shell
from makegood.playbooks.rulings import SurveyRule
from makegood.playbooks.spans import DAY_MS
from makegood.ports.answers import After, AnswerCount, AnswerRow, Unhappy
from makegood.projections.asking_words import (
    figure_words,
    share_words,
    survey_at,
    surveys_in,
    why_words,
)
from makegood.projections.roster import called, person_of
from makegood.projections.surveys import survey_words
from makegood.sources.limits import writable

DAYS = (30, 90, 365)
_LISTS: tuple[tuple[Unhappy, str], ...] = (
    ("waits", "Nothing said since"),
    ("still", "Still unhappy"),
    ("recovered", "Good again"),
)


@require_safe
@for_reps
def asking(request: HttpRequest) -> HttpResponse:
    """Show what each survey says, and how many of the unhappy were won back."""
    with at_the_desk(request) as desk:
        days = _days(request)
        rules = surveys_in(desk.makegood.library, desk.me.may_see)
        counts = desk.reading.answer_counts(desk.now_ms - days * DAY_MS, brands=desk.brands)
        too_few = book_of(desk).asking.too_few
        known = {
            one.name: one for one in groups_by(_survey, rules.get, counts, too_few, _own(desk))
        }
        groups = [
            known.get(name) or group_of(name, rule, (), too_few) for name, rule in rules.items()
        ]
        groups += [one for name, one in known.items() if name not in rules]
        page = {
            **team_shell(desk, "asking"),
            "days": days,
            "choices": DAYS,
            "surveys": [group_shown(desk, one, rules.get(one.name)) for one in groups],
            "too_few": too_few,
        }
    return render(request, "desk/team_asking.html", page)


@require_safe
@for_reps
def survey(request: HttpRequest, survey_id: str) -> HttpResponse:
    """Show one survey by touchpoint and by brand, and for supervisors whom it did not ask."""
    survey_id = writable(survey_id, 255)
    with at_the_desk(request) as desk:
        rule = surveys_in(desk.makegood.library, desk.me.may_see).get(survey_id)
        days, too_few = _days(request), book_of(desk).asking.too_few
        counts = desk.reading.answer_counts(
            desk.now_ms - days * DAY_MS, survey=survey_id, brands=desk.brands
        )
        if rule is None and not counts:
            raise Http404

        def theirs(brand: str) -> SurveyRule | None:
            return survey_at(desk.makegood.library, brand, survey_id)

        own = _own(desk)
        touches = groups_by(lambda one: one.touch, lambda _: rule, counts, too_few, own)
        brands = groups_by(lambda one: one.brand, theirs, counts, too_few)
        whole = group_of(survey_id, rule, counts, too_few, own)
        page = {
            **team_shell(desk, "asking"),
            "days": days,
            "choices": DAYS,
            "id": survey_id,
            "whole": group_shown(desk, whole, rule),
            "touches": [group_shown(desk, one, rule) for one in touches],
            "brands": [group_shown(desk, one, theirs(one.name)) for one in brands],
            **_never(desk, survey_id, _read_place(request.GET.get("after", ""))),
        }
    return render(request, "desk/team_asking_one.html", page)


@require_safe
@for_reps
def unhappy(request: HttpRequest) -> HttpResponse:
    """List unhappy answers, for supervisors alone: nobody who was met reads who said what."""
    with at_the_desk(request) as desk:
        if not desk.me.is_supervisor:
            raise PermissionDenied
        wanted = request.GET.get("list", "")
        list_ = next((one for one, _ in _LISTS if one == wanted), _LISTS[0][0])
        rows = desk.reading.answers(
            list_,
            brands=desk.brands,
            after=_read_place(request.GET.get("after", "")),
            limit=PAGE,
        )
        last = rows[-1] if len(rows) == PAGE else None
        page = {
            **team_shell(desk, "asking"),
            "list": list_,
            "lists": _LISTS,
            "rows": _named(desk, rows),
            "next": f"{last.rated_ms}.{last.id}" if last else "",
            "zone": book_of(desk).timezone,
        }
    return render(request, "desk/team_asking_unhappy.html", page)


def _own(desk: Desk) -> Callable[[AnswerCount], SurveyRule | None]:
    return lambda one: survey_at(desk.makegood.library, one.brand, one.survey)


def _survey(one: Any) -> str:
    return str(one.survey)


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, DAYS) else DAYS[1]


def _read_place(text: str) -> After | None:
    at, _, id_ = text.partition(".")
    if not at.isdecimal() or len(at) > 15 or not id_:
        return None
    return int(at), writable(id_, 40)


def group_shown(desk: Desk, one: Group, rule: SurveyRule | None) -> dict[str, Any]:
    """Give what `_survey_figures.html` shows of one survey, or of a part of it."""
    asked = {it.id: it.question["en"] for it in rule.questions} if rule is not None else {}
    return {
        "name": one.name,
        "title": survey_words(one.name, desk.makegood.library),
        "figures": [
            figure_words(
                it.kind,
                asked.get(it.question, ""),
                it.n,
                (it.interval.value, it.interval.low, it.interval.high) if it.interval else None,
            )
            for it in one.figures
        ],
        "asked": one.asked,
        "elsewhere": one.elsewhere,
        "response": share_words(
            one.answered,
            one.asked,
            (one.response.low, one.response.high) if one.response else None,
        ),
        "recovery": share_words(
            one.recovered,
            one.unhappy,
            (one.recovery.low, one.recovery.high) if one.recovery else None,
        ),
        "still": one.still,
        "not_asked": [(why_words(why), n) for why, n in one.not_asked],
    }


def _never(desk: Desk, survey_id: str, after: After | None) -> dict[str, Any]:
    """Give a page of whom the survey did not ask; a rep hears how many, and no names."""
    if not desk.me.is_supervisor:
        return {"never": (), "next": ""}
    rows = desk.reading.never_asked(survey_id, brands=desk.brands, after=after, limit=PAGE)
    last = rows[-1] if len(rows) == PAGE else None
    return {
        "never": _named(desk, rows),
        "next": f"{last.at_ms}.{last.id}" if last else "",
        "zone": book_of(desk).timezone,
    }


def _named(desk: Desk, rows: Sequence[AnswerRow]) -> list[dict[str, Any]]:
    """Say whose each is, in two looks however many there are."""
    profiles = sorted({one.profile for one in rows})
    customers = desk.reading.customers_of(profiles) if profiles else {}
    persons = desk.reading.persons(profiles) if profiles else {}
    return [
        {
            "customer": customers.get(one.profile, ""),
            "name": called(person_of((persons[one.profile],)) if one.profile in persons else None),
            "title": survey_words(one.survey, desk.makegood.library),
            "about": one.about,
            "score": one.score,
            "brand": one.brand,
            "why": why_words(one.why),
            "at_ms": one.rated_ms or one.at_ms,
        }
        for one in rows
    ]
