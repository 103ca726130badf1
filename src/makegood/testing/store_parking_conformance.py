"""What every store does with parked mail: nothing lost, nothing sent by two, bytes kept once."""

from msgspec.structs import replace

from makegood.messages.ids import BookHash, ProfileId
from makegood.ports.parking import ParkedMail, ParkedRow, ParkedStatus, mail_id, parked_id
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import customer, identified, offered, profile

LEASE_MS = 1000
CONTENT = b"Subject: \xff\x00\r\n\r\nbare\nline\r\n\r\n"


def parked_mail(content: bytes = CONTENT) -> ParkedMail:
    """A message with every kind of byte."""
    options = "BODY=8BITMIME"
    return ParkedMail(
        mail=mail_id("news@rent.example", options, content),
        sender="news@rent.example",
        options=options,
        content=content,
        port=2525,
        login="tool",
    )


def waiting(who: str, mail: ParkedMail | None = None, *, at_ms: int = 10) -> ParkedRow:
    """One recipient of it who waits since a moment."""
    mail = mail or parked_mail()
    return ParkedRow(
        parked=parked_id(mail.mail, f"{who}@example.org"),
        mail=mail.mail,
        recipient=f"{who}@example.org",
        profile=ProfileId(f"p{who}"),
        brand="cars",
        message_class="promotional",
        classed_by="rule",
        rule="list",
        kind="",
        book=BookHash("b1"),
        reason="hold",
        since_ms=at_ms,
        expires_ms=at_ms + 5000,
        next_ms=at_ms,
    )


def park(store: Store, *rows: ParkedRow, mail: ParkedMail | None = None) -> frozenset[str]:
    """Park recipients of one message in a transaction of their own."""
    with store.writing() as writing:
        return frozenset(writing.park([mail or parked_mail()], rows))


def fences(store: Store, *rows: ParkedRow) -> dict[str, int]:
    """Park recipients; give the fences of those that wait because of it."""
    with store.writing() as writing:
        return dict(writing.park([parked_mail()], rows))


def unpark(store: Store, parked: dict[str, int]) -> int:
    """Withdraw recipients."""
    with store.writing() as writing:
        return writing.unpark(parked, 60)


def claim(store: Store, now_ms: int, limit: int = 10) -> tuple[ParkedRow, ...]:
    """Lease what is due."""
    with store.writing() as writing:
        return writing.claim_parked(now_ms, LEASE_MS, limit)


def report(store: Store, *rows: ParkedRow) -> int:
    """Write rows back."""
    with store.writing() as writing:
        return writing.report_parked(rows)


def ended(row: ParkedRow, status: ParkedStatus = ParkedStatus.SENT, at_ms: int = 99) -> ParkedRow:
    """The same row at its end."""
    return replace(row, status=status, settled_ms=at_ms)


class ParkingConformance(Conformance):
    """Parking, leasing, ending."""

    def test_a_message_and_its_recipients_come_back_as_they_were(self) -> None:
        store = self.make_store()
        ana, bob = waiting("ana"), waiting("bob")
        assert park(store, ana, bob) == {ana.parked, bob.parked}
        with store.reading() as reading:
            assert sorted(reading.parked(), key=lambda row: row.recipient) == [ana, bob]
            assert reading.parked_mails([ana.mail, "unknown"]) == {ana.mail: parked_mail()}
            assert reading.parked_row(ana.parked) == ana
            assert reading.parked_row("unknown") is None
            assert reading.parked_counts() == {("cars", "hold"): 2}
            assert reading.parked_mails([]) == {}

    def test_the_same_again_is_the_same(self) -> None:
        store = self.make_store()
        ana = waiting("ana")
        park(store, ana)
        assert park(store, replace(ana, since_ms=70, reason="stuck")) == frozenset()
        assert park(store) == frozenset()
        with store.reading() as reading:
            assert reading.parked() == (replace(ana, fence=1),)

    def test_what_ended_and_comes_again_waits_again(self) -> None:
        store = self.make_store()
        ana = waiting("ana")
        park(store, ana)
        (leased,) = claim(store, 10)
        assert report(store, ended(leased)) == 1
        later = waiting("ana", at_ms=500)
        assert park(store, later) == {ana.parked}
        with store.reading() as reading:
            (row,) = reading.parked()
            assert row == replace(later, fence=row.fence)
            assert reading.parked_mails([ana.mail])
        assert report(store, ended(leased)) == 0  # the old lease says nothing about it

    def test_two_never_hold_one_recipient(self) -> None:
        store = self.make_store()
        park(store, waiting("ana"), waiting("bob"), waiting("eve", at_ms=500))
        first, second = claim(store, 10, 1), claim(store, 10)
        assert len(first) == 1
        assert len(second) == 1
        assert first[0].parked != second[0].parked
        assert {row.status for row in first + second} == {ParkedStatus.LEASED}
        assert claim(store, 10) == ()

    def test_a_lease_that_ran_out_is_taken_over_and_the_late_report_counts_nothing(self) -> None:
        store = self.make_store()
        park(store, waiting("ana"))
        (slow,) = claim(store, 10)
        assert claim(store, 10 + LEASE_MS - 1) == ()
        (quick,) = claim(store, 10 + LEASE_MS)
        assert quick.fence == slow.fence + 1
        assert report(store, ended(slow, ParkedStatus.EXPIRED)) == 0
        assert report(store, ended(quick)) == 1
        with store.reading() as reading:
            row = reading.parked_row(quick.parked)
        assert row is not None
        assert row.status is ParkedStatus.SENT

    def test_an_end_forgets_the_address_and_the_last_one_the_bytes(self) -> None:
        store = self.make_store()
        park(store, waiting("ana"), waiting("bob"))
        ana, bob = claim(store, 10)
        report(store, ended(ana))
        with store.reading() as reading:
            assert reading.parked_mails([ana.mail]) == {ana.mail: parked_mail()}
            row = reading.parked_row(ana.parked)
        assert row is not None
        assert (row.recipient, row.profile, row.settled_ms) == ("", ana.profile, 99)
        report(store, ended(bob))
        with store.reading() as reading:
            assert reading.parked_mails([ana.mail]) == {}
            assert reading.parked() == ()
            assert reading.parked_counts() == {}

    def test_what_waits_on_is_asked_again_when_it_says(self) -> None:
        store = self.make_store()
        park(store, waiting("ana"))
        (ana,) = claim(store, 10)
        again = replace(
            ana,
            status=ParkedStatus.WAITING,
            next_ms=300,
            attempts=1,
            reason="unsubscribed",
            error="451 later",
            message_class="mixed",
            book=BookHash("b2"),
        )
        assert report(store, again) == 1
        assert claim(store, 299) == ()
        (taken,) = claim(store, 300)
        assert taken == replace(again, status=ParkedStatus.LEASED, fence=2, next_ms=300 + LEASE_MS)

    def test_only_what_waits_is_withdrawn(self) -> None:
        store = self.make_store()
        ana, bob = waiting("ana"), waiting("bob", at_ms=50)
        known = fences(store, ana, bob)
        claim(store, 10)
        assert unpark(store, {**known, "unknown": 0}) == 1
        assert unpark(store, {}) == 0
        with store.reading() as reading:
            assert [row.recipient for row in reading.parked()] == [ana.recipient]
            gone = reading.parked_row(bob.parked)
        assert gone is not None
        assert (gone.status, gone.recipient) == (ParkedStatus.WITHDRAWN, "")

    def test_what_somebody_else_counts_on_is_not_withdrawn(self) -> None:
        store = self.make_store()
        ana, bob = waiting("ana"), waiting("bob", at_ms=900)
        known = fences(store, ana, bob)
        assert fences(store, ana) == {}  # the same mail, handed over at another gate
        with store.writing() as writing:
            assert writing.release_parked(bob.parked, "kathy", 20)
        assert unpark(store, known) == 0
        with store.reading() as reading:
            assert len(reading.parked()) == 2

    def test_what_was_looked_at_since_is_not_withdrawn(self) -> None:
        store = self.make_store()
        known = fences(store, waiting("ana"))
        (leased,) = claim(store, 10)
        assert report(store, replace(leased, status=ParkedStatus.WAITING, next_ms=500)) == 1
        assert unpark(store, known) == 0

    def test_what_was_withdrawn_and_comes_again_is_its_new_sender_s(self) -> None:
        store = self.make_store()
        old = fences(store, waiting("ana"))
        assert unpark(store, old) == 1
        new = fences(store, waiting("ana"))
        assert new.keys() == old.keys()
        assert unpark(store, old) == 0
        assert unpark(store, new) == 1

    def test_a_person_releases_one_that_waits(self) -> None:
        store = self.make_store()
        ana, bob = waiting("ana", at_ms=900), waiting("bob")
        park(store, ana, bob)
        claim(store, 10)
        with store.writing() as writing:
            assert writing.release_parked(ana.parked, "kathy", 20)
            assert not writing.release_parked(bob.parked, "kathy", 20)
            assert not writing.release_parked("unknown", "kathy", 20)
        (row,) = claim(store, 20)
        assert (row.parked, row.message_class, row.classed_by) == (ana.parked, "service", "person")

    def test_the_list_pages_and_knows_brands(self) -> None:
        store = self.make_store()
        rows = [waiting(name, at_ms=at) for at, name in enumerate("abcde", 1)]
        rows[3] = replace(rows[3], brand="vans")
        park(store, *rows)
        with store.reading() as reading:
            page = reading.parked(limit=2)
            assert [row.parked for row in page] == [row.parked for row in rows[:2]]
            rest = reading.parked(after=(page[-1].since_ms, page[-1].parked))
            assert [row.parked for row in rest] == [row.parked for row in rows[2:]]
            of_vans = reading.parked(brands=["vans"])
            assert [row.parked for row in of_vans] == [rows[3].parked]
            assert reading.parked_counts() == {("cars", "hold"): 4, ("vans", "hold"): 1}

    def test_what_ended_long_ago_is_forgotten_a_piece_at_a_time(self) -> None:
        store = self.make_store()
        park(store, *(waiting(name) for name in "abc"))
        a, b, _ = claim(store, 10)
        report(store, ended(a, at_ms=30), ended(b, at_ms=40))
        with store.writing() as writing:
            assert writing.forget_parked(35, 10) == 1
            assert writing.forget_parked(100, 10) == 1
            assert writing.forget_parked(10**12, 10) == 0
        with store.reading() as reading:
            assert reading.parked_row(a.parked) is None
            assert len(reading.parked()) == 1

    def test_what_waits_for_a_customer_is_woken_by_any_of_their_addresses(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.append((identified("1", "ana", "ana's mail"), offered("2", "bob")))
        rows = [
            replace(waiting("ana"), profile=profile("ana's mail"), next_ms=900),
            replace(waiting("ana2"), profile=profile("ana"), next_ms=900),
            replace(waiting("ana3"), profile=profile("ana"), next_ms=10),
            replace(waiting("bob"), profile=profile("bob"), next_ms=900),
        ]
        park(store, *rows)
        (leased,) = claim(store, 10)
        with store.writing() as writing:
            assert writing.wake_parked([customer("ana"), customer("nobody")], 20) == 2
            assert writing.wake_parked([customer("ana")], 20) == 0
        with store.reading() as reading:
            assert reading.parked_row(leased.parked) == leased
        assert {row.recipient for row in claim(store, 20)} == {
            "ana@example.org",
            "ana2@example.org",
        }

    def test_who_is_erased_has_nothing_waiting(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.append((identified("1", "ana", "ana's mail"), offered("2", "bob")))
        mine = replace(waiting("ana"), profile=profile("ana's mail"))
        own = replace(waiting("ana2"), profile=profile("ana"))
        park(store, mine, own, replace(waiting("bob"), profile=profile("bob")))
        with store.writing() as writing:
            assert writing.erase_parked(customer("ana")) == 2
            assert writing.erase_parked(customer("ana")) == 0
            assert writing.erase_parked(customer("nobody")) == 0
        with store.reading() as reading:
            assert [row.recipient for row in reading.parked()] == ["bob@example.org"]
            gone = reading.parked_row(mine.parked)
        assert gone is not None
        assert (gone.status, gone.recipient) == (ParkedStatus.WITHDRAWN, "")

    def test_a_message_parked_anew_while_the_last_one_ends_keeps_its_bytes(self) -> None:
        store = self.make_store()
        park(store, waiting("ana"))
        (ana,) = claim(store, 10)
        with store.writing() as writing:
            writing.park([parked_mail()], [waiting("bob")])
            assert writing.report_parked([ended(ana)]) == 1
        with store.reading() as reading:
            assert reading.parked_mails([ana.mail])
