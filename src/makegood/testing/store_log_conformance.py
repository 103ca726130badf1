"""What every store keeps of events and of who is who."""

from abc import abstractmethod
from itertools import pairwise

from makegood.messages.ids import BookHash, CustomerId
from makegood.ports.rows import CustomerRow, Snapshot, Taken
from makegood.ports.store import Store
from makegood.testing.store_samples import (
    append,
    case,
    customer,
    event,
    identified,
    ledger_line,
    offered,
    profile,
)


class Conformance:
    """Asks an engine for a fresh, empty store in each test."""

    @abstractmethod
    def make_store(self) -> Store:
        """Give a new, empty store."""


class LogConformance(Conformance):
    """The log and its dedupe."""

    def test_an_event_is_stored_once_inside_a_batch_and_across_batches(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            first = writing.append((offered("1"), offered("1"), offered("2")))
        with store.writing() as writing:
            again = writing.append((offered("2"), offered("3"), offered("1")))
        assert [it.taken for it in first] == [Taken.NEW, Taken.DUPLICATE, Taken.NEW]
        assert [it.taken for it in again] == [Taken.DUPLICATE, Taken.NEW, Taken.DUPLICATE]
        assert [it.id for it in again] == [event(name).id for name in ("2", "3", "1")]
        with store.reading() as reading:
            ids = [event(name).id for name in ("1", "3", "4")]
            assert reading.taken(ids) == frozenset(ids[:2])
            assert reading.taken(()) == frozenset()
            assert [kept.message_id for _, kept in reading.log(0, 10)] == ["1", "2", "3"]
            assert reading.counts()["log"] == 3

    def test_the_same_id_with_another_body_is_a_conflict_and_the_first_one_stays(self) -> None:
        store = self.make_store()
        late = offered("1", time_ms=9000, digest="other")
        with store.writing() as writing:
            within = writing.append((offered("1"), late))
        with store.writing() as writing:
            across = writing.append((late, offered("1")))
        assert [it.taken for it in within] == [Taken.NEW, Taken.CONFLICT]
        assert [it.taken for it in across] == [Taken.CONFLICT, Taken.DUPLICATE]
        with store.reading() as reading:
            assert reading.history(customer("ana")) == (event("1"),)

    def test_empty_batches_do_nothing(self) -> None:
        store = self.make_store()
        before = store.syncs()
        with store.writing() as writing:
            assert writing.append(()) == ()
            assert writing.lock(()) == {}
            writing.save(())
            writing.project((), (), (), {})
            writing.put_commands(())
            assert writing.withdraw((), 1) == ()
            writing.put_persons(())
            writing.put_texts({})
            writing.put_reps(())
        with store.reading() as reading:
            assert reading.customers_of(()) == {}
            assert reading.profiles_of(()) == {}
            assert reading.persons(()) == {}
            assert reading.texts(()) == {}
            assert reading.cases_of(()) == ()
            assert reading.outbox_of(()) == ()
            assert reading.lookups_of(()) == {}
        assert store.syncs() == before

    def test_a_history_is_in_fold_order_and_a_log_in_order_of_arrival(self) -> None:
        store = self.make_store()
        append(store, offered("b", time_ms=2000), offered("a", time_ms=2000))
        append(store, offered("c", time_ms=1000), offered("other", "ben"))
        with store.reading() as reading:
            ana = reading.history(customer("ana"))
            assert [it.message_id for it in ana] == ["c", "a", "b"]
            assert [it.message_id for it in reading.history(customer("ana"), ana[0].order)] == [
                "a",
                "b",
            ]
            assert reading.history(customer("ana"), ana[2].order) == ()
            positions, events = zip(*reading.log(0, 10), strict=True)
            assert [it.message_id for it in events] == ["b", "a", "c", "other"]
            assert list(positions) == sorted(set(positions))
            assert [it for _, it in reading.log(positions[1], 1)] == [events[2]]

    def test_an_id_may_hold_any_character(self) -> None:
        store = self.make_store()
        odd = ("a\x00b", "%s %(x)s ?", "'; DROP TABLE log; --", "\u202e\U0010ffff", "")
        append(store, *(offered(name) for name in odd))
        with store.writing() as writing:
            again = writing.append([offered(name) for name in odd])
            assert {receipt.taken for receipt in again} == {Taken.DUPLICATE}
            assert {it.message_id for it in writing.history(customer("ana"))} == set(odd)
            assert writing.find_persons("a\x00", 5) == ()

    def test_order_is_by_code_point_and_not_by_a_language(self) -> None:
        store = self.make_store()
        names = ["é", "Z", "a", "_", "zz", "\U0001f697", "10", "9"]
        append(store, *(offered(name) for name in names))
        with store.reading() as reading:
            found = [it.message_id for it in reading.history(customer("ana"))]
        assert found == sorted(names)

    def test_what_fails_leaves_nothing(self) -> None:
        store = self.make_store()
        before = store.syncs()
        try:
            with store.writing() as writing:
                writing.append((offered("1"),))
                writing.link(profile("ana"), profile("ben"))
                writing.lock((customer("ana"),))
                writing.put_book(BookHash("one"), "text", activate=True)
                raise InterruptedError
        except InterruptedError:
            pass
        with store.reading() as reading:
            assert reading.log(0, 10) == ()
            assert reading.customers_of((profile("ana"),)) == {}
            assert reading.counts()["log"] == 0
            assert reading.row(customer("ana")) is None
            assert reading.books() == {}
        assert store.syncs() == before
        with store.writing() as writing:
            assert writing.append((offered("1"),))[0].taken is Taken.NEW
        assert store.syncs() == before + 1

    def test_a_look_during_an_open_transaction_sees_what_was_before(self) -> None:
        store = self.make_store()
        append(store, offered("1"))
        with store.writing() as writing:
            writing.append((offered("2"),))
            assert len(writing.history(customer("ana"))) == 2
            with store.reading() as reading:
                assert len(reading.history(customer("ana"))) == 1
        with store.reading() as reading:
            assert len(reading.history(customer("ana"))) == 2

    def test_a_look_stays_as_of_its_beginning(self) -> None:
        store = self.make_store()
        append(store, offered("1"))
        with store.reading() as reading:
            assert len(reading.log(0, 10)) == 1
            append(store, offered("2"), offered("x", "ben"))
            assert len(reading.log(0, 10)) == 1
            assert reading.customers_of((profile("ben"),)) == {}
        with store.reading() as reading:
            assert len(reading.log(0, 10)) == 3


class LinkConformance(Conformance):
    """Who is who."""

    def test_a_chain_of_links_is_one_customer_with_the_least_id(self) -> None:
        store = self.make_store()
        append(store, offered("1", "cid", 1), offered("2", "ben", 2), offered("3", "ana", 3))
        with store.writing() as writing:
            writing.link(profile("ben"), profile("cid"))
            writing.link(profile("ana"), profile("cid"))
            writing.link(profile("cid"), profile("ana"))
        with store.reading() as reading:
            people = tuple(profile(name) for name in ("ana", "ben", "cid"))
            assert set(reading.customers_of(people).values()) == {customer("ana")}
            assert reading.profiles_of((customer("ana"), customer("ben"))) == {
                customer("ana"): people
            }
            found = [it.message_id for it in reading.history(customer("ana"))]
            assert found == ["1", "2", "3"]
            assert [it.profile for _, it in reading.log(0, 3)] == list(reversed(people))

    def test_a_link_makes_unknown_profiles_known_and_to_oneself_means_nothing(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.link(profile("zoe"), profile("zoe"))
            writing.link(profile("zoe"), profile("ben"))
        with store.reading() as reading:
            assert reading.customers_of((profile("zoe"), profile("ann"))) == {
                profile("zoe"): customer("ben")
            }

    def test_the_customer_that_ceased_to_be_leaves_no_rows(self) -> None:
        store = self.make_store()
        append(store, offered("1", "ana"), offered("2", "ben"))
        _fill(store, "ben")
        with store.writing() as writing:
            writing.link(profile("ana"), profile("ben"))
        with store.reading() as reading:
            assert reading.row(customer("ben")) is None
            assert reading.case(case("ben").case) is None
            assert reading.cases_of((customer("ben"),)) == ()
            assert reading.ledger(case("ben").case) == ()
            assert reading.snapshot_before(customer("ben"), event("z", time_ms=9000).order) is None
            assert reading.counts()["open_cases"] == 0

    def test_unlinking_a_chain_separates_it_where_it_was_cut(self) -> None:
        store = self.make_store()
        names = ("ana", "ben", "cid", "dan")
        append(store, *(offered(name, name, at) for at, name in enumerate(names)))
        with store.writing() as writing:
            for left, right in pairwise(names):
                writing.link(profile(left), profile(right))
        _fill(store, "ana")
        with store.writing() as writing:
            assert writing.unlink(profile("cid"), profile("ben")) == (
                customer("ana"),
                customer("cid"),
            )
            assert writing.unlink(profile("ben"), profile("cid")) == ()
            assert writing.unlink(profile("cid"), profile("nobody")) == ()
        with store.reading() as reading:
            assert [it.message_id for it in reading.history(customer("cid"))] == ["cid", "dan"]
            assert reading.profiles_of((customer("ana"),)) == {
                customer("ana"): (profile("ana"), profile("ben"))
            }
            assert reading.cases_of((customer("ana"),)) == ()

    def test_a_customer_linked_in_two_ways_stays_one_until_both_are_gone(self) -> None:
        store = self.make_store()
        pairs = (("ana", "ben"), ("ben", "cid"), ("cid", "ana"))
        with store.writing() as writing:
            for left, right in pairs:
                writing.link(profile(left), profile(right))
            assert writing.unlink(profile("ana"), profile("ben")) == ()
            assert writing.unlink(profile("ana"), profile("cid")) == (
                customer("ana"),
                customer("ben"),
            )


class GateConformance(Conformance):
    """What the gate reads in its one query."""

    def test_a_look_up_finds_everyone_who_listed_it_and_nobody_else(self) -> None:
        store = self.make_store()
        names = ("ana", "ben", "cid", "dan", "eve")
        append(
            store,
            *(identified(name, name, "household") for name in names[:4]),
            identified("eve", "eve", "own"),
        )
        _save(store, *names)
        assert _meant(store, "household") == ["pana", "pben", "pcid", "pdan"]
        assert _meant(store, "own") == ["peve"]
        assert _meant(store, "ana") == ["pana"]
        assert _meant(store, "nobody") == []
        with store.reading() as reading:
            assert reading.lookups_of((profile("ana"), profile("household"))) == {
                profile("ana"): (profile("household"),)
            }

    def test_what_was_told_under_a_look_up_counts_for_its_owner(self) -> None:
        store = self.make_store()
        append(store, offered("raised", "mail"), identified("id", "ana", "mail", "phone"))
        append(store, offered("called", "phone"))
        _save(store, "mail", "ana", "phone")
        assert _meant(store, "ana") == ["pana", "pmail", "pphone"]
        assert _meant(store, "mail") == ["pana", "pmail", "pphone"]

    def test_whoever_is_meant_beside_a_customer_is_given_with_them(self) -> None:
        store = self.make_store()
        append(store, offered("raised", "mail"), identified("id", "ana", "mail", "phone"))
        append(store, offered("called", "phone"), identified("own", "ben", "ben", "other"))
        append(store, offered("seen", "cid"))
        names = ("ana", "ben", "cid", "mail", "nobody")
        ids = [profile(one) for one in names]
        with store.reading() as reading:
            found, beside = reading.meant_too(ids, ids)
            assert found == {profile(one): customer(one) for one in names[:4]}
            assert beside == {(customer("ana"), customer(one)) for one in ("mail", "phone")}
            assert reading.meant_too(ids, ()) == (found, frozenset())
            assert reading.meant_too((), ()) == ({}, frozenset())

    def test_a_look_up_of_a_linked_profile_is_one_of_the_customer(self) -> None:
        store = self.make_store()
        append(store, identified("id", "zoe", "mail"), offered("1", "ana"))
        with store.writing() as writing:
            writing.link(profile("ana"), profile("zoe"))
        _save(store, "ana")
        assert _meant(store, "mail") == ["pana"]

    def test_a_record_carries_what_was_saved(self) -> None:
        store = self.make_store()
        append(store, offered("1"))
        row = CustomerRow(customer=customer("ana"), gate=b"held", next_due_ms=77, stuck="KeyError")
        with store.writing() as writing:
            writing.lock((row.customer,))
            writing.save((row,))
        with store.reading() as reading:
            (record,) = reading.gate_records(profile("ana"))
        assert (record.customer, record.gate, record.next_due_ms, record.stuck) == (
            row.customer,
            b"held",
            77,
            "KeyError",
        )


def _meant(store: Store, name: str) -> list[CustomerId]:
    with store.reading() as reading:
        return [record.customer for record in reading.gate_records(profile(name))]


def _save(store: Store, *names: str) -> None:
    with store.writing() as writing:
        rows = writing.lock(tuple(customer(name) for name in names))
        writing.save(tuple(rows.values()))


def _fill(store: Store, name: str) -> None:
    """Give a customer a row, a snapshot, a case and money."""
    _save(store, name)
    whose = customer(name)
    one = case(name, name)
    with store.writing() as writing:
        writing.project((whose,), (one,), (ledger_line(name, "x", name),), {one.case: one.case})
        snapshot = Snapshot(
            customer=whose, upto=event("1").order, fired_ms=0, state=b"s", commands=(), events=1
        )
        writing.put_snapshots((snapshot,), keep_events=9)
