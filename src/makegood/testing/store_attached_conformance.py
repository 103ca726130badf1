"""What every store does with what reps attach: kept, found by draft, swept, forgotten."""

from msgspec.structs import replace

from makegood.messages.ids import EventId, RepId
from makegood.ports.attached import Attached
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import profile


def attached_row(file: str, who: str = "ana", *, at_ms: int = 1, said: str = "") -> Attached:
    """A paper that somebody attached."""
    return Attached(
        file=file, profile=profile(who), rep=RepId("kathy"), thread="t", name="receipt.pdf",
        kind="application/pdf", digest="d" * 64, size=9, at_ms=at_ms, said=EventId(said),
    )  # fmt: skip


class AttachedConformance(Conformance):
    """Drafts, letters, orphans."""

    def test_what_is_attached_is_kept_and_replaced(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_attached(attached_row("a"))
            writing.put_attached(attached_row("a", said="e1"))
        with store.reading() as reading:
            assert reading.attached([]) == {}
            assert reading.attached(["a", "b"]) == {"a": attached_row("a", said="e1")}

    def test_drafts_have_what_was_not_sent_in_the_order_it_came(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for row in (
                attached_row("a", at_ms=3),
                attached_row("b", at_ms=2),
                attached_row("c", at_ms=1, said="e1"),
                attached_row("d", "ben"),
            ):
                writing.put_attached(row)
        with store.reading() as reading:
            assert [one.file for one in reading.unsent_of([profile("ana")])] == ["b", "a"]
            assert [one.file for one in reading.attached_of([profile("ana")])] == ["c", "b", "a"]
            assert reading.unsent_of([]) == reading.attached_of([]) == ()
            assert [one.file for one in reading.unsent_before(3, 9)] == ["d", "b"]
            assert [one.file for one in reading.unsent_before(9, 1)] == ["d"]

    def test_the_files_of_what_is_forgotten_have_to_go(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for row in (attached_row("a"), attached_row("b"), attached_row("c", "ben")):
                writing.put_attached(replace(row, file=row.file * 16))
            writing.drop_attached([])
            writing.drop_attached(["a" * 16, "nobody"])
            assert writing.erase_attached([]) == 0
            assert writing.erase_attached([profile("ana")]) == 1
        with store.reading() as reading:
            assert reading.gone_letters(9) == ("a" * 16, "b" * 16)
            assert [one.file for one in reading.unsent_before(9, 9)] == ["c" * 16]
