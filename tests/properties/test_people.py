"""Whatever is chosen, refused and said in whatever order: nobody who is to be apart is met."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.fold import advance, step
from makegood.core.my_person import MyPerson, Standing
from makegood.core.state import EMPTY, State, decode_state, encode_state
from makegood.messages.commands import MessageClass
from makegood.messages.events import Absent, Event, OnDuty
from makegood.messages.facts import (
    Body,
    Contacted,
    GotInTouch,
    PersonChosen,
    PersonRefused,
    Replied,
    ReplyTakenBack,
    RoomGiven,
    Touchpoint,
)
from makegood.messages.ids import EventId, RepId, event_id
from makegood.playbooks.book import Library
from makegood.playbooks.people_terms import PeopleRules
from makegood.testing.book import HOUR_MS, MINUTE_MS, small_book
from makegood.testing.history import NOON_MS, event

REPS = tuple(RepId(one) for one in ("kathy", "tom", "uli"))
RULES = PeopleRules(choices=3, capacity=9, waits_ms={"phone": 2 * MINUTE_MS}, thread_ms=HOUR_MS,
                    room="room", unsure="which")  # fmt: skip


def _library() -> Library:
    book = small_book()
    plain = replace(next(iter(book.messages.values())), message_class=MessageClass.SERVICE)
    said = {name: replace(plain, id=name) for name in ("room", "which")}
    book = replace(book, people=RULES, messages={**book.messages, **said})
    return Library(active=book.hash, books={book.hash: book})


LIBRARY = _library()
reps = st.sampled_from(REPS)
some = st.lists(reps, max_size=3, unique=True).map(tuple)
threads = st.sampled_from(["", "t1", "t2"])


@st.composite
def choices(draw) -> PersonChosen:
    wanted = draw(some)
    theirs = draw(st.sampled_from((*wanted, RepId("")))) if wanted else RepId("")
    before = wanted[: wanted.index(theirs)] if theirs else wanted
    return PersonChosen(choices=wanted, theirs=theirs, waits=before)


bodies: st.SearchStrategy[Body] = st.one_of(
    choices(),
    st.builds(PersonRefused, rep=reps, side=st.sampled_from(["customer", "rep"]),
              again=st.booleans()),
    st.builds(GotInTouch, channel=st.sampled_from(["phone", "mail"]), thread=threads,
              another=st.booleans(), to=st.one_of(reps, st.just(RepId("")))),
    st.builds(Contacted, rep=reps, channel=st.just("phone"), thread=threads),
    st.builds(Replied, rep=reps, letter=st.just("l"), thread=threads, words=st.just("w"),
              brand=st.just("cars")),
    st.builds(ReplyTakenBack, by=reps,
              said=st.integers(0, 13).map(lambda n: event_id("booking", f"e{n}"))),
    st.builds(RoomGiven, rep=reps, choice=st.just(EventId("e"))),
    st.builds(lambda n: Touchpoint(
        name="Rental Unfulfilled",
        properties={"reservation": f"R{n}", "reason": "x", "price_cents": 9_900}),
        st.integers(1, 2)),
)  # fmt: skip
duty = st.lists(
    st.builds(
        lambda rep, busy, cover: OnDuty(
            rep, NOON_MS + 900 * HOUR_MS, busy_until_ms=NOON_MS + 900 * HOUR_MS if busy else 0,
            cover=cover,
        ),
        reps, st.booleans(), reps,
    ),
    max_size=3, unique_by=lambda one: one.rep,
)  # fmt: skip
absent = st.lists(st.builds(Absent, reps, st.just("away"), st.just(0), reps), max_size=2)
days = st.lists(st.tuples(st.integers(0, 300), bodies, duty, absent), min_size=1, max_size=14)


def events(day) -> list[Event]:
    at_ms, found = NOON_MS, []
    for n, (minutes, body, on_duty, away) in enumerate(day):
        at_ms += minutes * MINUTE_MS + 1
        there = {one.rep for one in on_duty}
        found.append(
            event(
                body, at_ms=at_ms, name=f"e{n}", on_duty=tuple(on_duty), book=LIBRARY.active,
                absent=tuple(one for one in away if one.rep not in there),
            )
        )  # fmt: skip
    return found


def apart_is_apart(mine: MyPerson) -> None:
    for thread in mine.threads:
        if thread.came_ms:
            assert not {thread.taker, thread.then, thread.asked_for} & mine.denied
    assert not {one.rep for one in mine.choices} & mine.denied


@given(days)
def test_nobody_who_is_kept_apart_owns_a_case_answers_or_is_chosen(day):
    state = EMPTY
    for one in events(day):
        if isinstance(one.body, PersonChosen) and state.my_person.denied & set(one.body.choices):
            continue  # it is refused before it becomes a fact
        state = step(state, one, LIBRARY).state
        apart_is_apart(state.my_person)
        case = state.open_case
        assert case is None or not case.owner or case.owner not in state.my_person.denied
        state = advance(state, one.time_ms + 3 * MINUTE_MS, LIBRARY).state
        apart_is_apart(state.my_person)


@given(days)
def test_a_customer_has_at_most_one_person_and_each_choice_once(day):
    state = EMPTY
    for one in events(day):
        state = step(state, one, LIBRARY).state
        mine = state.my_person.choices
        assert sum(choice.standing is Standing.THEIRS for choice in mine) <= 1
        assert len({choice.rep for choice in mine}) == len(mine)


@given(days, st.integers(0, 13))
def test_it_is_the_same_folded_at_once_or_from_what_was_kept(day, cut: int):
    def folded(state: State, some: list[Event]) -> State:
        for one in some:
            state = step(state, one, LIBRARY).state
        return state

    all_of_it = events(day)
    begun = decode_state(encode_state(folded(EMPTY, all_of_it[:cut])))
    assert folded(begun, all_of_it[cut:]) == folded(EMPTY, all_of_it)
