"""What searches show: kept once, only of watched queries, told of once, forgotten in time."""

import pytest
from msgspec.structs import replace

from makegood.messages.commands import AskOwner
from makegood.messages.errors import InputError
from makegood.messages.ids import CommandId
from makegood.ports.rows import OutboxStatus
from makegood.runtime import searches
from makegood.sources.voice.ranks import Ranked, Wrong
from tests.unit.runtime.voice.world import MINUTE_MS, NOON_MS

TODAY = NOON_MS // 86_400_000
A, B, OURS = "https://a.example/", "https://stars.example/n", "https://northwind.example/"


def at(url: str, place: int, day: int = TODAY, **changed: object) -> Ranked:
    made = Ranked(
        query="northwind  REFUND", engine="google", market="de", day=day, place=place, url=url
    )
    return replace(made, **changed)


def take(it, *found: Ranked | Wrong, brand: str = ""):
    return it.voice.searches.take(found, "ranks", brand)


def watched(it):
    with it.store.reading() as reading:
        return reading.searches_listed()


def told(it) -> list[AskOwner]:
    with it.store.reading() as reading:
        rows = reading.outbox(OutboxStatus.WAITING, CommandId(""), 99)
    return [row.command.order for row in rows if isinstance(row.command.order, AskOwner)]


def places(it, day: int = TODAY) -> list[tuple[int, str]]:
    (row,) = watched(it)
    with it.store.reading() as reading:
        return [(one.place, one.url) for one in reading.placings_on(row.search, day)]


def test_results_are_kept_once(it) -> None:
    assert take(it, at(OURS, 1), at(B, 2)).became == {"new": 2}
    (row,) = watched(it)
    assert (row.query, row.engine, row.market, row.newest_day, row.earlier_day) == (
        "Northwind refund", "google", "de", TODAY, 0,
    )  # fmt: skip
    assert take(it, at(OURS, 1), at(B, 2)).became == {"known": 2}
    assert watched(it) == (row,)
    assert take(it, at(B, 3)).became == {"changed": 1}
    assert places(it) == [(1, OURS), (3, B)]


def test_a_page_that_a_list_names_twice_has_its_best_place(it) -> None:
    assert take(it, at(A, 4), at(A, 2), at(A, 3)).became == {"new": 1, "twice": 2}
    assert places(it) == [(2, A)]


def test_however_many_pages_are_told_of_a_day_the_first_of_so_many_are_kept(it) -> None:
    many = [at(f"https://h{n}.example/", 1 + n % 9) for n in range(searches.MOST_OF_A_DAY)]
    take(it, *many[1:])
    assert take(it, at(A, 1), at(B, 2), *many[:1]).became == {"deeper": 2, "new": 1}
    assert take(it, at(many[9].url, 3)).became == {"changed": 1}
    assert len(places(it)) == searches.MOST_OF_A_DAY


def test_what_nobody_watches_is_counted_and_left(it) -> None:
    came = take(it, at(A, 1, query="cars"), at(A, 101), at(A, 1, TODAY - 91))
    assert came.became == {"unwatched": 1, "deeper": 1, "old": 1}
    assert watched(it) == ()


def test_a_source_of_one_brand_tells_of_its_searches_alone(it) -> None:
    vans = at(A, 1, query="northwind vans")
    assert take(it, at(A, 1), vans, brand="northwind_vans").became == {"unwatched": 1, "new": 1}
    assert [one.brand for one in watched(it)] == ["northwind_vans"]


def test_days_may_come_in_any_order(it) -> None:
    for day in (TODAY - 2, TODAY, TODAY - 3, TODAY - 1):
        take(it, at(A, 1, day))
    (row,) = watched(it)
    assert (row.newest_day, row.earlier_day) == (TODAY, TODAY - 1)
    assert take(it, *(at(A, 1, TODAY - n) for n in range(60))).became == {"known": 4, "new": 56}


def test_wrong_rows_are_kept_with_their_reason_and_too_many_are_refused(it, monkeypatch) -> None:
    came = take(it, Wrong(line=7, why="No day.", record="x"), at(A, 1))
    assert [one.line for one in came.wrong] == [7]
    with it.store.reading() as reading:
        (row,) = reading.unfit("ranks", limit=9)
    assert (row.reason, row.record) == ("Line 7: No day.", "x")
    monkeypatch.setattr(searches, "MOST_WRONG", 1)
    wrong = [Wrong(line=n, why="No day.", record="x") for n in (3, 4)]
    with pytest.raises(InputError, match=r"line 3: No day\. Nothing was taken"):
        take(it, at(B, 1), *wrong)
    monkeypatch.setattr(searches, "MOST_KEPT", 1)
    with pytest.raises(InputError, match="split the file"):
        take(it, at(A, 1), at(B, 2))
    assert places(it) == [(1, A)]


def settled(it, clock) -> int:
    clock.advance(2 * MINUTE_MS)
    return it.voice.searches.tell()


def test_the_owner_is_told_once_of_what_changed(world) -> None:
    it, clock = world
    take(it, at(OURS, 1, TODAY - 1), at(A, 2, TODAY - 1), at(B, 4, TODAY - 1))
    assert settled(it, clock) == 0
    assert told(it) == []  # there was nothing before it
    take(it, at(OURS, 4), at(A, 1), at(B, 3), at("https://c.example/", 2))
    assert it.voice.searches.tell() == 0  # half a list may have come
    assert settled(it, clock) == 1
    (order,) = told(it)
    assert (order.owner, order.title, order.about) == ("vera", "Northwind refund", "search")
    assert order.words == (
        "c.example (somebody else's) is at place 2, and was not there before: https://c.example/",
        "stars.example (a review site) is at place 3, before at 4: https://stars.example/n",
        "northwind.example (ours) fell from place 1 to 4: https://northwind.example/",
    )
    assert settled(it, clock) == 0
    take(it, at("https://d.example/", 1))
    assert settled(it, clock) == 0  # the same day is told of once
    assert len(told(it)) == 1


def test_what_is_ours_and_gone_is_told_and_what_moved_among_the_first_is_not(world) -> None:
    it, clock = world
    take(it, at(OURS, 1, TODAY - 1), at(A, 2, TODAY - 1))
    take(it, at(A, 1))
    assert settled(it, clock) == 1
    (order,) = told(it)
    assert order.words == (
        "northwind.example (ours) was at place 1 and is not there any more: "
        "https://northwind.example/",
    )


def test_an_older_day_that_comes_late_tells_nothing(world) -> None:
    it, clock = world
    take(it, at(A, 1))
    settled(it, clock)
    take(it, at(B, 1, TODAY - 1))
    assert settled(it, clock) == 0
    assert told(it) == []


def test_results_are_forgotten_in_time(world) -> None:
    it, clock = world
    take(it, at(A, 1, TODAY - 90), at(A, 1, TODAY - 89), at(B, 2, TODAY - 89))
    assert it.voice.searches.now_and_then() == 0
    clock.advance(86_400_000)
    assert it.voice.searches.now_and_then() == 1
    assert len(watched(it)) == 1
    clock.advance(86_400_000)
    assert it.voice.searches.prune() == 2
    assert watched(it) == ()
