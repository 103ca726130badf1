"""Chances add up, what is drawn comes as often as it is said, and no wish is left to chance."""

from collections import Counter
from fractions import Fraction
from math import sqrt

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.fold import step
from makegood.core.my_person import Candidate, Preference
from makegood.core.routed import MOST_ROUTED, NOT_YET
from makegood.core.routing import Ask, choose
from makegood.core.state import EMPTY, State, decode_state, encode_state
from makegood.messages.events import OnDuty
from makegood.messages.ids import EventId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.routing_terms import ORDER, RELAXED, RoutingRules
from tests.properties.test_people import LIBRARY, days, events

REPS = tuple(RepId(f"r{n}") for n in range(6))
reps = st.sampled_from(REPS)
on_duties = st.lists(
    st.builds(
        OnDuty, reps, st.just(10**15), st.sampled_from([(), ("cars",), ("vans",)]),
        st.sampled_from([(), ("en",), ("de", "en")]), st.integers(0, 4), st.integers(0, 3),
        st.sampled_from([0, 10**14]),
    ),
    max_size=6, unique_by=lambda one: one.rep,
).map(tuple)  # fmt: skip
rules = st.builds(
    RoutingRules,
    logged=st.just(True),
    slice=st.integers(0, 2000),
    order=st.lists(st.sampled_from(ORDER), min_size=1, unique=True).map(tuple),
    relaxes=st.lists(st.sampled_from(RELAXED), unique=True).map(tuple),
    among=st.integers(1, 5),
)
asks = st.builds(
    Ask, event=st.integers(0, 10**6).map(lambda n: EventId(f"e{n}")), subject=st.just("k"),
    kind=st.sampled_from(["case", "talk"]), at_ms=st.just(1),
    brand=st.sampled_from(["", "cars", "vans"]), has_chosen=st.booleans(),
    last=st.one_of(reps, st.just(RepId(""))), but=st.one_of(reps, st.just(RepId(""))),
    language=st.sampled_from(["", "de", "fr"]), severity=st.integers(0, 5), double=st.booleans(),
)  # fmt: skip
denied = st.frozensets(reps, max_size=3)


@given(asks, on_duties, rules, denied)
def test_the_chances_of_the_eligible_add_up_to_one(ask, on_duty, book, apart):
    found = choose(ask, on_duty, book, Preference(denied=apart))
    assert sum(found.chance_of(rep) for rep in found.eligible) == (1 if found.eligible else 0)
    assert found.chosen in found.eligible or not found.chosen
    assert bool(found.eligible) == bool(found.chosen)
    assert 0 < found.propensity <= 1 or not found.chosen
    assert not set(found.eligible) & (apart | {ask.but})
    assert len(found.eligible) <= book.among <= 5
    assert found.of >= len(found.eligible)


@given(asks, on_duties, rules, denied)
def test_a_choice_a_bad_day_and_a_second_failure_are_never_left_to_chance(
    ask, on_duty, book, apart
):
    found = choose(ask, on_duty, book, Preference(denied=apart))
    if ask.has_chosen or ask.double or ask.severity >= book.chance_below:
        assert not found.by_chance
        assert found.spared
        assert found.propensity in (0, 1)
        assert found.chosen == found.first


@given(asks, on_duties, rules, reps)
def test_who_is_wished_is_asked_whatever_the_order_says(ask, on_duty, book, wished):
    wish = Preference(person=wished, candidates=(Candidate(wished, "theirs"),))
    found = choose(replace(ask, but=RepId("")), on_duty, book, wish)
    assert (found.chosen, found.propensity, found.by_chance) == (wished, 1, False)


@given(asks, on_duties, rules)
def test_a_must_is_met_or_nobody_is_asked(ask, on_duty, book):
    found = choose(ask, on_duty, replace(book, relaxes=()))
    there = {one.rep: one for one in on_duty}
    for rep in found.eligible:
        assert there[rep].serves(ask.brand)
        assert not there[rep].is_busy(ask.at_ms)


def drawn(n_events: int, slice_: int, n_reps: int) -> Counter[str]:
    there = tuple(OnDuty(rep, 10**15) for rep in REPS[:n_reps])
    book = RoutingRules(logged=True, slice=slice_)
    return Counter(
        choose(Ask(event=EventId(f"e{n}"), subject=f"k{n % 7}", kind="case", at_ms=1),
               there, book).chosen
        for n in range(n_events)
    )  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.sampled_from([500, 1000, 2000]), st.integers(2, 6))
def test_over_many_events_each_is_asked_as_often_as_the_propensity_says(slice_, n_reps):
    n = 6000
    counts = drawn(n, slice_, n_reps)
    for place, rep in enumerate(REPS[:n_reps]):
        share = Fraction(slice_, 10_000 * n_reps) + (0 if place else 1 - Fraction(slice_, 10_000))
        reach = 5 * sqrt(float(share * (1 - share)) / n)  # beyond five it is no chance
        assert abs(counts[rep] / n - share) < reach


def _library() -> Library:
    (book,) = LIBRARY.books.values()
    routing = RoutingRules(logged=True, slice=2000, conversations=True, order=("last", "load"))
    book = replace(book, routing=routing)
    return Library(active=book.hash, books={book.hash: book})


ROUTED = _library()


def folded(state: State, some: list) -> State:
    for one in some:
        state = step(state, one, ROUTED).state
    return state


@given(days, st.integers(0, 13))
def test_a_replay_asks_the_same_people_with_the_same_chances(day, cut):
    all_of_it = events(day)
    begun = decode_state(encode_state(folded(EMPTY, all_of_it[:cut])))
    after = folded(begun, all_of_it[cut:])
    assert after.routings == folded(EMPTY, all_of_it).routings
    assert len(after.routings) <= MOST_ROUTED


@given(days)
def test_nobody_is_asked_whom_the_customer_is_kept_apart_from(day):
    state = EMPTY
    for one in events(day):
        apart = state.my_person.denied
        before = {(it.event, it.subject) for it in state.routings}
        state = step(state, one, ROUTED).state
        apart = apart & state.my_person.denied
        for it in state.routings:
            if (it.event, it.subject) in before:
                continue
            assert not set(it.eligible) & apart
            assert it.chosen == it.first or it.by_chance
            assert it.kind == "talk" or it.waited_ms != NOT_YET
            if state.my_person.chosen(it.brand) and it.event == one.id:
                assert it.propensity == (1 if it.chosen else 0)  # nobody may be there


TRAITS = ({"tier": "gold"}, {"tier": "none", "followers": 10**6, "lifetime_value_cents": 9**9})


@given(days)
def test_tier_value_and_public_voice_change_nothing_about_who_is_asked(day):
    plain, rich = EMPTY, replace(EMPTY, facts=TRAITS[1])
    for one in events(day):
        plain, rich = step(plain, one, ROUTED).state, step(rich, one, ROUTED).state
    assert [replace(it, level="") for it in rich.routings] == [
        replace(it, level="") for it in plain.routings
    ]
