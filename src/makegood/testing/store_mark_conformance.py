"""What every store does with marks at campaign tools: who is held, what is known, how it fared."""

from makegood.messages.ids import ProfileId
from makegood.ports.marking import Checked, Lacking
from makegood.ports.marks import Mark, MarkState, Sync
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import profile

AT = "mailchimp:list/tag"


class MarkConformance(Conformance):
    """Marks, runs and lag."""

    def test_a_run_finds_what_it_wanted_and_did_not_see(self) -> None:
        store = self.make_store()
        names = [profile(f"a{n}") for n in range(5)]
        with store.writing() as writing:
            writing.put_marks([_mark("a0", "marked", at_ms=1), _mark("a9", "marked", at_ms=1)])
            writing.want_marks(AT, names, 3, 7)
            writing.put_marks([_mark("a1", "marked", seen_run=3, at_ms=8)])
        with store.reading() as reading:
            first = reading.unseen_marks(AT, 3, ProfileId(""), 2)
            rest = reading.unseen_marks(AT, 3, first[-1].address, 9)
            assert [one.address for one in (*first, *rest)] == [names[n] for n in (0, 2, 3, 4)]
            assert [one.state for one in (*first, *rest)] == ["marked", *["wanted"] * 3]
            seen = reading.marks(AT, [names[1], profile("zoe")])
            assert seen == {names[1]: _mark("a1", "marked", 3, 3, 8)}
            assert reading.unseen_marks("hubspot:hold", 3, ProfileId(""), 9) == ()

    def test_what_a_run_did_not_want_is_forgotten_unless_it_is_newer(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_marks([_mark("old", "marked", at_ms=1), _mark("new", "marked", at_ms=60)])
            writing.put_marks([_mark("kept", "absent", wanted_run=4, at_ms=2)])
            writing.put_marks([_mark("gone", "refused", at_ms=60)])
            writing.drop_marks(AT, [profile("gone")])
            writing.drop_marks(AT, [])
        with store.writing() as writing:
            assert writing.drop_unwanted(AT, 4, 50) == 1
        with store.reading() as reading:
            rows = reading.marks(AT, [profile(n) for n in ("old", "new", "kept", "gone")])
        assert set(rows) == {profile("new"), profile("kept")}

    def test_who_could_not_be_marked_is_paged(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_marks([_mark("a", "absent"), _mark("b", "marked"), _mark("c", "refused")])
        with store.reading() as reading:
            (first,) = reading.failed_marks(AT, ProfileId(""), 1)
            assert first.address == profile("a")
            assert [r.address for r in reading.failed_marks(AT, first.address, 9)] == [
                profile("c")
            ]

    def test_how_a_place_fares_is_kept_whole(self) -> None:
        store = self.make_store()
        lacking = Lacking(kind="campaign", id="1", name="Spring", status="save", do="Exclude it.")
        row = Sync(place=AT, run=2, added=3, checked=Checked(lacking=(lacking,), blind=("x",)))
        with store.writing() as writing:
            assert writing.lock_sync(AT) == Sync(place=AT)
            writing.put_sync(row)
        with store.writing() as writing:
            assert writing.lock_sync(AT) == row
        with store.reading() as reading:
            assert reading.sync(AT) == row
            assert reading.sync("other") == Sync(place="other")

    def test_lags_are_counted_by_bucket_and_old_hours_forgotten(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.add_lags(AT, 10, {4: 2, 9: 1}, 0)
            writing.add_lags(AT, 11, {4: 1}, 0)
            writing.add_lags(AT, 11, {4: 5}, 0)
        with store.reading() as reading:
            assert reading.lags(AT, 0) == {4: 8, 9: 1}
            assert reading.lags(AT, 11) == {4: 6}
            assert reading.lags("other", 0) == {}
        with store.writing() as writing:
            writing.add_lags(AT, 12, {}, 11)
        with store.reading() as reading:
            assert reading.lags(AT, 0) == {4: 6}


def _mark(
    name: str, state: MarkState, wanted_run: int = 0, seen_run: int = 0, at_ms: int = 0
) -> Mark:
    return Mark(
        place=AT, address=profile(name), state=state, wanted_run=wanted_run, seen_run=seen_run,
        at_ms=at_ms,
    )  # fmt: skip
