"""What every engine keeps of records that fit nothing."""

from msgspec.structs import replace

from makegood.ports.unfit import Unfit
from makegood.testing.store_log_conformance import Conformance


def unfit(number: int, source: str = "desk", at_ms: int = 1_000) -> Unfit:
    """Give a record that fits nothing."""
    return Unfit(
        id=f"{number:032x}",
        source=source,
        at_ms=at_ms,
        reason="No event of the source fits this record.",
        record=f'{{"n": {number}}}',
    )


class UnfitConformance(Conformance):
    """Kept once, newest first, and not for long."""

    def test_a_record_is_kept_once_and_the_newest_come_first(self) -> None:
        """The same record for the same reason is one row, however often it comes."""
        store = self.make_store()
        rows = [unfit(1), unfit(2, at_ms=3_000), unfit(3, at_ms=2_000)]
        with store.writing() as writing:
            assert writing.put_unfit(rows) == 3
            assert writing.put_unfit([unfit(1, at_ms=9_000)]) == 0
            assert writing.put_unfit([]) == 0
        with store.reading() as reading:
            assert reading.unfit("desk") == (rows[1], rows[2], rows[0])
            assert reading.unfit("other") == ()
            assert reading.unfit_row(rows[1].id) == rows[1]
            assert reading.unfit_row("none") is None

    def test_pages_meet_without_a_gap_though_many_came_at_once(self) -> None:
        """A page begins behind the last row of the one before."""
        store = self.make_store()
        rows = [unfit(number) for number in range(5)]
        with store.writing() as writing:
            writing.put_unfit(rows)
        with store.reading() as reading:
            first = reading.unfit("desk", limit=2)
            second = reading.unfit("desk", after=(first[-1].at_ms, first[-1].id), limit=9)
        assert [*first, *second] == list(reversed(rows))

    def test_each_source_is_counted_by_itself(self) -> None:
        """The desk names every source that left something."""
        store = self.make_store()
        with store.writing() as writing:
            writing.put_unfit([unfit(1), unfit(2), unfit(3, source="rows")])
        with store.reading() as reading:
            assert reading.unfit_counts() == {"desk": 2, "rows": 1}

    def test_what_is_old_or_too_much_is_forgotten(self) -> None:
        """Records hold personal data, and nobody looks at the ten thousandth."""
        store = self.make_store()
        old, kept = unfit(1, at_ms=10), [unfit(n, at_ms=1_000 + n) for n in range(2, 6)]
        with store.writing() as writing:
            writing.put_unfit([old, *kept, unfit(9, source="rows")])
            assert writing.drop_unfit(100, 3) == 2
        with store.reading() as reading:
            assert reading.unfit("desk") == tuple(reversed(kept[1:]))
            assert len(reading.unfit("rows")) == 1

    def test_records_that_name_an_erased_person_go_and_no_others(self) -> None:
        """An erasure names the rows it found."""
        store = self.make_store()
        rows = [unfit(number) for number in range(4)]
        with store.writing() as writing:
            writing.put_unfit(rows)
            assert writing.erase_unfit(()) == 0
            assert writing.erase_unfit([rows[1].id, rows[1].id, rows[3].id, "f" * 32]) == 2
            assert writing.erase_unfit([rows[1].id]) == 0
        with store.reading() as reading:
            assert reading.unfit("desk") == (rows[2], rows[0])

    def test_what_nobody_sends_again_stays_however_much_came(self) -> None:
        """A flood of mail without a sender pushes no mail of a customer out."""
        store = self.make_store()
        kept = [unfit(number, source="mail") for number in range(5)]
        with store.writing() as writing:
            writing.put_unfit(kept)
            assert writing.drop_unfit(100, 3, {"mail": 100}) == 0
            assert writing.drop_unfit(9_000, 3, {"mail": 9_000}) == 5

    def test_a_source_may_have_a_time_of_its_own(self) -> None:
        """The rule book says how long mail is set aside; records of other systems have theirs."""
        store = self.make_store()
        with store.writing() as writing:
            late = unfit(3, source="mail", at_ms=2_000)
            writing.put_unfit([unfit(1), unfit(2, source="mail"), late])
            assert writing.drop_unfit(9_000, 3, {"mail": late.at_ms}) == 2
        with store.reading() as reading:
            assert reading.unfit("mail") == (late,)

    def test_a_file_goes_with_its_row(self) -> None:
        """Thrown away, erased or too old: the file has to go, too."""
        store = self.make_store()
        rows = [replace(unfit(number), file=f"{number:064x}") for number in range(3)]
        with store.writing() as writing:
            writing.put_unfit([*rows, unfit(7)])
            assert writing.erase_unfit([rows[0].id, f"{7:032x}"]) == 2
            assert writing.gone_letters(9) == (rows[0].file,)
            assert writing.drop_unfit(9_000, 3) == 2
            assert writing.gone_letters(9) == tuple(one.file for one in rows)
