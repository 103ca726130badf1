"""What every store does with triage: kept, corrected, paged, forgotten; one model in use."""

from msgspec.structs import replace

from makegood.messages.ids import RepId
from makegood.messages.triage_facts import Triaged
from makegood.ports.triage import KeptModel, TriageRow
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import profile


def triage_row(letter: str, who: str = "ana", *, labelled_ms: int = 0) -> TriageRow:
    """What is known of a letter."""
    said = Triaged(letter=letter, kind="not_working", sure=910, verdict="ask", failure="other")
    return TriageRow(
        letter=letter, profile=profile(who), said=said, words=("broken",), labelled_ms=labelled_ms,
        rep=RepId("kathy") if labelled_ms else RepId(""), kind="none" if labelled_ms else "",
    )  # fmt: skip


class TriageConformance(Conformance):
    """Letters that were read, labels, and models."""

    def test_what_is_known_of_a_letter_is_kept_and_replaced(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_triaged(triage_row("a"))
            writing.put_triaged(replace(triage_row("a"), kind="none", labelled_ms=4))
        with store.reading() as reading:
            assert reading.triaged([]) == {}
            found = reading.triaged(["a", "b"])
            assert found == {"a": replace(triage_row("a"), kind="none", labelled_ms=4)}

    def test_labels_are_paged_oldest_first(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for n in range(5):
                writing.put_triaged(triage_row(f"l{n}", labelled_ms=9 - n // 2))
            writing.put_triaged(triage_row("nobody-said"))
        with store.reading() as reading:
            first = reading.triage_labels(limit=2)
            rest = reading.triage_labels(after=(first[-1].labelled_ms, first[-1].letter), limit=9)
        assert [one.letter for one in (*first, *rest)] == ["l4", "l2", "l3", "l0", "l1"]

    def test_what_is_known_of_letters_goes_with_their_writer(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_triaged(triage_row("a", labelled_ms=1))
            writing.put_triaged(triage_row("b", "ben", labelled_ms=1))
            assert writing.erase_triaged([]) == 0
            assert writing.erase_triaged([profile("ana")]) == 1
        with store.reading() as reading:
            assert [one.letter for one in reading.triage_labels()] == ["b"]

    def test_the_latest_model_is_in_use(self) -> None:
        store = self.make_store()
        with store.reading() as reading:
            assert (reading.triage_model_name(), reading.triage_model()) == ("", None)
        for at_ms, name in ((1, "x"), (2, "y")):
            with store.writing() as writing:
                kept = KeptModel(name=name, at_ms=at_ms, content=name.encode())
                writing.put_triage_model(kept)
        with store.reading() as reading:
            assert reading.triage_model_name() == "y"
            assert reading.triage_model() == KeptModel(name="y", at_ms=2, content=b"y")
