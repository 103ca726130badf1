"""Hellos and thanks to be said: what is true, where it comes from, and whose task it is."""

from string import Template
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.queue import PAGE
from makegood.desk.team import team_shell
from makegood.desk.team_talks import place_of, read_place
from makegood.desk.tokens import new_token
from makegood.ports.accounts import Standing
from makegood.ports.rows import PersonRow
from makegood.ports.ties import MOST_TIES, Tie, TieKind
from makegood.projections.figures import moment_words
from makegood.projections.roster import called, rep_name
from makegood.runtime.agreement_ends import end_of, is_of_agreement, standing_now

_SAYS_WISH = "They wished for something."


@require_safe
@for_reps
def hellos(request: HttpRequest) -> HttpResponse:
    """List what this person may say, and what others may; what is not to meet is left out."""
    with at_the_desk(request) as desk:
        after = read_place(request.GET.get("after", ""))
        everybody = request.GET.get("all") == "1" and desk.me.is_supervisor and not desk.me.brands
        whose = None if everybody else desk.me.rep
        found = desk.reading.ties(TieKind.HELLO, rep=whose, after=after, limit=PAGE)
        apart = {
            one.customer
            for one in desk.reading.ties(TieKind.APART, rep=desk.me.rep, limit=MOST_TIES)
        }
        standing = standing_now(desk.reading, desk.makegood.library, [it.profile for it in found])
        seen = [one for one in found if one.customer not in apart and _is_so(desk, one, standing)]
        persons = desk.reading.persons(tuple({one.profile for one in seen}))
        texts = desk.reading.texts([one.words for one in seen if one.words])
        page = {
            **team_shell(desk, "hellos"),
            "rows": [
                _row(desk, one, persons.get(one.profile), texts.get(one.words, "")) for one in seen
            ],
            "next": place_of(found[-1]) if len(found) == PAGE else "",
            "everybody": everybody,
            "zone": book_of(desk).timezone,
            "may_all": desk.me.is_supervisor and not desk.me.brands,
            "token": new_token(),
        }
    return render(request, "desk/team_hellos.html", page)


def _is_so(desk: Desk, tie: Tie, standing: Standing) -> bool:
    """Whether it is still true; an agreement may have been prolonged since it became a task."""
    if not is_of_agreement(desk.makegood.library, tie.thing):
        return True
    return end_of(standing, tie.profile, tie.about, desk.now_ms) == tie.ends_ms


def _row(desk: Desk, tie: Tie, person: PersonRow | None, words: str) -> dict[str, Any]:
    return {
        "customer": tie.customer,
        "hello": tie.item,
        "name": called(person),
        "kind": tie.channel,
        "rep": rep_name(desk.reps, tie.rep),
        "is_mine": tie.rep == desk.me.rep,
        "says": _says(desk, tie),
        "words": words,
        "source": _source(desk, tie),
        "until_ms": tie.until_ms,
    }


def _says(desk: Desk, tie: Tie) -> str:
    """Say what is true in the words of the book."""
    people, zone = desk.makegood.library.now().people, book_of(desk).timezone
    if tie.channel == "thanks":
        return Template(people.thanks.says).safe_substitute(years=tie.about)
    books = (desk.makegood.library.now(), *desk.makegood.library.now().by_brand.values())
    known = (one for book in books for one in book.people.hello.things)
    rule = next((one for one in known if one.id == tie.thing), None)
    if rule is None:
        return _SAYS_WISH if tie.words else tie.about
    moments = {
        name: moment_words(at_ms, desk.now_ms, zone) if at_ms else ""
        for name, at_ms in (("day", tie.said_ms), ("ends", tie.ends_ms))
    }
    about = "" if tie.words else tie.about
    return Template(rule.says).safe_substitute(about=about, **moments)


def _source(desk: Desk, tie: Tie) -> str:
    """Say where it comes from, so that nobody says what is not so."""
    when = moment_words(tie.said_ms, desk.now_ms, book_of(desk).timezone)
    if tie.channel == "thanks":
        return f"With us since the first purchase in the log; {tie.about} years on {when}."
    return f"From the log: {tie.thing}, {when}."
