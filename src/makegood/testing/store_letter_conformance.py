"""What every store does with letters: kept once, paged, found by what they answer, forgotten."""

from msgspec.structs import replace

from makegood.messages.ids import RepId
from makegood.ports.letters import BoxPlace, Jotting, Letter
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import profile


def letter(name: str, who: str = "ana", *, at_ms: int = 1, mark: str = "") -> Letter:
    """A letter of somebody."""
    return Letter(
        letter=name,
        profile=profile(who),
        thread="t",
        mark=mark or f"mark-{name}",
        message_id=f"<{name}@example.com>",
        at_ms=at_ms,
        kind="letter",
        sender="ana@example.com",
        text="Hello",
    )


class LetterConformance(Conformance):
    """Letters, mailboxes, and files that have to go."""

    def test_a_letter_is_kept_once(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.put_letter(letter("a"))
            assert not writing.put_letter(replace(letter("a"), text="other"))
        with store.reading() as reading:
            assert reading.letter("a") == letter("a")
            assert reading.letter("b") is None
            assert reading.letters_named([]) == {}
            assert reading.letters_named(["a", "b", "a"]) == {"a": letter("a")}

    def test_the_letters_of_somebody_are_paged_newest_first(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for n in range(5):
                writing.put_letter(letter(f"l{n}", at_ms=1 + n // 2))
            writing.put_letter(letter("other", "ben"))
        with store.reading() as reading:
            first = reading.letters_of([profile("ana")], limit=2)
            place = (first[-1].at_ms, first[-1].letter)
            rest = reading.letters_of([profile("ana")], after=place, limit=9)
            assert reading.letters_of([]) == ()
        assert [one.letter for one in (*first, *rest)] == ["l4", "l3", "l2", "l1", "l0"]

    def test_a_letter_is_found_by_its_mark_and_the_first_of_two_counts(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_letter(letter("late", at_ms=9, mark="m"))
            writing.put_letter(letter("early", at_ms=2, mark="m"))
        with store.reading() as reading:
            found = reading.letters_marked(["m", "unknown"])
            assert {mark: one.letter for mark, one in found.items()} == {"m": "early"}
            assert reading.letters_marked([]) == {}

    def test_erased_letters_leave_word_that_their_files_have_to_go(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_letter(letter("a"))
            writing.put_letter(letter("b", "ben"))
            assert writing.erase_letters([profile("ana")]) == 1
            assert writing.erase_letters([]) == 0
        with store.writing() as writing:
            assert writing.letter("a") is None
            assert writing.letter("b") is not None
            assert writing.gone_letters(9) == ("a",)
            writing.drop_gone(["a"])
            writing.drop_gone([])
        with store.reading() as reading:
            assert reading.gone_letters(9) == ()

    def test_what_somebody_is_writing_is_kept_and_goes_with_the_customer(self) -> None:
        store = self.make_store()
        kathy, tom = RepId("kathy"), RepId("tom")

        def jotting(rep: RepId, text: str) -> Jotting:
            return Jotting(profile=profile("ana"), rep=rep, letter="a", at_ms=1, text=text)

        with store.writing() as writing:
            for one in (jotting(tom, "x"), jotting(kathy, "Dear"), jotting(kathy, "Dear Ana")):
                writing.put_jotting(one)
        with store.writing() as writing:
            found = writing.jottings_of([profile("ana")])
            assert [(one.rep, one.text) for one in found] == [(kathy, "Dear Ana"), (tom, "x")]
            writing.drop_jotting([profile("ana"), profile("ben")], tom, "")
            assert len(writing.jottings_of([profile("ana")])) == 1
            writing.erase_letters([profile("ana")])
            assert writing.jottings_of([profile("ana")]) == writing.jottings_of([]) == ()

    def test_each_conversation_has_a_draft_of_its_own(self) -> None:
        store = self.make_store()
        ana, kathy = profile("ana"), RepId("kathy")
        old = Jotting(profile=ana, rep=kathy, letter="a", at_ms=1, text="Old")
        with store.writing() as writing:
            writing.put_jotting(old)
            for thread, text in (("t", "One"), ("u", "Two"), ("t", "One more")):
                writing.put_jotting(replace(old, thread=thread, text=text))
        with store.writing() as writing:
            assert [one.text for one in writing.jottings_of([ana])] == ["One more", "Two"]
            writing.drop_jotting([ana], kathy, "t")
            assert [one.text for one in writing.jottings_of([ana])] == ["Two"]

    def test_how_far_a_mailbox_was_read_is_known(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_box_place(BoxPlace(box="help", validity=7, uid=3))
            writing.put_box_place(BoxPlace(box="help", validity=7, uid=4))
        with store.reading() as reading:
            assert reading.box_place("help") == BoxPlace(box="help", validity=7, uid=4)
            assert reading.box_place("other") is None

    def test_the_texts_of_somebody_are_theirs_alone(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_texts({"b": (profile("ana"), "two"), "a": (profile("ana"), "one")})
            writing.put_texts({"c": (profile("ben"), "other")})
        with store.reading() as reading:
            assert list(reading.texts_of([profile("ana")]).items()) == [("a", "one"), ("b", "two")]
            assert reading.texts_of([]) == {}

    def test_what_was_erased_is_remembered_by_digests_alone(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_letter(letter("b", mark="m"))
            writing.put_letter(letter("a"))
            writing.put_letter(letter("c", "ben"))
            assert writing.letter_names_of([profile("ana")]) == (("a", "mark-a"), ("b", "m"))
            assert writing.letter_names_of([]) == ()
            writing.put_erased_letters(["x", "y"], 5)
            writing.put_erased_letters(["x"], 9)
            writing.put_erased_letters([], 9)
        with store.reading() as reading:
            assert reading.erased_letters(["x", "z"]) == {"x": 5}
            assert reading.erased_letters([]) == {}
