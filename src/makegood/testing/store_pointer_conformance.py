"""What every store does with pointers and with answers about root causes."""

from msgspec.structs import replace

from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.pointers import Pointer, PointerKind, RootAnswer
from makegood.testing.store_log_conformance import Conformance

ANA, BEN = CustomerId("c" + "a" * 32), CustomerId("c" + "b" * 32)


def pointer(
    key: str,
    at_ms: int,
    customer: CustomerId = ANA,
    *,
    kind: PointerKind = "cause",
    cents: int = 0,
    currency: str = "EUR",
) -> Pointer:
    """A pointer to a case that is called by its time."""
    return Pointer(
        kind=kind,
        key=key,
        customer=customer,
        case=CaseId(f"k{at_ms}"),
        at_ms=at_ms,
        named_ms=at_ms + 5,
        severity=2,
        cents=cents,
        currency=currency,
    )


class PointerConformance(Conformance):
    """Words in full, who raised what, what caused what."""

    def test_a_word_leads_to_its_cases_the_newest_first_page_by_page(self) -> None:
        store = self.make_store()
        rows = [pointer("mira", n, kind="raised") for n in range(1, 8)]
        with store.writing() as writing:
            writing.put_pointers([ANA], rows)
            writing.put_pointers([BEN], [pointer("mira", 4, BEN, kind="raised")])
        with store.reading() as reading:
            first = reading.pointed("raised", "mira", limit=5)
            assert [one.at_ms for one in first] == [7, 6, 5, 4, 4]
            last = first[-1]
            rest = reading.pointed(
                "raised", "mira", before=(last.at_ms, last.case, last.customer), limit=5
            )
            assert [one.at_ms for one in rest] == [3, 2, 1]
            assert first[0] == rows[-1]
            assert reading.pointed("found", "mira") == ()
            assert reading.pointed("raised", "mir") == ()

    def test_the_pointers_of_a_customer_take_the_place_of_those_before(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_pointers([ANA, BEN], [pointer("x", 1), pointer("x", 2, BEN)])
            writing.put_pointers([ANA], [pointer("y", 3)])
            writing.put_pointers([ANA], [pointer("y", 3)])
            writing.put_pointers([], [])
        with store.reading() as reading:
            assert [one.customer for one in reading.pointed("cause", "x")] == [BEN]
            assert len(reading.pointed("cause", "y")) == 1

    def test_cases_of_a_cause_are_added_up_by_the_currency_of_their_cost(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            rows = [pointer("rule:a", 10, cents=5), pointer("rule:a", 20, cents=7)]
            rows += [pointer("rule:a", 30, cents=9, currency="USD"), pointer("rule:b", 1)]
            writing.put_pointers([ANA], [*rows, pointer("rule:c", 1, kind="raised")])
        with store.reading() as reading:
            one, other = reading.gathered("", 10)
            assert (one.cause, one.cases, one.harm) == ("rule:a", 3, 6)
            assert (one.first_ms, one.last_ms) == (10, 30)
            assert one.cost == (("EUR", 12), ("USD", 9))
            assert (one.open, one.asked_ms) == (3, 15)
            assert reading.gathered("", 1) == (one,)
            assert reading.gathered("rule:a", 10) == (other,)
            assert reading.gathered("", 1, among=["rule:b"]) == (other,)
            assert reading.gathered("rule:a", 9, among=["rule:b", "rule:a"]) == (other,)
            assert reading.gathered("", 1, among=["rule:"]) == ()
            assert reading.gathered("", 1, among=[]) == ()

    def test_a_root_cause_says_whose_cases_it_has_and_adds_up_their_cost(self) -> None:
        store = self.make_store()
        rows = [
            replace(pointer("rule:a", at_ms, cents=cents), brand=brand)
            for at_ms, brand, cents in ((1, "sea", 5), (2, "", 6), (3, "air", 7))
        ]
        with store.writing() as writing:
            writing.put_pointers([ANA], rows)
        with store.reading() as reading:
            (one,) = reading.gathered("", 10)
        assert one.brands == ("", "air", "sea")
        assert (one.cost, one.cases, one.first_ms) == ((("EUR", 18),), 3, 1)

    def test_an_answer_covers_what_came_before_the_change_or_what_stays(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_pointers([ANA], [pointer("rule:a", 10), pointer("rule:a", 30)])
        covers = {"changed": (1, 35), "will": (2, 15), "stays": (0, 0)}
        for answer, (is_open, asked_ms) in covers.items():
            with store.writing() as writing:
                row = RootAnswer(
                    cause="rule:a",
                    answer=answer,  # type: ignore[arg-type]
                    says="The fee is gone.",
                    since_ms=20,
                    by="mira",
                    said_ms=40,
                )
                writing.put_root_answer(row)
            with store.reading() as reading:
                (one,) = reading.gathered("", 10)
                assert (one.open, one.asked_ms) == (is_open, asked_ms)
                assert reading.root_answers(["rule:a", "rule:b"]) == {"rule:a": row}
                assert reading.root_answers([]) == {}
