"""The memory engine's words that have to be looked at, and its trainings."""

from collections.abc import MutableMapping, Sequence
from typing import Protocol, cast

from msgspec.structs import replace

from makegood.messages.events import Event
from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.ports.rows import CaseRow
from makegood.ports.training import Training, Version, newest
from makegood.ports.triage import KeptModel, TriageRow
from makegood.ports.voice import Post
from makegood.ports.words import LogEdge, WaitingWords, WordsCounted, WordsPlace
from makegood.store.memory_reading import MemoryReading

_READ, _TRAIN = "read", "train"
_MOST_CASES, _NO_DUE = 200, 2**63 - 1


class WordTables(Protocol):
    """The tables of words among those of the engine."""

    log: MutableMapping[int, Event]
    customer_of: MutableMapping[ProfileId, CustomerId]
    public_posts: MutableMapping[str, Post]
    triage: MutableMapping[str, TriageRow]
    triage_models: MutableMapping[str, KeptModel]
    triage_backs: MutableMapping[str, int]
    triage_trainings: MutableMapping[int, Training]
    triage_turns: MutableMapping[str, int]
    words_waiting: MutableMapping[str, WaitingWords]


class MemoryWords(MemoryReading):
    """What waits, and how far the log was read."""

    @property
    def _of_words(self) -> WordTables:
        return cast("WordTables", self._t)

    def waiting_words(
        self,
        *,
        only: str = "",
        brands: Sequence[str] = (),
        after: WordsPlace | None = None,
        limit: int = 50,
    ) -> tuple[WaitingWords, ...]:
        found = [
            row
            for row in self._of_words.words_waiting.values()
            if (not brands or row.brand in brands)
            and (only != "urgent" or row.is_urgent)
            and (only != "asked" or row.asks)
        ]
        found.sort(key=lambda row: row.place)
        return tuple(row for row in found if after is None or row.place > after)[:limit]

    def words_counted(self, brands: Sequence[str] = ()) -> WordsCounted:
        rows = self.waiting_words(brands=brands, limit=len(self._of_words.words_waiting))
        return WordsCounted(
            urgent=sum(row.is_urgent for row in rows),
            asked=sum(row.asks for row in rows),
            all=len(rows),
        )

    def urgent_customers(self, customers: Sequence[CustomerId]) -> frozenset[CustomerId]:
        known, wanted = self._of_words.customer_of, set(customers)
        rows = self._of_words.words_waiting.values()
        urgent = {known.get(row.profile) for row in rows if row.is_urgent and row.profile}
        return frozenset(one for one in urgent if one is not None and one in wanted)

    def urgent_cases(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, int, CaseId] | None = None,
        limit: int = 50,
    ) -> tuple[CaseRow, ...]:
        found: list[CaseRow] = []
        while len(found) < limit and (
            page := self.cases(brands=brands, after=after, limit=_MOST_CASES)
        ):
            wrote = self.urgent_customers([row.customer for row in page])
            found += (row for row in page if row.customer in wrote)
            last = page[-1]
            after = (last.risk, last.due_ms or _NO_DUE, last.case)
        return tuple(found[:limit])

    def words_read(self) -> int | None:
        return self._of_words.triage_turns.get(_READ)

    def log_edge(self) -> LogEdge:
        return LogEdge(place=max(self._of_words.log, default=0))

    def posts_unread(self, limit: int) -> tuple[Post, ...]:
        known = self._of_words.triage
        found = [
            post
            for post in self._of_words.public_posts.values()
            if post.state == "waiting" and post.post not in known
        ]
        return tuple(sorted(found, key=lambda post: post.place))[:limit]

    def put_waiting_words(self, row: WaitingWords) -> None:
        self._of_words.words_waiting[row.item] = row

    def drop_waiting_words(self, items: Sequence[str]) -> None:
        rows = self._of_words.words_waiting
        for item in set(items):
            if item in rows:
                del rows[item]

    def calm_words(self, profiles: Sequence[ProfileId], at_ms: int) -> None:
        rows, own = self._of_words.words_waiting, set(profiles) - {""}
        theirs = [row for row in rows.values() if row.profile in own and row.at_ms <= at_ms]
        for row in (one for one in theirs if one.is_urgent):
            self.calm_item(row.item)

    def calm_item(self, item: str) -> None:
        rows = self._of_words.words_waiting
        if item in rows and rows[item].asks:
            rows[item] = replace(rows[item], is_urgent=False)
        else:
            self.drop_waiting_words([item])

    def drop_settled_posts(self) -> int:
        posts = self._of_words.public_posts
        rows = self._of_words.words_waiting.values()
        gone = [
            row.item
            for row in rows
            if row.channel == "public"
            and (row.item not in posts or posts[row.item].state != "waiting")
        ]
        self.drop_waiting_words(gone)
        return len(gone)

    def put_words_read(self, place: int) -> None:
        self._of_words.triage_turns[_READ] = place


class MemoryTrainings(MemoryWords):
    """What came of trainings, and which models are kept."""

    def trainings(self, *, before_ms: int = 0, limit: int = 20) -> tuple[Training, ...]:
        rows = self._of_words.triage_trainings
        found = (rows[at_ms] for at_ms in sorted(rows, reverse=True))
        return tuple(row for row in found if not before_ms or row.at_ms < before_ms)[:limit]

    def triage_versions(self) -> tuple[Version, ...]:
        backs = self._of_words.triage_backs
        rows = [
            Version(name=one.name, at_ms=one.at_ms, back_ms=backs.get(one.name, 0))
            for one in self._of_words.triage_models.values()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.at_ms, row.name)))

    def labels_since(self, at_ms: int) -> int:
        rows = self._of_words.triage.values()
        return sum(row.labelled_ms > max(at_ms, 0) for row in rows)

    def take_turn(self, now_ms: int, until_ms: int) -> bool:
        turns = self._of_words.triage_turns
        is_free = turns.get(_TRAIN, 0) <= now_ms
        if is_free:
            turns[_TRAIN] = until_ms
        return is_free

    def end_turn(self, until_ms: int) -> None:
        turns = self._of_words.triage_turns
        if turns.get(_TRAIN) == until_ms:
            turns[_TRAIN] = 0

    def put_training(self, row: Training) -> None:
        self._of_words.triage_trainings[row.at_ms] = row

    def keep_versions(self, most: int) -> int:
        rows = self.triage_versions()
        used = newest(rows)
        gone = [row.name for row in rows[most:] if used is None or row.name != used.name]
        for name in gone:
            del self._of_words.triage_models[name]
        return len(gone)

    def put_back(self, name: str, at_ms: int) -> bool:
        tables = self._of_words
        if name not in tables.triage_models or tables.triage_backs.get(name):
            return False
        tables.triage_backs[name] = at_ms
        return True

    def put_in_use_again(self, name: str, at_ms: int) -> bool:
        tables = self._of_words
        kept = tables.triage_models.get(name)
        if kept is None:
            return False
        tables.triage_models[name] = replace(kept, at_ms=at_ms)
        tables.triage_backs[name] = 0
        return True
