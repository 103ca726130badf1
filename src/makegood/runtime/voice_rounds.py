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
_LEASE_MS = 5 * 60_000  # longer than a look takes
_MOST_TRIES, _RETRY_MS = 5, 60_000  # after 1, 4, 16 and 64 minutes
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
        self._sessions: dict[str, str] = {}

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
            known = places.get(source.id)
            is_time = everything or known is None or known.next_ms <= now_ms
            if source.network == "webhook" or not is_time:
                continue
            before = patiently(partial(self._claimed, source.id, now_ms, everything=everything))
            if before is not None:
                became[source.id] = self._listen(source, before, now_ms)
        return became

    def _claimed(self, source: str, now_ms: int, *, everything: bool) -> HeardTo | None:
        """Take a source, so that of several workers one asks it; a crash gives it back in time."""
        with self._parts.store.writing() as writing:
            before = writing.change_heard_to(source)
            if before.next_ms > now_ms and not everything:
                return None  # another worker asks
            before = replace(before, first_ms=before.first_ms or now_ms)
            writing.put_heard_to(replace(before, next_ms=now_ms + _LEASE_MS))
        return before

    def _listen(self, source: Listening, before: HeardTo, now_ms: int) -> Counter[str]:
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
        look = self._fetching.one_look()  # its pages together hold up the others for no longer
        match source.network:
            case "feed":
                return feeds.listen(source, before, look)
            case "mastodon":
                return mastodon.listen(source, before, look, self._secret_of(source.id))
            case _:
                secret = self._secret_of(source.id)
                return bluesky.listen(source, before, look, secret, self._sessions)

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
            if not patiently(partial(self._kept, post, media, now_ms)):
                self._parts.files.drop(post.post)  # it was forgotten meanwhile
        return len(wanted)

    def _fetched(self, post: Post, one: Media) -> Media:
        if one.digest or not self._with_files:
            return one if one.digest else replace(one, why=_NOT_KEPT)
        try:
            found = self._fetching.get(one.url, most=_MOST_MEDIA_BYTES)
            digest = sha256(found.content).hexdigest()
            self._parts.files.put(post.post, digest, found.content)
        except VoiceAway as why:
            return replace(one, why=str(why)[:500])
        except OSError as fault:  # a full disk holds up no other post
            return replace(one, why=f"It could not be written ({type(fault).__name__}).")
        kind = found.headers.get("content-type", "").partition(";")[0].strip()[:100]
        size = len(found.content)
        return replace(one, digest=digest, size=size, kind=kind or one.kind, why="")

    def _kept(self, post: Post, media: tuple[Media, ...], now_ms: int) -> bool:
        with self._parts.store.writing() as writing:
            now = writing.change_post(post.post)
            if now is None or now.profile != post.profile or not now.case:
                return False
            fetch_ms, tries = 0, now.fetch_tries + 1
            if self._with_files and tries < _MOST_TRIES and any(one.why for one in media):
                fetch_ms = now_ms + _RETRY_MS * 4 ** (tries - 1)
            writing.save_post(
                replace(now, media=media, fetch_ms=fetch_ms, fetch_tries=tries if fetch_ms else 0)
            )
        return True

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Listen until told to stop; a fault ends a round and never the rounds."""
        go_on((self.run_once, self._room.find_late), stopped, sleep)

    def keep_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Keep media likewise, on a thread of its own: a slow server of theirs deafens nobody."""
        go_on((self.keep_media,), stopped, sleep)


def go_on(
    acts: tuple[Callable[[], object], ...],
    stopped: Callable[[], bool],
    sleep: Callable[[float], object],
) -> None:
    """Do these in turn until told to stop; a fault ends one of them and never the rounds."""
    while not stopped():
        for do in acts:
            try:
                do()
            except Exception as fault:
                _LOG.warning("a round of the voice ended: %s", type(fault).__name__)
        sleep(PAUSE_S)
