"""The intake: once, in order, in one transaction, and never against what is known."""

import pytest
from msgspec.structs import replace

from makegood.core.fold import FOLD_VERSION
from makegood.core.holds import decode_gate
from makegood.core.state import decode_state
from makegood.messages.commands import Fulfil
from makegood.messages.errors import StoreBusy
from makegood.messages.facts import Body, Carried, Dropped, Identified, Touchpoint, Unlinked
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.book import Library, LookUp
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus, PersonRow, RepRow, Taken
from makegood.runtime.intake import Intake
from makegood.runtime.told import Told
from makegood.store.memory import MemoryStore
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS, small_library
from makegood.testing.clock import FakeClock

KEY = b"a secret of the deployment"


class Firm:
    """A firm with an empty store and a clock that stands still."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.library = small_library()
        self.intake = Intake(self.store, lambda: self.library, self.clock, KEY)

    def take(self, *arrivals: Arrival):
        return self.intake.take(arrivals)

    def customer(self, who: str = "user:ana") -> CustomerId:
        profile = self.intake.profile(who)
        with self.store.reading() as reading:
            return reading.customers_of([profile])[profile]

    def row(self, who: str = "user:ana"):
        with self.store.reading() as reading:
            return reading.row(self.customer(who))

    def state(self, who: str = "user:ana"):
        return decode_state(self.row(who).state)

    def outbox(self, who: str = "user:ana"):
        with self.store.reading() as reading:
            return reading.outbox_of(reading.profiles_of([self.customer(who)])[self.customer(who)])

    def statuses(self, who: str = "user:ana") -> dict[str, OutboxStatus]:
        return {row.command.step: row.status for row in self.outbox(who)}

    def holds(self, who: str = "user:ana") -> bool:
        with self.store.reading() as reading:
            records = reading.gate_records(self.intake.profile(who))
        return any(decode_gate(record.gate).holds for record in records)

    def deliver(self) -> None:
        """Hand over everything that waits."""
        with self.store.writing() as writing:
            for row in writing.claim(self.clock.now_ms(), 60_000, 100):
                writing.settle(row.command.id, row.fence, OutboxStatus.DONE, self.clock.now_ms())


@pytest.fixture
def firm() -> Firm:
    return Firm()


def arrival(
    firm: Firm, body: Body, message: str, *, who: str = "user:ana", ago_ms: int = 0, **more
) -> Arrival:
    return Arrival(
        source="rental",
        message_id=message,
        identifier=who,
        time_ms=firm.clock.now_ms() - ago_ms,
        body=body,
        body_digest=repr(body).encode()[-16:],
        **more,
    )


def no_car(firm: Firm, message: str = "no car", **more) -> Arrival:
    facts = {"reason": "overbooked", "reservation": "R1", "price_cents": 21_000}
    return arrival(firm, Touchpoint(name="Rental Unfulfilled", properties=facts), message, **more)


def quiet(firm: Firm, message: str, **more) -> Arrival:
    return arrival(firm, Touchpoint(name="Page Viewed"), message, **more)


def same_person(firm: Firm, message: str, *also: str, **more) -> Arrival:
    return arrival(firm, Identified(), message, also=also, **more)


def test_a_failure_holds_marketing_in_the_commit_that_acknowledged_it(firm):
    before = firm.store.syncs()
    (answer,) = firm.take(no_car(firm))
    assert answer.taken is Taken.NEW
    assert firm.store.syncs() == before + 1
    assert firm.holds()
    assert any(row.status is OutboxStatus.WAITING for row in firm.outbox())
    with firm.store.reading() as reading:
        (case,) = reading.cases(limit=5)
        assert reading.case(case.case) == case
        assert case.customer == firm.customer()


def test_a_repeat_changes_nothing_and_another_body_is_told_as_a_conflict(firm):
    firm.take(no_car(firm))
    state, outbox = firm.row(), firm.outbox()
    other = replace(no_car(firm), body_digest=b"something else..")
    repeat, conflict = firm.take(no_car(firm), other)
    assert (repeat.taken, repeat.error) == (Taken.DUPLICATE, "")
    assert conflict.taken is Taken.CONFLICT
    assert "message id" in conflict.error
    assert (firm.row(), firm.outbox()) == (state, outbox)


def test_what_is_looked_up_is_a_fact_of_the_stored_event_and_no_part_of_its_identity(firm):
    by = {"origin": "from", "destination": "to"}
    book = firm.library.book(firm.library.active)
    knowing = replace(book, look_ups={"Flown": (LookUp(table="airports", by=by),)})
    flown = arrival(firm, Touchpoint(name="Flown", properties={"from": "FRA", "to": "EWR"}), "f1")
    firm.library = Library(active=book.hash, books={book.hash: knowing})
    firm.take(flown)
    with firm.store.reading() as reading:
        (event,) = reading.history(firm.customer())
    assert isinstance(event.body, Touchpoint)
    assert event.body.properties["distance_km"] == 6210
    assert event.body.properties["destination_country"] == "US"
    firm.library = Library(active=book.hash, books={book.hash: book})
    (again,) = firm.take(flown)
    assert again.taken is Taken.DUPLICATE


def test_one_batch_is_one_commit_for_all_its_customers(firm):
    before = firm.store.syncs()
    answers = firm.take(*(no_car(firm, f"{n}", who=f"user:{n % 5}") for n in range(20)))
    assert [answer.taken for answer in answers] == [Taken.NEW] * 20
    assert firm.store.syncs() == before + 1
    assert all(firm.holds(f"user:{n}") for n in range(5))


def test_a_clock_that_runs_ahead_is_capped_and_its_own_time_is_kept(firm):
    firm.take(quiet(firm, "ahead", ago_ms=-HOUR_MS))
    with firm.store.reading() as reading:
        (event,) = reading.history(firm.customer())
    now_ms = firm.clock.now_ms()
    assert event.time_ms == now_ms + 5 * MINUTE_MS
    assert event.claimed_ms == now_ms + HOUR_MS
    assert event.received_ms == now_ms
    assert event.stamp.book == firm.library.active
    assert event.stamp.fold == FOLD_VERSION


def test_the_log_holds_pseudonyms_and_the_side_table_the_names(firm):
    person = PersonRow(profile="", name="Ana Silva", email="ana@example.org")
    firm.take(
        arrival(
            firm,
            Identified(),
            "who",
            lookups=("email:ana@example.org",),
            person=person,
            texts={"t1": "my words"},
        )
    )
    with firm.store.reading() as reading:
        (event,) = reading.history(firm.customer())
        words = repr(event)
        assert "ana" not in words.lower()
        assert event.body.lookups == (firm.intake.profile("email:ana@example.org"),)
        (found,) = reading.find_persons("silva", 5)
        assert found.identifier == "user:ana"
        assert found.profile == firm.intake.profile("user:ana")
        assert reading.texts(["t1"]) == {"t1": "my words"}


def test_a_failure_under_an_address_holds_for_the_user_who_has_it(firm):
    firm.take(no_car(firm, who="email:ana@example.org"))
    assert firm.holds("email:ana@example.org")
    firm.take(arrival(firm, Identified(), "who", lookups=("email:ana@example.org",)))
    assert firm.holds("user:ana")
    assert firm.customer("user:ana") != firm.customer("email:ana@example.org")


def test_a_late_event_is_folded_where_it_belongs(firm):
    firm.take(no_car(firm, "second", ago_ms=HOUR_MS))
    facts = {"reason": "overbooked", "reservation": "R2"}
    body = Touchpoint(name="Rental Unfulfilled", properties=facts)
    firm.take(arrival(firm, body, "first", ago_ms=2 * HOUR_MS))
    (case,) = firm.state().cases
    assert [failure.about for failure in case.failures] == ["R2", "R1"]
    assert case.double
    assert firm.row().events == 2


def test_sent_stays_sent_and_is_not_sent_again_under_a_late_cause(firm):
    firm.take(no_car(firm, "second", ago_ms=HOUR_MS))
    firm.deliver()
    sent = {row.command.id for row in firm.outbox() if row.status is OutboxStatus.DONE}
    steps = {row.command.step for row in firm.outbox()}
    assert sent
    firm.take(no_car(firm, "first", ago_ms=2 * HOUR_MS))
    after = firm.outbox()
    assert {row.command.id for row in after if row.status is OutboxStatus.DONE} == sent
    again = [
        row
        for row in after
        if row.command.step in steps
        and row.command.id not in sent
        and row.status is OutboxStatus.WAITING
    ]
    assert again == []


def test_what_a_late_event_makes_needless_is_withdrawn(firm):
    firm.take(no_car(firm, "second", ago_ms=HOUR_MS))
    before = {row.command.id for row in firm.outbox()}
    firm.take(no_car(firm, "first", ago_ms=2 * HOUR_MS))
    status = {row.command.id: row.status for row in firm.outbox()}
    assert {status[id_] for id_ in before} == {OutboxStatus.WITHDRAWN}
    assert OutboxStatus.WAITING in status.values()


def test_what_would_come_too_late_is_missed_and_shown(firm):
    promised = Touchpoint(name="Callback Promised", properties={"reservation": "R1"})
    firm.take(arrival(firm, promised, "promise", ago_ms=20 * HOUR_MS))
    firm.intake.advance([firm.customer()], firm.clock.now_ms())
    now_ms = firm.clock.now_ms()
    useless = [row for row in firm.outbox() if 0 < row.command.useful_until_ms < now_ms]
    assert useless
    assert {(row.status, row.settled_ms) for row in useless} == {(OutboxStatus.MISSED, now_ms)}
    assert all(row.error for row in useless)
    with firm.store.writing() as writing:
        assert not {row.command.id for row in writing.claim(now_ms, 1, 100)} & {
            row.command.id for row in useless
        }


def test_what_is_owed_never_expires(firm):
    firm.take(quiet(firm, "here"), no_car(firm, ago_ms=200 * DAY_MS))
    refund = next(row for row in firm.outbox() if isinstance(row.command.order, Fulfil))
    assert refund.status is OutboxStatus.WAITING
    assert refund.command.useful_until_ms == 0


def test_imported_history_folds_and_sends_nothing(firm):
    firm.take(no_car(firm, ago_ms=30 * DAY_MS, imported=True))
    assert firm.state().cases
    assert firm.holds()
    firm.intake.advance([firm.customer()], firm.clock.advance(DAY_MS))
    assert firm.outbox() == ()


def test_a_timer_fires_once_at_its_time_and_logs_nothing(firm):
    body = Touchpoint(name="Callback Promised", properties={"reservation": "R1"})
    firm.take(arrival(firm, body, "promise"))
    due_ms = firm.row().next_due_ms
    assert due_ms == firm.clock.now_ms() + 4 * HOUR_MS
    firm.intake.advance([firm.customer()], due_ms - 1)
    assert not firm.state().cases
    firm.clock.set(due_ms)
    firm.intake.advance([firm.customer()], due_ms)
    firm.intake.advance([firm.customer()], due_ms)
    (case,) = firm.state().cases
    assert case.failures[0].rule == "callback_overdue"
    assert firm.row().fired_ms == due_ms
    with firm.store.reading() as reading:
        assert len(reading.history(firm.customer())) == 1


def test_news_that_the_promise_was_kept_in_time_undoes_the_timer_that_fired(firm):
    promised = Touchpoint(name="Callback Promised", properties={"reservation": "R1"})
    firm.take(arrival(firm, promised, "promise"))
    due_ms = firm.row().next_due_ms
    firm.clock.set(due_ms + HOUR_MS)
    firm.intake.advance([firm.customer()], firm.clock.now_ms())
    assert firm.holds()
    waiting = [row for row in firm.outbox() if row.status is OutboxStatus.WAITING]
    assert waiting
    kept = Touchpoint(name="Callback Made", properties={"reservation": "R1"})
    firm.take(arrival(firm, kept, "kept", ago_ms=2 * HOUR_MS))
    assert not firm.state().cases
    assert not firm.holds()
    assert {row.status for row in firm.outbox()} == {OutboxStatus.WITHDRAWN}


def test_an_event_received_before_a_timer_fired_is_late_though_its_own_time_is_after(firm):
    """A client's clock runs ahead; the timer of another transaction fired in between."""
    promised = Touchpoint(name="Callback Promised", properties={"reservation": "R1"})
    firm.take(arrival(firm, promised, "promise"))
    due_ms = firm.row().next_due_ms
    firm.clock.set(due_ms - MINUTE_MS)
    firm.intake.advance([firm.customer()], due_ms)
    kept = Touchpoint(name="Callback Made", properties={"reservation": "R1"})
    firm.take(arrival(firm, kept, "kept", ago_ms=-2 * MINUTE_MS))
    assert not firm.state().cases


def test_two_histories_become_one_and_nothing_is_sent_twice(firm):
    firm.take(no_car(firm, "a", who="anon:1"), no_car(firm, "b", who="user:ana"))
    firm.deliver()
    sent = {row.command.id for row in (*firm.outbox("anon:1"), *firm.outbox("user:ana"))}
    firm.take(same_person(firm, "link", "anon:1"))
    assert firm.customer("anon:1") == firm.customer("user:ana")
    (case,) = firm.state().cases
    assert firm.row().events == 3
    assert {row.command.id for row in firm.outbox()} >= sent
    assert all(row.status is OutboxStatus.DONE for row in firm.outbox() if row.command.id in sent)
    with firm.store.reading() as reading:
        assert [row.case for row in reading.cases()] == [case.id]


def test_a_hold_is_known_under_both_names_in_the_commit_of_the_link(firm):
    firm.take(no_car(firm, who="anon:1"), quiet(firm, "hello"))
    assert not firm.holds("user:ana")
    before = firm.store.syncs()
    firm.take(
        quiet(firm, "x"), same_person(firm, "link", "anon:1"), quiet(firm, "y", who="user:z")
    )
    assert firm.store.syncs() == before + 3
    assert firm.holds("user:ana")


def test_saying_again_who_somebody_is_folds_nothing_anew(firm):
    firm.take(same_person(firm, "1", "anon:1"))
    row = firm.row()
    before = firm.store.syncs()
    firm.take(same_person(firm, "2", "anon:1"), quiet(firm, "3"))
    assert firm.store.syncs() == before + 1
    assert firm.row().events == row.events + 2


def test_an_undone_link_gives_each_their_own_history_back(firm):
    firm.take(no_car(firm, who="anon:1"), quiet(firm, "hello"))
    firm.take(same_person(firm, "link", "anon:1"))
    assert firm.holds("user:ana")
    firm.take(
        arrival(
            firm, Unlinked(other=firm.intake.profile("anon:1"), by=RepId("kathy")), "not the same"
        )
    )
    assert firm.customer("user:ana") != firm.customer("anon:1")
    assert not firm.holds("user:ana")
    assert firm.holds("anon:1")
    waiting = [row.status for row in firm.outbox("anon:1")]
    assert OutboxStatus.WAITING in waiting
    firm.take(same_person(firm, "link", "anon:1"))
    assert firm.customer("user:ana") != firm.customer("anon:1"), "a repeat links nobody again"


def test_a_fold_that_raises_keeps_its_event_and_its_neighbours(firm, caplog):
    def broken(event, customer):
        raise LookupError("Ana Silva, ana@example.org")

    book = firm.library.book(firm.library.active)
    sound = firm.library
    triggers = {**book.triggers, "Poison": broken}
    mended = replace(book, triggers=triggers)
    firm.library = replace(sound, books={book.hash: mended})
    poison = arrival(firm, Touchpoint(name="Poison"), "poison")
    answers = firm.take(poison, no_car(firm, who="user:ben"), quiet(firm, "fine", who="user:cid"))
    assert [answer.taken for answer in answers] == [Taken.NEW] * 3
    assert firm.row().stuck.startswith("LookupError: test_intake.py:")
    assert firm.holds("user:ben")
    assert firm.row("user:cid").stuck == ""
    with firm.store.reading() as reading:
        assert len(reading.history(firm.customer())) == 1
        assert reading.counts()["stuck_customers"] == 1
        (record,) = reading.gate_records(firm.intake.profile("user:ana"))
        assert record.stuck
    assert "Silva" not in caplog.text
    firm.library = sound
    firm.take(no_car(firm, "later"))
    assert firm.row().stuck == ""
    assert firm.row().events == 2
    assert firm.holds()


def test_the_outcome_of_a_command_is_folded_with_it_once(firm):
    firm.take(no_car(firm, ago_ms=-3 * MINUTE_MS))  # a clock that runs ahead
    command = firm.outbox()[0].command
    told = Told(profile=command.profile, body=Carried(command=command.id), message_id="done")
    for _ in range(2):
        with firm.store.writing() as writing:
            firm.intake.record(writing, [told], firm.clock.now_ms())
    with firm.store.reading() as reading:
        history = reading.history(firm.customer())
    assert [event.source for event in history] == ["rental", "makegood:effects"]
    assert firm.row().events == 2


def test_the_outcome_of_a_command_that_was_withdrawn_is_taken(firm):
    firm.take(no_car(firm, "second", ago_ms=HOUR_MS))
    old = firm.outbox()[0].command
    firm.take(no_car(firm, "first", ago_ms=2 * HOUR_MS))
    told = Told(
        profile=old.profile, body=Dropped(command=old.id, why="withdrawn"), message_id="gone"
    )
    with firm.store.writing() as writing:
        firm.intake.record(writing, [told], firm.clock.now_ms())
    assert firm.row().stuck == ""
    assert firm.row().events == 3


@pytest.mark.parametrize("wrong", [{"hours": "always"}, {"timezone": "Mars/Base"}])
def test_a_rep_whose_hours_cannot_be_read_keeps_nobodys_failure_out(firm, wrong):
    row = RepRow(rep=RepId("kathy"), name="Kathy", role="agent", hours="mon-sun 00:00-00:00")
    with firm.store.writing() as writing:
        writing.put_reps((replace(row, **wrong), replace(row, rep=RepId("ben"))))
    firm.take(no_car(firm))
    assert firm.state().open_case.owner == "ben"


def test_the_rep_on_duty_with_the_fewest_cases_is_stamped_first(firm):
    hours = "mon-sun 00:00-00:00"
    with firm.store.writing() as writing:
        writing.put_reps(
            [
                RepRow(rep=RepId(name), name=name, role="agent", hours=hours)
                for name in ("kathy", "abe")
            ]
        )
    firm.take(no_car(firm, "1", who="user:1"))
    firm.take(no_car(firm, "2", who="user:2"))
    assert firm.state("user:1").cases[0].owner == "abe"
    assert firm.state("user:2").cases[0].owner == "kathy"


def test_a_transaction_that_met_another_is_tried_again(firm, monkeypatch):
    met = []

    class Meeting(MemoryStore):
        def _commit(self, layers):
            if len(met) < 2:
                met.append(1)
                raise StoreBusy
            super()._commit(layers)

    firm.store = Meeting()
    firm.intake = Intake(firm.store, lambda: firm.library, firm.clock, KEY)
    assert firm.take(no_car(firm))[0].taken is Taken.NEW
    assert len(met) == 2
    assert firm.row().events == 1


def test_a_late_event_among_many_refolds_from_a_snapshot(firm):
    for n in range(130):
        firm.take(quiet(firm, f"{n:03}"))
        firm.clock.advance(1000)
    firm.take(no_car(firm, ago_ms=10_500))
    with firm.store.reading() as reading:
        order = reading.history(firm.customer())[-1].order
        snapshot = reading.snapshot_before(firm.customer(), order)
        assert snapshot is not None
        assert snapshot.events == 64
    assert firm.row().events == 131
    assert firm.holds()
