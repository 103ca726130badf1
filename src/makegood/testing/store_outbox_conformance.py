"""What every store does with commands: queue, lease, fence, settle."""

from msgspec.structs import replace

from makegood.messages.commands import Urgency
from makegood.messages.ids import CommandId
from makegood.ports.rows import OutboxRow, OutboxStatus
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import (
    command,
    mailing,
    outbox_row,
    profile,
    put,
    status_of,
)

LEASE_MS = 100


class OutboxConformance(Conformance):
    """Putting, claiming, settling."""

    def test_a_waiting_command_takes_its_new_text_time_and_window(self) -> None:
        store = self.make_store()
        put(store, command("a", due_ms=10), command("a", due_ms=20))
        put(store, command("a", due_ms=30, text="new", until_ms=99))
        row = outbox_row(store, "a")
        assert row.command == command("a", due_ms=30, text="new", until_ms=99)
        assert (row.status, row.next_ms, row.attempts) == (OutboxStatus.WAITING, 30, 0)
        assert claim(store, 29) == ()
        assert len(claim(store, 30)) == 1

    def test_what_is_under_way_or_was_sent_stays_as_it_is(self) -> None:
        store = self.make_store()
        put(store, command("a"))
        (leased,) = claim(store, 1000)
        put(store, command("a", text="new"))
        assert outbox_row(store, "a") == leased
        assert settle(store, leased, OutboxStatus.DONE)
        put(store, command("a", text="new"))
        assert outbox_row(store, "a").status is OutboxStatus.DONE
        assert outbox_row(store, "a").command == command("a")
        assert claim(store, 10**9) == ()

    def test_a_withdrawn_command_that_is_wanted_again_waits_again(self) -> None:
        store = self.make_store()
        put(store, command("a"), command("b"), command("sent"))
        (first, *_) = claim(store, 1000, limit=1)
        assert first.command.id == "ma"
        with store.writing() as writing:
            ids = (CommandId("ma"), CommandId("mb"), CommandId("mnone"))
            assert writing.withdraw(ids, 5) == (CommandId("mb"),)
            assert writing.withdraw(ids, 6) == ()
        assert status_of(store, "a") is OutboxStatus.LEASED
        assert outbox_row(store, "b").settled_ms == 5
        put(store, command("b", due_ms=2000, text="again"))
        row = outbox_row(store, "b")
        assert (row.status, row.next_ms, row.settled_ms) == (OutboxStatus.WAITING, 2000, 0)
        assert row.command == command("b", due_ms=2000, text="again")

    def test_a_new_text_does_not_shorten_the_pause_before_the_next_try(self) -> None:
        store = self.make_store()
        put(store, command("a"))
        (leased,) = claim(store, 1000)
        assert retry(store, leased, 5000)
        put(store, command("a", text="new"))
        assert outbox_row(store, "a").next_ms == 5000
        assert outbox_row(store, "a").error == "later"

    def test_what_is_written_down_as_missed_is_not_sent(self) -> None:
        store = self.make_store()
        put(store, command("waiting"), command("sent"))
        sent = next(row for row in claim(store, 1000) if row.command.id == "msent")
        settle(store, sent, OutboxStatus.DONE)
        claim_back(store, "waiting")
        with store.writing() as writing:
            late = tuple(command(name, due_ms=7) for name in ("waiting", "sent", "new"))
            writing.record(late, OutboxStatus.MISSED, 50, "too late")
        for name in ("waiting", "new"):
            row = outbox_row(store, name)
            assert (row.status, row.error, row.settled_ms) == (
                OutboxStatus.MISSED,
                "too late",
                50,
            )
        assert status_of(store, "sent") is OutboxStatus.DONE
        put(store, command("needless"))
        with store.writing() as writing:
            writing.withdraw((CommandId("mneedless"),), 40)
            writing.record((command("needless"),), OutboxStatus.MISSED, 50, "too late")
        assert status_of(store, "needless") is OutboxStatus.MISSED
        put(store, command("new"))
        assert status_of(store, "new") is OutboxStatus.MISSED
        assert claim(store, 10**9) == ()

    def test_claims_take_the_oldest_first_and_never_the_same_twice(self) -> None:
        store = self.make_store()
        put(store, *(command(f"{n:02}", due_ms=100 - n) for n in range(10)))
        first = claim(store, 97, limit=4)
        second = claim(store, 97, limit=4)
        assert [row.command.id for row in first] == ["m09", "m08", "m07", "m06"]
        assert [row.command.id for row in second] == ["m05", "m04", "m03"]
        assert {row.status for row in first} == {OutboxStatus.LEASED}
        assert {(row.attempts, row.fence) for row in first} == {(1, 1)}
        assert claim(store, 97) == ()

    def test_the_urgent_is_claimed_before_what_has_waited_longer(self) -> None:
        store = self.make_store()
        put(store, *(mailing(f"{n}", due_ms=n) for n in range(5)))
        put(store, command("ordinary", due_ms=90))
        put(store, command("urgent", due_ms=95, urgency=Urgency.NOW))
        put(store, command("tomorrow", due_ms=10**6, urgency=Urgency.NOW))
        claimed = [[row.command.id for row in claim(store, 97, limit=3)] for _ in range(3)]
        assert claimed == [["murgent", "mordinary", "m0"], ["m1", "m2", "m3"], ["m4"]]

    def test_a_new_text_may_be_more_urgent(self) -> None:
        store = self.make_store()
        put(store, command("a", due_ms=10), command("b", due_ms=20))
        put(store, command("b", due_ms=20, urgency=Urgency.NOW))
        (first,) = claim(store, 100, limit=1)
        assert first.command.id == "mb"

    def test_a_lease_that_ran_out_is_given_to_another_with_a_higher_fence(self) -> None:
        store = self.make_store()
        put(store, command("a"))
        (old,) = claim(store, 1000)
        assert claim(store, 1000 + LEASE_MS - 1) == ()
        (new,) = claim(store, 1000 + LEASE_MS)
        assert new.fence > old.fence
        assert new.attempts == 2
        assert not settle(store, old, OutboxStatus.DONE)
        assert not retry(store, old, 2000)
        assert outbox_row(store, "a") == new
        assert settle(store, new, OutboxStatus.DONE)
        assert not settle(store, new, OutboxStatus.FAILED)
        assert not retry(store, new, 2000)
        assert status_of(store, "a") is OutboxStatus.DONE

    def test_the_leases_of_the_dead_end_at_once_and_nothing_else_moves(self) -> None:
        store = self.make_store()
        put(store, command("a"), command("b", due_ms=90_000))
        (old,) = claim(store, 1000)
        waiting = outbox_row(store, "b")
        with store.writing() as writing:
            assert writing.end_leases(1001) == 1
            assert writing.end_leases(1001) == 0
        (new,) = claim(store, 1001)
        assert (new.command.id, new.fence) == (old.command.id, old.fence + 1)
        assert not settle(store, old, OutboxStatus.DONE)
        assert outbox_row(store, "b") == waiting
        with store.writing() as writing:  # who dies of it a second time waits
            assert writing.end_leases(1002) == 0
        assert claim(store, 1002) == ()

    def test_what_was_claimed_and_not_begun_is_given_back_without_a_try(self) -> None:
        store = self.make_store()
        put(store, command("a", due_ms=700))
        (leased,) = claim(store, 1000)
        with store.writing() as writing:
            assert writing.give_back(leased.command.id, leased.fence)
            assert not writing.give_back(leased.command.id, leased.fence)
            assert not writing.give_back(CommandId("mnone"), 1)
        row = outbox_row(store, "a")
        assert (row.status, row.attempts, row.next_ms) == (OutboxStatus.WAITING, 0, 700)
        (again,) = claim(store, 1000)
        assert (again.attempts, again.fence) == (1, leased.fence + 1)
        assert not settle(store, leased, OutboxStatus.DONE)

    def test_an_old_fence_stays_old_after_the_command_was_given_back(self) -> None:
        store = self.make_store()
        put(store, command("a"))
        (old,) = claim(store, 1000)
        assert retry(store, old, 1500)
        assert not settle(store, old, OutboxStatus.DONE)
        assert claim(store, 1499) == ()
        (new,) = claim(store, 1500)
        assert new.error == "later"
        assert not settle(store, old, OutboxStatus.DONE)
        assert settle(store, new, OutboxStatus.DONE)
        row = outbox_row(store, "a")
        assert (row.settled_ms, row.error, row.attempts) == (777, "why", 2)

    def test_a_dead_letter_waits_again_when_a_person_says_so(self) -> None:
        store = self.make_store()
        put(store, command("a"))
        (leased,) = claim(store, 1000)
        with store.writing() as writing:
            assert not writing.revive(CommandId("ma"), 3000)
            assert not writing.revive(CommandId("mnone"), 3000)
        settle(store, leased, OutboxStatus.FAILED)
        with store.writing() as writing:
            assert writing.revive(CommandId("ma"), 3000)
        row = outbox_row(store, "a")
        assert (row.status, row.next_ms, row.attempts) == (OutboxStatus.WAITING, 3000, 0)
        (again,) = claim(store, 3000)
        assert again.fence > leased.fence

    def test_what_was_handed_over_and_came_back_has_failed_after_all(self) -> None:
        store = self.make_store()
        put(store, command("a"))
        (leased,) = claim(store, 1000)
        with store.writing() as writing:
            assert not writing.came_back(CommandId("ma"), 3000, "gone")
            assert not writing.came_back(CommandId("mnone"), 3000, "gone")
        settle(store, leased, OutboxStatus.DONE)
        with store.writing() as writing:
            assert writing.came_back(CommandId("ma"), 3000, "gone")
            assert not writing.came_back(CommandId("ma"), 4000, "gone")
        row = outbox_row(store, "a")
        assert (row.status, row.settled_ms, row.error) == (OutboxStatus.FAILED, 3000, "gone")

    def test_commands_are_listed_by_profile_and_paged_by_status(self) -> None:
        store = self.make_store()
        put(store, *(command(f"a{n}", due_ms=10 - n) for n in range(5)), command("b", "ben"))
        with store.reading() as reading:
            ana = reading.outbox_of((profile("ana"), profile("nobody")))
            assert [row.command.id for row in ana] == ["ma4", "ma3", "ma2", "ma1", "ma0"]
            everyone = reading.outbox_of((profile("ana"), profile("ben")))
            assert len(everyone) == 6
            seen = []
            after = CommandId("")
            while page := reading.outbox(OutboxStatus.WAITING, after, 2):
                seen += [row.command.id for row in page]
                after = page[-1].command.id
            assert seen == sorted(row.command.id for row in everyone)
            assert reading.outbox(OutboxStatus.DONE, CommandId(""), 9) == ()
            assert reading.command(CommandId("mnone")) is None
            some = [CommandId(id_) for id_ in ("ma1", "mnone", "ma3", "ma1")]
            assert [row.command.id for row in reading.commands(some)] == ["ma3", "ma1"]
            assert reading.commands(()) == ()
            counts = reading.counts()
            assert (counts["outbox_waiting"], counts["outbox_done"]) == (6, 0)


def claim(store: Store, now_ms: int, limit: int = 50) -> tuple[OutboxRow, ...]:
    with store.writing() as writing:
        return writing.claim(now_ms, LEASE_MS, limit)


def settle(store: Store, row: OutboxRow, status: OutboxStatus) -> bool:
    with store.writing() as writing:
        return writing.settle(row.command.id, row.fence, status, 777, "why")


def retry(store: Store, row: OutboxRow, next_ms: int) -> bool:
    with store.writing() as writing:
        return writing.retry_at(row.command.id, row.fence, next_ms, "later")


def claim_back(store: Store, name: str) -> None:
    """Give a leased command back at once."""
    row = outbox_row(store, name)
    assert retry(store, row, row.command.due_ms)
    assert replace(row, status=OutboxStatus.WAITING).status is status_of(store, name)
