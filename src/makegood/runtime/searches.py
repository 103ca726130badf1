"""What searches show is taken in, its owner is told of changes, and it is forgotten in time.

Only watched queries are kept. The results of one day are written down in one transaction, and told
of once they are at rest, so that half a list is never taken for a change.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.commands import AskOwner
from makegood.messages.errors import InputError
from makegood.messages.ids import RepId
from makegood.playbooks.searches import DAY_MS, SearchTerms, Watched, plain_query
from makegood.ports.searches import Placing, WatchedSearch
from makegood.ports.store import Writing
from makegood.ports.unfit import Unfit
from makegood.projections.searches import changes, results
from makegood.runtime.asking_owners import question
from makegood.runtime.intake import patiently
from makegood.runtime.voice_parts import Parts
from makegood.sources.voice.ranks import MOST_PLACES, Ranked, Wrong

_LOG = logging.getLogger("makegood.voice")
MOST_KEPT = 200_000  # results of watched queries in one file: they are in memory together
MOST_OF_A_DAY = 500  # pages of a search that are kept and shown; means may put many at one place
MOST_WRONG = 1_000
_DAYS_AT_ONCE = 20
_SETTLED_MS = 2 * 60_000  # a list may come in several deliveries
_EVERY_MS = 3_600_000
Lists = dict[tuple[str, str, str], dict[int, dict[str, Ranked]]]


class RanksCame(Struct, frozen=True, kw_only=True):
    """What became of results.

    Attributes:
        became: How many are `new`, `changed` or `known`, and how many were left: `unwatched`
            queries, `deeper` places, `old` days and pages told `twice`.
        wrong: Rows that could not be taken; kept, with the reason.
    """

    became: Counter[str]
    wrong: tuple[Wrong, ...]


class Searches:
    """Everything about what searches show."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._next_ms = 0

    @property
    def terms(self) -> SearchTerms:
        """What the umbrella's active book watches."""
        return self._parts.terms("").searches

    @property
    def today(self) -> int:
        """The day of our clock, in days since 1970."""
        return self._parts.clock.now_ms() // DAY_MS

    def take(self, found: Iterable[Ranked | Wrong], source: str, brand: str = "") -> RanksCame:
        """Take results; the same again change nothing.

        Args:
            found: As they were read; nothing is written before all are.
            source: From where they come.
            brand: Only of searches of this brand; empty for all.

        Raises:
            InputError: There are too many, or too many are wrong; nothing was taken.
        """
        became: Counter[str] = Counter()
        wrong: list[Wrong] = []
        lists = self._sorted(found, brand, became, wrong)
        self._keep_wrong(wrong, source)
        for (query, engine, market), days in lists.items():
            watched = self.terms.watched(query)
            if watched is not None:
                fresh = _fresh(watched, engine, market)
                became += self._put_all(fresh, days)
        return RanksCame(became=+became, wrong=tuple(wrong))

    def _sorted(
        self, found: Iterable[Ranked | Wrong], brand: str, became: Counter[str], wrong: list[Wrong]
    ) -> Lists:
        terms, lists, kept = self.terms, Lists(), 0
        watched = {plain_query(one.words): one for one in terms.watch}
        oldest = self.today - terms.keep_ms // DAY_MS
        for one in found:
            if isinstance(one, Wrong):
                wrong.append(one)
                if len(wrong) > MOST_WRONG:
                    raise InputError(
                        f"More than {MOST_WRONG:,} rows are wrong, the first in line "
                        f"{wrong[0].line}: {wrong[0].why} Nothing was taken."
                    )
                continue
            query = plain_query(one.query)
            left = _left(one, watched.get(query), brand, oldest)
            if left:
                became[left] += 1
                continue
            day = lists.setdefault((query, one.engine, one.market), {}).setdefault(one.day, {})
            before = day.get(one.url)
            became["twice"] += before is not None
            kept += before is None
            if kept > MOST_KEPT:
                raise InputError(
                    f"More than {MOST_KEPT:,} results are of watched queries; split the file. "
                    "Nothing was taken."
                )
            if before is None or one.place < before.place:
                day[one.url] = one
        return lists

    def _keep_wrong(self, wrong: Sequence[Wrong], source: str) -> None:
        rows = [
            Unfit(
                id=_digest(source, one.why, one.record),
                source=source,
                at_ms=self._parts.clock.now_ms(),
                reason=f"Line {one.line}: {one.why}",
                record=one.record,
            )
            for one in wrong
        ]
        if rows:
            with self._parts.store.writing() as writing:
                writing.put_unfit(rows)

    def _put_all(
        self, fresh: WatchedSearch, days: Mapping[int, Mapping[str, Ranked]]
    ) -> Counter[str]:
        became: Counter[str] = Counter()
        ordered = sorted(days)
        for begin in range(0, len(ordered), _DAYS_AT_ONCE):
            some = {day: days[day] for day in ordered[begin : begin + _DAYS_AT_ONCE]}
            became += patiently(partial(self._put, fresh, some))
        return became

    def _put(self, fresh: WatchedSearch, days: Mapping[int, Mapping[str, Ranked]]) -> Counter[str]:
        became: Counter[str] = Counter()
        with self._parts.store.writing() as writing:
            row = writing.change_search(fresh)
            rows: list[Placing] = []
            for day, found in days.items():
                known = {one.url: one for one in writing.placings_on(row.search, day)}
                room = MOST_OF_A_DAY - len(known)
                for one in _placings(row.search, day, found.values()):
                    before = known.get(one.url)
                    room -= before is None
                    if before is None and room < 0:
                        became["deeper"] += 1
                        continue
                    state = "new" if before is None else "changed"
                    became["known" if before == one else state] += 1
                    rows += [] if before == one else [one]
            after = _with_days(replace(row, query=fresh.query, brand=fresh.brand), days)
            if rows or after != row:
                writing.put_placings(rows)
                writing.put_search(replace(after, heard_ms=self._parts.clock.now_ms()))
        return became

    def tell(self, limit: int = 100) -> int:
        """Tell the owner what changed since the earlier day; say of how many searches."""
        before_ms = self._parts.clock.now_ms() - _SETTLED_MS
        with self._parts.store.reading() as reading:
            found = reading.searches_to_tell(limit)
        rested = [one for one in found if one.heard_ms <= before_ms]
        return sum(patiently(partial(self._told, one.search)) for one in rested)

    def _told(self, search: str) -> int:
        terms, now_ms = self.terms, self._parts.clock.now_ms()
        with self._parts.store.writing() as writing:
            row = _locked(writing, search)
            if row is None or row.told_day >= row.newest_day:
                return 0  # another worker told of it
            compared = results(row, writing.last_placings([search], MOST_PLACES), terms)
            words = changes(compared, terms) if terms.owner else ()
            writing.put_search(replace(row, told_day=row.newest_day))
            if not words:
                return 0
            order = AskOwner(
                about="search",
                subject=search,
                title=row.query,
                owner=RepId(terms.owner),
                due_ms=now_ms,
                brand=row.brand,
                words=words[:20],
            )
            command = question(order, row.newest_day, now_ms)
            if not writing.commands([command.id]):
                writing.put_commands([command])
        return 1

    def now_and_then(self) -> int:
        """Forget once an hour what was kept for long enough; say how many results."""
        now_ms = self._parts.clock.now_ms()
        if now_ms < self._next_ms:
            return 0
        self._next_ms = now_ms + _EVERY_MS
        return self.prune()

    def prune(self) -> int:
        """Forget results older than the book keeps, a day at a time; say how many."""
        before = self.today - self.terms.keep_ms // DAY_MS
        dropped = 0
        while gone := patiently(partial(self._dropped, before)):
            dropped += gone
        with self._parts.store.writing() as writing:
            writing.drop_searches(before)
        return dropped

    def _dropped(self, before: int) -> int:
        with self._parts.store.writing() as writing:
            return writing.drop_placings(before)


def _locked(writing: Writing, search: str) -> WatchedSearch | None:
    known = writing.searches([search]).get(search)
    return writing.change_search(known) if known is not None else None


def _left(one: Ranked, watched: Watched | None, brand: str, oldest: int) -> str:
    """Say why a result is not kept; empty when it is."""
    if watched is None or (brand and watched.brand != brand):
        return "unwatched"
    if one.place > MOST_PLACES:
        return "deeper"
    return "old" if one.day < oldest else ""


def _fresh(watched: Watched, engine: str, market: str) -> WatchedSearch:
    name = _digest(plain_query(watched.words), engine, market)
    return WatchedSearch(
        search=name, query=watched.words, engine=engine, market=market, brand=watched.brand
    )


def _placings(search: str, day: int, found: Iterable[Ranked]) -> Iterator[Placing]:
    for one in sorted(found, key=lambda it: (it.place, it.url)):
        yield Placing(search=search, day=day, url=one.url, place=one.place, title=one.title)


def _with_days(row: WatchedSearch, days: Iterable[int]) -> WatchedSearch:
    known = sorted({row.newest_day, row.earlier_day, *days} - {0}, reverse=True)
    newest, earlier = (*known, 0, 0)[:2]
    return replace(row, newest_day=newest, earlier_day=earlier)


def _digest(*words: str) -> str:
    return blake2b("\x1f".join(words).encode("utf-8", "replace"), digest_size=16).hexdigest()
