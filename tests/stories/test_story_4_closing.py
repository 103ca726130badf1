"""Story 4: whoever was unhappy is asked whether it is good now, and told what was changed.

Wanted: a case that an unhappy answer opened ends with what was learnt; its customer hears of it in
plain words, is asked once, and is believed: still unhappy opens it again.
"""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.books.opening import read_book
from makegood.core.state import Case
from makegood.messages.commands import SendMessage
from makegood.replay.again import replay
from tests.e2e.screens import PASSWORD, profile_of, serving
from tests.stories.test_story_4_feelings import ANA, Flights
from tests.unit.desk.browsing import words_of

CHANGED = "There are two people at that gate now."


@pytest.fixture
def world() -> Iterator[Flights]:
    text, _ = read_book("airline")
    with serving(text) as (makegood, clock):
        yield Flights(makegood, clock)


def the_case(world: Flights) -> Case:
    return world.state(ANA).cases[-1]


def at_the_desk(world: Flights, act: str, token: str, **sent: str) -> int:
    desk = Client()
    assert desk.login(username="omar", password=PASSWORD)
    answer = desk.post(f"/desk/cases/{the_case(world).id}/{act}", {"token": token, **sent})
    return answer.status_code


def closes(world: Flights, token: str, **told: str) -> None:
    sent = {"kind": "process", "action": "Two people at the gate.", **told}
    assert at_the_desk(world, "root-cause", f"{token}-cause", **sent) == 302
    assert at_the_desk(world, "release", f"{token}-end", reason="Spoken to.") == 302
    assert not the_case(world).is_open


def asked_again(world: Flights) -> list[SendMessage]:
    with world.makegood.store.reading() as reading:
        rows = reading.outbox_of([profile_of(ANA)])
    orders = [row.command.order for row in rows]
    return [one for one in orders if isinstance(one, SendMessage) and one.message == "good_now"]


def page(world: Flights, about: str) -> str:
    token = world.makegood.links.survey_token(profile_of(ANA), "meridian", "boarding", about)
    return words_of(Client().get(f"/s/{token}"))


def test_unhappy_closed_told_asked_still_unhappy_and_good_at_last(world: Flights):
    about = "ana/ME1"
    world.flies(ANA, "ME1")
    world.waits(3)
    world.answers(ANA, about, 1, "Nobody was there.")
    first = the_case(world)
    assert at_the_desk(world, "release", "too-soon", reason="x") == 422, "nobody has learnt yet"
    closes(world, "first", told=CHANGED)
    assert CHANGED in page(world, about)

    world.waits(29 * 24)
    assert asked_again(world) == [], "both clocks against fatigue hold for it too"
    world.waits(2 * 24)
    (order,) = asked_again(world)
    assert order.variables["changed"] == CHANGED
    world.waits(90 * 24)
    assert len(asked_again(world)) == 1, "once"

    world.answers(ANA, about, 2, "")
    assert the_case(world).reopens == first.id
    assert the_case(world).double
    assert CHANGED not in page(world, about), "that was not enough"

    closes(world, "second")
    world.waits(40 * 24)
    assert len(asked_again(world)) == 2
    assert asked_again(world)[-1].variables["changed"] == "", "nothing may be told this time"
    world.answers(ANA, about, 5, "")
    survey = world.state(ANA).surveys[-1]
    assert survey.happy_ms
    assert survey.again_bad
    assert not the_case(world).is_open
    assert replay(world.makegood.store, world.makegood.library).is_identical
