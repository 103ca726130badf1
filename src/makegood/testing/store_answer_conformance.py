"""What every store does with answers to surveys: one row each, counted alike, paged to the end."""

from msgspec.structs import replace

from makegood.messages.ids import ProfileId
from makegood.ports.answers import AnswerRow, Unhappy, answer_id
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance


def answer(name: str, *, at_ms: int = 10, score: int = 4, unhappy: Unhappy = "") -> AnswerRow:
    """One answer of one customer."""
    return AnswerRow(
        id=answer_id(name, "stay", "B1", ""),
        profile=ProfileId(name),
        survey="stay",
        about="B1",
        question="",
        at_ms=at_ms,
        brand="one",
        touch="Stay Ended",
        score=score,
        asked=True,
        rated_ms=at_ms + 1,
        unhappy=unhappy,
    )


def keep(store: Store, *rows: AnswerRow, gone: tuple[str, ...] = ()) -> None:
    """Write some rows."""
    with store.writing() as writing:
        writing.put_answers(rows, gone)


class AnswerConformance(Conformance):
    """What customers were asked, and what they said."""

    def test_a_later_answer_takes_the_place_of_an_earlier_one(self) -> None:
        store = self.make_store()
        keep(store, answer("a", score=1), answer("b"))
        keep(store, answer("a", score=4))
        with store.reading() as reading:
            (count,) = reading.answer_counts(0)
        assert (count.score, count.n, count.asked) == (4, 2, True)

    def test_what_is_gone_is_counted_no_more(self) -> None:
        store = self.make_store()
        keep(store, answer("a"), answer("b"))
        keep(store, gone=(answer("a").id,))
        with store.reading() as reading:
            assert [one.n for one in reading.answer_counts(0)] == [1]

    def test_only_the_wanted_survey_brand_and_time_are_counted(self) -> None:
        store = self.make_store()
        other = replace(answer("c"), id="c", survey="ride", brand="two")
        keep(store, answer("a", at_ms=5), answer("b", at_ms=10), other)
        with store.reading() as reading:
            assert sum(one.n for one in reading.answer_counts(10)) == 2
            assert sum(one.n for one in reading.answer_counts(0, survey="stay")) == 2
            assert sum(one.n for one in reading.answer_counts(0, brands=["two"])) == 1

    def test_unhappy_answers_page_to_the_end_with_none_twice(self) -> None:
        store = self.make_store()
        rows = [answer(name, at_ms=n // 2, unhappy="waits") for n, name in enumerate("abcde")]
        keep(store, *rows, answer("x", unhappy="recovered"))
        with store.reading() as reading:
            first = reading.answers("waits", limit=2)
            second = reading.answers("waits", after=(first[-1].rated_ms, first[-1].id), limit=9)
            none = reading.answers("", limit=9)
        assert none == ()
        found = [*first, *second]
        assert sorted(found, key=lambda one: one.id) == sorted(rows, key=lambda one: one.id)
        assert [one.rated_ms for one in found] == sorted(
            (one.rated_ms for one in found), reverse=True
        )

    def test_whom_a_survey_did_not_ask_is_listed_with_the_reason(self) -> None:
        store = self.make_store()
        silent = replace(answer("b", at_ms=20), score=-1, asked=False, why="hold")
        also = replace(silent, id="q", question="fair")
        keep(store, answer("a"), silent, also)
        with store.reading() as reading:
            found = reading.never_asked("stay", limit=5)
            more = reading.never_asked("stay", after=(20, silent.id), limit=5)
        assert found == (silent,)
        assert more == ()
