"""What every store does with rule books: keep each, know the active one, and how it became so."""

from msgspec.structs import replace

from makegood.messages.ids import BookHash
from makegood.ports.drafts import Draft, Trial, TrialResult
from makegood.ports.rows import Activation
from makegood.testing.store_log_conformance import Conformance


class BookConformance(Conformance):
    """Books and their activations."""

    def test_every_book_is_kept_and_one_is_active(self) -> None:
        store = self.make_store()
        with store.reading() as reading:
            assert reading.active_book() is None
        with store.writing() as writing:
            writing.put_book(BookHash("one"), "text: 1", activate=True)
            writing.put_book(BookHash("two"), "text: 2", activate=False)
            assert writing.active_book() == "one"
            writing.put_book(BookHash("two"), "text: 2", activate=True)
        with store.reading() as reading:
            assert reading.active_book() == "two"
            assert reading.books() == {"one": "text: 1", "two": "text: 2"}

    def test_every_activation_is_written_down_and_none_is_lost(self) -> None:
        store = self.make_store()
        first = Activation(book=BookHash("one"), at_ms=1, kind="setting")
        second = Activation(
            book=BookHash("two"), at_ms=2, kind="activated", by="kathy", because="fairer"
        )
        back = Activation(book=BookHash("one"), at_ms=2, kind="rolled_back", by="kathy")
        with store.reading() as reading:
            assert reading.activations() == ()
        with store.writing() as writing:
            writing.put_book(BookHash("one"), "text: 1", activate=False)
            writing.put_book(BookHash("two"), "text: 2", activate=False)
            writing.put_activation(first)
            writing.put_activation(second)
            assert writing.active_book() == "two"
        with store.writing() as writing:
            writing.put_activation(back)
        with store.reading() as reading:
            assert reading.activations() == (first, second, back)
            assert reading.active_book() == "one"

    def test_a_revision_of_the_draft_is_added_once_and_the_newest_counts(self) -> None:
        store = self.make_store()
        first = Draft(revision=1, text="a: 1", base=BookHash("one"), by="li", at_ms=1)
        second = Draft(
            revision=2, text="a: 2", base=BookHash("one"), by="omar", at_ms=2, end="discarded"
        )
        with store.writing() as writing:
            assert writing.draft() is None
            assert writing.put_draft(first)
            assert not writing.put_draft(
                Draft(revision=1, text="b", base=BookHash("one"), by="omar", at_ms=2)
            )
        with store.reading() as reading:
            assert reading.draft() == first
        with store.writing() as writing:
            assert writing.put_draft(second)
        with store.reading() as reading:
            assert reading.draft() == second

    def test_a_trial_is_begun_once_fares_and_keeps_what_came_of_it(self) -> None:
        store = self.make_store()
        trials = [
            Trial(
                place=place, old=BookHash("one"), new=BookHash("two"), by="li", started_ms=place,
                since_ms=0, runner="r", beat_ms=place,
            )
            for place in (1, 2)
        ]  # fmt: skip
        done = replace(trials[1], status="done", done=7, ended_ms=9)
        with store.writing() as writing:
            assert all(writing.begin_trial(trial) for trial in trials)
            assert not writing.begin_trial(done)
            assert writing.trials(5) == (trials[1], trials[0])
        with store.writing() as writing:
            writing.put_trial(done, TrialResult(found="{}", page="<p>ä</p>"))
        with store.reading() as reading:
            assert reading.trials(1) == (done,)
            assert reading.trial_result(2) == TrialResult(found="{}", page="<p>ä</p>")
            assert reading.trial_result(1) is None
