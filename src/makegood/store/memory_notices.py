"""Notices and their tellings in the memory engine."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from makegood.core.notices import Notice
from makegood.messages.ids import NoticeId
from makegood.ports.notices import (
    FeedNotice,
    Sink,
    SinkHealth,
    Telling,
    TellingStatus,
    wants,
)
from makegood.store.memory_held import MemoryHeld
from makegood.store.memory_webhooks import MemoryWebhookReading

OPEN = (TellingStatus.WAITING, TellingStatus.LEASED)
ENDED = (TellingStatus.DONE, TellingStatus.FAILED)
PUBLISHED, WRITTEN, TRIMMED = "notices_published", "notices_written", "notices_trimmed"


class MemoryNoticeReading(MemoryHeld, MemoryWebhookReading):
    """The feed and what became of it."""

    def _counted(self, name: str) -> int:
        return int(self._t.settings.get(name, "0"))

    def feed(self, after: int, limit: int) -> tuple[FeedNotice, ...]:
        t = self._t
        places = sorted(place for place in t.feed_seqs if place > after)
        return tuple(
            FeedNotice(sequence=place, notice=t.notices[t.feed_seqs[place]])
            for place in places[:limit]
        )

    def feed_ends(self) -> tuple[int, int]:
        return self._counted(TRIMMED), self._counted(PUBLISHED)

    def _new(self) -> list[int]:
        return sorted(set(self._t.notices) - set(self._t.feed_seqs.values()))

    def unpublished(self) -> int:
        new = self._new()
        return self._t.notices[new[0]].at_ms if new else 0

    def due_sinks(self, now_ms: int) -> tuple[str, ...]:
        due = {one.sink for one in self._open() if one.next_ms <= now_ms}
        free = (name for name in sorted(due) if max(self._t.sinks[name][1:3]) <= now_ms)
        return tuple(free)

    def _open(self, sink: str = "") -> list[Telling]:
        return [
            one
            for one in self._t.tellings.values()
            if one.status in OPEN and (not sink or one.sink == sink)
        ]

    def tellings(
        self, sink: str, status: TellingStatus | None, before: int, limit: int
    ) -> tuple[Telling, ...]:
        found = [
            one
            for one in self._t.tellings.values()
            if one.sink == sink
            and (status is None or one.status is status)
            and (not before or one.said.sequence < before)
        ]
        found.sort(key=lambda one: -one.said.sequence)
        return tuple(found[:limit])

    def telling(self, sink: str, notice: NoticeId) -> Telling | None:
        found = self.tellings(sink, None, 0, len(self._t.tellings))
        return next((one for one in found if one.said.notice.id == notice), None)

    def sink_health(self, sink: str) -> SinkHealth | None:
        known = self._t.sinks.get(sink)
        return known[3] if known is not None else None

    def sinks_health(self) -> Mapping[str, SinkHealth]:
        return {name: self._health(self._t.sinks[name][3]) for name in sorted(self._t.sinks)}

    def _health(self, kept: SinkHealth) -> SinkHealth:
        everything = self.tellings(kept.sink, None, 0, len(self._t.tellings))
        waiting = [one for one in everything if one.status is TellingStatus.WAITING]
        return replace(
            kept,
            waiting=len(waiting),
            failed=sum(one.status is TellingStatus.FAILED for one in everything),
            oldest_ms=waiting[-1].said.notice.at_ms if waiting else 0,
        )


class MemoryNotices(MemoryNoticeReading):
    """What is noticed, published, claimed and settled."""

    def put_notices(self, notices: Sequence[Notice]) -> None:
        t = self._t
        for notice in notices:
            if notice.id not in t.notice_seqs:
                seq = self._counted(WRITTEN) + 1
                t.settings[WRITTEN] = str(seq)
                t.notices[seq] = notice
                t.notice_seqs[notice.id] = seq

    def publish(self, limit: int, to: Mapping[str, Sink], now_ms: int) -> int:
        t = self._t
        new = self._new()[:limit]
        for place, seq in enumerate(new, max(self._counted(PUBLISHED) + 1, now_ms)):
            t.settings[PUBLISHED] = str(place)
            t.feed_seqs[place] = seq
            said = FeedNotice(sequence=place, notice=t.notices[seq])
            for name, sink in to.items():
                if wants(sink, said.notice):
                    if name not in t.sinks:
                        t.sinks[name] = (0, 0, 0, SinkHealth(sink=name))
                    t.tellings[name, place] = Telling(sink=name, said=said, next_ms=now_ms)
        return len(new)

    def claim_tellings(
        self, sink: str, now_ms: int, lease_ms: int, limit: int
    ) -> tuple[Telling, ...]:
        t = self._t
        known = t.sinks.get(sink)
        if known is None or known[1] > now_ms:
            return ()
        due = [one for one in self._open(sink) if one.next_ms <= now_ms]
        due.sort(key=lambda one: (one.next_ms, one.said.sequence))
        fence, ends = known[0] + 1, now_ms + lease_ms
        t.sinks[sink] = (fence, ends if due else 0, *known[2:])
        claimed = [
            replace(
                one,
                status=TellingStatus.LEASED,
                attempts=one.attempts + 1,
                fence=fence,
                next_ms=ends,
            )
            for one in due[:limit]
        ]
        for one in claimed:
            t.tellings[sink, one.said.sequence] = one
        return tuple(sorted(claimed, key=lambda one: one.said.sequence))

    def settle_telling(self, telling: Telling) -> bool:
        key = (telling.sink, telling.said.sequence)
        kept = self._t.tellings.get(key)
        if kept is None or kept.fence != telling.fence or kept.status is not TellingStatus.LEASED:
            return False
        self._t.tellings[key] = telling
        return True

    def release_sink(self, health: SinkHealth, fence: int, next_ms: int) -> bool:
        kept = self._t.sinks.get(health.sink)
        if kept is None or kept[0] != fence:
            return False
        self._t.sinks[health.sink] = (fence, 0, next_ms, health)
        return True

    def replay_tellings(
        self, sink: str, notices: Sequence[NoticeId], since_ms: int, now_ms: int
    ) -> int:
        t, again = self._t, 0
        for key, one in list(t.tellings.items()):
            wanted = (
                one.said.notice.id in notices and one.status in ENDED
                if notices
                else one.status is TellingStatus.FAILED
            )
            if one.sink == sink and wanted and one.said.notice.at_ms >= since_ms:
                fresh = replace(one, status=TellingStatus.WAITING, attempts=0, settled_ms=0)
                t.tellings[key] = replace(fresh, next_ms=now_ms)
                again += 1
        if again:
            kept = t.sinks[sink]
            t.sinks[sink] = (kept[0], kept[1], 0, kept[3])
        return again

    def drop_sink(self, sink: str) -> None:
        for key in [key for key in self._t.tellings if key[0] == sink]:
            del self._t.tellings[key]
        if sink in self._t.sinks:
            del self._t.sinks[sink]

    def begin_feed_anew(self, now_ms: int) -> None:
        upto = max(*self.feed_ends(), now_ms)
        self._t.settings[TRIMMED] = self._t.settings[PUBLISHED] = str(upto)

    def trim_notices(self, before_ms: int, limit: int) -> int:
        t = self._t
        old = [
            place
            for place in sorted(t.feed_seqs)
            if t.notices[t.feed_seqs[place]].at_ms < before_ms
        ][:limit]
        if not old:
            return 0
        upto = old[-1]
        t.settings[TRIMMED] = str(max(upto, self._counted(TRIMMED)))  # never back
        gone = [place for place in t.feed_seqs if place <= upto]
        for place in gone:
            seq = t.feed_seqs[place]
            del t.notice_seqs[t.notices[seq].id]
            del t.notices[seq]
            del t.feed_seqs[place]
        for key in [key for key in t.tellings if key[1] <= upto]:
            del t.tellings[key]
        return len(gone)
