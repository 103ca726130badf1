"""Whoever leaves and whatever may be said, in whatever order: nobody is moved, nothing is sold."""

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.fold import advance, step
from makegood.core.hellos import is_quiet
from makegood.core.my_person import Standing, keeper_of, person_of
from makegood.core.state import EMPTY, State, decode_state, encode_state
from makegood.core.timers import TimerKind
from makegood.messages.commands import HELD_CLASSES, MessageClass, SendMessage
from makegood.messages.events import Event
from makegood.messages.facts import (
    Answered,
    Body,
    Contacted,
    GotInTouch,
    PersonChosen,
    PersonRefused,
    RoomGiven,
    Touchpoint,
)
from makegood.messages.hello_facts import (
    Assigned,
    HelloAllowed,
    HelloDone,
    HelloDue,
    Introduced,
    RepStays,
    SuccessorNamed,
    WishNoted,
)
from makegood.messages.ids import CaseId, EventId, RepId, event_id
from makegood.playbooks.book import Library
from makegood.playbooks.in_touch_terms import (
    HelloTerms,
    LeavingTerms,
    ThanksTerms,
    Told,
    TrueThing,
)
from makegood.playbooks.people_terms import PeopleRules
from makegood.ports.ties import TieKind
from makegood.projections.in_touch import touch_ties
from makegood.testing.book import DAY_MS, HOUR_MS, small_book
from makegood.testing.history import NOON_MS, event

REPS = tuple(RepId(one) for one in ("kathy", "tom", "uli"))
TRIP = TrueThing(id="trip", of="event", says="x", events=("Rental Returned",), for_ms=40 * DAY_MS,
                 read=lambda facts: Told(str(facts.get("reservation"))))  # fmt: skip
WISH = TrueThing(id="wish", of="wish", says="x", for_ms=40 * DAY_MS)
RULES = PeopleRules(
    choices=3, capacity=9, thread_ms=HOUR_MS, room="room", unsure="which",
    hello=HelloTerms(every_ms=10 * DAY_MS, most=9, within_ms=5 * DAY_MS, things=(WISH, TRIP),
                     by_event={"Rental Returned": (TRIP,)}),
    thanks=ThanksTerms(years=(1,), most=9, within_ms=30 * DAY_MS, says="x"),
    leaving=LeavingTerms(introduction="room", gone="which", ask_again_ms=7 * DAY_MS),
)  # fmt: skip


def _library() -> Library:
    book = small_book()
    plain = replace(next(iter(book.messages.values())), message_class=MessageClass.SERVICE)
    said = {name: replace(plain, id=name) for name in ("room", "which")}
    book = replace(book, people=RULES, messages={**book.messages, **said},
                   purchases=frozenset({"Rental Returned"}))  # fmt: skip
    return Library(active=book.hash, books={book.hash: book})


LIBRARY = _library()
reps = st.sampled_from(REPS)
some = st.lists(reps, min_size=1, max_size=3, unique=True).map(tuple)
places = st.integers(0, 11)


def _id(place: int) -> EventId:
    return event_id("shop", f"e{place}")


Says: TypeAlias = Callable[[State], Body]
"""What happens may be about what is so: who was chosen, what waits to be said."""


def _chosen(state: State, place: int) -> EventId:
    found = [one.event for one in state.my_person.choices] or [_id(place)]
    return found[place % len(found)]


def _named(place: int, heir: RepId, days: int, rep: RepId) -> Says:
    def says(state: State) -> Body:
        choice = _chosen(state, place)
        theirs = (one.rep for one in state.my_person.choices if one.event == choice)
        return SuccessorNamed(
            rep=next(theirs, rep), successor=heir, choice=choice, leaves_ms=NOON_MS + days * DAY_MS
        )

    return says


def _due(place: int, rep: RepId, *, treated: bool) -> Says:
    def says(state: State) -> Body:
        ready = state.in_touch.ready
        if not ready:
            return HelloDue(kind="hello", rep=rep, thing="trip", source=_id(place))
        one = ready[place % len(ready)]
        keeper = keeper_of(state.my_person) or rep
        return HelloDue(kind=one.kind, rep=keeper, thing=one.thing.id, source=one.thing.event,
                        treated=treated)  # fmt: skip

    return says


def _done(place: int, rep: RepId, *, said: bool) -> Says:
    def says(state: State) -> Body:
        found = [one.event for one in state.in_touch.hellos] or [_id(place)]
        return HelloDone(hello=found[place % len(found)], by=rep, said=said)

    return says


def _room(place: int, rep: RepId) -> Says:
    return lambda state: RoomGiven(rep=rep, choice=_chosen(state, place))


plain: st.SearchStrategy[Body] = st.one_of(
    some.map(lambda wanted: PersonChosen(choices=wanted, theirs=wanted[-1], waits=wanted[:-1])),
    st.just(PersonChosen(choices=())),
    st.builds(PersonRefused, rep=reps, side=st.just("customer"), again=st.booleans()),
    st.builds(GotInTouch, channel=st.just("mail"), thread=st.just("t")),
    st.builds(Contacted, rep=reps, channel=st.just("mail"), thread=st.just("t")),
    st.builds(Introduced, rep=reps, successor=reps, by=reps),
    st.builds(WishNoted, words=st.just("w")),
    st.builds(lambda n: Touchpoint(
        name="Rental Unfulfilled",
        properties={"reservation": f"R{n}", "reason": "x", "price_cents": 9_900}),
        st.integers(1, 2)),
    st.builds(lambda place: Answered(case=CaseId(f"c{place}"), answer="good"), places),
    st.builds(Assigned, experiment=st.sampled_from(["hello", "thanks"]), treated=st.booleans(),
              propensity=st.just(0.5)),
)  # fmt: skip
often: st.SearchStrategy[Body] = st.one_of(
    st.just(PersonChosen(choices=(REPS[0],), theirs=REPS[0])),
    st.builds(HelloAllowed, allowed=st.sampled_from([True, True, False])),
    st.builds(lambda n: Touchpoint(name="Rental Returned", properties={"reservation": f"R{n}"}),
              st.integers(1, 3)),
)  # fmt: skip
sayings: st.SearchStrategy[Says] = st.one_of(
    plain.map(lambda body: lambda _state: body),
    often.map(lambda body: lambda _state: body),
    st.builds(_named, places, reps, st.integers(0, 20), reps),
    st.builds(lambda place, rep: lambda state: RepStays(rep=rep, choice=_chosen(state, place)),
              places, reps),
    st.builds(_room, places, reps),
    st.builds(_due, places, reps, treated=st.booleans()),
    st.builds(_done, places, reps, said=st.booleans()),
)  # fmt: skip
dues = st.builds(_due, places, reps, treated=st.sampled_from([True, True, False]))
others = reps.map(lambda rep: lambda _state: PersonChosen(choices=(rep,), theirs=rep))
usual = st.one_of(often.map(lambda body: lambda _state: body), dues, dues, dues, others)
BEGINS: tuple[Body, ...] = (
    PersonChosen(choices=REPS[:1], theirs=REPS[0]),
    HelloAllowed(allowed=True),
    Touchpoint(name="Rental Returned", properties={"reservation": "R0"}),
)
"""Half of the days begin so; else few would come to a hello."""
begins = st.sampled_from([(), tuple((1, lambda _state, body=body: body) for body in BEGINS)])
told = st.lists(st.tuples(st.integers(0, 40), st.one_of(sayings, usual)), min_size=1, max_size=16)
days = st.builds(lambda first, rest: [*first, *rest], begins, told)


def events(day: list[tuple[int, Says]]) -> list[Event]:
    """Write a day down: what is said is found out as it goes."""
    at_ms, found, state = NOON_MS, [], EMPTY
    for n, (hours, says) in enumerate(day):
        at_ms += hours * 12 * HOUR_MS + 1
        state = advance(state, at_ms, LIBRARY).state
        found.append(event(says(state), at_ms=at_ms, name=f"e{n}", book=LIBRARY.active))
        state = step(state, found[-1], LIBRARY).state
    return found


@given(days)
def test_nobody_is_moved_but_by_the_customers_own_word(day):
    state = EMPTY
    for one in events(day):
        before = person_of(state.my_person)
        state = step(state, one, LIBRARY).state
        if not isinstance(one.body, PersonChosen | PersonRefused | RoomGiven):
            assert person_of(state.my_person) == before
        state = advance(state, one.time_ms + 30 * DAY_MS, LIBRARY).state
        assert all(it.heir not in state.my_person.denied for it in state.my_person.heirs)


@given(days)
def test_who_is_asked_about_a_successor_has_that_person_and_is_asked_about_one(day):
    state = EMPTY
    for one in events(day):
        state = step(state, one, LIBRARY).state
        asked = [it for it in state.in_touch.successions if it.is_asked]
        theirs = {(it.event, it.rep) for it in state.my_person.choices
                  if it.standing is Standing.THEIRS}  # fmt: skip
        assert {(it.choice, it.rep) for it in asked} <= theirs
        assert len({it.choice for it in asked}) == len(asked)
        heirs = {(it.rep, it.heir) for it in state.my_person.heirs}
        assert heirs == {(it.rep, it.successor) for it in asked if it.successor}
        timers = {it.subject for it in state.timers if it.kind is TimerKind.SUCCESSOR_BY}
        assert timers <= {it.event for it in asked}


@given(days)
def test_a_hello_is_the_task_of_the_customers_person_who_may_get_in_touch(day):
    state = EMPTY
    for one in events(day):
        state = step(state, one, LIBRARY).state
        due = [it for it in state.in_touch.hellos if it.ended == "due"]
        assert {it.rep for it in due} <= {keeper_of(state.my_person)}
        if state.in_touch.said_no:
            assert not state.in_touch.has_tasks


@given(days)
def test_nothing_waits_to_be_said_while_something_is_open_and_no_message_sells(day):
    state = EMPTY
    for one in events(day):
        done = step(state, one, LIBRARY)
        state = done.state
        said = [it.order for it in done.commands if isinstance(it.order, SendMessage)]
        about = [it for it in said if it.page == "person"]
        assert not any(it.message_class in HELD_CLASSES for it in about)
        kinds = {tie.kind for tie in touch_ties(state, "p")}
        assert not (is_quiet(state) and kinds & {TieKind.READY, TieKind.HELLO})


@given(days)
def test_hellos_are_as_far_apart_as_the_book_says_and_each_lot_is_drawn_once(day):
    state = EMPTY
    for one in events(day):
        state = step(state, one, LIBRARY).state
        mine = state.in_touch
        names = [lot.experiment for lot in mine.lots]
        assert len(names) == len(set(names))
        said = [it for it in mine.hellos if it.kind == "hello" and it.ended != "moved"]
        due = [(it.thing.id, it.thing.event) for it in said]
        assert len(due) == len(set(due))
        gaps = [b.at_ms - a.at_ms for a, b in pairwise(said)]
        assert all(gap >= RULES.hello.every_ms for gap in gaps)


@given(days, st.integers(0, 11))
def test_it_is_the_same_folded_at_once_or_from_what_was_kept(day, cut: int):
    def folded(state: State, part: list[Event]) -> State:
        for one in part:
            state = step(state, one, LIBRARY).state
        return state

    all_of_it = events(day)
    begun = decode_state(encode_state(folded(EMPTY, all_of_it[:cut])))
    assert folded(begun, all_of_it[cut:]) == folded(EMPTY, all_of_it)
