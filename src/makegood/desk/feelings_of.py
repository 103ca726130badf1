"""How customers of one brand feel, or those after one touchpoint: figures over time."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.analytics.asking import group_of
from makegood.analytics.feelings import Halves, lines_of, trend_of
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.feeling_rows import (
    Asked,
    chosen_of,
    heard_rows,
    line_rows,
    point_rows,
    questions_in,
)
from makegood.desk.feelings import feelings_shell, listed, wanted_of
from makegood.desk.team_asking import group_shown
from makegood.playbooks.rulings import SurveyRule
from makegood.projections.asking_words import survey_at
from makegood.runtime.feelings import (
    Felt,
    brands_asked,
    felt,
    heard_of,
    surveys_after,
    touches_asked,
)
from makegood.sources.limits import writable

_COLUMNS = (
    "period", "running", "answers", "asked", "unhappy", "recovered", "value", "low", "high",
    "change", "change_low", "change_high", "verdict",
)  # fmt: skip


@require_safe
@for_reps
def brand(request: HttpRequest) -> HttpResponse:
    """Show how customers of one brand feel; it has to be one that the person serves."""
    name = writable(request.GET.get("name", ""), 255)
    with at_the_desk(request) as desk:
        if not desk.me.may_see(name):
            raise Http404
        wanted = wanted_of(desk, request)
        found = felt(desk.reading, wanted, brands=(name,))
        if name not in desk.makegood.book.brands and not found.every:
            raise Http404
        library = desk.makegood.library
        rules = {one: survey_at(library, name, one) for one in wanted.surveys}
        own = {id_: rule for id_, rule in rules.items() if rule is not None}
        shared = feelings_shell(desk, "index")
        title = shared["brand_names"].get(name, name) or "Umbrella"
        heard = heard_of(desk.reading, wanted, (name,))
        page = {
            **shared,
            "heard": heard_rows(heard, found.periods, wanted.by),
            "kind": "brand",
            "name": name,
            "title": title,
        }
    return _page(request, desk, found, own, page)


@require_safe
@for_reps
def touchpoint(request: HttpRequest) -> HttpResponse:
    """Show how customers of the brands that the person serves feel after one touchpoint."""
    name = writable(request.GET.get("name", ""), 255)
    with at_the_desk(request) as desk:
        wanted = wanted_of(desk, request)
        rules = surveys_after(wanted, name)
        found = felt(desk.reading, wanted, touch=name) if name else None
        if found is None or not (rules or found.every):
            raise Http404
        named = {one.survey for one in found.every}
        every = wanted.surveys
        page = {
            **feelings_shell(desk, "index"), "kind": "touchpoint", "name": name, "title": name,
        }  # fmt: skip
        asked = {id_: rule for id_, rule in every.items() if id_ in named or id_ in rules}
    return _page(request, desk, found, asked, page)


def _page(
    request: HttpRequest,
    desk: Desk,
    found: Felt,
    rules: Mapping[str, SurveyRule],
    page: dict[str, Any],
) -> HttpResponse:
    wanted, too_few = found.wanted, found.wanted.book.asking.too_few
    chosen = chosen_of(questions_in(rules, found.every), request.GET.get("figure", ""))
    halves = found.halves_by(lambda _: page["name"], lambda _, survey: rules.get(survey))
    of_it = {one.rule.id: one for one in halves.get(page["name"], ())}
    several = [of_it.get(id_) or Halves(name="", rule=rule) for id_, rule in rules.items()]
    page |= {
        "name_query": f"{urlencode({'name': page['name']})}&",
        "by": wanted.by,
        "back": wanted.back,
        "too_few": too_few,
        "rows": line_rows(lines_of(several, too_few)),
        "chosen": chosen,
    }
    if chosen is not None:
        from makegood.desk.feeling_charts import trend_chart

        counted = found.of_survey(chosen.survey)
        points = trend_of(chosen.question, counted, too_few, wanted.own)
        rows = point_rows(chosen.question, points, wanted.by)
        if request.GET.get("form") == "csv":
            return _csv(rows)
        page["points"] = rows
        page["drawings"] = trend_chart(chosen.question, points, wanted.by)
        page |= _chosen(request, desk, found, rules[chosen.survey], chosen, page)
    return render(request, "desk/feelings_of.html", page)


def _chosen(
    request: HttpRequest,
    desk: Desk,
    found: Felt,
    rule: SurveyRule,
    chosen: Asked,
    page: Mapping[str, Any],
) -> dict[str, Any]:
    """Give the survey of the question altogether, and the question by the other of the two."""
    wanted = found.wanted
    counts = [one for _, part in found.of_survey(chosen.survey) for one in part]
    whole = group_of("", rule, counts, wanted.book.asking.too_few, wanted.own)
    if page["kind"] == "brand":
        others = touches_asked(found, chosen.survey, rule)
        listed_ = listed(request, wanted, "touchpoint", others, chosen, {})
    else:
        brands = brands_asked(found, chosen.survey)
        listed_ = listed(request, wanted, "brand", brands, chosen, page["brand_names"])
    return {"whole": group_shown(desk, whole, rule), "others": listed_}


def _csv(points: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """Give the table of a figure over time for a spreadsheet."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for one in points:
        it, change = one["interval"], one["change"]
        moved = change.interval if change else None
        writer.writerow(
            (
                one["first"], int(one["is_running"]), one["answers"], one["asked"],
                one["unhappy"], one["recovered"],
                *((it.value, it.low, it.high) if it else ("", "", "")),
                *((moved.value, moved.low, moved.high) if moved else ("", "", "")),
                change.verdict if change else "",
            )
        )  # fmt: skip
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="feelings.csv"'
    return answer
