"""The team: who looks after customers, who is on duty, and how much each has in hand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.on_duty import duties
from makegood.desk.shell import shell
from makegood.runtime.duty_hours import without_hours

SUPERVISOR = "supervisor"
MOST_NAMED = 5


def team_shell(desk: Desk, tab: str) -> dict[str, Any]:
    """Give what every page about the team shows.

    Args:
        desk: The desk.
        tab: Which page this is, as `_team_head.html` calls it.
    """
    names = {id_: brand.name for id_, brand in desk.makegood.book.brands.items()}
    return {**shell(desk, page="team"), "tab": tab, "brand_names": names}


def never_there(desk: Desk) -> dict[str, Any]:
    """Count who is never on duty because nobody says when they are there, and who it matters of.

    Of a supervisor it matters most: nobody else calls back, and nothing goes one higher.
    """
    duty = desk.makegood.book.duty
    found = [
        one
        for one in without_hours(desk.reps, duty, desk.now_ms)
        if not one.brands or any(map(desk.me.may_see, one.brands))
    ]
    above = {one.supervisor for one in desk.reps if one.supervisor}
    heads = [one for one in found if one.role == SUPERVISOR or one.rep in above]
    return {
        "no_hours": len(found),
        "no_hours_above": [one.name or one.rep for one in heads[:MOST_NAMED]],
        "more_above": max(0, len(heads) - MOST_NAMED),
        "book_has_hours": bool(duty.spans),
    }


@require_safe
@for_reps
def index(request: HttpRequest) -> HttpResponse:
    """Show everybody of the roster who serves a brand that the person serves."""
    with at_the_desk(request) as desk:
        shared = team_shell(desk, "index")
        hours, open_cases = desk.makegood.book.duty, desk.reading.open_cases_by_owner()
        team = duties(desk.reps, desk.now_ms, open_cases, hours)
        names = shared["brand_names"]
        page = {
            **shared,
            **never_there(desk),
            "team": [
                {
                    "name": one.name,
                    "is_me": one.rep == desk.me.rep,
                    "role": one.role,
                    "brands": [names.get(id_, id_) for id_ in one.brands],
                    "hours": one.hours,
                    "timezone": one.timezone,
                    "until_ms": one.until_ms,
                    "open": one.open,
                }
                for one in team
                if not desk.me.brands or any(map(one.serves, desk.me.brands))
            ],
        }
    return render(request, "desk/team.html", page)
