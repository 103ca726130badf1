"""What every store counts over time: each thing once, between the right instants."""

from msgspec.structs import replace

from makegood.messages.ids import CaseId, CustomerId, ProfileId, RepId
from makegood.ports.rows import CaseRow
from makegood.ports.silence import SilentRow
from makegood.testing.store_answer_conformance import answer, keep
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_triage_conformance import triage_row


class FeelingConformance(Conformance):
    """How customers felt, and when."""

    def test_answers_are_counted_between_the_instants_they_were_met_at(self) -> None:
        store = self.make_store()
        rows = [answer(f"p{n}", at_ms=n, score=n % 2) for n in range(40)]
        keep(store, *rows)
        with store.reading() as reading:
            first, none, second = reading.answer_counts_between((5, 15, 15, 40))
        assert none == ()
        assert [(one.score, one.n, one.asked) for one in first] == [(0, 5, True), (1, 5, True)]
        assert sum(one.n for one in second) == 25

    def test_between_two_instants_as_much_is_counted_as_since_the_first(self) -> None:
        store = self.make_store()
        keep(store, *(answer(f"p{n}", at_ms=n, score=n % 5) for n in range(30)))
        with store.reading() as reading:
            (whole,) = reading.answer_counts_between((10, 99))
            assert whole == reading.answer_counts(10)

    def test_only_the_wanted_survey_brand_and_touchpoint_are_counted(self) -> None:
        store = self.make_store()
        other = replace(answer("c"), id="c", survey="ride", brand="two", touch="Ride Ended")
        keep(store, answer("a"), answer("b"), other)
        with store.reading() as reading:
            wanted = (
                reading.answer_counts_between((0, 99), survey="ride"),
                reading.answer_counts_between((0, 99), brands=["two", "three"]),
                reading.answer_counts_between((0, 99), touch="Ride Ended"),
            )
            both = reading.answer_counts_between((0, 99), brands=["two"], touch="Stay Ended")
        assert all([one.touch for one in found] == ["Ride Ended"] for (found,) in wanted)
        assert both == ((),)

    def test_cases_are_counted_by_brand_between_the_instants_they_were_opened_at(self) -> None:
        store = self.make_store()
        ana = CustomerId("ana")
        cases = [_case(n, "two" if n == 4 else "one") for n in range(6)]
        with store.writing() as writing:
            writing.project((ana,), cases, (), {})
        with store.reading() as reading:
            assert reading.opened_between((1, 3, 5)) == ({"one": 2}, {"one": 1, "two": 1})
            assert reading.opened_between((1, 3, 5), brands=["two"]) == ({}, {"two": 1})

    def test_what_was_read_is_counted_by_brand_and_by_who_says_it_tells_of_a_failure(self) -> None:
        store = self.make_store()
        rows = [
            replace(triage_row(f"l{n}"), at_ms=n, brand="two" if n == 4 else "one")
            for n in range(6)
        ]
        rows += [
            replace(rows[2], letter="said", kind="not_working", labelled_ms=9),
            replace(rows[2], letter="not", kind="none", labelled_ms=9),
            replace(triage_row("never dated"), brand="one"),
        ]
        with store.writing() as writing:
            for row in rows:
                writing.put_triaged(row)
        with store.reading() as reading:
            first, second = reading.read_between((-5, 3, 9))
            assert first == {("one", ""): 1, ("one", "machine"): 2, ("one", "person"): 1}
            assert second == {("one", "machine"): 2, ("two", "machine"): 1}
            assert reading.read_between((0, 9), brands=["two"]) == ({("two", "machine"): 1},)
        with store.writing() as writing:
            writing.put_triaged(replace(rows[4], kind="none", labelled_ms=9))
        with store.reading() as reading:
            assert reading.read_between((3, 9), brands=["two"]) == ({("two", ""): 1},)

    def test_what_is_overdue_is_counted_by_brand(self) -> None:
        store = self.make_store()
        ana = CustomerId("ana")
        rows = [_silent(n, "two" if n == 4 else "one") for n in range(6)]
        with store.writing() as writing:
            writing.project_silent((ana,), rows)
        with store.reading() as reading:
            assert reading.overdue_by_brand(4) == {"one": 4, "two": 1}
            assert reading.overdue_by_brand(4, brands=["two", ""]) == {"two": 1}
            assert reading.overdue_by_brand(-1) == {}


def _case(number: int, brand: str) -> CaseRow:
    return CaseRow(
        case=CaseId(f"c{number}"),
        customer=CustomerId("ana"),
        opener=ProfileId("ana"),
        brand=brand,
        phase="opened",
        severity=3,
        double=False,
        risk=1,
        opened_ms=number,
        due_ms=0,
        waiting_for="",
        owner=RepId(""),
        line="",
        is_open=True,
        held=False,
    )


def _silent(number: int, brand: str) -> SilentRow:
    return SilentRow(
        customer=CustomerId("ana"),
        profile=ProfileId("ana"),
        kind="wait",
        item=f"i{number}",
        name="answer",
        since_ms=0,
        due_ms=number,
        brand=brand,
    )
