"""What every store does with posts about what is advertised, and with what is measured."""

from msgspec.structs import replace

from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.ports.advertised import KeptWith, PromiseMade, Touching, Verdict
from makegood.ports.silence import Waited
from makegood.ports.store import Store
from makegood.ports.triage import PUBLIC, TriageRow
from makegood.ports.voice import Post
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import case, customer, profile

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def said(name: str, *, at_ms: int = 10, author: str = "ana", brand: str = "one") -> Post:
    """A post that somebody wrote."""
    return Post(
        post=name * 32, source="feed", network="mastodon", author=author, at_ms=at_ms,
        heard_ms=at_ms, state="waiting", brand=brand, text="No car.",
    )  # fmt: skip


def touch(name: str, *, at_ms: int = 10, verdict: Verdict = "unjudged") -> Touching:
    """What a machine found of it."""
    return Touching(
        promise="ready", post=name * 32, brand="one", at_ms=at_ms, verdict=verdict,
        because="words",
    )  # fmt: skip


def weigh(store: Store, *rows: Touching, posts: tuple[str, ...] = ()) -> None:
    """Write what was found."""
    with store.writing() as writing:
        writing.put_weighed(posts or [one.post for one in rows], rows)


class AdvertisedConformance(Conformance):
    """Posts about a promise, and the counts beside them."""

    def test_a_post_is_taken_to_be_weighed_once_for_each_mark(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for name in "abc":
                writing.put_post(said(name))
            writing.put_post(replace(said("d"), state="ours"))
            first = writing.take_to_weigh("m1", 2)
            rest = writing.take_to_weigh("m1", 9)
            assert [one.post[0] for one in (*first, *rest)] == ["a", "b", "c"]
            assert writing.take_to_weigh("m1", 9) == ()
            assert len(writing.take_to_weigh("m0", 9)) == 3
        with store.writing() as writing:
            writing.save_post(replace(said("b"), text="A car."))
            assert [one.text for one in writing.take_to_weigh("m0", 9)] == ["A car."]

    def test_what_a_person_said_stays_when_a_post_is_weighed_again(self) -> None:
        store = self.make_store()
        weigh(store, touch("a"), touch("b", verdict="against"))
        mine = replace(
            touch("a", verdict="kept"), because="person", rep=RepId("kathy"), judged_ms=7
        )
        with store.writing() as writing:
            writing.put_judged(mine)
        weigh(store, touch("a", verdict="against"), posts=("a" * 32, "b" * 32))
        with store.reading() as reading:
            assert reading.touches_of(["a" * 32, "b" * 32]) == (mine,)
            assert reading.touches_of([]) == ()

    def test_a_post_is_weighed_again_when_something_else_failed_in_its_case(self) -> None:
        store, row = self.make_store(), replace(case("a"), rules=("late",))
        kept = [KeptWith(post=name * 32, case=row.case) for name in "ab"]
        with store.writing() as writing:
            for name in "abc":
                writing.put_post(said(name))
            writing.take_to_weigh("m", 9)
            writing.put_weighed([name * 32 for name in "abc"], (), kept)
            assert writing.weigh_again(9) == 0
            writing.project((customer("ana"),), [row, replace(case("b"), rules=())], (), {})
            assert writing.failed_in([row.case, case("b").case]) == {row.case: ("late",)}
            assert writing.failed_in([]) == {}
            assert (writing.weigh_again(1), writing.weigh_again(9)) == (1, 1)
            assert writing.weigh_again(9) == 0, "they wait to be weighed already"
            assert [one.post[0] for one in writing.take_to_weigh("m", 9)] == ["a", "b"]
            writing.put_weighed(["a" * 32], (), [replace(kept[0], rules=("late",))])
            writing.save_post(replace(said("b"), state="gone"))
            assert writing.weigh_again(9) == 0

    def test_a_post_that_was_read_or_sorted_is_weighed_again(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_post(said("a"))
            writing.take_to_weigh("m", 9)
            row = TriageRow(letter="a" * 32, profile=ProfileId(""), channel="mail")
            writing.put_triaged(row)
            assert writing.take_to_weigh("m", 9) == ()
            writing.put_triaged(replace(row, channel=PUBLIC))
            assert [one.post[0] for one in writing.take_to_weigh("m", 9)] == ["a"]

    def test_posts_about_a_promise_page_to_the_end_and_are_counted_by_day(self) -> None:
        store = self.make_store()
        rows = [touch(name, at_ms=DAY_MS * (n // 2)) for n, name in enumerate("abcde")]
        aside = touch("f", verdict="aside")
        other = replace(touch("g", at_ms=5), brand="two", verdict="against")
        weigh(store, *rows, aside, other)
        with store.reading() as reading:
            first = reading.touching("ready", brands=["one"], limit=2)
            rest = reading.touching("ready", brands=["one"], after=first[-1].key, limit=9)
            assert [one.post[0] for one in (*first, *rest)] == list("edcba")
            assert reading.touching("ready", verdict="against") == (other,)
            assert reading.touching("none") == ()
            counts = reading.touch_counts((0, DAY_MS, 2 * DAY_MS), ["one"])
            everything = reading.touch_counts((0, 3 * DAY_MS), (), ["ready"])
            assert reading.touch_counts((0, 3 * DAY_MS), ["one"], ["other"]) == ()
        assert [(one.from_ms, one.verdict, one.n) for one in counts] == [
            (0, "aside", 1), (0, "unjudged", 2), (DAY_MS, "unjudged", 2),
        ]  # fmt: skip
        assert sum(one.n for one in everything) == 7

    def test_whose_post_is_erased_is_about_nothing_any_more(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_post(replace(said("a"), profile=profile("ana")))
            writing.put_post(said("b", author="ben"))
            writing.put_post(said("c", author="caro"))
        weigh(store, touch("a"), touch("b"), touch("c"))
        with store.writing() as writing:
            writing.erase_posts([profile("ana")])
            writing.erase_handle("mastodon:ben")
        with store.reading() as reading:
            assert [one.post[0] for one in reading.touching("ready")] == ["c"]

    def test_promises_are_counted_as_kept_or_broken_on_the_day_they_were_due(self) -> None:
        store = self.make_store()
        made = PromiseMade(
            event=EventId("1"), promise="call", brand="one", due_ms=5, standing="open"
        )
        late = replace(made, event=EventId("2"), due_ms=DAY_MS, standing="broken")
        gone = replace(made, event=EventId("3"), standing="broken")
        with store.writing() as writing:
            writing.put_promises_made([made, late, gone], ())
            writing.put_promises_made([replace(made, standing="kept")], [gone.event])
        with store.reading() as reading:
            counts = reading.promise_counts((0, DAY_MS, 2 * DAY_MS))
            assert reading.promise_counts((0, 2 * DAY_MS), ["two"]) == ()
            assert reading.promise_counts((0, 2 * DAY_MS), (), ["none"]) == ()
            assert len(reading.promise_counts((0, DAY_MS), ["one"], ["call"])) == 1
        assert [(one.from_ms, one.kept, one.broken) for one in counts] == [
            (0, 1, 0), (DAY_MS, 0, 1),
        ]  # fmt: skip

    def test_cases_are_counted_by_what_failed(self) -> None:
        store = self.make_store()
        rows = [
            replace(case("a"), rules=("late", "lost"), opened_ms=5),
            replace(case("b"), rules=("late", "lost"), opened_ms=6),
            replace(case("c"), rules=(), opened_ms=6),
        ]
        with store.writing() as writing:
            writing.project((customer("ana"),), rows, (), {one.case: one.case for one in rows})
        with store.reading() as reading:
            (count,) = reading.failure_counts((0, DAY_MS))
            assert reading.failure_counts((6, DAY_MS), [count.brand])[0].n == 1
        assert (count.rules, count.from_ms, count.n) == (("late", "lost"), 0, 2)

    def test_waits_are_short_enough_or_not_or_cannot_be_told(self) -> None:
        store = self.make_store()
        kept = Waited(
            event=EventId("1"), rule="mail", brand="one", channel="mail", at_ms=10,
            ended_ms=10 + HOUR_MS,
        )  # fmt: skip
        rows = [
            kept,
            replace(kept, event=EventId("2"), ended_ms=11 + HOUR_MS),
            replace(kept, event=EventId("3"), ended_ms=0),
            replace(kept, event=EventId("4"), ended_ms=20, gave_up=True),
            replace(kept, event=EventId("5"), ended_ms=10 + 3 * HOUR_MS, gave_up=True),
        ]
        with store.writing() as writing:
            writing.put_waited(rows)
        with store.reading() as reading:
            (one,) = reading.wait_counts((0, DAY_MS), 10 + HOUR_MS, [HOUR_MS, 2 * HOUR_MS])
            (later,) = reading.wait_counts((0, DAY_MS), 11 + HOUR_MS, [HOUR_MS], ["one"])
            assert reading.wait_counts((11, DAY_MS), DAY_MS, [HOUR_MS]) == ()
        assert (one.kept, one.late) == ((1, 2), (2, 1))
        assert (later.kept, later.late) == ((1,), (3,))
