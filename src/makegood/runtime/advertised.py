"""Which public posts are about what is advertised: weighed by a round, settled by a person.

No sentiment is guessed. A post is against a promise by its stars, by the failure of the case it is
kept with, because a person says so, or, where the book lets a machine's reading count, because it
was read as such a failure with as high a chance as the book asks for; every other one that has
the words is about it and unjudged, and is counted as that.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.errors import Refused
from makegood.messages.ids import RepId
from makegood.playbooks.advertising import Advertised
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.acts import Act
from makegood.ports.advertised import Because, KeptWith, Touching, Verdict
from makegood.ports.clock import Clock
from makegood.ports.store import Store
from makegood.ports.triage import TriageRow
from makegood.ports.voice import Post
from makegood.runtime.intake import patiently
from makegood.runtime.noting import note

EVERY_S = 5.0
_AGAIN_MS = 60_000
_WEIGHED = ("waiting", "answered", "old")
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
        self._again_ms = 0

    def run_once(self, limit: int = _AT_ONCE) -> int:
        """Weigh some posts that are new, changed, or not weighed by this book; say how many."""
        if self._clock.now_ms() >= self._again_ms:
            self._again_ms = self._clock.now_ms() + _AGAIN_MS
            patiently(self._again)
        return patiently(lambda: self._weighed(limit))

    def _again(self) -> None:
        """Let posts be weighed again in whose case something failed since, or failed no more."""
        with self._store.writing() as writing:
            more = writing.weigh_again(_AT_ONCE)
        if more == _AT_ONCE:
            self._again_ms = 0

    def _weighed(self, limit: int) -> int:
        book = self._library_of().now()
        mark = mark_of(book)
        with self._store.writing() as writing:
            posts = writing.take_to_weigh(mark, limit)
            if not posts:
                return 0
            names = [one.post for one in posts]
            failed = writing.failed_in([one.case for one in posts if one.case])
            read = writing.triaged(names)
            kept = [
                KeptWith(post=one.post, case=one.case, rules=failed.get(one.case, ()))
                for one in posts
                if one.case
            ]
            rows = [
                row
                for one in posts
                for row in weighed(one, book, failed.get(one.case, ()), read.get(one.post))
            ]
            writing.put_weighed(names, rows, kept)
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
            if row is None or row.state not in _WEIGHED:
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
    said = {brand: (list(_bare(own).values()), _kinds_of(own)) for brand, own in books.items()}
    return sha256(msgspec.json.encode(said)).hexdigest()[:16]


def _kinds_of(book: RuleBook) -> Mapping[str, str]:
    """Give the failures that triage reads of, where that decides what a post is against."""
    if not any(one.failures for one in book.advertised):
        return {}
    return {kind: terms.failure for kind, terms in sorted(book.triage.kinds.items())}


def advertised_in(book: RuleBook) -> Mapping[str, Advertised]:
    """Give everything that is advertised, each with the brands that say it so.

    The keys are ids; of what a brand's own book says alone, or otherwise, with `@` and the brand.
    """
    found, mine = {}, _bare(book)
    own_books = {brand: _bare(own) for brand, own in book.by_brand.items()}
    for one in book.advertised:
        all_of_it = one.brands or tuple(book.brands)
        theirs = tuple(
            brand
            for brand in all_of_it
            if brand not in own_books or own_books[brand].get(one.id) == mine[one.id]
        )
        if theirs == all_of_it:
            found[one.id] = one
        elif theirs:
            found[one.id] = replace(one, brands=theirs)
    for brand, own in book.by_brand.items():
        for one in own.advertised:
            is_theirs = not one.brands or brand in one.brands
            if is_theirs and own_books[brand][one.id] != mine.get(one.id):
                found[f"{one.id}@{brand}"] = replace(one, brands=(brand,), own=brand)
    return found


def _bare(book: RuleBook) -> dict[str, Advertised]:
    """Give what a book advertises, by id, wherever in its text it stands."""
    return {one.id: replace(one, line=0) for one in book.advertised}


def advertised_by(book: RuleBook, brand: str) -> Mapping[str, Advertised]:
    """Give what one brand says, by id, as it says it; without a brand, what any says, by key."""
    if not brand:
        return advertised_in(book)
    own = book.for_brand(brand).advertised
    return {one.id: one for one in own if not one.brands or brand in one.brands}


def advertised_of(book: RuleBook, brand: str, promise: str) -> Advertised | None:
    """Find a promise as a brand says it."""
    return next((it for it in book.for_brand(brand).advertised if it.id == promise), None)


class _Sorted(Struct, frozen=True, kw_only=True):
    """What a post was read as: of which failure, how surely, and by whom."""

    failure: str = ""
    chance: float = 0.0
    because: Because = "read"

    def is_against(self, one: Advertised) -> bool:
        """Whether it counts against a promise; what a person said always does."""
        needed = 1.0 if self.because == "label" else one.read_from
        return self.failure in one.failures and 0 < needed <= self.chance


def weighed(
    post: Post, book: RuleBook, failed: Sequence[str], read: TriageRow | None = None
) -> Iterator[Touching]:
    """Say which promises a post is about, and which it is against.

    Args:
        post: What somebody wrote.
        book: The active book.
        failed: What failed in the case it is kept with.
        read: What it was read as.
    """
    own = book.for_brand(post.brand)
    found = _sorted(post, own, read)
    for one in own.advertised:
        if not one.is_said(post.brand, post.at_ms):
            continue
        if not set(one.failures).isdisjoint(failed):
            yield _row(post, one.id, "against", "case")
        elif found.is_against(one):
            yield _row(post, one.id, "against", found.because)
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


def _sorted(post: Post, book: RuleBook, read: TriageRow | None) -> _Sorted:
    """Say of which failure a post tells; what was read before its author changed it is void."""
    if read is None:
        return _Sorted()
    if read.labelled_ms:
        kind, chance, is_old = read.kind, 1.0, read.labelled_ms < post.edited_ms
    elif read.said is not None:
        kind, chance, is_old = read.said.kind, read.said.sure / 1000, post.edited_ms > 0
    else:
        return _Sorted()
    terms = book.triage.kinds.get(kind)
    if terms is None or is_old:
        return _Sorted()
    because: Because = "label" if read.labelled_ms else "read"
    return _Sorted(failure=terms.failure, chance=chance, because=because)
