"""Rounds through what is said in public: sources are asked, lateness is found, media are kept.

A source that is away holds up no other, and what it said meanwhile is read when it is back: how
far it was heard is written down only after its posts are.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256

from msgspec.structs import replace

from makegood.playbooks.voice import Listening
from makegood.ports.voice import HeardTo, Media, Post
from makegood.runtime.intake import patiently
from makegood.runtime.voice import VoiceRoom
from makegood.runtime.voice_parts import Parts
from makegood.sources.voice import bluesky, feeds, mastodon
from makegood.sources.voice.fetching import Fetching
from makegood.sources.voice.heard import Heard, VoiceAway

_LOG = logging.getLogger("makegood.voice")
PAUSE_S = 5.0
_AFTER_A_FAULT = 5  # pauses of the source: one that is away is not pressed
_MOST_MEDIA_BYTES = 25 * 1024 * 1024
_POSTS_AT_ONCE = 5
_NOT_KEPT = "No folder is set for what comes with posts; it stays where it is."
Told = tuple[tuple[Heard, ...], HeardTo]


class VoiceRounds:
    """Listens in public."""

    def __init__(
        self,
        parts: Parts,
        room: VoiceRoom,
        fetching: Fetching,
        secret_of: Callable[[str], str],
        *,
        with_files: bool = True,
    ) -> None:
        """Join the parts.

        Args:
            parts: Of this deployment.
            room: Takes posts in.
            fetching: Asks the internet.
            secret_of: Gives the token of a source, by its name; empty for none.
            with_files: Media can be kept as long as the store keeps posts.
        """
        self._parts = parts
        self._room = room
        self._fetching = fetching
        self._secret_of = secret_of
        self._with_files = with_files

    def run_once(self, *, everything: bool = False) -> Mapping[str, Counter[str]]:
        """Ask every source whose time has come; say what its posts became.

        Args:
            everything: Also those whose time has not come.
        """
        now_ms = self._parts.clock.now_ms()
        with self._parts.store.reading() as reading:
            places = reading.heard_to()
        became: dict[str, Counter[str]] = {}
        for source in self._parts.terms("").listen:
            before = places.get(source.id) or HeardTo(source=source.id)
            if source.network != "webhook" and (everything or before.next_ms <= now_ms):
                became[source.id] = self._listen(source, before, now_ms)
        return became

    def _listen(self, source: Listening, before: HeardTo, now_ms: int) -> Counter[str]:
        before = replace(before, first_ms=before.first_ms or now_ms)
        try:
            heard, after = self._ask(source, before)
        except VoiceAway as why:
            _LOG.warning("the source %s was not heard: %s", source.id, why)
            wait_ms = _AFTER_A_FAULT * source.every_ms
            self._put(replace(before, wrong=str(why)[:500], next_ms=now_ms + wait_ms))
            return Counter({"away": 1})
        terms = self._parts.terms(source.brand)
        became = self._room.hear(source, heard, before.first_ms - terms.breach_ms)
        self._put(replace(after, wrong="", good_ms=now_ms, next_ms=now_ms + source.every_ms))
        return became

    def _ask(self, source: Listening, before: HeardTo) -> Told:
        match source.network:
            case "feed":
                return feeds.listen(source, before, self._fetching)
            case "mastodon":
                secret = self._secret_of(source.id)
                return mastodon.listen(source, before, self._fetching, secret)
            case _:
                secret = self._secret_of(source.id)
                return bluesky.listen(source, before, self._fetching, secret)

    def _put(self, row: HeardTo) -> None:
        with self._parts.store.writing() as writing:
            writing.put_heard_to(row)

    def keep_media(self) -> int:
        """Keep the media of posts that are with a case; say of how many posts."""
        now_ms = self._parts.clock.now_ms()
        with self._parts.store.reading() as reading:
            wanted = reading.posts_to_fetch(now_ms, _POSTS_AT_ONCE)
        for post in wanted:
            media = tuple(self._fetched(post, one) for one in post.media)
            if not patiently(partial(self._kept, post, media)):
                self._parts.files.drop(post.post)  # it was forgotten meanwhile
        return len(wanted)

    def _fetched(self, post: Post, one: Media) -> Media:
        if one.digest or not self._with_files:
            return one if one.digest else replace(one, why=_NOT_KEPT)
        try:
            found = self._fetching.get(one.url, most=_MOST_MEDIA_BYTES)
        except VoiceAway as why:
            return replace(one, why=str(why)[:500])
        digest = sha256(found.content).hexdigest()
        self._parts.files.put(post.post, digest, found.content)
        kind = found.headers.get("content-type", "").partition(";")[0].strip()[:100]
        size = len(found.content)
        return replace(one, digest=digest, size=size, kind=kind or one.kind, why="")

    def _kept(self, post: Post, media: tuple[Media, ...]) -> bool:
        with self._parts.store.writing() as writing:
            now = writing.change_post(post.post)
            if now is None or now.profile != post.profile or not now.case:
                return False
            writing.save_post(replace(now, media=media, fetch_ms=0))
        return True

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Listen until told to stop; a fault ends a round and never the rounds."""
        while not stopped():
            for do in (self.run_once, self._room.find_late, self.keep_media):
                try:
                    do()
                except Exception as fault:
                    _LOG.warning("a round of the voice ended: %s", type(fault).__name__)
            sleep(PAUSE_S)
