"""What a search shows: whose each page is, how it moved, and which change is worth telling."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from makegood.playbooks.searches import KINDS, OTHERS, OURS, SearchTerms, host_of
from makegood.ports.searches import Placing, WatchedSearch

WHOSE: Mapping[str, str] = {
    OURS: "ours",
    "reviews": "a review site",
    "competitors": "a competitor",
    "press": "the press",
    OTHERS: "somebody else's",
}


class Line(Struct, frozen=True, kw_only=True):
    """A page among the results.

    Attributes:
        was: Its place on the earlier day; 0 when it was not there, or there was no such day.
        is_new: It was not there on the earlier day.
    """

    place: int
    url: str
    where: str
    title: str
    whose: str
    was: int
    is_new: bool

    @property
    def words(self) -> str:
        """Whose it is, in words."""
        return WHOSE[self.whose]

    @property
    def up(self) -> int:
        """By how many places it rose; less than nothing when it fell."""
        return self.was - self.place if self.was else 0


class Results(Struct, frozen=True, kw_only=True):
    """The newest results of a search, beside the earlier ones.

    Attributes:
        lines: The first place first.
        gone: Pages of the earlier day that are not there any more.
    """

    lines: tuple[Line, ...]
    gone: tuple[Line, ...]

    def first(self, places: int) -> Mapping[str, int]:
        """Count the pages of the first places by whose they are."""
        near = [one.whose for one in self.lines if one.place <= places]
        return {kind: near.count(kind) for kind in KINDS if kind in near}


def results(row: WatchedSearch, placings: Sequence[Placing], terms: SearchTerms) -> Results:
    """Compare the newest day with the earlier one.

    Args:
        row: The search.
        placings: Of both days, and perhaps of other searches.
        terms: Say whose a page is.
    """
    own = [one for one in placings if one.search == row.search]
    newest = [one for one in own if one.day == row.newest_day]
    earlier = {one.url: one.place for one in own if one.day == row.earlier_day != row.newest_day}
    there = {one.url for one in newest}
    left = [one for one in own if one.url in earlier and one.url not in there]
    return Results(
        lines=tuple(_line(one, earlier, terms) for one in newest),
        gone=tuple(_line(one, earlier, terms) for one in left),
    )


def _line(one: Placing, earlier: Mapping[str, int], terms: SearchTerms) -> Line:
    was = earlier.get(one.url, 0)
    return Line(
        place=one.place,
        url=one.url,
        where=host_of(one.url).removeprefix("www."),
        title=one.title,
        whose=terms.whose(one.url),
        was=was,
        is_new=bool(earlier) and not was,
    )


def changes(found: Results, terms: SearchTerms) -> tuple[str, ...]:
    """Say what is worth telling, a sentence each.

    A page that is not ours came among the first places, or one of ours is there no more. Results
    without an earlier day tell of no change.
    """
    told = [
        f"{one.where} ({one.words}) is at place {one.place}, {_before(one)}: {one.url}"
        for one in found.lines
        if one.whose != OURS
        and one.whose in terms.tell
        and one.place <= terms.first
        and (one.is_new or one.was > terms.first)
    ]
    if OURS in terms.tell:
        fell = [one for one in found.lines if one.was <= terms.first < one.place and one.was]
        told += [
            f"{one.where} (ours) fell from place {one.was} to {one.place}: {one.url}"
            for one in fell
            if one.whose == OURS
        ]
        told += [
            f"{one.where} (ours) was at place {one.was} and is not there any more: {one.url}"
            for one in found.gone
            if one.whose == OURS and one.was <= terms.first
        ]
    return tuple(told)


def _before(one: Line) -> str:
    return f"before at {one.was}" if one.was else "and was not there before"


class Day(Struct, frozen=True, kw_only=True):
    """The best place of each side on one day.

    Attributes:
        best: By whose the page is; a side without a page is not there.
    """

    day: int
    best: Mapping[str, int]

    @property
    def cells(self) -> tuple[int, ...]:
        """The best places in the order of the sides; 0 for none."""
        return tuple(self.best.get(kind, 0) for kind in KINDS)


def history(placings: Sequence[Placing], terms: SearchTerms) -> tuple[Day, ...]:
    """Give the days of which results are known, the newest first.

    Args:
        placings: Of one search, the newest day first.
        terms: Say whose a page is.
    """
    days = []
    for day, rows in groupby(placings, key=lambda one: one.day):
        best: dict[str, int] = {}
        for one in rows:
            kind = terms.whose(one.url)
            best[kind] = min(best.get(kind, one.place), one.place)
        days.append(Day(day=day, best=best))
    return tuple(days)
