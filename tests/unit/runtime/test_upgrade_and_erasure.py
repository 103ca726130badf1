"""An upgraded fold sends nothing; an erased person leaves log, counts and replay as they were."""

from msgspec.structs import replace

from makegood.messages.facts import Touchpoint
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import Finding
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import OutboxStatus, PersonRow
from makegood.replay.again import replay
from makegood.runtime.intake import Intake
from makegood.store.memory import MemoryStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock

KEY = b"k" * 32
LIBRARY = small_library()


def no_car(message_id: str, clock: FakeClock) -> Arrival:
    properties = {"reason": "none", "reservation": message_id, "price_cents": 18_240}
    return Arrival(
        source="booking",
        message_id=message_id,
        identifier="user:ana",
        time_ms=clock.now_ms(),
        body=Touchpoint(name="Rental Unfulfilled", properties=properties),
        body_digest=message_id.encode().ljust(16),
        person=PersonRow(profile="", name="Ana Ruiz", email="ana@synthetic.example.com"),
    )


def opened() -> tuple[MemoryStore, Intake, FakeClock]:
    store, clock = MemoryStore(), FakeClock()
    return store, Intake(store, lambda: LIBRARY, clock, KEY), clock


def pretend_older_fold(store: MemoryStore) -> CustomerId:
    """Leave the row as an older fold would have: another state, and nothing ordered."""
    with store.writing() as writing:
        (row,) = writing.rows(CustomerId(""), 2)
        locked = writing.lock([row.customer])[row.customer]
        writing.save([replace(locked, state=b"", gate=b"", fold=99)])
    return row.customer


def statuses(store: MemoryStore, intake: Intake) -> list[OutboxStatus]:
    with store.reading() as reading:
        return [row.status for row in reading.outbox_of([intake.profile("user:ana")])]


def test_what_only_the_new_fold_finds_is_written_down_and_not_sent():
    store, intake, clock = opened()
    book = LIBRARY.book(LIBRARY.active)
    blind = replace(LIBRARY, books={book.hash: replace(book, triggers={})})
    Intake(store, lambda: blind, clock, KEY).take([no_car("R1", clock)])
    customer = pretend_older_fold(store)
    assert statuses(store, intake) == []
    intake.refold([customer])
    found = statuses(store, intake)
    assert found
    assert set(found) == {OutboxStatus.WITHDRAWN}
    assert replay(store, LIBRARY).is_identical


def test_what_waited_before_the_upgrade_still_goes_out():
    store, intake, clock = opened()
    intake.take([no_car("R1", clock)])
    before = statuses(store, intake)
    intake.refold([pretend_older_fold(store)])
    assert before
    assert statuses(store, intake) == before


def test_an_upgrade_says_what_it_changes_without_naming_anybody(caplog):
    store, intake, clock = opened()
    intake.take([no_car("R1", clock)])
    customer = pretend_older_fold(store)
    intake.refold([customer])
    assert f"customer {customer}: the new fold changes cases, timers" in caplog.text
    assert "Ana" not in caplog.text
    caplog.clear()
    intake.refold([customer])
    assert caplog.text == ""


def test_what_a_mended_fold_owes_a_stuck_customer_goes_out():
    store, intake, clock = opened()
    book = LIBRARY.book(LIBRARY.active)

    def broken(*_facts: object) -> tuple[Finding, ...]:
        raise ValueError

    triggers = {**book.triggers, "Rental Unfulfilled": broken}
    faulty = replace(LIBRARY, books={book.hash: replace(book, triggers=triggers)})
    Intake(store, lambda: faulty, clock, KEY).take([no_car("R1", clock)])
    with store.writing() as writing:
        (row,) = writing.rows(CustomerId(""), 2)
        assert row.stuck
        locked = writing.lock([row.customer])[row.customer]
        writing.save([replace(locked, fold=99)])
    clock.advance(90 * 86_400_000)
    intake.refold([row.customer])
    with store.reading() as reading:
        rows = reading.outbox_of([intake.profile("user:ana")])
        assert reading.counts()["stuck_customers"] == 0
    found = {one.command.step: one.status for one in rows}
    assert found["R1/owed/refund_all#0"] is OutboxStatus.WAITING
    assert found["R1/no_car/apology#0"] is OutboxStatus.MISSED


def test_a_new_event_for_an_old_state_sends_only_what_it_causes_itself():
    store, intake, clock = opened()
    intake.take([no_car("R1", clock)])
    with store.writing() as writing:
        rows = writing.outbox_of([intake.profile("user:ana")])
        writing.withdraw([row.command.id for row in rows], clock.now_ms())
    pretend_older_fold(store)
    clock.advance(60_000)
    intake.take([no_car("R2", clock)])
    with store.reading() as reading:
        rows = reading.outbox_of([intake.profile("user:ana")])
    waiting = {
        row.command.step.split("/")[0] for row in rows if row.status is OutboxStatus.WAITING
    }
    assert "R2" in waiting
    assert replay(store, LIBRARY).is_identical


def test_an_erased_person_leaves_log_counts_and_replay():
    store, intake, clock = opened()
    intake.take([no_car("R1", clock)])
    profile = intake.profile("user:ana")
    with store.reading() as reading:
        counts, history = reading.counts(), reading.history(CustomerId(profile))
        alike = reading.comparables(CustomerId(""), 9)
        assert [row.what for row in alike[CustomerId(profile)]] == ["no_car"]
        assert reading.persons([profile])[profile].name == "Ana Ruiz"
    with store.writing() as writing:
        assert writing.erase(CustomerId(profile)) > 0
    with store.reading() as reading:
        assert not reading.persons([profile])
        assert reading.counts() == counts
        assert reading.comparables(CustomerId(""), 9) == alike
        assert reading.history(CustomerId(profile)) == history
    assert replay(store, LIBRARY).is_identical
