"""The memory engine's posts of the public."""

from collections import defaultdict
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Protocol, cast

from makegood.messages.ids import ProfileId
from makegood.ports.advertised import KeptWith, Touching
from makegood.ports.triage import TriageRow
from makegood.ports.voice import (
    HIDDEN,
    Handle,
    HeardTo,
    Post,
    VoiceCode,
    VoiceCount,
    forgotten,
)
from makegood.ports.words import WaitingWords
from makegood.store.memory_reading import MemoryReading

_COUNTED = ("waiting", "answered", "gone", "pruned")


class VoiceTables(Protocol):
    """The tables of what is said in public among those of the engine."""

    public_posts: MutableMapping[str, Post]
    public_handles: MutableMapping[str, Handle]
    public_codes: MutableMapping[str, VoiceCode]
    heard_to: MutableMapping[str, HeardTo]
    letters_gone: MutableMapping[str, bool]
    weighed: MutableMapping[str, str]
    weighed_cases: MutableMapping[str, KeptWith]
    advertised_posts: MutableMapping[tuple[str, str], Touching]
    triage: MutableMapping[str, TriageRow]
    words_waiting: MutableMapping[str, WaitingWords]


class MemoryVoice(MemoryReading):
    """Posts, handles, codes, and how far sources were heard."""

    @property
    def _said(self) -> VoiceTables:
        return cast("VoiceTables", self._t)

    def posts(self, posts: Sequence[str]) -> Mapping[str, Post]:
        kept = self._said.public_posts
        return {post: kept[post] for post in posts if post in kept}

    def posts_listed(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[int, int, str] | None = None,
        limit: int = 20,
    ) -> tuple[Post, ...]:
        found = [
            one
            for one in self._said.public_posts.values()
            if one.state not in HIDDEN and (not brands or one.brand in brands)
        ]
        places = sorted(found, key=lambda one: one.place)
        return tuple(one for one in places if after is None or one.place > after)[:limit]

    def posts_of(self, profiles: Sequence[ProfileId], limit: int = 20) -> tuple[Post, ...]:
        wanted = set(profiles) - {""}
        own = [one for one in self._said.public_posts.values() if one.profile in wanted]
        return tuple(sorted(own, key=lambda one: (one.at_ms, one.post), reverse=True)[:limit])

    def posts_by(self, handle: str, limit: int = 200) -> tuple[Post, ...]:
        own = [one for one in self._said.public_posts.values() if one.handle == handle]
        return tuple(sorted(own, key=lambda one: (one.at_ms, one.post), reverse=True)[:limit])

    def replies_of_ours(self, posts: Sequence[str]) -> tuple[Post, ...]:
        wanted = set(posts)
        found = [
            one
            for one in self._said.public_posts.values()
            if one.state == "ours" and one.reply_to in wanted
        ]
        return tuple(sorted(found, key=lambda one: (one.at_ms, one.post)))

    def late_posts(self, now_ms: int, limit: int) -> tuple[Post, ...]:
        own = [one for one in self._said.public_posts.values() if 0 < one.late_ms <= now_ms]
        return tuple(sorted(own, key=lambda one: (one.late_ms, one.post))[:limit])

    def posts_to_fetch(self, now_ms: int, limit: int) -> tuple[Post, ...]:
        own = [one for one in self._said.public_posts.values() if 0 < one.fetch_ms <= now_ms]
        return tuple(sorted(own, key=lambda one: (one.fetch_ms, one.post))[:limit])

    def voice_counts(self, since_ms: int, until_ms: int) -> tuple[VoiceCount, ...]:
        groups: dict[tuple[str, str, str], list[Post]] = defaultdict(list)
        for one in self._said.public_posts.values():
            if since_ms < one.breach_ms <= until_ms and one.state in _COUNTED:
                groups[one.source, one.brand, one.language].append(one)
        return tuple(_counted(key, found) for key, found in sorted(groups.items()))

    def brands_to_prune(self) -> tuple[str, ...]:
        return tuple(sorted({one.brand for one in self._all() if one.is_prunable}))

    def posts_to_prune(self, brand: str, before_ms: int, limit: int) -> tuple[Post, ...]:
        found = [
            one
            for one in self._all()
            if one.is_prunable and one.brand == brand and one.heard_ms < before_ms
        ]
        return tuple(sorted(found, key=lambda one: (one.heard_ms, one.post))[:limit])

    def heard_to(self) -> Mapping[str, HeardTo]:
        return dict(self._said.heard_to)

    def handles(self, handles: Sequence[str]) -> Mapping[str, Handle]:
        kept = self._said.public_handles
        return {one: kept[one] for one in handles if one in kept}

    def voice_codes(self, codes: Sequence[str]) -> Mapping[str, VoiceCode]:
        kept = self._said.public_codes
        return {one: kept[one] for one in codes if one in kept}

    def put_post(self, row: Post) -> bool:
        if row.post in self._said.public_posts:
            return False
        self._said.public_posts[row.post] = row
        return True

    def change_post(self, post: str) -> Post | None:
        return self._said.public_posts.get(post)

    def save_post(self, row: Post) -> None:
        self._said.public_posts[row.post] = row
        self._said.weighed.pop(row.post, None)

    def erase_posts(self, profiles: Sequence[ProfileId]) -> int:
        wanted = set(profiles) - {""}
        handles = {key for key, one in self._said.public_handles.items() if one.profile in wanted}
        for kept in (self._said.public_handles, self._said.public_codes):
            for key in [key for key, one in kept.items() if one.profile in wanted]:
                del kept[key]
        return self._forget(
            [one for one in self._all() if one.profile in wanted or one.handle in handles]
        )

    def prune_posts(self, rows: Sequence[Post], files: Sequence[str]) -> None:
        for row in rows:
            self.save_post(row)
            self._said.words_waiting.pop(row.post, None)
        for one in files:
            self._said.letters_gone[one] = True

    def erase_handle(self, handle: str) -> int:
        self._said.public_handles.pop(handle, None)
        return self._forget([one for one in self._all() if one.handle == handle])

    def change_heard_to(self, source: str) -> HeardTo:
        return self._said.heard_to.setdefault(source, HeardTo(source=source))

    def put_heard_to(self, row: HeardTo) -> None:
        self._said.heard_to[row.source] = row

    def put_handle(self, row: Handle) -> None:
        self._said.public_handles[row.handle] = row

    def drop_handle(self, handle: str) -> tuple[str, ...]:
        self._said.public_handles.pop(handle, None)
        return tuple(
            sorted(one.post for one in self._all() if one.handle == handle and one.profile)
        )

    def put_voice_code(self, row: VoiceCode) -> None:
        self._said.public_codes[row.code] = row

    def _all(self) -> tuple[Post, ...]:
        return tuple(self._said.public_posts.values())

    def _forget(self, found: Sequence[Post]) -> int:
        for one in found:
            self._said.public_posts[one.post] = forgotten(one.post)
            self._said.letters_gone[one.post] = True
            self._said.triage.pop(one.post, None)
            self._said.weighed_cases.pop(one.post, None)
            self._said.words_waiting.pop(one.post, None)
        gone = {one.post for one in found}
        for key in [key for key in self._said.advertised_posts if key[1] in gone]:
            del self._said.advertised_posts[key]
        return len(found)


def _counted(key: tuple[str, str, str], found: Sequence[Post]) -> VoiceCount:
    source, brand, language = key
    heard = [one for one in found if not one.is_heard_late]
    return VoiceCount(
        source=source,
        brand=brand,
        language=language,
        posts=len(heard),
        answered=sum(1 for one in heard if one.answered_ms),
        not_late=sum(1 for one in heard if 0 < one.answered_ms <= one.breach_ms),
        in_time=sum(1 for one in heard if 0 < one.answered_ms <= one.target_ms),
        heard_late=len(found) - len(heard),
    )
