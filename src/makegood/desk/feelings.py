"""How customers feel: what stands around every page of the section, and its overview."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.analytics.feelings import Halves, lines_of
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.feeling_rows import (
    Asked,
    chosen_of,
    heard_rows,
    line_rows,
    questions_in,
)
from makegood.desk.shell import shell
from makegood.runtime.feelings import Wanted, brands_asked, felt, heard_of, touches_asked
from makegood.sources.limits import writable

PAGE = 25


def feelings_shell(desk: Desk, tab: str) -> dict[str, Any]:
    """Give what every page about feelings shows.

    Args:
        desk: The desk.
        tab: Which page this is, as `_feelings_head.html` calls it.
    """
    names = {id_: brand.name for id_, brand in desk.makegood.book.brands.items()}
    return {**shell(desk, page="feelings"), "tab": tab, "brand_names": names}


def wanted_of(desk: Desk, request: HttpRequest) -> Wanted:
    """Say what is asked for: by week unless the address says by month."""
    return Wanted(
        library=desk.makegood.library,
        now_ms=desk.now_ms,
        brands=desk.brands,
        by="month" if request.GET.get("by") == "month" else "week",
    )


@require_safe
@for_reps
def index(request: HttpRequest) -> HttpResponse:
    """Compare the brands that the person serves, and their touchpoints, by one question."""
    with at_the_desk(request) as desk:
        wanted = wanted_of(desk, request)
        found = felt(desk.reading, wanted, is_coarse=True)
        heard = heard_of(desk.reading, wanted, desk.brands)
        shared = feelings_shell(desk, "index")
    asked = questions_in(wanted.surveys, found.every)
    chosen = chosen_of(asked, request.GET.get("figure", ""))
    page = {
        **shared,
        "by": wanted.by,
        "back": wanted.back,
        "too_few": wanted.book.asking.too_few,
        "questions": asked,
        "chosen": chosen,
        "heard": heard_rows(heard, found.periods, wanted.by),
    }
    if chosen is not None:
        brands = brands_asked(found, chosen.survey)
        touches = touches_asked(found, chosen.survey)
        names = shared["brand_names"]
        page["brands"] = listed(request, wanted, "brand", brands, chosen, names)
        page["touches"] = listed(request, wanted, "touchpoint", touches, chosen, {})
    return render(request, "desk/feelings.html", page)


def listed(
    request: HttpRequest,
    wanted: Wanted,
    kind: str,
    several: Mapping[str, Halves],
    chosen: Asked,
    names: Mapping[str, str],
) -> dict[str, Any]:
    """Give a page of brands or touchpoints, compared by one question.

    Args:
        request: Says where the page begins.
        wanted: Who asks.
        kind: What they are: brand or touchpoint.
        several: What was counted of each, by name.
        chosen: The question.
        names: Of brands, as people read them.
    """
    from makegood.desk.feeling_charts import spans_chart

    after = writable(request.GET.get(f"after_{kind}", ""), 255)
    order = [name for name in sorted(several) if not after or name > after]
    shown = order[:PAGE]
    lines = lines_of(
        [several[name] for name in shown], wanted.book.asking.too_few, only=chosen.question.id
    )
    kept = {key: request.GET[key] for key in ("name",) if key in request.GET}
    last = {f"after_{kind}": shown[-1]} if len(order) > PAGE else {}
    return {
        "kind": kind,
        "rows": line_rows(lines),
        "drawings": spans_chart(chosen.question, lines, names),
        "next": urlencode({**kept, "by": wanted.by, "figure": chosen.key, **last}) if last else "",
    }
