"""What every store does when many customers are looked at at once: the gate's answer, inverted."""

from msgspec.structs import replace

from makegood.core.holds import GateRow, encode_gate
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import PersonRow
from makegood.ports.store import Reading
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import customer, identified, known, profile

UNSUBSCRIBED = encode_gate(GateRow(unsubscribed=(("*", "mail"),)))
NAMES = ("ana", "ben", "cem", "dot", "eve")


def finds(reading: Reading) -> dict[str, set[str]]:
    """Whom each pseudonym finds, asked one by one as the gate does; only who is found at all."""
    every = [one for one, _ in reading.known(ProfileId(""), 100)]
    return {one: {it.customer for it in reading.gate_records(one)} for one in every}


def inverted(reading: Reading) -> dict[str, set[str]]:
    """The same, from the customers' side."""
    found: dict[str, set[str]] = {}
    every = sorted({one for them in finds(reading).values() for one in them})
    for one in reading.called([customer(each[1:]) for each in every]):
        found.setdefault(one.profile, set()).add(one.customer)
    return found


def end_to_end(reading: Reading) -> dict[str, set[str]]:
    """What finds whom, joined from readings of everybody."""
    whose = {one: customer for page in reading.all_members() for one, customer in page}
    through: dict[str, set[str]] = {}
    for page in reading.all_users():
        for looked_up, user in page:
            through.setdefault(user, set()).add(looked_up)
    pseudonym = {name: one for one, name in reading.known(ProfileId(""), 100) if name}
    found: dict[str, set[str]] = {}
    for names in reading.all_names():
        for member, one, name in names:
            assert bool(one) != bool(name)
            customer = whose.get(member, CustomerId(member))
            them = found.setdefault(one or pseudonym[name], set())
            them.update({customer}, through.get(customer, ()))
    return found


class ScreeningConformance(Conformance):
    """Whom something stands against, and how they are called."""

    def test_only_those_with_something_against_them_are_given_page_by_page(self) -> None:
        store = self.make_store()
        known(store, *NAMES)
        with store.writing() as writing:
            rows = writing.lock(tuple(customer(name) for name in NAMES))
            ana, ben, cem, dot, eve = (rows[customer(name)] for name in NAMES)
            writing.save(
                (
                    replace(ana, gate=UNSUBSCRIBED),
                    replace(ben, gate=encode_gate(GateRow())),
                    replace(cem, stuck="a fault", next_due_ms=50),
                    replace(dot, gate=UNSUBSCRIBED, next_due_ms=20),
                    replace(eve, gate=UNSUBSCRIBED, next_due_ms=21),
                )
            )
        with store.reading() as reading:
            first = reading.noted(20, CustomerId(""), 2)
            rest = reading.noted(20, first[-1].customer, 2)
            assert [one.customer for one in (*first, *rest)] == ["pana", "pcem", "peve"]
            assert (first[0].gate, first[1].stuck, rest[0].next_due_ms) == (
                UNSUBSCRIBED,
                "a fault",
                21,
            )
            assert reading.noted(20, rest[-1].customer, 9) == ()
            assert [one.customer for one in reading.noted(19, CustomerId(""), 9)] == [
                "pana",
                "pcem",
                "pdot",
                "peve",
            ]

    def test_the_overdue_are_given_with_their_states_the_longest_overdue_first(self) -> None:
        store = self.make_store()
        known(store, *NAMES)
        with store.writing() as writing:
            rows = writing.lock(tuple(customer(name) for name in NAMES))
            due = dict(zip(NAMES, (30, 10, 10, 0, 31), strict=True))
            writing.save(
                [
                    replace(rows[customer(name)], next_due_ms=at, state=name.encode())
                    for name, at in due.items()
                ]
            )
        with store.reading() as reading:
            first = reading.overdue(30, (0, CustomerId("")), 2)
            last = first[-1]
            rest = reading.overdue(30, (last.next_due_ms, last.customer), 9)
            assert [one.state for one in (*first, *rest)] == [b"ben", b"cem", b"ana"]

    def test_whatever_finds_a_customer_is_given_with_its_name_in_clear(self) -> None:
        store = self.make_store()
        known(store, *NAMES)
        people = [PersonRow(profile=profile("mail"), identifier="email:a@example.org")]
        with store.writing() as writing:
            writing.append(
                [
                    identified("1", "ana", "mail", "phone"),
                    identified("2", "ben", "mail"),
                    identified("3", "cem", "card"),
                    identified("4", "dot", "eve"),  # a look-up with a history of its own
                ]
            )
            writing.lock(tuple(customer(name) for name in NAMES))
            writing.link(profile("cem"), profile("dot"))
            writing.lock((customer("cem"),))
            writing.put_persons(people)
        with store.reading() as reading:
            one_by_one = finds(reading)
            assert inverted(reading) == one_by_one
            assert end_to_end(reading) == one_by_one
            assert one_by_one["pmail"] == {"pana", "pben"}
            assert one_by_one["pcard"] == {"pcem", "peve"}
            names = {(one.profile, one.identifier) for one in reading.called([customer("ben")])}
            assert names == {("pben", ""), ("pmail", "email:a@example.org")}
            assert reading.called(()) == ()

    def test_everything_by_which_somebody_is_known_is_given_once_page_by_page(self) -> None:
        store = self.make_store()
        known(store, "ana", "ben")
        with store.writing() as writing:
            writing.append([identified("1", "ana", "mail"), identified("2", "ben", "mail", "ana")])
            mail = PersonRow(profile=profile("mail"), identifier="email:a@example.org")
            writing.put_persons([mail])
        with store.reading() as reading:
            first = reading.known(ProfileId(""), 2)
            rest = reading.known(first[-1][0], 2)
            assert (*first, *rest) == (
                ("pana", ""),
                ("pben", ""),
                ("pmail", "email:a@example.org"),
            )

    def test_names_that_begin_otherwise_are_left_out_and_bare_pseudonyms_are_not(self) -> None:
        store = self.make_store()
        known(store, *NAMES)
        people = {"mail": "email:a@example.org", "phone": "phone:+12125550100", "dot": "user:dot"}
        with store.writing() as writing:
            writing.append(
                [
                    identified("1", "ana", "mail", "phone", "card"),
                    identified("2", "dot", "ben"),  # a look-up with a history of its own
                ]
            )
            writing.put_persons(
                [
                    PersonRow(profile=profile(name), identifier=identifier)
                    for name, identifier in people.items()
                ]
            )
        with store.reading() as reading:
            asked = (customer("ana"), customer("ben"))
            some, every = reading.called(asked, "email:"), reading.called(asked)
            assert {(it.customer, it.profile) for it in every} - {
                (it.customer, it.profile) for it in some
            } == {("pana", "pphone"), ("pben", "pdot")}
            assert {it.identifier for it in some} == {"", "email:a@example.org"}
            begun = [one for page in reading.all_names("email:") for one in page]
            assert {one for one in begun if one[2]} == {("pana", "", "email:a@example.org")}
            assert ("pana", "pcard", "") in begun

    def test_how_many_have_something_against_them_is_told_as_a_share(self) -> None:
        store = self.make_store()
        with store.reading() as reading:
            assert not reading.are_many_noted(5)
            assert [one for page in reading.all_noted(20) for one in page] == []
        known(store, *NAMES)
        with store.writing() as writing:
            rows = writing.lock(tuple(customer(name) for name in NAMES))
            writing.save(list(rows.values()))
        with store.reading() as reading:
            assert not reading.are_many_noted(5)
        with store.writing() as writing:
            writing.save((replace(rows[customer("ana")], gate=UNSUBSCRIBED, next_due_ms=20),))
        with store.reading() as reading:
            assert reading.are_many_noted(5)
            assert not reading.are_many_noted(4)
            for now_ms in (19, 20):
                at_once = [one for page in reading.all_noted(now_ms) for one in page]
                assert at_once == list(reading.noted(now_ms, CustomerId(""), 9))
            assert at_once == []
