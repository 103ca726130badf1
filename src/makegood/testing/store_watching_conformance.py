"""What every store does with privileged acts, beats, tallies and the pressure on the outbox."""

from msgspec.structs import replace

from makegood.ports.acts import FIRST_SEAL, Act, Sought, first_break, sealed
from makegood.ports.rows import OutboxStatus
from makegood.ports.watching import Waiting
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import append, command, offered

LATER = 9_000_000_000_000


def made(n: int, who: str = "kathy", what: str = "key.made") -> Act:
    """An act of some minute."""
    return Act(what=what, at_ms=n, who=who, how="desk", about=f"k{n}", after={"scopes": "gate"})


class WatchConformance(Conformance):
    """Acts and what parts say of themselves."""

    def test_acts_are_sealed_one_to_the_next(self) -> None:
        store = self.make_store()
        with store.reading() as reading:
            assert reading.acts_end() == (0, FIRST_SEAL)
            assert reading.acts() == ()
        with store.writing() as writing:
            first = writing.put_act(made(1))
            second = writing.put_act(made(2))
        with store.writing() as writing:
            third = writing.put_act(made(3))
        assert [act.place for act in (first, second, third)] == [1, 2, 3]
        assert (second.prior, third.prior) == (first.seal, second.seal)
        with store.reading() as reading:
            whole = reading.acts_after(0, 10)
            assert whole == (first, second, third)
            assert reading.acts_end() == (3, third.seal)
        assert first_break(whole) is None
        assert first_break((first, replace(second, who="tom"), third)) == 2
        forged = sealed(replace(second, who="tom"), 2, first.seal)  # whole by itself
        assert first_break((first, forged, third)) == 3
        assert first_break((first, third)) == 2
        assert first_break((second, third)) == 1

    def test_acts_are_found_by_who_what_and_when_the_newest_first(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for n in range(1, 8):
                who = "tom" if n % 2 else "kathy"
                writing.put_act(made(n * 10, who, "key.made" if n < 5 else "key.revoked"))
        with store.reading() as reading:
            assert [act.place for act in reading.acts(limit=3)] == [7, 6, 5]
            assert [act.place for act in reading.acts(before=5, limit=3)] == [4, 3, 2]
            assert [act.place for act in reading.acts(Sought(who="kathy"))] == [6, 4, 2]
            assert [act.place for act in reading.acts(Sought(what="key.revoked"))] == [7, 6, 5]
            some = Sought(who="tom", since_ms=30, until_ms=70)
            assert [act.place for act in reading.acts(some)] == [5, 3]
            assert [act.place for act in reading.acts_after(5, 1)] == [6]

    def test_an_act_is_written_with_what_it_tells_of_or_not_at_all(self) -> None:
        store = self.make_store()
        try:
            with store.writing() as writing:
                writing.put_act(made(1))
                raise InterruptedError
        except InterruptedError:
            pass
        with store.reading() as reading:
            assert reading.acts() == ()
            assert reading.acts_end() == (0, FIRST_SEAL)

    def test_a_use_of_a_key_only_moves_on(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_key_uses({b"\x01" * 32: 60_000, b"\x02" * 32: 120_000})
            writing.put_key_uses({b"\x01" * 32: 180_000, b"\x02" * 32: 60_000})
            writing.put_key_uses({})
        with store.reading() as reading:
            assert reading.key_uses() == {b"\x01" * 32: 180_000, b"\x02" * 32: 120_000}

    def test_beats_and_tallies(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.beat("worker", 5)
            writing.beat("worker", 9)
            writing.tally({"delivery.done": 3, "delivery.failed": 0})
            writing.tally({"delivery.done": 4})
        with store.reading() as reading:
            assert reading.beats() == {"worker": 9}
        with store.writing() as writing:
            writing.beat("smtp@mx:25", 7)
            writing.end_beat("worker")
            writing.end_beat("never there")
        with store.reading() as reading:
            assert reading.beats() == {"smtp@mx:25": 7}
            assert reading.tallies() == {"delivery.done": 7}
            assert reading.schema_version() > 0

    def test_what_waits_is_added_up_by_urgency(self) -> None:
        store = self.make_store()
        append(store, offered("1", "ana"))
        commands = [command(f"{n}", due_ms=n) for n in (100, 200, LATER)]
        with store.writing() as writing:
            writing.put_commands(commands)
            writing.put_commands([command("done", due_ms=1)])
            writing.record([command("done", due_ms=1)], OutboxStatus.MISSED, 5, "late")
        with store.reading() as reading:
            (found,) = reading.waiting_commands(500).values()
            assert found == Waiting(all=3, due=2, oldest_ms=100)
            (found,) = reading.waiting_commands(50).values()
            assert found == Waiting(all=3, due=0)
            assert reading.first_timer_ms() == 0
