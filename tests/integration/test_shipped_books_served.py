"""Each shipped book starts a deployment, and its own examples open cases through all of it."""

from collections.abc import Iterator

import pytest

from makegood.books.opening import read_book, shipped_books
from makegood.bootstrap import Makegood, open_makegood
from makegood.core.holds import Question
from makegood.core.state import decode_state
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Body, Identified, Touchpoint
from makegood.messages.ids import CaseId
from makegood.playbooks.examples import Example
from makegood.playbooks.load import load_examples
from makegood.ports.arrivals import Arrival
from makegood.replay.examples import talk_of
from makegood.settings import read_settings
from makegood.testing.clock import FakeClock

PROMOTION = Question(brand="", message_class=MessageClass.PROMOTIONAL, channel="mail")
DAY_MS = 86_400_000


@pytest.fixture(params=shipped_books())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def makegood(name: str, clock: FakeClock) -> Iterator[Makegood]:
    settings = read_settings(
        {"MAKEGOOD_DATABASE": "memory:", "MAKEGOOD_BOOK": name, "MAKEGOOD_KEY": "k" * 32}
    )
    opened = open_makegood(settings, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def failing(name: str) -> list[tuple[int, Example]]:
    text, called = read_book(name)
    examples = enumerate(load_examples(text, name=called))
    return [(n, one) for n, one in examples if one.given and not one.file and one.expect.failures]


def take(makegood: Makegood, clock: FakeClock, who: str, body: Body) -> None:
    message_id = f"{who}-{clock.now_ms()}-{type(body).__name__}"
    arrival = Arrival(
        source="example",
        message_id=message_id,
        identifier=who,
        time_ms=clock.now_ms(),
        body=body,
        body_digest=message_id.encode()[:16].ljust(16),
    )
    (answer,) = makegood.intake.take([arrival])
    assert not answer.error, answer.error


def lives_through(makegood: Makegood, clock: FakeClock, who: str, example: Example) -> None:
    if example.customer:
        take(makegood, clock, who, Identified(traits=dict(example.customer)))
    for given in example.given:
        clock.advance(given.after_ms)
        told = Touchpoint(name=given.name, properties=dict(given.properties))
        take(makegood, clock, who, talk_of(given.talk) if given.talk else told)
    clock.advance(example.wait_ms)
    makegood.worker.run_once()


def failures_of(makegood: Makegood, who: str) -> list[tuple[CaseId, str]]:
    profile = makegood.intake.profile(who)
    with makegood.store.reading() as reading:
        row = reading.row(reading.customers_of([profile])[profile])
    assert row is not None
    cases = decode_state(row.state).cases
    return [(case.id, failure.rule) for case in cases for failure in case.failures]


def test_what_fails_in_the_examples_opens_a_case_and_holds_marketing(name, makegood, clock):
    lived = failing(name)
    for n, example in lived:
        who = f"user:{n}"
        lives_through(makegood, clock, who, example)
        found = failures_of(makegood, who)
        assert tuple(rule for _, rule in found) == example.expect.failures, example.name
        assert len({case for case, _ in found}) == 1, example.name
        if example.expect.held:
            assert makegood.gate.ask(who, PROMOTION).reason == "hold", example.name
    shown = {rule for _, one in lived for rule in one.expect.failures or ()}
    assert shown == makegood.book.failures.keys() - {"other"}


def test_nobody_else_is_held(makegood):
    assert makegood.gate.ask("user:nobody", PROMOTION).reason != "hold"
