"""Words of people who are no customers are kept as long as the rule book says, and no longer.

What is with a customer or a case stays. Of the others the times stay, so that no share moves, and
the name of the post, so that it does not come anew; the words, the author, links and files go.
"""

import logging
from functools import partial

from msgspec.structs import replace

from makegood.ports.voice import Post
from makegood.runtime.intake import patiently
from makegood.runtime.voice_parts import Parts

_LOG = logging.getLogger("makegood.voice")
_AT_ONCE = 200
_EVERY_MS = 3_600_000  # a span of days need not end in this minute


class Keeping:
    """Forgets what was kept for long enough."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._next_ms = 0

    def now_and_then(self) -> int:
        """Prune once an hour; say of how many posts."""
        now_ms = self._parts.clock.now_ms()
        if now_ms < self._next_ms:
            return 0
        self._next_ms = now_ms + _EVERY_MS
        return self.prune()

    def prune(self) -> int:
        """Prune everything that is due; say of how many posts."""
        now_ms = self._parts.clock.now_ms()
        pruned = 0
        with self._parts.store.reading() as reading:
            brands = reading.brands_to_prune()
        for brand in brands:
            keep_ms = self._parts.terms(brand).keep_ms
            while keep_ms and (looked := self._some(brand, now_ms - keep_ms)):
                pruned += sum(looked)
        if pruned:
            _LOG.info("the words of %s public posts were kept for long enough", pruned)
        return pruned

    def _some(self, brand: str, before_ms: int) -> list[bool]:
        return patiently(partial(self._pruned, brand, before_ms))

    def _pruned(self, brand: str, before_ms: int) -> list[bool]:
        """Prune the next ones; say of each whether it was, for some only stood in the list."""
        done: list[Post] = []
        files: list[str] = []
        with self._parts.store.writing() as writing:
            found = writing.posts_to_prune(brand, before_ms, _AT_ONCE)
            for one in found:
                row = writing.change_post(one.post)
                if row is None:
                    continue
                if row.is_prunable and row.heard_ms < before_ms:
                    done.append(without_words(row))
                    files += [row.post] if any(it.digest for it in row.media) else []
                else:  # it became a customer's, or was kept by an older version
                    writing.save_post(row)
            writing.prune_posts(done, files)
        for name in files:  # what a crash leaves here goes at the next start
            self._parts.files.drop(name)
        named = {row.post for row in done}
        return [one.post in named for one in found]


def without_words(row: Post) -> Post:
    """Give what is counted of a post, and nothing that anybody said."""
    return replace(
        row,
        state="pruned",
        author="",
        text="",
        url="",
        answer_url="",
        media=(),
        late_ms=0,
        fetch_ms=0,
        is_breached=row.is_breached or row.state == "waiting",
    )
