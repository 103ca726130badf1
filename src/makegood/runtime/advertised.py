"""Which public posts are about what is advertised: weighed by a round, settled by a person.

No sentiment is guessed. A post is against a promise by its stars, by the failure of the case it is
kept with, or because a person says so; every other one that has the words is about it and
unjudged, and is counted as that.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from makegood.messages.errors import Refused
from makegood.messages.ids import CaseId, RepId
from makegood.playbooks.advertising import Advertised
from makegood.playbooks.book import Library, RuleBook, books_in
from makegood.ports.acts import Act
from makegood.ports.advertised import Because, Touching, Verdict
from makegood.ports.clock import Clock
from makegood.ports.store import Reading, Store
from makegood.ports.voice import Post
from makegood.runtime.intake import patiently
from makegood.runtime.noting import note

EVERY_S = 5.0
_AT_ONCE = 200
_LOG = logging.getLogger("makegood.advertised")
NO_SUCH = Refused(code="no_such_post", why="There is no such post, or its author took it back.")
NOT_SAID = Refused(code="no_such_promise", why="Nobody advertised this promise there and then.")


class AdvertisedRoom:
    """Weighs posts, and hears what people say of them."""

    def __init__(self, store: Store, library_of: Callable[[], Library], clock: Clock) -> None:
        self._store = store
        self._library_of = library_of
        self._clock = clock

    def run_once(self, limit: int = _AT_ONCE) -> int:
        """Weigh some posts that are new, changed, or not weighed by this book; say how many."""
        return patiently(lambda: self._weighed(limit))

    def _weighed(self, limit: int) -> int:
        book = self._library_of().now()
        mark = mark_of(book)
        with self._store.writing() as writing:
            posts = writing.take_to_weigh(mark, limit)
            if not posts:
                return 0
            failed = _failed(writing, posts)
            rows = [row for one in posts for row in weighed(one, book, failed.get(one.case, ()))]
            writing.put_weighed([one.post for one in posts], rows)
        return len(posts)

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Weigh until told to stop; a fault of the store is waited out."""
        while not stopped():
            try:
                is_idle = self.run_once() < _AT_ONCE
            except Exception as fault:
                _LOG.error("posts were not weighed: %s", type(fault).__name__)
                is_idle = True
            if is_idle:
                sleep(EVERY_S)

    def judge(self, promise: str, post: str, says: Verdict, by: RepId) -> Touching | Refused:
        """Write down what a person says of a post; said again, it is written once.

        Args:
            promise: What it is about.
            post: Which.
            says: Which way; `unjudged` is about it without saying either.
            by: Who says so.
        """
        return patiently(lambda: self._judged(promise, post, says, by))

    def _judged(self, promise: str, post: str, says: Verdict, by: RepId) -> Touching | Refused:
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            row = writing.change_post(post)
            if row is None or row.state in ("ours", "gone", "erased"):
                return NO_SUCH
            rule = advertised_of(self._library_of().now(), row.brand, promise)
            if rule is None or not rule.is_said(row.brand, row.at_ms):
                return NOT_SAID
            before = [it for it in writing.touches_of([post]) if it.promise == promise]
            if any(it.because == "person" and it.verdict == says for it in before):
                return before[0]
            after = _row(row, promise, says, "person")
            after = replace(after, rep=by, judged_ms=now_ms)
            writing.put_judged(after)
            act = Act(
                what="post.judged", at_ms=now_ms, who=by, about=post,
                after={"promise": promise, "says": says},
            )  # fmt: skip
            note(writing, act)
        return after


def mark_of(book: RuleBook) -> str:
    """Name what is advertised: posts are weighed again when it is not the same any more."""
    books = {"": book, **book.by_brand}
    said = {
        brand: [replace(one, line=0) for one in own.advertised] for brand, own in books.items()
    }
    return sha256(msgspec.json.encode(said)).hexdigest()[:16]


def advertised_in(book: RuleBook) -> Mapping[str, Advertised]:
    """Give everything that is advertised, by id: the umbrella's own, then what brands add."""
    found = {one.id: one for own in books_in(book) for one in own.advertised}
    return found | {one.id: one for one in book.advertised}


def advertised_of(book: RuleBook, brand: str, promise: str) -> Advertised | None:
    """Find a promise as a brand says it."""
    return next((it for it in book.for_brand(brand).advertised if it.id == promise), None)


def weighed(post: Post, book: RuleBook, failed: Sequence[str]) -> Iterator[Touching]:
    """Say which promises a post is about, and which it is against.

    Args:
        post: What somebody wrote.
        book: The active book.
        failed: What failed in the case it is kept with.
    """
    for one in book.for_brand(post.brand).advertised:
        if not one.is_said(post.brand, post.at_ms):
            continue
        if not set(one.failures).isdisjoint(failed):
            yield _row(post, one.id, "against", "case")
        elif one.is_named(post.text, post.language):
            against = one.is_against(post.rating)
            yield _row(
                post, one.id, "against" if against else "unjudged", "stars" if against else "words"
            )


def _row(post: Post, promise: str, verdict: Verdict, because: Because) -> Touching:
    return Touching(
        promise=promise,
        post=post.post,
        brand=post.brand,
        at_ms=post.at_ms,
        verdict=verdict,
        because=because,
    )


def _failed(reading: Reading, posts: Sequence[Post]) -> Mapping[CaseId, tuple[str, ...]]:
    """Give what failed in the cases that posts are kept with, in two looks."""
    profiles = sorted({one.profile for one in posts if one.case and one.profile})
    if not profiles:
        return {}
    customers = sorted(set(reading.customers_of(profiles).values()))
    return {row.case: row.rules for row in reading.cases_of(customers)}
