"""What every store does with notices: once, in the order of commits, and to each sink its own."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.notices import Notice, NoticeKind
from makegood.messages.errors import EffectFailed
from makegood.messages.ids import CaseId, CustomerId, NoticeId, ProfileId
from makegood.ports.notices import (
    FeedNotice,
    Sink,
    SinkHealth,
    Subject,
    TellingStatus,
)
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance

LEASE_MS = 1_000


class PlainSink(Struct, kw_only=True):
    """A sink of these tests, which says no while `answers` has a reason.

    Attributes:
        heard: What it has taken, in order.
    """

    name: str = "sink"
    kinds: Sequence[NoticeKind] = ()
    brands: Sequence[str] = ()
    answers: list[EffectFailed | None] = []
    heard: list[tuple[FeedNotice, Subject]] = []

    def tell(self, said: FeedNotice, to: Subject, now_ms: int) -> None:
        """Take a notice, or say what was asked for; it needs no clock."""
        del now_ms
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.heard.append((said, to))


def notice(name: str, kind: NoticeKind = NoticeKind.HOLD_OPENED, at_ms: int = 5) -> Notice:
    """A notice about one customer."""
    return Notice(
        id=NoticeId(name),
        kind=kind,
        customer=CustomerId("c1"),
        profile=ProfileId("c1"),
        at_ms=at_ms,
        case=CaseId("k1"),
        brand="north",
        scope="north" if kind.is_hold else "",
    )


def noticed(store: Store, *names: str, to: Mapping[str, Sink] | None = None) -> None:
    """Write and publish notices."""
    with store.writing() as writing:
        writing.put_notices([notice(name) for name in names])
        writing.publish(100, to or {}, 10)


class NoticeConformance(Conformance):
    """The feed, and who is told."""

    def test_a_notice_is_written_once_and_published_in_order(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_notices([notice("n1"), notice("n2")])
        with store.writing() as writing:
            writing.put_notices([notice("n2"), notice("n3")])
        with store.reading() as reading:
            assert reading.feed(0, 10) == ()
            assert reading.unpublished() == 5
            assert reading.feed_ends() == (0, 0)
        with store.writing() as writing:
            assert writing.publish(2, {}, 0) == 2
            assert writing.publish(2, {}, 100) == 1
            assert writing.publish(2, {}, 100) == 0
        with store.reading() as reading:
            found = [(one.sequence, one.notice.id) for one in reading.feed(0, 10)]
            assert found == [(1, "n1"), (2, "n2"), (100, "n3")]
            assert [one.sequence for one in reading.feed(1, 1)] == [2]
            assert reading.feed_ends() == (0, 100)
            assert reading.unpublished() == 0

    def test_a_transaction_that_fails_notices_nothing(self) -> None:
        store = self.make_store()
        try:
            with store.writing() as writing:
                writing.put_notices([notice("n1")])
                raise KeyError
        except KeyError:
            pass
        with store.reading() as reading:
            assert reading.unpublished() == 0

    def test_each_sink_hears_what_it_wants_and_one_that_comes_later_hears_nothing_old(
        self,
    ) -> None:
        store = self.make_store()
        holds = PlainSink(name="holds", kinds=(NoticeKind.HOLD_OPENED,))
        south = PlainSink(name="south", brands=("south",))
        with store.writing() as writing:
            writing.put_notices([notice("n1"), notice("n2", NoticeKind.CASE_OPENED)])
            writing.put_notices([replace(notice("n3"), scope="*")])
            writing.publish(10, {"holds": holds, "south": south}, 10)
        noticed(store, to={"late": PlainSink(name="late")})
        with store.reading() as reading:
            told = [one.said.notice.id for one in reading.tellings("holds", None, 0, 10)]
            assert told == ["n3", "n1"]
            told = [one.said.notice.id for one in reading.tellings("south", None, 0, 10)]
            assert told == ["n3"]
            assert reading.tellings("late", None, 0, 10) == ()
            assert reading.due_sinks(9) == ()
            assert reading.due_sinks(10) == ("holds", "south")

    def test_a_sink_is_told_by_one_at_a_time_and_taken_over_when_the_lease_ends(self) -> None:
        store = self.make_store()
        noticed(store, "n1", "n2", "n3", to={"sink": PlainSink()})
        with store.writing() as writing:
            first = writing.claim_tellings("sink", 10, LEASE_MS, 2)
            assert [one.said.notice.id for one in first] == ["n1", "n2"]
            assert [one.attempts for one in first] == [1, 1]
            assert writing.claim_tellings("sink", 11, LEASE_MS, 2) == ()
            assert writing.claim_tellings("other", 11, LEASE_MS, 2) == ()
        with store.reading() as reading:
            assert reading.due_sinks(11) == ()
            assert reading.due_sinks(10 + LEASE_MS) == ("sink",)
        with store.writing() as writing:
            again = writing.claim_tellings("sink", 10 + LEASE_MS, LEASE_MS, 5)
            assert [one.attempts for one in again] == [2, 2, 1]
            done = replace(first[0], status=TellingStatus.DONE, settled_ms=12)
            assert not writing.settle_telling(done)
            assert not writing.release_sink(SinkHealth(sink="sink"), first[0].fence, 0)
            assert writing.settle_telling(replace(done, fence=again[0].fence))
            assert not writing.settle_telling(replace(done, fence=again[0].fence))

    def test_a_sink_rests_until_it_may_be_told_again(self) -> None:
        store = self.make_store()
        noticed(store, "n1", to={"sink": PlainSink()})
        with store.writing() as writing:
            (one,) = writing.claim_tellings("sink", 10, LEASE_MS, 5)
            waits = replace(one, status=TellingStatus.WAITING, next_ms=20, error="No.")
            assert writing.settle_telling(waits)
            health = SinkHealth(sink="sink", failures=1, error="No.")
            assert writing.release_sink(health, one.fence, 30)
        with store.reading() as reading:
            assert reading.due_sinks(29) == ()
            assert reading.due_sinks(30) == ("sink",)
            kept = reading.sinks_health()["sink"]
            assert kept == replace(health, waiting=1, oldest_ms=5)
            assert reading.sink_health("sink") == health
            assert reading.sink_health("other") is None
            assert reading.telling("sink", NoticeId("n1")) == waits
            assert reading.telling("sink", NoticeId("n2")) is None

    def test_what_ended_can_be_told_again(self) -> None:
        store = self.make_store()
        noticed(store, "n1", "n2", "n3", to={"sink": PlainSink()})
        with store.writing() as writing:
            for one in writing.claim_tellings("sink", 10, LEASE_MS, 5):
                ended = one.said.notice.id != "n1"
                status = TellingStatus.FAILED if ended else TellingStatus.DONE
                writing.settle_telling(replace(one, status=status, settled_ms=11))
            writing.release_sink(SinkHealth(sink="sink"), one.fence, 99)
        with store.reading() as reading:
            found = reading.tellings("sink", TellingStatus.FAILED, 0, 1)
            assert [one.said.notice.id for one in found] == ["n3"]
            before = found[0].said.sequence
            found = reading.tellings("sink", TellingStatus.FAILED, before, 5)
            assert [one.said.notice.id for one in found] == ["n2"]
            assert reading.sinks_health()["sink"].failed == 2
        with store.writing() as writing:
            assert writing.replay_tellings("sink", (), 6, 12) == 0
            assert writing.replay_tellings("sink", [NoticeId("n1"), NoticeId("x")], 0, 12) == 1
            assert writing.replay_tellings("sink", (), 5, 12) == 2
        with store.reading() as reading:
            assert reading.due_sinks(12) == ("sink",)

    def test_a_feed_begun_anew_goes_on_from_no_place_given_before(self) -> None:
        store = self.make_store()
        noticed(store, "n1", "n2")
        with store.writing() as writing:
            before = writing.feed_ends()[1]
            writing.begin_feed_anew(500)
            assert writing.feed_ends() == (500, 500)
            writing.put_notices([notice("n3", at_ms=600)])
            assert writing.publish(10, {}, 400) == 1
            assert writing.feed_ends() == (500, 501)
            assert [one.notice.id for one in writing.feed(500, 10)] == ["n3"]
            assert writing.trim_notices(50, 10) == 2
            assert writing.feed_ends() == (500, 501)
            assert before < 500

    def test_a_sink_and_old_notices_are_forgotten(self) -> None:
        store = self.make_store()
        sinks = {"sink": PlainSink(), "other": PlainSink(name="other")}
        noticed(store, "n1", "n2", to=sinks)
        with store.writing() as writing:
            writing.put_notices([notice("n3", at_ms=50), notice("n4", at_ms=51)])
            writing.publish(10, sinks, 52)
            writing.drop_sink("other")
        with store.reading() as reading:
            assert reading.tellings("other", None, 0, 10) == ()
            assert set(reading.sinks_health()) == {"sink"}
        with store.writing() as writing:
            assert writing.trim_notices(50, 1) == 1
            assert writing.trim_notices(50, 10) == 1
            assert writing.trim_notices(50, 10) == 0
        with store.reading() as reading:
            assert [one.notice.id for one in reading.feed(0, 10)] == ["n3", "n4"]
            assert reading.feed_ends() == (11, 53)
            told = [one.said.notice.id for one in reading.tellings("sink", None, 0, 10)]
            assert told == ["n4", "n3"]
