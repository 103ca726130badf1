"""Story 4: the queue, the fee and the flight, and nothing that is left unanswered.

A telecom leaves a customer in a queue, charges a fee nobody mentioned, the person on the telephone
hangs up, and the supervisor is no better; an airline apologises for what the weather did, and then
asks how it was. Wanted: silence is noticed, without any event, while it can still be mended;
rudeness and a hang-up reach somebody higher, with a clock, until a person has called; a dispute
about a fee weighs tenure; causes outside the firm get care and an explanation first, and one
question then. Every touchpoint can be asked about, by name of the person met, and nobody is asked
while we have something to make good. How each of them feels is a line with what they said under
it, and where they said nothing since we let them down, it has a gap.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.core.state import State, decode_state
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.facts import Answered, Chosen, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.feelings import Feeling
from makegood.ports.rows import RepRow
from makegood.projections.feelings import LET_DOWN, Evidence, FeelingLine
from makegood.replay.again import replay
from makegood.runtime.feeling_line import Wanted, feelings_of
from makegood.sources.segment import Envelope, read_item
from makegood.testing.book import HOUR_MS
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    MINUTE_MS,
    PASSWORD,
    carry_out,
    customer_of,
    introduce,
    profile_of,
    serving,
    take,
)
from tests.unit.desk.browsing import words_of

ANA, BEN = "user:ana", "user:ben"
MOBILE = "tamarel_mobile"


class World:
    """One customer, by a book that ships."""

    def __init__(self, makegood: Makegood, clock: FakeClock) -> None:
        self.makegood, self.clock = makegood, clock

    def happens(self, name: str, **facts: object) -> None:
        body = Touchpoint(name=name, properties=facts)
        take(self.makegood, ANA, body, f"{name} {self.clock.now_ms()}")

    def on_the_wire(self, name: str, **properties: object) -> None:
        """What the telephone system tells, as it comes in."""
        now_ms = self.clock.now_ms()
        item = {"type": "track", "userId": "ana", "event": name, "properties": properties,
                "messageId": f"{name}-{properties['call']}-{now_ms}"}  # fmt: skip
        read = read_item(msgspec.json.encode(item), Envelope(source="pbx", received_ms=now_ms))
        (answer,) = self.makegood.intake.take([read.arrival])
        assert not answer.error, answer.error

    def passes(self, minutes: int) -> None:
        self.clock.advance(minutes * MINUTE_MS)
        self.makegood.intake.advance([customer_of(self.makegood, ANA)], self.clock.now_ms())

    @property
    def state(self) -> State:
        with self.makegood.store.reading() as reading:
            row = reading.row(customer_of(self.makegood, ANA))
        assert row is not None
        return decode_state(row.state)

    def sent(self) -> list[SendMessage]:
        with self.makegood.store.reading() as reading:
            rows = reading.outbox_of([profile_of(ANA)])
        return [row.command.order for row in rows if isinstance(row.command.order, SendMessage)]

    def may_sell(self, brand: str) -> bool:
        asked = Question(brand=brand, message_class=MessageClass.PROMOTIONAL, channel="mail")
        return self.makegood.gate.ask(ANA, asked).allowed

    def reads(self, who: str, path: str = "") -> str:
        desk = Client()
        assert desk.login(username=who, password=PASSWORD)
        return words_of(desk.get(path or f"/desk/customers/{customer_of(self.makegood, ANA)}"))


@contextmanager
def by(book: str) -> Iterator[World]:
    with serving(read_book(book)[0]) as (makegood, clock):
        yield World(makegood, clock)


def test_the_queue_in_which_nobody_answers():
    with by("telecom") as world:
        introduce(world.makegood, ANA, "Ana Ruiz")
        world.on_the_wire("Call Queued", call="C1", queue="care", brand=MOBILE)
        world.passes(4)
        assert world.state.open_case is None
        assert world.may_sell(MOBILE)
        world.passes(2)
        case = world.state.open_case
        assert case is not None, "no event came: the time that passed is the failure"
        (failure,) = case.failures
        assert (failure.rule, failure.at_ms) == ("call_waits", world.clock.now_ms() - MINUTE_MS)
        assert not world.may_sell(MOBILE)
        assert world.makegood.stand_ins.round() == 1
        assert world.state.open_case is not None
        assert world.state.open_case.owner, "what nobody raised has somebody within minutes"
        world.on_the_wire("Call Answered", call="C1", agent="kathy", waited_seconds=360,
                          brand=MOBILE)  # fmt: skip
        world.passes(24 * 60)
        again = world.state.open_case
        assert again is not None
        assert [one.rule for one in again.failures] == ["call_waits"], "once, however long it was"
        assert replay(world.makegood.store, world.makegood.library).is_identical


def test_the_fee_and_the_telephone():
    with by("telecom") as world:
        seat(world.makegood)
        introduce(world.makegood, ANA, "Ana Ruiz", tenure_years=12, pays_on_time=True)
        world.passes(1)
        world.happens("Fee Charged", bill="B7", fee="upgrade", amount_cents=3500,
                      disclosed=False, brand=MOBILE)  # fmt: skip
        assert not world.may_sell(MOBILE)
        assert not world.may_sell("tamarel_fibre"), "one customer under one umbrella"
        case = world.state.open_case
        assert case is not None
        assert case.failures[0].rule == "fee_undisclosed"
        assert case.failures[0].severity == 3, "years with us say how pressing it is"

        ended = {"by": "agent", "answered": True, "solved": False, "brand": MOBILE}
        world.on_the_wire("Call Hung Up", call="C1", agent="tom", **ended)
        (back,) = world.state.phone.backs
        assert (back.rep, back.owner) == ("tom", "kathy")
        assert "One customer is to be called back by you" in world.reads("kathy", "/desk/")
        world.passes(5)
        world.on_the_wire("Call Hung Up", call="C2", agent="kathy", **ended)
        owners = {one.owner for one in world.state.phone.backs if not one.done_by}
        assert owners == {"omar"}, "a supervisor who is no better is passed over"
        assert "Ana Ruiz" in world.reads("omar", "/desk/team/call-backs")

        desk = Client()
        assert desk.login(username="omar", password=PASSWORD)
        page = f"/desk/customers/{customer_of(world.makegood, ANA)}/calls/called"
        for n, one in enumerate(world.state.phone.backs):
            form = {
                "call_back": one.id,
                "reached": "yes",
                "words": "I said sorry.",
                "token": f"t{n}",
            }
            assert desk.post(page, form).status_code == 302
        assert {one.done_by for one in world.state.phone.backs} == {"omar"}
        assert "I said sorry." in world.reads("omar")
        assert not world.may_sell(MOBILE), "a call is not yet a remedy"
        assert replay(world.makegood.store, world.makegood.library).is_identical
        line, under = felt(world.makegood)
        assert line.now is None, "they never said how they feel, and nobody says it for them"
        assert [(one.name, one.by) for one in under if one.kind in LET_DOWN] == [
            ("fee_undisclosed", ""), ("hung_up_on", "tom"), ("hung_up_on", "kathy"),
        ]  # fmt: skip
        assert [one.by for one in under if one.kind == "call"] == ["omar"]
        assert "Has never said how they feel." in world.reads("omar", feelings_page(world))


def felt(makegood: Makegood, who: str = ANA) -> tuple[FeelingLine, tuple[Evidence, ...]]:
    """The line of how somebody feels, and what is under it, the first first."""
    with makegood.store.reading() as reading:
        wanted = Wanted(customer=customer_of(makegood, who), now_ms=makegood.clock.now_ms())
        found = feelings_of(reading, makegood.library, wanted, lambda _: True)
    assert found.line is not None
    return found.line, tuple(reversed(found.under))


def feelings_page(world: World) -> str:
    return f"/desk/customers/{customer_of(world.makegood, ANA)}/feelings"


def seat(makegood: Makegood) -> None:
    """Tom answers to Kathy, and Kathy to Omar."""
    with makegood.store.writing() as writing:
        rows = {row.rep: row for row in writing.reps()}
        brands = ("tamarel_mobile", "tamarel_fibre")
        tom = RepRow(rep=RepId("tom"), name="Tom Okoro", role="agent", supervisor=RepId("kathy"),
                     brands=brands)  # fmt: skip
        writing.put_reps([tom, replace(rows[RepId("kathy")], supervisor=RepId("omar"))])


def test_the_flight_the_weather_stopped():
    with by("airline") as world:
        introduce(world.makegood, ANA, "Ana Ruiz")
        world.happens(
            "Flight Cancelled", booking="B1", flight="UA1", date="2013-02-08", brand="meridian",
            origin="JFK", destination="LAX", carrier="UA", distance_miles=2475, domestic=True,
            price_cents=20_000, notice_minutes=60,
            scheduled_ms=world.clock.now_ms() + HOUR_MS, weather={"visibility_miles": 0.1},
        )  # fmt: skip
        case = world.state.open_case
        assert case is not None
        assert case.failures[0].cause == "nature"
        assert not world.may_sell("meridian")
        assert [one.survey for one in world.sent() if one.survey] == []
        told = [one.message for one in world.sent()]
        assert any(one.startswith("weather_") for one in told), "the explanation comes at once"
        take_what_was_offered(world, case.id)
        world.happens("Leg Flown", booking="B1", flight="UA1", brand="meridian",
                      gate_agent="kathy", minor=False)  # fmt: skip
        world.passes(2 * 60)
        assert not [one for one in world.sent() if one.survey], "the apology is not there yet"
        carry_out(world.makegood)
        world.passes(1)
        assert [one.survey for one in world.sent() if one.survey] == ["boarding"]
        world.passes(60)
        assert [one.survey for one in world.sent() if one.survey] == ["boarding"], "once"
        assert replay(world.makegood.store, world.makegood.library).is_identical


def take_what_was_offered(world: World, case: str) -> None:
    body = Chosen(case=case, offer="refund")  # type: ignore[arg-type]
    take(world.makegood, ANA, body, f"chosen {case}")


class Flights:
    """Two customers of the airline, who are asked how it was."""

    def __init__(self, makegood: Makegood, clock: FakeClock) -> None:
        self.makegood, self.clock = makegood, clock
        introduce(makegood, ANA, "Ana Ruiz")
        introduce(makegood, BEN, "Ben Osei")

    def flies(self, who: str, flight: str) -> None:
        facts: dict[str, object] = {
            "booking": who[-3:], "flight": flight, "brand": "meridian", "gate_agent": "kathy",
            "minor": False,
        }  # fmt: skip
        take(self.makegood, who, Touchpoint(name="Leg Flown", properties=facts), f"{who} {flight}")

    def waits(self, hours: int) -> None:
        self.clock.advance(hours * HOUR_MS)
        customers = [customer_of(self.makegood, who) for who in (ANA, BEN)]
        self.makegood.intake.advance(customers, self.clock.now_ms())

    def asked(self, who: str) -> list[str]:
        with self.makegood.store.reading() as reading:
            rows = reading.outbox_of([profile_of(who)])
        orders = [row.command.order for row in rows]
        return [one.survey for one in orders if isinstance(one, SendMessage) and one.survey]

    def answers(self, who: str, about: str, score: int, words: str) -> None:
        token = self.makegood.links.survey_token(profile_of(who), "meridian", "boarding", about)
        sent = Client().post(f"/s/{token}", {"score": score, "words": words, "form": f"f{score}"})
        assert sent.status_code == 302

    def state(self, who: str) -> State:
        with self.makegood.store.reading() as reading:
            row = reading.row(customer_of(self.makegood, who))
        assert row is not None
        return decode_state(row.state)

    def may_sell(self, who: str) -> bool:
        asked = Question(brand="meridian", message_class=MessageClass.PROMOTIONAL, channel="mail")
        return self.makegood.gate.ask(who, asked).allowed

    def is_let_down(self, who: str) -> None:
        body = Touchpoint(
            name="Rudeness Told", properties={"booking": who[-3:], "brand": "meridian"}
        )
        take(self.makegood, who, body, f"rude {self.clock.now_ms()}")

    def timeline(self, who: str, reader: str = "kathy", more: str = "") -> str:
        desk = Client()
        assert desk.login(username=reader, password=PASSWORD)
        return words_of(desk.get(f"/desk/customers/{customer_of(self.makegood, who)}{more}"))


@pytest.fixture
def flights() -> Iterator[Flights]:
    with serving(read_book("airline")[0]) as (makegood, clock):
        yield Flights(makegood, clock)


def test_every_leg_is_asked_about_and_each_answer_is_heard(flights: Flights):
    flights.flies(ANA, "UA1")
    flights.flies(BEN, "UA1")
    flights.waits(2)
    assert flights.asked(ANA) == flights.asked(BEN) == ["boarding"]
    flights.answers(ANA, "ana/UA1", 5, "She remembered my name.")
    flights.answers(BEN, "ben/UA1", 1, "She told me to be quiet.")
    assert flights.may_sell(ANA)
    assert not flights.may_sell(BEN)
    case = flights.state(BEN).open_case
    assert case is not None
    assert case.failures[0].rule == "rude_staff"
    assert case.owner
    assert case.call is not None
    assert flights.state(ANA).open_case is None
    words = "She told me to be quiet."
    assert words not in flights.timeline(BEN), "what was said of Kathy is not hers to read"
    told = flights.timeline(BEN, "omar")
    assert "The customer answered 1 of 5 to “How was boarding?”, about Kathy Moreno" in told
    assert words in told


def test_nobody_is_asked_while_we_have_something_to_make_good(flights: Flights):
    flights.is_let_down(BEN)
    flights.flies(BEN, "UA1")
    flights.waits(3)
    assert flights.asked(BEN) == []
    assert "Not asked “How was boarding?”: a case is open." in flights.timeline(BEN)


def test_the_line_shows_let_down_then_what_they_said_then_that_it_is_good_again(flights: Flights):
    flights.flies(BEN, "UA1")
    flights.waits(2)
    flights.answers(BEN, "ben/UA1", 5, "On time.")
    flights.waits(1)
    flights.is_let_down(BEN)
    line, _ = felt(flights.makegood, BEN)
    assert line.now is None, "happy once is not happy for ever"
    assert line.since is not None
    assert line.since.name == "rude_staff"
    flights.waits(1)
    case = flights.state(BEN).open_case
    assert case is not None
    take(flights.makegood, BEN, Answered(case=case.id, answer="not_yet"), "not yet")
    flights.waits(1)
    take(flights.makegood, BEN, Answered(case=case.id, answer="good"), "good")
    flights.waits(1)
    line, under = felt(flights.makegood, BEN)
    happened = [one.kind for one in under if one.kind != "remedy"]
    assert happened == ["answer", "let_down", "not_yet", "good_again"]
    assert [(one.feeling, one.said.kind) for one in line.spans] == [
        (Feeling.HAPPY, "answer"), (Feeling.UNHAPPY, "not_yet"), (Feeling.HAPPY, "good_again"),
    ]  # fmt: skip
    assert line.spans[0].until_ms < line.spans[1].from_ms, "in between nobody knew"
    assert line.now is Feeling.HAPPY
    told = flights.timeline(BEN, "omar", "/feelings")
    assert "Last said: happy." in told
    assert "Answered 5 of 5 to “How was boarding?”, about Kathy Moreno" in told
    assert "Said that it is good again" in told
    assert "Answered" not in flights.timeline(BEN, "kathy", "/feelings"), "of her, and not for her"
    assert replay(flights.makegood.store, flights.makegood.library).is_identical
