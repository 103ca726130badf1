"""The missing car told from beginning to end, in seconds, on a clock that is moved."""

from contextlib import ExitStack
from datetime import datetime
from secrets import token_bytes
from zoneinfo import ZoneInfo

from makegood.bootstrap import Makegood, open_makegood
from makegood.demo.car import FRIEND, KATHY
from makegood.demo.missing_car import CUSTOMER, KATHY_CALLS_MINUTES, REP, MissingCar
from makegood.demo.missing_car_clock import StageClock
from makegood.demo.missing_car_outside import Surroundings
from makegood.demo.story import SYNTHETIC, Story, stopped_moments, tell, without
from makegood.messages.facts import Answered, Called, Chosen, Opened, Referred
from makegood.messages.ids import CaseId
from makegood.settings import Settings
from makegood.store.memory import MemoryStore

BOOK = "car-rental"
_THIS = CaseId("")  # the stage fills in the case that it plays


def this_afternoon(now_ms: int) -> int:
    """Three in the afternoon of this day where the book's clocks are: the next morning is nine."""
    here = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(KATHY.timezone))
    return int(here.replace(hour=15, minute=0, second=0, microsecond=0).timestamp() * 1000)


def play_missing_car(at_ms: int) -> Story:
    """Play the day and what follows; give its story.

    Args:
        at_ms: When the car should have been there.
    """
    with ExitStack() as closing:
        clock = StageClock(at_ms)
        around = closing.enter_context(Surroundings(clock))
        makegood = _opened(clock, around)
        closing.callback(makegood.close)
        stage = MissingCar(makegood, clock, around)
        stage.begin(at_ms)
        _bad_day(stage)
        _good_end(stage)
        return story_of(stage)


def _opened(clock: StageClock, around: Surroundings) -> Makegood:
    settings = Settings(
        database="memory:",
        key=token_bytes(32),
        book=BOOK,
        smtp=around.smtp,
        counterparts=around.counterparts,
        threads=1,
    )
    return open_makegood(settings, clock=clock, store=MemoryStore())


def _bad_day(stage: MissingCar) -> None:
    """Two branches, and a call centre that asks for the story again."""
    stage.lose_the_car()
    stage.settle()
    _at(stage, 1)
    stage.asks(Opened(case=_THIS), CUSTOMER)
    _at(stage, KATHY_CALLS_MINUTES)
    stage.kathy_calls()
    _at(stage, 45)
    stage.lose_it_again()
    stage.settle()
    _at(stage, 48)
    stage.asks(Called(case=_THIS, by=KATHY.rep, reached=True), REP)
    _at(stage, 90)
    stage.tell_it_again()
    stage.settle()


def _good_end(stage: MissingCar) -> None:
    """Plan B, the next morning, made whole, and only then the offer and a friend."""
    _at(stage, 92)
    stage.asks(Chosen(case=_THIS, offer="driver"), CUSTOMER)
    stage.settle()
    _at(stage, 94)
    stage.asks(Called(case=_THIS, by=KATHY.rep, reached=True), REP)
    _at(stage, 4 * 60)
    stage.next_morning()
    stage.settle()
    _at(stage, 19 * 60)
    stage.asks(Answered(case=_THIS, answer="good"), CUSTOMER)
    stage.settle()
    stage.a_week_later()
    stage.settle()
    stage.asks(Referred(case=_THIS, visitor=FRIEND), CUSTOMER)
    stage.asks(Referred(case=_THIS, visitor=FRIEND, joined=True), CUSTOMER)
    stage.settle()


def _at(stage: MissingCar, minutes: int) -> None:
    """Let time pass, and everything that was due by then happen."""
    stage.after(minutes)
    stage.settle()


def story_of(stage: MissingCar) -> Story:
    """Tell what the stage has played so far."""
    makegood, row = stage.makegood, stage.row
    now_ms, zone = stage.clock.now_ms(), makegood.book.timezone
    with makegood.store.reading() as reading:
        told, state = tell(reading, makegood.library, row, now_ms)
        money = reading.ledger(row.case) if row is not None else ()
    told = tuple(sorted((*told, *stopped_moments(stage.stopped)), key=lambda one: one.at_ms))
    day = stage.day
    facts = (
        day.no_car_at_the_airport(),
        day.no_car_at_the_harbour(),
        day.told_again(),
        day.took_the_bus(),
    )
    return Story(
        synthetic=SYNTHETIC,
        zone=zone,
        told=told,
        without=without(facts, stage.around.mailbox_without.letters, now_ms),
        money=money,
        looked=sum(len(case.referred) for case in state.cases),
        joined=sum(len(case.joined) for case in state.cases),
    )
