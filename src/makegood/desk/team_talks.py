"""Conversations in which a customer waits: for whom, until when, and who takes it then."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.queue import PAGE
from makegood.desk.team import team_shell
from makegood.desk.tokens import new_token
from makegood.messages.ids import CustomerId
from makegood.ports.rows import PersonRow
from makegood.ports.ties import MOST_TIES, Tie, TieKey, TieKind
from makegood.projections.figures import ago_words
from makegood.projections.person_words import Teller
from makegood.projections.roster import called

_PLACE = re.compile(r"([0-9]{1,15})\.([^.]{1,80})\.(.{1,300})")


def place_of(tie: Tie) -> str:
    """Write where the next page begins."""
    return f"{tie.at_ms}.{tie.customer}.{tie.item}"


def read_place(text: str) -> TieKey | None:
    """Read what `place_of` wrote; anything else is the first page."""
    found = _PLACE.fullmatch(text)
    return (int(found[1]), CustomerId(found[2]), found[3]) if found else None


@require_safe
@for_reps
def talks(request: HttpRequest) -> HttpResponse:
    """List the conversations of brands that this person serves, the longest waiting first."""
    with at_the_desk(request) as desk:
        after = read_place(request.GET.get("after", ""))
        only_mine = request.GET.get("mine") == "1"
        found = desk.reading.ties(
            TieKind.TALK, rep=desk.me.rep if only_mine else None, after=after, limit=PAGE
        )
        apart = {
            one.customer
            for one in desk.reading.ties(TieKind.APART, rep=desk.me.rep, limit=MOST_TIES)
        }
        seen = [one for one in found if desk.me.may_see(one.brand) and one.customer not in apart]
        persons = desk.reading.persons(tuple({one.profile for one in seen}))
        texts = desk.reading.texts([one.words for one in seen if one.words])
        page = {
            **team_shell(desk, "talks"),
            "rows": [
                _row(desk, one, persons.get(one.profile), texts.get(one.words, "")) for one in seen
            ],
            "next": place_of(found[-1]) if len(found) == PAGE else "",
            "only_mine": only_mine,
            "token": new_token(),
        }
    return render(request, "desk/team_talks.html", page)


def _row(desk: Desk, tie: Tie, person: PersonRow | None, words: str) -> dict[str, Any]:
    teller = Teller(desk.reps, desk.now_ms, book_of(desk).timezone)
    return {
        "customer": tie.customer,
        "name": called(person),
        "channel": tie.channel,
        "thread": tie.item,
        "brand": tie.brand,
        "came": ago_words(desk.now_ms - tie.at_ms),
        "waits": teller.waits(tie),
        "why": teller.reasons(tie.reasons),
        "words": words,
        "is_mine": tie.rep == desk.me.rep,
        "until_ms": tie.until_ms,
    }
