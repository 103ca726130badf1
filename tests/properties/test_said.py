"""What was said counts by when it was said, in whatever order it is heard, and nothing twice."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from makegood.core.state import State, decode_state, encode_state
from makegood.messages.facts import Disclosed, Promised, Touchpoint
from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.ports.arrivals import Arrival
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.testing.book import HOUR_MS
from makegood.testing.clock import STORY_BEGINS_MS
from tests.properties.moves import KEY, SetClock
from tests.unit.playbooks.said_book import said_library

BOOKS = said_library()
ANNE = RepId("anne")
LONG_MS = 60 * 24 * HOUR_MS
HEARD_MS = STORY_BEGINS_MS + 1000 * HOUR_MS

hours = st.integers(0, 90)
orders = st.sampled_from(["O1", "O2"])
cents = st.integers(0, 30).map(lambda n: n * 100)


def touch(name: str, **properties):
    return Touchpoint(name=name, properties=properties)


bodies = st.one_of(
    st.builds(lambda o, c: touch("Fee Told", order=o, cents=c), orders, cents),
    st.builds(lambda o, c: touch("Fee Taken", order=o, cents=c, kind="fee"), orders, cents),
    st.builds(
        lambda o, c: Disclosed(disclosure="fee", about=o, amount=Money(c), by=ANNE), orders, cents
    ),
    st.builds(lambda o, c: touch("Gift Promised", order=o, worth_cents=c), orders, cents),
    st.builds(lambda o: touch("Gift Sent", order=o), orders),
    st.builds(
        lambda o, h: Promised(
            promise="gift", about=o, due_ms=STORY_BEGINS_MS + h * HOUR_MS, by=ANNE, words="w"
        ),
        orders,
        hours,
    ),
)
days = st.lists(st.tuples(hours, bodies), min_size=1, max_size=12)


def arrivals(day: Sequence) -> list[Arrival]:
    return [
        Arrival(
            source="s",
            message_id=str(n),
            identifier="user:ana",
            time_ms=STORY_BEGINS_MS + hour * HOUR_MS + n,
            body=body,
            body_digest=body_digest(body),
        )
        for n, (hour, body) in enumerate(day)
    ]


def heard(day: Sequence[Arrival], until_ms: int = HEARD_MS) -> State:
    store, clock = MemoryStore(), SetClock(HEARD_MS)
    intake = Intake(store, lambda: BOOKS, clock, KEY)
    for one in day:
        intake.take([one])
    profile = intake.profile("user:ana")
    with store.reading() as reading:
        customer = reading.customers_of([profile])[profile]
    clock.at_ms = until_ms
    intake.advance([customer], until_ms)
    with store.reading() as reading:
        row = reading.row(customer)
    assert row is not None
    return decode_state(row.state)


@given(day=days, data=st.data())
def test_the_order_in_which_it_is_heard_changes_nothing(day, data):
    told = arrivals(day)
    shuffled = data.draw(st.permutations(told))
    assert encode_state(heard(told)) == encode_state(heard(shuffled))


@given(day=days, data=st.data())
def test_a_fee_is_owed_back_beyond_the_least_that_was_told_before_it(day, data):
    told = data.draw(st.permutations(arrivals(day)))
    state = heard(told)
    least: dict[str, int] = {}
    failed: dict[str, int] = {}
    for one in sorted(told, key=lambda one: one.time_ms):
        body = one.body
        if isinstance(body, Disclosed):
            least[body.about] = min(body.amount.cents, least.get(body.about, body.amount.cents))
        elif isinstance(body, Touchpoint) and body.name in ("Fee Told", "Fee Taken"):
            order, amount = str(body.properties["order"]), body.properties["cents"]
            assert isinstance(amount, int)
            if body.name == "Fee Told":
                least[order] = min(amount, least.get(order, amount))
            elif amount > least.get(order, 0):
                failed[f"{order}/fee"] = amount - least.get(order, 0)
    found = {
        failure.about: failure.price.cents
        for case in state.cases
        for failure in case.failures
        if failure.rule == "fee_not_told" and failure.price is not None
    }
    assert found == failed


@given(day=days)
def test_every_promise_is_kept_or_broken_in_the_end_and_breaks_once(day):
    state = heard(arrivals(day), HEARD_MS + LONG_MS)
    promises = [one for one in state.memory.said if one.kind == "promise"]
    assert all(not one.is_open for one in promises)
    broken = [f.about for c in state.cases for f in c.failures if f.rule == "gift"]
    assert {f"gift/{one.about}" for one in promises if one.broken} <= set(broken)
    assert all(timer.kind != "a_silence" for timer in state.timers)
