"""Campaign tools in which who is held carries a mark: how far behind, and what is in the way."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.connections import connections_shell
from makegood.effects.campaign_tools import SETTINGS
from makegood.messages.ids import ProfileId
from makegood.ports.marking import Lacking, Place
from makegood.projections.figures import moment_words
from makegood.projections.marks import (
    Fare,
    drift_words,
    fares_of,
    synced_words,
    trouble_words,
    unreached_words,
)

PAGE = 50
_WHY = {"absent": "no contact there", "refused": "refused by the tool"}


class Unreached(Struct, frozen=True, kw_only=True):
    """An address that is held and could not be marked."""

    address: str
    why: str


class Card(Struct, frozen=True, kw_only=True):
    """One place, as it is shown."""

    key: str
    name: str
    brand: str
    synced: str
    drift: str
    trouble: str
    compared: str
    unreached: str
    waiting: int
    lacking: tuple[Lacking, ...]
    more: bool
    blind: tuple[str, ...]
    people: tuple[Unreached, ...] = ()
    following: str = ""


@require_safe
@for_reps
def lists(request: HttpRequest) -> HttpResponse:
    """Show every place of the brands that this person serves."""
    of, after = request.GET.get("of", ""), ProfileId(request.GET.get("after", ""))
    with at_the_desk(request) as desk:
        placed = desk.makegood.marks.placed
        places = [it.marker.place for it in placed if _may_see(desk, it.marker.place)]
        fares = fares_of(desk.reading, places, desk.now_ms)
        page = {
            **connections_shell(desk, "lists"),
            "cards": tuple(
                _card(desk, fare, after if fare.place.key == of else "") for fare in fares
            ),
            "elsewhere": len(placed) - len(places),
            "settings": tuple(SETTINGS.values()),
        }
    return render(request, "desk/connection_lists.html", page)


def _may_see(desk: Desk, place: Place) -> bool:
    """Whether a place is theirs: who serves some brands sees only what is of one of these."""
    return not desk.brands or (bool(place.brand) and desk.me.may_see(place.brand))


def _card(desk: Desk, fare: Fare, after: str) -> Card:
    sync, library = fare.sync, desk.makegood.library
    zone = library.books[library.active].timezone
    brand = library.books[library.active].brands.get(fare.place.brand)
    people, following = _unreached(desk, fare, ProfileId(after))
    return Card(
        key=fare.place.key,
        name=fare.name,
        brand=brand.name if brand is not None else fare.place.brand,
        synced=synced_words(fare, desk.now_ms),
        drift=drift_words(fare),
        trouble=trouble_words(fare, SETTINGS[fare.place.vendor]),
        compared=moment_words(sync.ended_ms, desk.now_ms, zone) if sync.ended_ms else "",
        unreached=unreached_words(fare),
        waiting=fare.waiting,
        lacking=fare.checked.lacking,
        more=fare.checked.more,
        blind=fare.checked.blind,
        people=people,
        following=following,
    )


def _unreached(
    desk: Desk, fare: Fare, after: ProfileId
) -> tuple[tuple[Unreached, ...], ProfileId]:
    """Page through who could not be marked."""
    marks = desk.reading.failed_marks(fare.place.key, after, PAGE)
    persons = desk.reading.persons([mark.address for mark in marks])
    rows = tuple(
        Unreached(
            address=persons[mark.address].identifier.removeprefix("email:"),
            why=_WHY[mark.state],
        )
        for mark in marks
        if mark.address in persons
    )
    return rows, marks[-1].address if len(marks) == PAGE else ProfileId("")
