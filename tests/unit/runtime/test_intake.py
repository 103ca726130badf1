"""The intake: once, in order, in one transaction, and never against what is known."""

import pytest
from msgspec.structs import replace

from makegood.core.fold import FOLD_VERSION
from makegood.messages.errors import StoreBusy
from makegood.messages.facts import Carried, Dropped, Identified, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library, LookUp
from makegood.ports.rows import OutboxStatus, PersonRow, RepRow, Taken
from makegood.runtime.intake import Intake
from makegood.runtime.told import Told
from makegood.store.memory import MemoryStore
from makegood.testing.book import HOUR_MS, MINUTE_MS
from tests.unit.runtime.intake_world import KEY, Firm, arrival, no_car, quiet


@pytest.fixture
def firm() -> Firm:
    return Firm()


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
