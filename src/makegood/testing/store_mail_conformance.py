"""What every store does with kinds of mail: counts add up, and what a person said stays."""

from msgspec.structs import replace

from makegood.messages.commands import MessageClass
from makegood.ports.mail_kinds import MailDecision, MailKind
from makegood.testing.store_log_conformance import Conformance

SERVICE, SURVEY = MessageClass.SERVICE, MessageClass.SURVEY


def kind(name: str, at_ms: int, brand: str = "cars") -> MailKind:
    """One mail of a kind without a class, to two recipients."""
    return MailKind(
        kind=name,
        brand=brand,
        domain="cars.example.com",
        says="No class is certain.",
        mails=1,
        recipients=2,
        first_ms=at_ms,
        last_ms=at_ms,
        subject_marks=(1, 2),
        sketch=(3, 4_000_000_000),
    )


def decision(place: int, name: str, found: MessageClass | None = SURVEY) -> MailDecision:
    """What ann said of a kind."""
    return MailDecision(place=place, kind=name, message_class=found, by="ann", at_ms=place)


class MailKindConformance(Conformance):
    """Counting kinds, paging through them, and what people say they are."""

    def test_counts_of_a_kind_add_up_and_the_first_time_stays(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.count_mail_kinds([kind("a", 10)])
        shown = replace(kind("a", 30), subject="your stay", example="how was …", held=1)
        for row in (shown, kind("a", 20)):
            with store.writing() as writing:
                writing.count_mail_kinds([row])
        with store.reading() as reading:
            found = reading.mail_kind("a")
        assert found == replace(shown, mails=3, recipients=6, held=1, first_ms=10, last_ms=30), (
            "and what may be shown is not lost by a later mail that says nothing"
        )

    def test_kinds_are_paged_with_the_last_seen_first(self) -> None:
        store = self.make_store()
        rows = [kind(name, at) for name, at in (("c", 5), ("a", 5), ("b", 9), ("d", 1))]
        with store.writing() as writing:
            writing.count_mail_kinds(rows)
        with store.reading() as reading:
            first = reading.mail_kinds(limit=2)
            rest = reading.mail_kinds(after=(first[-1].last_ms, first[-1].kind), limit=9)
            nobody = reading.mail_kind("nobody")
        assert [one.kind for one in (*first, *rest)] == ["b", "a", "c", "d"]
        assert nobody is None

    def test_only_what_nobody_classed_waits_for_a_person(self) -> None:
        store = self.make_store()
        known = replace(kind("known", 1), message_class=SERVICE)
        vans = kind("vans", 3, brand="vans")
        with store.writing() as writing:
            writing.count_mail_kinds([known, kind("new", 2), vans])
            assert writing.mail_kinds_waiting() == 2
            assert [one.kind for one in writing.mail_kinds(waiting_only=True)] == ["vans", "new"]
            own = writing.mail_kinds(waiting_only=True, brands=["cars", ""])
            assert [one.kind for one in own] == ["new"]
            assert writing.put_mail_decision(decision(1, "new"))
            assert writing.mail_kinds_waiting() == 1
            writing.count_mail_kinds([kind("new", 4)])
            assert [one.kind for one in writing.mail_kinds(waiting_only=True)] == ["vans"]
            assert writing.put_mail_decision(decision(2, "new", None))
            assert writing.mail_kinds_waiting() == 2

    def test_what_was_said_is_added_and_never_changed(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.count_mail_kinds([kind("a", 1), kind("b", 1)])
            assert writing.last_mail_decision() == 0
            assert writing.put_mail_decision(decision(1, "a"))
            assert writing.put_mail_decision(decision(2, "b"))
            assert writing.put_mail_decision(decision(3, "a", SERVICE))
        with store.writing() as writing:
            assert not writing.put_mail_decision(decision(3, "b", SERVICE))
        with store.reading() as reading:
            a, b = reading.mail_kind("a"), reading.mail_kind("b")
            assert a is not None
            assert b is not None
            assert (a.decided, b.decided) == (SERVICE, SURVEY)
            assert reading.last_mail_decision() == 3
            assert [one.place for one in reading.mail_decisions(1, 9)] == [2, 3]
            assert [one.place for one in reading.mail_decisions(0, 1)] == [1]
            told = reading.mail_decisions_of("a", 9)
            last = reading.last_mail_decisions(["a", "c"])
        assert last == {"a": decision(3, "a", SERVICE)}
        assert told == (decision(3, "a", SERVICE), decision(1, "a"))

    def test_old_kinds_are_forgotten_but_not_what_a_person_spoke_of(self) -> None:
        store = self.make_store()
        often = replace(kind("often", 50), mails=2)
        with store.writing() as writing:
            writing.count_mail_kinds(
                [kind("once", 50), kind("new", 70), often, kind("old", 5), kind("said", 5)]
            )
            writing.put_mail_decision(decision(1, "said"))
            assert writing.forget_mail_kinds(60, 10, 9) == 2
            assert {one.kind for one in writing.mail_kinds()} == {"new", "often", "said"}

    def test_a_flood_of_kinds_seen_once_leaves_the_latest(self) -> None:
        store = self.make_store()
        often = replace(kind("often", 1), mails=2)
        with store.writing() as writing:
            writing.count_mail_kinds([often, *(kind(f"k{n}", n) for n in range(1, 10))])
            assert writing.forget_mail_kinds(0, 0, 3) == 6
            assert {one.kind for one in writing.mail_kinds()} == {"often", "k7", "k8", "k9"}
