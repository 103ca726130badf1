"""What every store does with posts: kept once, listed by who waits, counted, forgotten."""

from msgspec.structs import replace

from makegood.messages.ids import ProfileId
from makegood.ports.voice import Handle, HeardTo, Post, VoiceCode, VoiceCount, forgotten
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import profile


def post(name: str, *, at_ms: int = 1_000, author: str = "@ana@example.social") -> Post:
    """A post that waits for an answer."""
    return Post(
        post=name,
        source="hashtag",
        network="mastodon",
        author=author,
        at_ms=at_ms,
        heard_ms=at_ms,
        state="waiting",
        target_ms=at_ms + 300,
        breach_ms=at_ms + 3_600,
        late_ms=at_ms + 3_600,
        language="en",
        text="No car.",
    )


class VoiceConformance(Conformance):
    """Posts of the public, handles, codes and sources."""

    def test_a_post_is_kept_once_and_changed_by_who_has_it(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.put_post(post("a"))
            assert not writing.put_post(replace(post("a"), text="other"))
            assert writing.change_post("b") is None
            assert writing.change_post("a") == post("a")
            writing.save_post(replace(post("a"), state="answered", answered_ms=1_200))
        with store.reading() as reading:
            assert reading.posts(["a", "b"])["a"].answered_ms == 1_200
            assert reading.posts([]) == {}

    def test_who_waits_longest_comes_first_and_what_is_settled_last_newest_first(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for n in range(3):
                writing.put_post(post(f"w{n}", at_ms=1_000 + n))
                writing.put_post(replace(post(f"s{n}", at_ms=500 + n), state="answered"))
            writing.put_post(replace(post("own"), state="ours"))
            writing.put_post(replace(post("other", at_ms=999), brand="other"))
        with store.reading() as reading:
            first = reading.posts_listed(limit=3)
            rest = reading.posts_listed(after=first[-1].place, limit=9)
            own = reading.posts_listed(brands=["", "mine"], limit=9)
        assert [one.post for one in (*first, *rest)] == [
            "other",
            "w0",
            "w1",
            "w2",
            "s2",
            "s1",
            "s0",
        ]
        assert [one.post for one in own] == ["w0", "w1", "w2", "s2", "s1", "s0"]

    def test_an_authors_posts_and_what_the_firm_wrote_under_them_are_found(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_post(post("a"))
            writing.put_post(post("b", at_ms=2_000))
            for name, state in (("late", "ours"), ("early", "ours"), ("theirs", "waiting")):
                at_ms = 1_500 if name == "early" else 1_900
                made = post(name, at_ms=at_ms, author="firm")
                writing.put_post(replace(made, state=state, reply_to="a"))
        with store.reading() as reading:
            found = reading.posts_by("mastodon:ana@example.social")
            assert [one.post for one in found] == ["b", "a"]
            assert [one.post for one in reading.replies_of_ours(["a", "b"])] == ["early", "late"]
            assert reading.replies_of_ours([]) == ()

    def test_what_is_late_or_to_be_fetched_is_found_until_it_is_not(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_post(post("a"))
            writing.put_post(replace(post("b"), late_ms=0, fetch_ms=7))
        with store.reading() as reading:
            assert reading.late_posts(4_599, 9) == ()
            assert [one.post for one in reading.late_posts(4_600, 9)] == ["a"]
            assert reading.posts_to_fetch(6, 9) == ()
            assert [one.post for one in reading.posts_to_fetch(7, 9)] == ["b"]

    def test_answers_are_counted_by_group_once_they_were_due(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for name, answered_ms in (("a", 1_300), ("b", 1_301), ("c", 4_601), ("d", 0)):
                state = "answered" if answered_ms else "waiting"
                writing.put_post(replace(post(name), state=state, answered_ms=answered_ms))
            writing.put_post(replace(post("german"), language="de"))
            writing.put_post(post("not due", at_ms=9_000))
            writing.put_post(replace(post("gone"), state="gone", breach_ms=0))
        with store.reading() as reading:
            found = reading.voice_counts(0, 5_000)
            assert reading.voice_counts(4_600, 5_000) == ()
        german, english = found
        assert german.posts == 1
        assert english == VoiceCount(
            source="hashtag", brand="", language="en", posts=4, answered=3, not_late=2, in_time=1
        )

    def test_a_handle_is_somebodys_until_it_is_taken_back(self) -> None:
        store = self.make_store()
        mine = Handle(
            handle="mastodon:ana@example.social", profile=profile("ana"), at_ms=1, how="consent"
        )
        with store.writing() as writing:
            writing.put_handle(mine)
            writing.put_post(replace(post("a"), profile=profile("ana"), matched="consent"))
            writing.put_post(post("b"))
            writing.put_voice_code(VoiceCode(code="c", profile=profile("ana"), until_ms=5))
        with store.writing() as writing:
            assert writing.handles([mine.handle, "x"]) == {mine.handle: mine}
            assert writing.handles([]) == {}
            assert writing.voice_codes([]) == {}
            assert writing.voice_codes(["c"])["c"].profile == profile("ana")
            assert [one.post for one in writing.posts_of([profile("ana")])] == ["a"]
            assert writing.posts_of([ProfileId("")]) == writing.posts_of([]) == ()
            assert writing.drop_handle(mine.handle) == ("a",)
        with store.reading() as reading:
            assert reading.handles([mine.handle]) == {}

    def test_who_is_erased_leaves_no_post_and_word_that_files_have_to_go(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_post(replace(post("a"), profile=profile("ana")))
            writing.put_post(post("b", author="@ben@example.social"))
            writing.put_voice_code(VoiceCode(code="c", profile=profile("ana"), until_ms=5))
            assert writing.erase_posts([]) == 0
            assert writing.erase_posts([profile("ana"), ProfileId("")]) == 1
            assert writing.erase_handle("mastodon:ben@example.social") == 1
        with store.reading() as reading:
            assert reading.posts(["a", "b"]) == {"a": forgotten("a"), "b": forgotten("b")}
            assert reading.posts_listed() == ()
            assert reading.posts_by("mastodon:ben@example.social") == ()
            assert reading.voice_codes(["c"]) == {}
            assert reading.gone_letters(9) == ("a", "b")
        with store.writing() as writing:
            assert not writing.put_post(post("a"))  # it does not come anew

    def test_how_far_a_source_was_heard_is_known(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_heard_to(HeardTo(source="blog", first_ms=1))
            writing.put_heard_to(HeardTo(source="blog", first_ms=1, etag="x"))
        with store.reading() as reading:
            assert reading.heard_to() == {"blog": HeardTo(source="blog", first_ms=1, etag="x")}

    def test_a_source_is_taken_by_one_also_when_it_was_never_heard(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.change_heard_to("blog") == HeardTo(source="blog")
            writing.put_heard_to(HeardTo(source="blog", next_ms=7))
        with store.writing() as writing:
            assert writing.change_heard_to("blog").next_ms == 7

    def test_who_is_erased_leaves_no_post_of_their_handle_that_was_never_matched(self) -> None:
        store = self.make_store()
        mine = Handle(handle=post("a").handle, profile=profile("ana"), at_ms=1, how="consent")
        with store.writing() as writing:
            writing.put_handle(mine)
            writing.put_post(replace(post("a"), profile=profile("ana")))
            writing.put_post(post("b"))
            writing.put_post(post("c", author="@ben@example.social"))
            assert writing.erase_posts([profile("ana")]) == 2
        with store.reading() as reading:
            assert reading.posts(["b", "c"]) == {
                "b": forgotten("b"),
                "c": post("c", author="@ben@example.social"),
            }

    def test_what_was_due_and_deleted_is_counted(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_post(replace(post("a"), state="gone", late_ms=0))
            writing.put_post(replace(post("b"), state="gone", late_ms=0, breach_ms=0))
        with store.reading() as reading:
            assert [one.posts for one in reading.voice_counts(0, 9_000)] == [1]

    def test_what_was_heard_when_it_was_too_late_is_counted_beside_the_others(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_post(post("a"))
            for name, heard_ms, answered_ms in (("b", 4_600, 0), ("c", 9_000, 1_200)):
                late = replace(post(name), heard_ms=heard_ms, answered_ms=answered_ms)
                writing.put_post(replace(late, state="answered" if answered_ms else "waiting"))
            writing.put_post(replace(post("d"), heard_ms=4_599))
        with store.reading() as reading:
            assert reading.voice_counts(0, 9_000) == (
                VoiceCount(
                    source="hashtag", brand="", language="en", posts=2, answered=0, not_late=0,
                    in_time=0, heard_late=2,
                ),
            )  # fmt: skip

    def test_what_may_be_pruned_is_found_and_is_counted_and_hidden_then(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for n in (3, 2, 1):
                writing.put_post(post(f"p{n}", at_ms=n))
            writing.put_post(replace(post("theirs", at_ms=1), profile=profile("ana")))
            writing.put_post(replace(post("kept", at_ms=1), case="c"))
            writing.put_post(replace(post("vans", at_ms=1), brand="vans"))
            writing.put_post(forgotten("erased"))
            assert writing.brands_to_prune() == ("", "vans")
            found = writing.posts_to_prune("", 3, 9)
            assert [one.post for one in found] == ["p1", "p2"]
            assert len(writing.posts_to_prune("", 3, 1)) == 1
            assert [one.post for one in writing.posts_to_prune("vans", 3, 9)] == ["vans"]
            before = writing.voice_counts(0, 9_000)
            writing.prune_posts([replace(one, state="pruned", text="") for one in found], ["p2"])
            writing.prune_posts([], [])
        with store.reading() as reading:
            assert reading.posts_to_prune("", 3, 9) == ()
            assert reading.brands_to_prune() == ("", "vans"), "p3 is not pruned yet"
            assert reading.voice_counts(0, 9_000) == before
            assert reading.gone_letters(9) == ("p2",)
            listed = {one.post for one in reading.posts_listed()}
        assert listed == {"p3", "theirs", "kept", "vans"}
