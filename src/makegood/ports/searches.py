"""What a person finds who searches for the firm: which page, at which place, day by day.

Nothing of a customer is here: queries are the firm's own, and pages are public.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct


class WatchedSearch(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A query at one search engine in one country, of which results were told.

    Attributes:
        search: Names it.
        query: What is searched for, as the rule book writes it.
        engine: Which search engine, or which tool told of it.
        market: Country or language of the results; empty when nobody said.
        brand: Whose search it is; empty for the umbrella's.
        newest_day: Last day of which results are known, in days since 1970.
        earlier_day: The one before; 0 for none.
        told_day: Up to this day its owner was told of changes.
        heard_ms: When results were taken last.
    """

    search: str
    query: str
    engine: str
    market: str = ""
    brand: str = ""
    newest_day: int = 0
    earlier_day: int = 0
    told_day: int = 0
    heard_ms: int = 0

    @property
    def order(self) -> tuple[str, str]:
        """Its place in the list."""
        return (self.query, self.search)


class Placing(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A page among the results of a search on one day.

    Attributes:
        place: From 1.
        title: As the results show it; empty when nobody said.
    """

    search: str
    day: int
    url: str
    place: int
    title: str = ""


class SearchReading(Protocol):
    """Looking."""

    def searches(self, searches: Sequence[str]) -> Mapping[str, WatchedSearch]:
        """Find searches by their names."""

    def searches_listed(
        self,
        *,
        brands: Sequence[str] = (),
        after: tuple[str, str] | None = None,
        limit: int = 20,
    ) -> tuple[WatchedSearch, ...]:
        """Page through searches in the order of their queries.

        Args:
            brands: Of these; empty for all.
            after: Order of the last one of the page before.
            limit: At most so many.
        """

    def placings_on(self, search: str, day: int) -> tuple[Placing, ...]:
        """Give the results of one day, the first place first."""

    def last_placings(self, searches: Sequence[str], places: int) -> tuple[Placing, ...]:
        """Give the results of the newest and of the earlier day of some searches.

        Args:
            searches: Which.
            places: From the first place to this one.
        """

    def placing_history(
        self, search: str, since_day: int, places: int, limit: int
    ) -> tuple[Placing, ...]:
        """Give the results of a search from a day on, the newest day first."""

    def searches_to_tell(self, limit: int) -> tuple[WatchedSearch, ...]:
        """Give searches with results newer than what their owner was told of."""


class SearchWriting(SearchReading, Protocol):
    """Writing."""

    def change_search(self, row: WatchedSearch) -> WatchedSearch:
        """Give a search as it is kept, else keep this one; nobody else has it until the end."""

    def put_search(self, row: WatchedSearch) -> None:
        """Write a search down as it is now."""

    def put_placings(self, rows: Sequence[Placing]) -> None:
        """Keep results; the same page of the same day takes the place that is told now."""

    def drop_placings(self, before_day: int) -> int:
        """Forget the results of the oldest day before this one; say how many, 0 for none left."""

    def drop_searches(self, before_day: int) -> int:
        """Forget searches of which nothing newer is known; say how many."""
