"""The intake on each engine: nothing is lost, live is a replay, and a batch asks little."""

from collections import Counter
from contextlib import contextmanager

import pytest

from benchmarks.counting import CountingStore
from makegood.core.state import encode_state
from makegood.messages.agreements import Agreement, RateTerms
from makegood.messages.facts import Answered, Body, Identified, Touchpoint
from makegood.messages.ids import AccountId, AgreementId, CustomerId, case_id
from makegood.ports.accounts import Account, Party
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus, Taken
from makegood.ports.store import Store, Writing
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.testing.book import MINUTE_MS, small_library
from makegood.testing.clock import STORY_BEGINS_MS, FakeClock
from makegood.testing.history import folded
from makegood.testing.store_conformance import at_once
from tests.conformance.engines import ENGINES, POSTGRES

BATCHES = 12
PEOPLE = 5


@pytest.fixture(params=(*ENGINES, pytest.param("pooled", marks=POSTGRES)))
def store(request: pytest.FixtureRequest) -> Store:
    made: Store = request.getfixturevalue(request.param)
    return made


def arrival(n: int, now_ms: int) -> Arrival:
    """One of three kinds, about one of few people; every seventh says that two are one."""
    who, other = n % PEOPLE, (n + 1) % PEOPLE
    links = n % 7 == 0
    facts = {"reason": "overbooked", "reservation": f"R{n % 3}"}
    body = Identified() if links else Touchpoint(name="Rental Unfulfilled", properties=facts)
    return Arrival(
        source="rental",
        message_id=f"{n}",
        identifier=f"user:{who}",
        time_ms=now_ms - (n % 4) * MINUTE_MS,
        body=body,
        body_digest=body_digest(body),
        also=(f"user:{other}",) if links else (),
    )


def test_two_who_take_the_same_people_in_lose_nothing(store):
    clock, library = FakeClock(), small_library()
    intake = Intake(store, lambda: library, clock, b"key")
    events = [arrival(n, clock.now_ms()) for n in range(BATCHES * 4)]

    def take(thread: int) -> list[Taken]:
        batches = [events[n : n + 4] for n in range(0, len(events), 4)]
        if thread:
            batches = [list(reversed(batch)) for batch in reversed(batches)]
        return [answer.taken for batch in batches for answer in intake.take(batch)]

    answers = [taken for each in at_once(take) for taken in each]
    assert answers.count(Taken.NEW) == answers.count(Taken.DUPLICATE) == len(events)
    with store.reading() as reading:
        assert reading.counts()["log"] == len(events)
        rows = reading.rows(CustomerId(""), 100)
        assert sum(row.events for row in rows) == len(events)
        for row in rows:
            history = reading.history(row.customer)
            now_ms = clock.now_ms()
            assert row.stuck == ""
            assert row.state == encode_state(folded(history, library, now_ms=now_ms).state)


class Counted:
    """A store whose transactions count what is asked of them; on SQL also every statement."""

    def __init__(self, store: Store) -> None:
        self.is_sql = not isinstance(store, MemoryStore)
        self._store = CountingStore(store) if self.is_sql else store
        self.calls: Counter[str] = Counter()

    @property
    def statements(self) -> int:
        return self._store.asked.statements if self.is_sql else 0

    def reading(self):
        return self._store.reading()

    @contextmanager
    def writing(self):
        with self._store.writing() as writing:
            yield CountedWriting(writing, self.calls)

    def syncs(self) -> int:
        return self._store.syncs()


class CountedWriting:
    """Passes everything on and counts the calls."""

    def __init__(self, writing: Writing, calls: Counter[str]) -> None:
        self._writing = writing
        self._calls = calls

    def __getattr__(self, name: str):
        if name != "is_alone":
            self._calls[name] += 1
        return getattr(self._writing, name)


def asked_of(store: Store, people: range) -> tuple[Counter[str], int]:
    """Let people's cars be missing, then let all be good again in one batch: what that asks."""
    clock, counted, library = FakeClock(), Counted(store), small_library()
    intake = Intake(counted, lambda: library, clock, b"key")
    facts = {"reason": "overbooked", "reservation": "R1", "price_cents": 100}
    lost = [
        said(n, "lost", Touchpoint(name="Rental Unfulfilled", properties=facts)) for n in people
    ]
    cases = [case_id(answer.event) for answer in intake.take(lost)]
    clock.advance(MINUTE_MS)
    counted.calls.clear()
    before = counted.statements
    good = [
        said(n, "good", Answered(case=case, answer="good"), clock.now_ms())
        for n, case in zip(people, cases, strict=True)
    ]
    intake.take(good)
    with store.reading() as reading:
        profiles = [intake.profile(f"user:p{n}") for n in people]
        outbox = reading.outbox_of(profiles)
    withdrawn = {row.command.profile for row in outbox if row.status is OutboxStatus.WITHDRAWN}
    assert len(withdrawn) == len(people)
    return counted.calls, counted.statements - before


def said(who: int, what: str, body: Body, time_ms: int = STORY_BEGINS_MS) -> Arrival:
    return Arrival(
        source="rental",
        message_id=f"{what} {who}",
        identifier=f"user:p{who}",
        time_ms=time_ms,
        body=body,
        body_digest=body_digest(body),
    )


def test_a_batch_asks_as_much_for_many_customers_with_needless_orders_as_for_one(store):
    one = asked_of(store, range(1))
    many = asked_of(store, range(1, 31))
    assert many == one
    assert one[0]["commands"] == 1


def stamped(store: Store, people: range, *, accounts: bool) -> tuple[Counter[str], int]:
    """Let people's cars be missing in one batch: what that asks, with and without accounts."""
    clock, counted, library = FakeClock(), Counted(store), small_library()
    intake = Intake(counted, lambda: library, clock, b"key")
    if accounts:
        firm, rate = AccountId("meridian"), RateTerms(off_per_mille=100)
        with store.writing() as writing:
            writing.put_accounts([Account(id=firm, kind="company", name="Meridian Tools")])
            writing.put_parties(
                [
                    Party(account=firm, profile=intake.profile(f"user:p{n}"), role="guest")
                    for n in people
                ]
            )
            writing.put_agreements([Agreement(id=AgreementId("A"), account=firm, terms=rate)])
    facts = {"reason": "overbooked", "reservation": "R1", "price_cents": 100}
    before = counted.statements
    intake.take(
        [said(n, "lost", Touchpoint(name="Rental Unfulfilled", properties=facts)) for n in people]
    )
    taken = counted.statements - before
    with store.reading() as reading:
        stamps = [event.stamp for _, event in reading.log(0, 100)][-len(people) :]
    assert all(bool(one.agreements) is accounts for one in stamps)
    return counted.calls, taken


def test_agreements_cost_one_question_a_batch_and_none_where_there_are_no_accounts(store):
    without = stamped(store, range(1, 31), accounts=False)
    assert without[0]["standing_of"] == 0
    one = stamped(store, range(40, 41), accounts=True)
    many = stamped(store, range(50, 80), accounts=True)
    assert one[0]["standing_of"] == many[0]["standing_of"] == 1
    assert one[1] == many[1] == (without[1] + 1 if without[1] else 0)
