"""What every store does with words that wait, with turns to train, and with kept models."""

from msgspec.structs import replace

from makegood.messages.ids import ProfileId
from makegood.ports.training import Figures, Training, newest
from makegood.ports.triage import KeptModel, TriageRow
from makegood.ports.words import LogEdge, WaitingWords, WordsCounted
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import customer, known, profile
from makegood.testing.store_triage_conformance import triage_row
from makegood.testing.store_voice_conformance import post


def waits(item: str, who: str = "ana", **changed: object) -> WaitingWords:
    """Something that has to be looked at."""
    row = WaitingWords(item=item, profile=profile(who), channel="told", at_ms=10, brand="sea")
    return replace(row, **changed)


class WordsConformance(Conformance):
    """Words that wait, trainings, and models that are kept."""

    def test_what_is_urgent_waits_first_and_pages_follow_one_another(self) -> None:
        store = self.make_store()
        with store.reading() as reading:
            assert reading.words_counted() == WordsCounted()
        with store.writing() as writing:
            writing.put_waiting_words(waits("a", at_ms=1, asks=True))
            writing.put_waiting_words(waits("b", at_ms=2, is_urgent=True))
            writing.put_waiting_words(waits("c", at_ms=1, is_urgent=True, asks=True, brand=""))
            writing.put_waiting_words(waits("d", at_ms=1, asks=True, brand="air"))
        with store.reading() as reading:
            first = reading.waiting_words(limit=2)
            rest = reading.waiting_words(after=first[-1].place, limit=9)
            assert [one.item for one in (*first, *rest)] == ["c", "b", "a", "d"]
            assert first[0] == waits("c", at_ms=1, is_urgent=True, asks=True, brand="")
            asked = reading.waiting_words(only="asked", brands=("sea", ""))
            assert [one.item for one in asked] == ["c", "a"]
            assert [one.item for one in reading.waiting_words(only="urgent")] == ["c", "b"]
            assert reading.words_counted() == WordsCounted(urgent=2, asked=3, all=4)
            assert reading.words_counted(("air", "sea")) == WordsCounted(urgent=1, asked=2, all=3)

    def test_what_was_looked_at_or_answered_waits_no_more(self) -> None:
        store = self.make_store()
        known(store, "ana")
        known(store, "ben")
        with store.writing() as writing:
            for item, who in (("a", "ana"), ("b", "ana"), ("c", "ben"), ("late", "ana")):
                at_ms = 90 if item == "late" else 10
                writing.put_waiting_words(
                    waits(item, who, is_urgent=True, asks=item == "b", at_ms=at_ms)
                )
            writing.put_waiting_words(waits("post", is_urgent=True, profile=ProfileId("")))
        with store.reading() as reading:
            wrote = reading.urgent_customers([customer("ana"), customer("ben"), customer("eve")])
            assert wrote == {customer("ana"), customer("ben")}
            assert reading.urgent_customers([]) == frozenset()
        with store.writing() as writing:
            writing.drop_waiting_words([])
            writing.drop_waiting_words(["c", "nobody's"])
            writing.calm_words([], 99)
            writing.calm_words([profile("ana"), ProfileId("")], 50)
        with store.reading() as reading:
            left = {one.item: one.is_urgent for one in reading.waiting_words()}
            assert left == {"b": False, "late": True, "post": True}
            assert reading.urgent_customers([customer("ana"), customer("ben")]) == {
                customer("ana")
            }
        with store.writing() as writing:
            writing.put_waiting_words(waits("both", "ben", is_urgent=True, asks=True))
            for item in ("both", "late", "nobody's"):
                writing.calm_item(item)
        with store.reading() as reading:
            left = {one.item: one.is_urgent for one in reading.waiting_words()}
            assert left == {"b": False, "both": False, "post": True}
        with store.writing() as writing:
            writing.drop_waiting_words(["both"])
            writing.erase_triaged([profile("ana")])
        with store.reading() as reading:
            assert [one.item for one in reading.waiting_words()] == ["post"]

    def test_how_far_the_log_was_read_is_kept(self) -> None:
        store = self.make_store()
        with store.reading() as reading:
            assert (reading.words_read(), reading.log_edge()) == (None, LogEdge())
        known(store, "ana")
        with store.writing() as writing:
            writing.put_words_read(0)
            writing.put_words_read(7)
        with store.reading() as reading:
            assert reading.words_read() == 7
            assert reading.log_edge() == LogEdge(place=reading.log(0, 9)[-1][0])

    def test_posts_are_read_once_and_wait_as_long_as_they_wait_for_an_answer(self) -> None:
        store = self.make_store()
        nobody = ProfileId("")
        with store.writing() as writing:
            for n, state in enumerate(("waiting", "waiting", "old", "ours", "answered")):
                writing.put_post(replace(post(f"p{n}", at_ms=9 - n), state=state))
            writing.put_triaged(TriageRow(letter="p0", profile=nobody, channel="public"))
            for name in ("p0", "p4", "gone"):
                writing.put_waiting_words(
                    waits(name, channel="public", profile=nobody, is_urgent=True)
                )
            writing.put_waiting_words(waits("told"))
        with store.writing() as writing:
            assert [one.post for one in writing.posts_unread(9)] == ["p1"]
            assert writing.drop_settled_posts() == 2
        with store.writing() as writing:
            assert writing.drop_settled_posts() == 0
            assert {one.item for one in writing.waiting_words()} == {"p0", "told"}
            writing.erase_handle(post("p0").handle)
        with store.reading() as reading:
            assert reading.triaged(["p0"]) == {}
            assert [one.item for one in reading.waiting_words()] == ["told"]

    def test_what_was_read_of_a_person_is_found(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_triaged(triage_row("b"))
            writing.put_triaged(replace(triage_row("a"), channel="told", ref="e1/words"))
            writing.put_triaged(triage_row("c", "ben"))
            writing.put_triaged(TriageRow(letter="post", profile=ProfileId("")))
        with store.reading() as reading:
            assert [one.letter for one in reading.triaged_of([profile("ana")])] == ["a", "b"]
            assert reading.triaged_of([profile("ana")])[0].ref == "e1/words"
            assert reading.triaged_of([]) == reading.triaged_of([ProfileId("")]) == ()

    def test_one_trains_at_a_time_and_a_turn_ends_by_time(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.take_turn(100, 200)
        with store.writing() as writing:
            assert not writing.take_turn(199, 300)
            writing.end_turn(300)  # nobody's
            assert not writing.take_turn(199, 300)
            assert writing.take_turn(200, 300)
            writing.end_turn(200)  # of the one that died
            assert not writing.take_turn(299, 400)
            writing.end_turn(300)
            assert writing.take_turn(250, 400)

    def test_trainings_are_paged_and_labels_counted(self) -> None:
        store = self.make_store()
        figures = (Figures(question="kind", learned=40, is_taken=True, why="", held=12, after=9),)
        rows = [
            Training(at_ms=n, outcome="taken", why="", labels=n, figures=figures)
            for n in range(1, 5)
        ]
        with store.writing() as writing:
            assert writing.trainings() == ()
            for row in rows:
                writing.put_training(row)
            for n in range(4):
                writing.put_triaged(triage_row(f"l{n}", labelled_ms=n))
        with store.reading() as reading:
            first = reading.trainings(limit=3)
            rest = reading.trainings(before_ms=first[-1].at_ms, limit=3)
            assert (*first, *rest) == tuple(reversed(rows))
            assert [reading.labels_since(at_ms) for at_ms in (0, 1, 3)] == [3, 2, 0]

    def test_models_are_kept_gone_back_from_and_used_again(self) -> None:
        store = self.make_store()
        for at_ms, name in enumerate(("a", "b", "c"), 1):
            with store.writing() as writing:
                writing.put_triage_model(KeptModel(name=name, at_ms=at_ms, content=b"x"))
        with store.writing() as writing:
            assert not writing.put_back("nobody's", 5)
            assert writing.put_back("c", 5)
            assert not writing.put_back("c", 6)
            assert writing.triage_model_name() == "b"
            assert [one.name for one in writing.triage_versions()] == ["c", "b", "a"]
            assert newest(writing.triage_versions()) == writing.triage_versions()[1]
        with store.writing() as writing:
            assert writing.put_back("b", 7)
            assert writing.keep_versions(2) == 0, "the one in use stays, however old"
            assert writing.triage_model_name() == "a"
            assert writing.put_in_use_again("c", 9)
            assert not writing.put_in_use_again("nobody's", 9)
        with store.writing() as writing:
            assert writing.triage_model() == KeptModel(name="c", at_ms=9, content=b"x")
            assert writing.keep_versions(2) == 1
            assert [one.name for one in writing.triage_versions()] == ["c", "b"]
            for one in ("c", "b"):
                writing.put_back(one, 11)
        with store.reading() as reading:
            assert (reading.triage_model(), newest(reading.triage_versions())) == (None, None)
