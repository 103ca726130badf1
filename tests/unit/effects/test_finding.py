"""Finding places: how far, who has room, whose word is too old; and asking over HTTP."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from makegood.effects.availability_http import AvailabilityHttp
from makegood.effects.finding import Finding
from makegood.effects.webhook import Counterpart, Webhooks
from makegood.messages.commands import Command, FindPlaces
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import PlacesFound
from makegood.messages.ids import CaseId, CommandId, EventId, PlaceId, ProfileId
from makegood.ports.availability import Need, Room
from makegood.ports.effect import Addressee
from makegood.ports.places import PlaceRow
from makegood.ports.rows import PersonRow
from makegood.testing.counterparts import LocalCounterpart, Received, Reply

NOW_MS, MINUTE_MS = 1_796_400_000_000, 60_000
NOBODY = Addressee(person=PersonRow(profile=ProfileId("p")))
NEED = Need(product="double", from_="2026-12-04", until="2026-12-05", party=2)


def row(place: str, **more: object) -> PlaceRow:
    made = PlaceRow(place=PlaceId(place), brand="b", name=place.title(), kind="hotel")
    return replace(made, **more)


HARBOUR = row("harbour", near={"lakeside": 900}, rank=4, latitude=41.88, longitude=-87.63)
LAKESIDE = row("lakeside")
UPTOWN = row("uptown", latitude=41.97, longitude=-87.66)
EVERYTHING = (HARBOUR, LAKESIDE, UPTOWN)


class Told:
    """A source that says what it is told to say."""

    def __init__(self, *rooms: Room, away: bool = False, name: str = "told") -> None:
        self.name, self._rooms, self._away = name, rooms, away

    def rooms(self, _need: Need, _places: Sequence[str], _now_ms: int) -> Sequence[Room]:
        if self._away:
            raise EffectFailed("away")
        return self._rooms

    def close(self) -> None:
        """Nothing is open."""


def found(*sources: Told, places: Sequence[PlaceRow] = EVERYTHING, **order: object) -> PlacesFound:
    wanted = FindPlaces(remedy="r", brand="b", about="E1", kinds=("hotel",), near="harbour")
    command = Command(
        id=CommandId("m1"),
        profile=ProfileId("p"),
        case=CaseId("k"),
        cause=EventId("e"),
        step="find",
        due_ms=0,
        useful_until_ms=0,
        order=replace(wanted, **order),
    )
    body = Finding(lambda: places, sources).carry_out(command, NOBODY, NOW_MS)
    assert isinstance(body, PlacesFound)
    return body


def test_what_neighbours_say_counts_before_the_coordinates():
    metres = {one.place: one.metres for one in found().places}
    assert metres["lakeside"] == 900
    assert 10_000 < metres["uptown"] < 10_500, "41.88,-87.63 to 41.97,-87.66 by the haversine"


def test_the_full_place_is_found_by_its_name_as_well_and_is_not_a_candidate():
    body = found(near="Harbour")
    assert (body.near, body.near_rank) == ("harbour", 4)
    assert "harbour" not in {one.place for one in body.places}


def test_no_farther_than_the_book_says_and_where_the_way_is_unknown_not_at_all():
    strange = row("strange")
    body = found(places=(*EVERYTHING, strange), within_metres=5_000)
    assert [one.place for one in body.places] == ["lakeside"]


def test_near_what_nobody_knows_is_nowhere():
    assert found(near="Atlantis", within_metres=5_000).places == ()


def test_other_kinds_brands_and_closed_places_are_left_out():
    strangers = (row("car", kind="branch"), row("other", brand="c"), row("gone", closed=True))
    others = (HARBOUR, *strangers)
    assert [one.place for one in found(places=others, brands=("b",)).places] == []


def test_who_says_freshly_that_they_are_full_is_counted_and_not_asked():
    full = Told(Room(place="lakeside", left=0, as_of_ms=NOW_MS))
    body = found(full, oldest_ms=15 * MINUTE_MS)
    assert [one.place for one in body.places] == ["uptown"]
    assert body.full == 1


@pytest.mark.parametrize(("minutes", "stale"), [(15, False), (16, True)])
def test_what_is_older_than_the_book_lets_it_be_is_not_used_and_says_so(minutes, stale):
    as_of_ms = NOW_MS - minutes * MINUTE_MS
    told = Told(Room(place="lakeside", left=3, rate_cents=1, as_of_ms=as_of_ms))
    one = found(told, oldest_ms=15 * MINUTE_MS).places[0]
    assert one.stale is stale
    assert one.room == ("unknown" if stale else "yes")
    assert one.own_rate_cents == (-1 if stale else 1)
    assert one.as_of_ms == as_of_ms


def test_of_two_sources_the_later_word_counts():
    older = Told(Room(place="lakeside", left=3, as_of_ms=NOW_MS - 2))
    newer = Told(Room(place="lakeside", left=0, as_of_ms=NOW_MS - 1))
    for sources in ((older, newer), (newer, older)):
        assert found(*sources, oldest_ms=MINUTE_MS).full == 1


def test_a_source_that_is_away_is_named_and_the_others_are_heard():
    told = Told(Room(place="lakeside", left=3, as_of_ms=NOW_MS))
    body = found(Told(away=True, name="pms"), told, oldest_ms=MINUTE_MS)
    assert body.silent == ("pms",)
    assert body.places[0].room == "yes"


def asked_over_http(reply: Reply) -> tuple[Sequence[Room], list[Received]]:
    heard: list[Received] = []

    def answer(received: Received) -> Reply:
        heard.append(received)
        return reply

    with LocalCounterpart(answer) as system:
        counterpart = system.as_counterpart("pms")
        source = AvailabilityHttp(counterpart, Webhooks({"pms": counterpart}))
        try:
            return source.rooms(NEED, ["a", "b"], NOW_MS), heard
        finally:
            source.close()


def test_the_question_is_signed_and_says_what_is_needed_and_for_which_places():
    rooms, (heard,) = asked_over_http(
        Reply(content={"places": [{"place": "a", "left": 2, "rate_cents": 100}]})
    )
    assert heard.is_signed
    assert heard.content == {
        "product": "double", "from": "2026-12-04", "until": "2026-12-05", "party": 2,
        "places": ["a", "b"],
    }  # fmt: skip
    assert rooms == (Room(place="a", left=2, rate_cents=100, as_of_ms=NOW_MS),)


def test_nobody_is_believed_about_places_that_were_not_asked_for_or_times_to_come():
    said = [
        {"place": "other", "left": 2},
        {"place": "a", "left": -2, "rate_cents": -5, "as_of": "2099-01-01T00:00:00Z"},
    ]
    rooms, _ = asked_over_http(Reply(content={"places": said}))
    assert rooms == (Room(place="a", left=0, as_of_ms=NOW_MS),)


@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply(status=302), Reply(content={"rooms": []})]
)
def test_any_other_answer_is_a_source_that_is_away(reply):
    with pytest.raises(EffectFailed):
        asked_over_http(reply)


def test_a_private_address_is_refused_unless_the_deployment_says_it_is_its_own():
    with LocalCounterpart() as system:
        own = system.as_counterpart("pms")
        url = f"https://127.0.0.1:{system.port}/"
        strange = Counterpart(name="pms", url=url, secret=own.secret)
        source = AvailabilityHttp(strange, Webhooks({"pms": strange}))
        with pytest.raises(EffectFailed):
            source.rooms(NEED, ["a"], NOW_MS)
        source.close()
        assert system.received == []
