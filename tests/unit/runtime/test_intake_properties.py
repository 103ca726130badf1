"""Any arrival, order, repetition, batching, linking: live is what a replay of the log gives."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.core.holds import encode_gate, gate_row
from makegood.core.state import encode_state
from makegood.messages.commands import Command
from makegood.messages.facts import Body, Identified, Requested, Settled, Touchpoint, Unlinked
from makegood.messages.ids import CommandId, CustomerId, RepId, event_id
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import CustomerRow, OutboxStatus, RepRow
from makegood.ports.store import Reading, Store
from makegood.projections.cases import project, waiting_of
from makegood.runtime.intake import Intake, body_digest
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_library
from makegood.testing.clock import FakeClock
from makegood.testing.history import folded

WHO = ("user:ana", "user:ben", "anon:1")
LIBRARY = small_library()

bodies = st.one_of(
    st.builds(
        lambda about, reason: Touchpoint(
            name="Rental Unfulfilled",
            properties={"reservation": about, "price_cents": 21_000} | reason,
        ),
        st.sampled_from(["R1", "R2"]),
        st.sampled_from([{"reason": "overbooked"}, {"reason": "no_show"}, {}]),
    ),
    st.builds(
        lambda minutes: Touchpoint(name="Rental Late", properties={"delay_minutes": minutes}),
        st.sampled_from([59, 60, 200]),
    ),
    st.builds(
        lambda name: Touchpoint(name=name, properties={"reservation": "R1"}),
        st.sampled_from(["Callback Promised", "Callback Made", "Page Viewed"]),
    ),
    st.builds(
        lambda answer, about: Requested(
            request="keep_longer", about=about, answer=answer, within_ms=HOUR_MS
        ),
        st.sampled_from(["person", "person", "deny"]),
        st.sampled_from(["R1", "R2"]),
    ),
    st.builds(
        lambda place, answer: Settled(
            asked=event_id("rental", str(place)), answer=answer, by=RepId("kathy")
        ),
        st.integers(0, 5),
        st.sampled_from(["allow", "deny"]),
    ),
)
arrivals = st.tuples(
    st.sampled_from(WHO),
    st.one_of(bodies, st.sampled_from(["link", "unlink"])),
    # How long ago: 4 hours is exactly the promise's deadline, and a clock may run ahead.
    st.sampled_from([0, 1, MINUTE_MS, HOUR_MS, 4 * HOUR_MS, DAY_MS, -MINUTE_MS, -10 * MINUTE_MS]),
)
moves = st.sampled_from([0, 1, MINUTE_MS, HOUR_MS, 4 * HOUR_MS, DAY_MS])
deeds = st.one_of(
    st.tuples(st.just("take"), st.lists(arrivals, min_size=1, max_size=4)),
    st.tuples(st.just("again"), st.integers(0, 5)),
    st.tuples(st.just("wait"), moves),
    st.tuples(st.just("timers"), st.just(0)),
)


class Live:
    """A firm that lives through a list of deeds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.intake = Intake(store, lambda: LIBRARY, self.clock, b"key")
        self.taken: list[Arrival] = []
        with store.writing() as writing:
            hours = "mon-fri 08:00-18:00"
            writing.put_reps([RepRow(rep=RepId("kathy"), name="K", role="agent", hours=hours)])

    def do(self, deed: str, what) -> None:
        match deed:
            case "take":
                batch = [self._arrival(*one) for one in what]
                self.intake.take([*batch, batch[0]])
            case "again":
                self.intake.take(self.taken[-what - 1 :])
            case "wait":
                self.clock.advance(what)
            case "timers":
                self.timers()

    def timers(self) -> None:
        now_ms = self.clock.now_ms()
        with self.store.writing() as writing:
            due = writing.due_customers(now_ms, 10)
        self.intake.advance(due, now_ms)
        note(f"timers of {len(due)}")

    def _arrival(self, who: str, what: Body | str, ago_ms: int) -> Arrival:
        other = WHO[(WHO.index(who) + 1) % len(WHO)]
        body, also = what, ()
        if what == "link":
            body, also = Identified(), (other,)
        elif what == "unlink":
            body = Unlinked(other=self.intake.profile(other), by=RepId("kathy"))
        note(body.name if isinstance(body, Touchpoint) else type(body).__name__)
        arrival = Arrival(
            source="rental",
            message_id=f"{len(self.taken)}",
            identifier=who,
            time_ms=self.clock.now_ms() - ago_ms,
            body=body,
            body_digest=body_digest(body),
            also=also,
        )
        self.taken.append(arrival)
        return arrival


def check(reading: Reading, row: CustomerRow, now_ms: int) -> None:
    """A customer is what the log says, and the outbox holds what is wanted and nothing else."""
    history = reading.history(row.customer)
    replayed = folded(history, LIBRARY, now_ms=now_ms)
    assert row.stuck == ""
    assert row.state == encode_state(replayed.state)
    assert row.events == len(history)
    assert row.last == (history[-1].order if history else None)
    assert row.gate == encode_gate(gate_row(replayed.state))
    assert row.next_due_ms == replayed.state.next_due_ms
    shown = project(replayed.state, row.customer)
    assert set(reading.cases_of([row.customer])) == set(shown.cases)
    asked = [one for one in reading.waiting() if one.customer == row.customer]
    assert asked == sorted(
        waiting_of(replayed.state, row.customer), key=lambda one: (one.due_ms, one.event)
    )
    note(f"asked {bool(asked)}")
    outbox = reading.outbox_of(reading.profiles_of([row.customer]).get(row.customer, ()))
    waiting = {it.command.id: it.command for it in outbox if it.status is OutboxStatus.WAITING}
    # What was missed was shown to a person, and stays as it was shown.
    missed = {it.command.id for it in outbox if it.status is OutboxStatus.MISSED}
    still = wanted(replayed.commands, replayed.withdrawn)
    assert waiting == {id_: command for id_, command in still.items() if id_ not in missed}
    note(f"missed {bool(missed)}, waiting {bool(waiting)}")


def wanted(
    commands: tuple[Command, ...], withdrawn: tuple[CommandId, ...]
) -> dict[CommandId, Command]:
    return {command.id: command for command in commands if command.id not in withdrawn}


@settings(max_examples=150)
@given(story=st.lists(deeds, max_size=12), on_disk=st.sampled_from([False, False, True]))
def test_live_is_what_a_replay_of_the_log_gives(story, on_disk):
    with ExitStack() as stack:
        store: Store = MemoryStore()
        if on_disk:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            store = SqliteStore(Path(folder) / "it.sqlite3")
            stack.callback(store.close)
        live = Live(store)
        for deed, what in story:
            live.do(deed, what)
        live.timers()
        with store.reading() as reading:
            assert reading.counts()["log"] == len(live.taken)
            rows = reading.rows(CustomerId(""), 10)
            for row in rows:
                check(reading, row, live.clock.now_ms())
            profiles = [live.intake.profile(one.identifier) for one in live.taken]
            customers = set(reading.customers_of(profiles).values())
            assert {row.customer for row in rows} >= customers


@settings(max_examples=100)
@given(
    batch=st.lists(arrivals, min_size=1, max_size=6).flatmap(
        lambda batch: st.tuples(st.just(batch), st.permutations(range(len(batch))))
    ),
    cuts=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_the_order_and_the_batches_of_arrival_do_not_matter(batch, cuts):
    told, order = batch
    told = [one for one in told if one[1] not in ("link", "unlink")]
    order = [n for n in order if n < len(told)]
    first, second = Live(MemoryStore()), Live(MemoryStore())
    named = [first._arrival(*one) for one in told]
    first.intake.take(named)
    part: list[Arrival] = []
    for n, cut in zip(order, cuts, strict=False):
        part.append(named[n])
        if cut:
            second.intake.take(part)
            part = []
    second.intake.take(part)
    first.timers()
    second.timers()
    assert rows_of(first.store) == rows_of(second.store)


def rows_of(store: Store) -> list[tuple[CustomerId, bytes, bytes, int]]:
    with store.reading() as reading:
        rows = reading.rows(CustomerId(""), 10)
    return [(row.customer, row.state, row.gate, row.events) for row in rows]
