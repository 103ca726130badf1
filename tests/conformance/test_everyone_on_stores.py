"""Whatever becomes of whom, each engine's cells answer what reading every case answers."""

import tempfile
from contextlib import ExitStack, closing
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.likeness import DAY_MS, Comparable, likeness_of
from makegood.messages.ids import CustomerId, EventId
from makegood.messages.money import Money
from makegood.playbooks.everyone import KEYS
from makegood.playbooks.standing import TierPart
from makegood.playbooks.terms import EveryoneTerms
from makegood.ports.store import Store
from makegood.projections.everyone import Wanted, everyone
from makegood.store.memory import MemoryStore
from makegood.store.postgres import PostgresStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_book
from makegood.testing.store_samples import customer, known, profile
from tests.brute_everyone import all_rows, brute

TODAY = 20_000
NAMES = ("ana", "ben", "cid", "dan")
REMEDIES = ("refund", "snack", "ride_home", "unheard_of")
LEVELS = ("", "silver", "gold", "unheard_of")
money = st.tuples(
    st.sampled_from(REMEDIES), st.integers(0, 5_000), st.sampled_from(["USD", "EUR"])
)


@st.composite
def rows(draw) -> Comparable:
    is_failure = draw(st.integers(0, 3)) > 0
    answers = ("given", "not_given") if is_failure else ("waiting", "allowed", "denied")
    price = draw(st.one_of(st.none(), st.integers(0, 9_999))) if is_failure else None
    given_for = draw(st.lists(money, max_size=2, unique_by=lambda one: (one[0], one[2])))
    return Comparable(
        event=EventId(f"e{draw(st.integers(0, 10**6))}"),
        kind="failure" if is_failure else "request",
        what=draw(st.sampled_from(["no_car", "late"])) if is_failure else "keep_longer",
        loss=draw(st.sampled_from(["service", "time"])) if is_failure else "",
        brand=draw(st.sampled_from(["cars", 'va"ns/\x1f', ""])),
        severity=draw(st.integers(1, 2)) if is_failure else 0,
        standing=draw(st.sampled_from(LEVELS)),
        at_ms=(TODAY - draw(st.integers(0, 12))) * DAY_MS + draw(st.integers(0, 2)),
        price=None if price is None else Money(price, draw(st.sampled_from(["USD", "EUR"]))),
        given=tuple(given_for),
        answer=draw(st.sampled_from(answers)),
        back=draw(st.booleans()),
    )


terms = st.builds(
    EveryoneTerms,
    same=st.sampled_from(
        [tuple(key for key, kept in zip(KEYS, them, strict=True) if kept)
         for them in product([True, False], repeat=4) if them[0] or them[1]]
    ),
    tier=st.sampled_from([(), ("silver",), ("silver", "gold"), ("gold", "silver")]).map(
        lambda order: TierPart(fact="tier", order=order) if order else None
    ),
    within_days=st.integers(2, 14),
    judge_after_days=st.integers(1, 8),
    too_few=st.integers(0, 4),
)  # fmt: skip
changes = st.lists(
    st.one_of(
        st.tuples(
            st.just("put"),
            st.sampled_from(NAMES),
            st.lists(rows(), max_size=5, unique_by=lambda one: one.event),
        ),
        st.tuples(st.just("link"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("unlink"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("likeness"), terms, st.none()),
    ),
    max_size=14,
)
questions = st.builds(
    Wanted,
    like=rows(),
    remedies=st.lists(st.sampled_from(REMEDIES), max_size=2, unique=True).map(tuple),
    cents=st.one_of(st.none(), st.integers(0, 5_000)),
    own_brand=st.booleans(),
)


def live(store: Store, told) -> None:
    known(store, *NAMES)
    for what, who, other in told:
        with store.writing() as writing:
            if what == "likeness":
                writing.put_likeness(likeness_of(who))
            elif what == "put":
                writing.put_comparables({customer(who): other})
            else:
                getattr(writing, what)(profile(who), profile(other))


def check(store: Store, told, asked: Wanted, by: EveryoneTerms) -> None:
    live(store, told)
    book = replace(small_book(), everyone=by)
    with store.writing() as writing:
        writing.put_likeness(likeness_of(by))
        answer = everyone(writing, asked, book, TODAY * DAY_MS)
        assert answer == brute(all_rows(writing), asked, book, TODAY * DAY_MS)
    with store.reading() as reading:
        assert everyone(reading, asked, book, TODAY * DAY_MS) == answer
        other = replace(
            book, everyone=replace(by, tier=TierPart(fact="tier", order=("unheard_of",)))
        )
        assert everyone(reading, asked, other, TODAY * DAY_MS).is_ready is False


@given(told=changes, asked=questions, by=terms)
def test_memory_answers_what_every_case_says(told, asked, by):
    check(MemoryStore(), told, asked, by)


@settings(max_examples=60)
@given(told=changes, asked=questions, by=terms)
def test_sqlite_answers_what_every_case_says(told, asked, by):
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store = stack.enter_context(closing(SqliteStore(Path(folder) / "it.sqlite3")))
        check(store, told, asked, by)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_postgresql_answers_what_every_case_says(postgres_url):
    with closing(PostgresStore(postgres_url, pool_size=2)) as store:

        @settings(max_examples=40)
        @given(told=changes, asked=questions, by=terms)
        def always(told, asked, by):
            with store.writing() as writing:  # everybody of the example before is without cases
                writing.put_comparables(dict.fromkeys(all_rows(writing), ()))
            check(store, told, asked, by)

        always()


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_on_postgresql_nobody_counts_by_the_old_likeness_while_a_new_one_is_counted(postgres_url):
    """A writer that came before is waited for; one that comes after waits and counts anew."""
    from threading import Thread

    first = Comparable(
        EventId("e1"), "failure", "no_car", "service", "cars", 4, "gold", TODAY * DAY_MS,
        None, (), "not_given", False,
    )  # fmt: skip
    tier = TierPart(fact="tier", order=("silver", "gold"))
    by = EveryoneTerms(same=("failure", "brand", "severity"), tier=tier)
    with closing(PostgresStore(postgres_url, pool_size=3)) as store:
        known(store, *NAMES)

        def put(name: str) -> None:
            with store.writing() as writing:
                writing.put_comparables({customer(name): (first,)})

        with store.writing() as activation:
            activation.put_likeness(likeness_of(by))
            late = Thread(target=put, args=("ben",))
            late.start()
            late.join(0.3)
            assert late.is_alive()
        late.join()
        book = replace(small_book(), everyone=by)
        with store.reading() as reading:
            answer = everyone(reading, Wanted(like=first), book, TODAY * DAY_MS)
        assert answer.customers == 1
        assert all_rows_of(store) == {customer("ben"): (first,)}


def all_rows_of(store: Store) -> dict[CustomerId, tuple[Comparable, ...]]:
    with store.reading() as reading:
        return {one: tuple(them) for one, them in all_rows(reading).items()}
