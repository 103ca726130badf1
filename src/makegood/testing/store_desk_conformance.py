"""What every store keeps for screens: customers, cases, people, settings."""

from msgspec.structs import replace

from makegood.messages.ids import CaseId, CommandId, RepId
from makegood.ports.rows import (
    CaseRow,
    CustomerRow,
    KeyRow,
    LedgerRow,
    PersonRow,
    RepRow,
    Snapshot,
    booking_key,
)
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import (
    append,
    case,
    customer,
    event,
    identified,
    known,
    ledger_line,
    offered,
    profile,
)

LARGEST = 2**63 - 1


class CustomerConformance(Conformance):
    """Rows, timers, snapshots."""

    def test_a_locked_customer_that_is_new_has_an_empty_row_and_a_saved_one_comes_back(
        self,
    ) -> None:
        store = self.make_store()
        known(store, "ana", "ben")
        with store.writing() as writing:
            rows = writing.lock((customer("ben"), customer("ana"), customer("ben")))
            assert list(rows) == [customer("ana"), customer("ben")]
            assert rows[customer("ana")] == CustomerRow(customer=customer("ana"))
            full = CustomerRow(
                customer=customer("ana"),
                state=b"\x00state",
                last=event("1").order,
                fired_ms=3,
                gate=b"\xffgate",
                next_due_ms=2**53,
                stuck="KeyError",
                events=7,
                fold=2,
            )
            writing.save((full,))
            assert writing.row(customer("ana")) == full
        with store.writing() as writing:
            assert writing.lock((full.customer,)) == {full.customer: full}
        with store.reading() as reading:
            assert reading.row(customer("nobody")) is None
            assert reading.counts()["stuck_customers"] == 1
            assert reading.stuck(5) == {full.customer: "KeyError"}
            assert reading.stuck(0) == {}

    def test_a_customer_that_is_not_cannot_be_locked_into_being(self) -> None:
        store = self.make_store()
        known(store, "ana", "ben")
        with store.writing() as writing:
            writing.lock((customer("ben"),))
            writing.link(profile("ana"), profile("ben"))
            gone = (customer("ben"), customer("nobody"))
            assert list(writing.lock((*gone, customer("ana")))) == [customer("ana")]
        with store.reading() as reading:
            assert [row.customer for row in reading.rows(customer(""), 9)] == [customer("ana")]

    def test_customers_are_paged_by_id(self) -> None:
        store = self.make_store()
        names = [f"c{n}" for n in range(7)]
        with store.writing() as writing:
            writing.save([CustomerRow(customer=customer(name)) for name in names])
        with store.reading() as reading:
            seen, after = [], customer("")
            while page := reading.rows(after, 3):
                seen += [row.customer for row in page]
                after = page[-1].customer
        assert seen == [customer(name) for name in names]

    def test_the_longest_overdue_timer_comes_first(self) -> None:
        store = self.make_store()
        due = {"none": 0, "late": 10, "later": 5, "now": 20, "future": 21}
        with store.writing() as writing:
            writing.save(
                [CustomerRow(customer=customer(n), next_due_ms=at) for n, at in due.items()]
            )
            expected = [customer(name) for name in ("later", "late", "now")]
            assert list(writing.due_customers(20, 10)) == expected
            assert list(writing.due_customers(20, 1)) == expected[:1]
            writing.save([CustomerRow(customer=customer("later"))])
            assert list(writing.due_customers(20, 10)) == expected[1:]

    def test_the_newest_snapshot_before_an_event_is_found(self) -> None:
        store = self.make_store()
        orders = [event("1", time_ms=at).order for at in (10, 20, 30)]
        kept = [
            Snapshot(
                customer=customer("ana"),
                upto=order,
                fired_ms=order[0],
                state=b"s%d" % order[0],
                commands=(CommandId("m1"), CommandId("m2")),
                events=order[0],
            )
            for order in orders
        ]
        with store.writing() as writing:
            ben = replace(kept[0], customer=customer("ben"))
            writing.put_snapshots((*kept, ben), keep_events=1000)
            writing.put_snapshots((kept[2], replace(kept[2], events=31)), keep_events=1000)
        with store.writing() as writing:
            found = [writing.snapshot_before(customer("ana"), order) for order in orders]
            assert found == [None, kept[0], kept[1]]
            far = event("z", time_ms=99).order
            assert writing.snapshot_before(customer("ana"), far) == replace(kept[2], events=31)
            writing.drop_snapshots(customer("ana"), orders[1])
            assert writing.snapshot_before(customer("ana"), far) == kept[0]
            writing.drop_snapshots(customer("ana"), None)
            assert writing.snapshot_before(customer("ana"), far) is None
            assert writing.snapshot_before(customer("ben"), far) is not None

    def test_snapshots_of_long_ago_are_forgotten(self) -> None:
        store = self.make_store()
        for name in ("ana", "ben"):
            for events in (10, 20, 30):
                snapshot = Snapshot(
                    customer=customer(name),
                    upto=event("1", time_ms=events).order,
                    fired_ms=0,
                    state=b"s",
                    commands=(),
                    events=events,
                )
                reach = 20 if name == "ana" else 21
                with store.writing() as writing:
                    writing.put_snapshots((snapshot,), keep_events=reach)
        before = event("z", time_ms=15).order
        with store.reading() as reading:
            assert reading.snapshot_before(customer("ana"), before) is None
            assert reading.snapshot_before(customer("ben"), before) is not None
            assert reading.snapshot_before(customer("ana"), event("z", time_ms=25).order)


class CaseConformance(Conformance):
    """Cases and money."""

    def test_projecting_replaces_all_of_a_customer_and_nothing_of_another(self) -> None:
        store = self.make_store()
        second = CaseId("ksecond")
        project(store, "ana", case("a"), case("b", opened_ms=2000), failures={second: "ka"})
        project(store, "ben", case("c", "ben"))
        with store.reading() as reading:
            assert reading.case(second) == case("a")
            assert reading.case(CaseId("kb")) == case("b", opened_ms=2000)
            assert [row.case for row in reading.cases_of((customer("ana"),))] == ["kb", "ka"]
            assert reading.open_cases_by_owner() == {"kathy": 3}
            assert reading.counts()["held_customers"] == 2
        project(store, "ana", case("a", is_open=False, held=False, owner=""))
        with store.reading() as reading:
            assert reading.case(second) is None
            assert reading.case(CaseId("kb")) is None
            assert len(reading.cases_of((customer("ana"), customer("ben")))) == 2
            assert reading.open_cases_by_owner() == {"kathy": 1}
            counts = reading.counts()
            assert (counts["held_customers"], counts["open_cases"]) == (1, 1)
            assert reading.counts("open_cases", "outbox_failed") == {
                "open_cases": 1,
                "outbox_failed": 0,
            }

    def test_some_brands_have_a_queue_and_a_count_of_their_own(self) -> None:
        store = self.make_store()
        project(store, "ana", case("a"), case("b", brand="red", risk=2))
        project(store, "ben", case("c", "ben", brand=""), case("d", "ben", is_open=False))
        with store.reading() as reading:
            assert reading.open_cases_by_brand() == {"blue": 1, "red": 1, "": 1}
            assert [row.case for row in reading.cases(brands=("red", ""))] == ["kb", "kc"]
            closed = reading.cases(brands=("blue",), open_only=False)
            assert [row.case for row in closed] == ["ka", "kd"]
            assert reading.cases(brands=("green",)) == ()
        project(store, "ana", case("a", brand="red"))
        with store.reading() as reading:
            assert reading.open_cases_by_brand() == {"red": 1, "": 1}

    def test_the_ledger_of_a_case_is_oldest_first(self) -> None:
        store = self.make_store()
        lines = (
            ledger_line("a", "2", at_ms=20),
            ledger_line("a", "1", at_ms=10),
            ledger_line("b", "3"),
            replace(ledger_line("a", "1", at_ms=10), account="marketing"),
        )
        project(store, "ana", case("a"), case("b"), ledger=lines)
        with store.reading() as reading:
            assert reading.ledger(CaseId("ka")) == (lines[3], lines[1], lines[0])
            assert reading.ledger(CaseId("knone")) == ()
        project(store, "ana", case("a"), ledger=lines[:1])
        with store.reading() as reading:
            assert reading.ledger(CaseId("ka")) == lines[:1]

    def test_a_queue_is_paged_without_losing_or_repeating_a_case(self) -> None:
        store = self.make_store()
        rows = [
            case(
                f"{n:02}",
                risk=n % 3,
                due_ms=(n % 4) * 100,
                owner=("kathy", "lee")[n % 2],
                is_open=n % 5 > 0,
            )
            for n in range(60)
        ]
        project(store, "ana", *rows)
        for owner in (None, RepId("lee")):
            for open_only in (True, False):
                wanted = [
                    row
                    for row in rows
                    if (row.is_open or not open_only) and owner in (None, row.owner)
                ]
                seen = paged(store, owner=owner, open_only=open_only)
                assert seen == sorted(wanted, key=place)
        with store.reading() as reading:
            assert len(reading.cases(limit=10_000)) == sum(row.is_open for row in rows)
            assert reading.cases(limit=0) == ()

    def test_a_page_of_the_queue_has_at_most_two_hundred_cases(self) -> None:
        store = self.make_store()
        project(store, "ana", *(case(f"{n}") for n in range(201)))
        with store.reading() as reading:
            assert len(reading.cases(limit=1000)) == 200


class PeopleConformance(Conformance):
    """Personal data, texts, the roster, keys, books."""

    def test_an_empty_field_leaves_what_is_there(self) -> None:
        store = self.make_store()
        first = PersonRow(profile=profile("ana"), name="Ana Silva", email="ana@example.org")
        with store.writing() as writing:
            writing.put_persons((first, replace(first, name="", phone="+12125550100")))
            writing.put_persons((PersonRow(profile=profile("ana"), language="pt"),))
        with store.reading() as reading:
            found = reading.persons((profile("ana"), profile("ben")))
        assert found == {
            profile("ana"): replace(first, phone="+12125550100", language="pt"),
        }

    def test_people_are_found_by_the_beginning_of_what_is_known_of_them(self) -> None:
        store = self.make_store()
        ana = PersonRow(
            profile=profile("ana"),
            identifier="user:42",
            name="Ana Özil Straße",
            email="Ana.S@example.org",
            phone="+351210",
        )
        percent = PersonRow(profile=profile("pct"), name="50% Off_er")
        with store.writing() as writing:
            writing.put_persons((percent, ana))
        for text in ("ana öz", "ÖZIL", "ana.s@", "user:4", "42", "+3512", "STRASS", " Ana "):
            assert found(store, text) == [ana], text
        for text in ("", "  ", "nna", "%", "_", "user:5"):
            assert found(store, text) == [], text
        assert found(store, "50%") == [percent]
        with store.writing() as writing:
            writing.put_persons((replace(ana, name="Maria"),))
        assert found(store, "ana ö") == []
        assert found(store, "mar") == [replace(ana, name="Maria")]

    def test_a_search_gives_no_more_than_was_asked_for(self) -> None:
        store = self.make_store()
        people = [PersonRow(profile=profile(f"{n}"), name="Ana Ana") for n in range(5)]
        with store.writing() as writing:
            writing.put_persons(people)
        assert found(store, "ana", 3) == people[:3]

    def test_a_case_is_found_by_the_beginning_of_a_booking(self) -> None:
        store = self.make_store()
        ana, ben = case("ana", "ana"), case("ben", "ben")
        names = {booking_key("R1@Airport", "kana"): "kana", booking_key("R1", "kana"): "kana"}
        project(store, "ana", ana, failures=names)
        project(store, "ben", ben, failures={booking_key("r12 ", "kben"): "kben"})
        both = {ana.case, ben.case}
        with store.reading() as reading:
            assert {row.case for row in reading.find_cases("r1", 9)} == both
            assert reading.find_cases("R1@", 9) == (ana,)
            assert reading.find_cases(" R12", 9) == (ben,)
            assert len(reading.find_cases("r1", 1)) == 1
            assert reading.find_cases("", 9) == reading.find_cases("1", 9) == ()
        project(store, "ana")
        with store.reading() as reading:
            assert reading.find_cases("R1", 9) == (ben,)

    def test_erasing_a_person_leaves_the_log_and_the_others(self) -> None:
        store = self.make_store()
        append(store, offered("1", "ana"), offered("2", "ben"), offered("3", "cid"))
        with store.writing() as writing:
            writing.link(profile("ana"), profile("ben"))
            names = ("ana", "ben", "cid")
            writing.put_persons([PersonRow(profile=profile(n), name=f"The {n}") for n in names])
            writing.put_texts({n: (profile(n), "words") for n in names})
            writing.put_texts({"ana": (profile("ana"), "other words")})
        with store.writing() as writing:
            assert writing.texts(("ana", "cid", "x")) == {"ana": "other words", "cid": "words"}
            assert writing.erase(customer("ana")) == 4
            assert writing.erase(customer("ana")) == 0
            assert writing.erase(customer("nobody")) == 0
        with store.reading() as reading:
            assert list(reading.persons([profile(n) for n in names])) == [profile("cid")]
            assert reading.texts(names) == {"cid": "words"}
            assert len(reading.log(0, 10)) == 3
        assert found(store, "the") == [PersonRow(profile=profile("cid"), name="The cid")]

    def test_erasing_takes_the_address_that_finds_nobody_else_with_it(self) -> None:
        store = self.make_store()
        append(store, identified("1", "ana", "hers", "home"), identified("2", "ben", "home"))
        with store.writing() as writing:
            names = ("ana", "ben", "hers", "home")
            writing.put_persons(
                [PersonRow(profile=profile(n), identifier=f"email:{n}@example.com") for n in names]
            )
        with store.writing() as writing:
            assert writing.erase(customer("ana")) == 2
        with store.reading() as reading:
            left = reading.persons([profile(n) for n in names])
        assert set(left) == {profile("ben"), profile("home")}
        assert found(store, "hers@") == []

    def test_the_roster_is_by_name_and_the_last_word_counts(self) -> None:
        store = self.make_store()
        kathy = RepRow(rep=RepId("kathy"), name="Kathy", role="agent", brands=("blue",))
        with store.writing() as writing:
            writing.put_reps((kathy, RepRow(rep=RepId("abe"), name="Abe", role="lead")))
            writing.put_reps((replace(kathy, present=False),))
        with store.reading() as reading:
            assert [row.rep for row in reading.reps()] == ["abe", "kathy"]
            assert reading.reps()[1] == replace(kathy, present=False)

    def test_keys_are_found_by_digest_and_listed_newest_first(self) -> None:
        store = self.make_store()
        old = KeyRow(sha256=b"\x00" * 32, name="shop", scopes=("ingest",), created_ms=1)
        new = KeyRow(sha256=b"\xff" * 32, name="mail", scopes=("gate", "cases"), created_ms=2)
        with store.writing() as writing:
            writing.put_key(old)
            writing.put_key(new)
            writing.put_key(replace(old, revoked_ms=9))
        with store.reading() as reading:
            assert reading.key(old.sha256) == replace(old, revoked_ms=9)
            assert reading.key(b"none") is None
            assert reading.keys() == (new, replace(old, revoked_ms=9))


def place(row: CaseRow) -> tuple[int, int, str]:
    return (-row.risk, row.due_ms or LARGEST, row.case)


def paged(store: Store, *, owner: RepId | None, open_only: bool) -> list[CaseRow]:
    """Read a whole queue, seven cases at a time."""
    seen: list[CaseRow] = []
    after: tuple[int, int, CaseId] | None = None
    with store.reading() as reading:
        while page := reading.cases(owner=owner, open_only=open_only, after=after, limit=7):
            seen += page
            last = page[-1]
            after = (last.risk, last.due_ms or LARGEST, last.case)
    return seen


def project(
    store: Store,
    name: str,
    *cases: CaseRow,
    ledger: tuple[LedgerRow, ...] = (),
    failures: dict[CaseId, str] | None = None,
) -> None:
    contained = {row.case: row.case for row in cases}
    contained |= {failure: CaseId(one) for failure, one in (failures or {}).items()}
    with store.writing() as writing:
        writing.project((customer(name),), cases, ledger, contained)


def found(store: Store, text: str, limit: int = 10) -> list[PersonRow]:
    with store.reading() as reading:
        return list(reading.find_persons(text, limit))
