"""Routing: who has how much in hand, how much is left to chance, and who waits how long."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.analytics.routing import LONG_MS, OfBrand, OfGroup, of_brands, of_groups, of_reps
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.on_duty import duties
from makegood.desk.team import team_shell
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.spans import DAY_MS
from makegood.ports.rows import RepRow
from makegood.runtime.rooms import NO_LOAD, room_of

DAYS = (7, 30, 90)
PAGE = 100  # people
_SAYS = {
    "too_few": "Cannot tell yet: too few on one side.",
    "alike": "No difference can be told.",
    "more": "More of them waited long.",
    "less": "Fewer of them waited long.",
}


@require_safe
@for_reps
def routing(request: HttpRequest) -> HttpResponse:
    """Show the load of each person, what was left to chance, and the waits; nobody is ranked."""
    with at_the_desk(request) as desk:
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, DAYS) else DAYS[1]
        since_ms = desk.now_ms - days * DAY_MS
        every = desk.reading.routing_counts(since_ms, desk.now_ms - LONG_MS)
        counts = tuple(one for one in every if desk.me.may_see(one.brand))
        rules = book_of(desk).routing
        page = {
            **team_shell(desk, "routing"),
            "days": days,
            "choices": DAYS,
            "logged": rules.logged,
            "slice": _percent(rules.slice / 10_000),
            **_team(desk, since_ms, request.GET.get("after", "")),
            "brands": [_brand(one) for one in of_brands(counts)],
            "groups": [_group(one) for one in of_groups(counts)],
        }
    return render(request, "desk/team_routing.html", page)


def _team(desk: Desk, since_ms: int, after: str) -> dict[str, Any]:
    """A page of everybody who serves a brand that this person serves, by name."""
    asked = {
        one.rep: one
        for one in of_reps(
            one for one in desk.reading.routing_asked(since_ms) if desk.me.may_see(one.brand)
        )
    }
    loads, at_hand = desk.reading.loads(), desk.reading.at_hand()
    mine = [
        one
        for one in duties(desk.reps, desk.now_ms, at_hand.open_cases, desk.makegood.book.duty)
        if not desk.me.brands or any(map(one.serves, desk.me.brands))
    ]
    team = sorted(mine, key=lambda it: (it.name.casefold(), it.rep))
    begin = next((n for n, one in enumerate(team, 1) if one.rep == after), 0)
    shown = team[begin : begin + PAGE]
    rows = {one.rep: one for one in desk.reps}
    people = book_of(desk).people
    return {
        "on_duty": sum(bool(one.until_ms) for one in team),
        "people": len(team),
        "is_first": not begin,
        "next": shown[-1].rep if begin + PAGE < len(team) else "",
        "team": [
            {
                "name": one.name,
                "on_duty": bool(one.until_ms),
                "open": one.open,
                "most": _most(rows[one.rep], people),
                "talks": at_hand.talks.get(one.rep, 0),
                "theirs": loads.get(one.rep, NO_LOAD).theirs,
                "waiting": loads.get(one.rep, NO_LOAD).waiting,
                "room": room_of(rows[one.rep], people),
                "asked": asked[one.rep].asked if one.rep in asked else 0,
                "by_chance": asked[one.rep].by_chance if one.rep in asked else 0,
            }
            for one in shown
        ],
    }


def _most(row: RepRow, people: PeopleRules) -> int:
    return row.most_cases or people.most_cases


def _brand(one: OfBrand) -> dict[str, Any]:
    return {
        "brand": one.brand,
        "decisions": one.decisions,
        "by_chance": one.by_chance,
        "could": one.could,
        "chance": (
            f"{_percent(one.chance.low)} to {_percent(one.chance.high)}"
            if one.could
            else "cannot tell yet"
        ),
        "known": one.known,
        "long": one.long,
        "long_share": (
            f"{_percent(one.long_share.low)} to {_percent(one.long_share.high)}"
            if one.known
            else "cannot tell yet"
        ),
        "wait": one.wait,
    }


def _group(one: OfGroup) -> dict[str, Any]:
    between = ""
    if one.more is not None:
        between = f"{one.more.low * 100:+.1f} to {one.more.high * 100:+.1f} of a hundred"
    return {"by": one.by, "group": one.group, "n": one.n, "says": _SAYS[one.says],
            "between": between, "differs": one.says in ("more", "less")}  # fmt: skip


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
