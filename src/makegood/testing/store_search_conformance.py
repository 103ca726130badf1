"""What every store does with searches: kept, listed by query, compared by day, forgotten."""

from msgspec.structs import replace

from makegood.ports.searches import Placing, WatchedSearch
from makegood.testing.store_log_conformance import Conformance


def search(name: str, **changed: object) -> WatchedSearch:
    """A search with results of two days."""
    row = WatchedSearch(
        search=name, query=f"query {name}", engine="google", newest_day=20, earlier_day=10
    )
    return replace(row, **changed)


def placing(name: str, day: int, place: int, url: str = "") -> Placing:
    """A page at a place."""
    return Placing(search=name, day=day, place=place, url=url or f"https://{place}.example/")


class SearchConformance(Conformance):
    """Searches and their results."""

    def test_a_search_is_made_once_and_changed_by_who_has_it(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            assert writing.change_search(search("a")) == search("a")
            assert writing.change_search(search("a", newest_day=99)) == search("a")
            writing.put_search(search("a", newest_day=30))
        with store.reading() as reading:
            assert reading.searches(["a", "b"]) == {"a": search("a", newest_day=30)}
            assert reading.searches([]) == {}

    def test_searches_page_by_their_query_and_by_brand(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for name in "cab":
                writing.put_search(search(name))
            writing.put_search(search("d", query="query a", brand="vans"))
            writing.put_search(search("e", newest_day=0))
        with store.reading() as reading:
            first = reading.searches_listed(limit=3)
            rest = reading.searches_listed(after=first[-1].order, limit=9)
            vans = reading.searches_listed(brands=["vans"])
            both = reading.searches_listed(brands=["vans", ""], after=("query a", "a"))
        assert [one.search for one in (*first, *rest)] == ["a", "d", "b", "c"]
        assert [one.search for one in vans] == ["d"]
        assert [one.search for one in both] == ["d", "b", "c"]

    def test_a_page_of_a_day_has_one_place(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_placings([])
            writing.put_placings([placing("a", 20, 2), placing("a", 20, 1)])
            writing.put_placings([placing("a", 20, 5, "https://1.example/")])
            writing.put_placings([placing("a", 10, 1)])
        with store.reading() as reading:
            assert [one.place for one in reading.placings_on("a", 20)] == [2, 5]
            assert [one.place for one in reading.placings_on("a", 10)] == [1]
            assert reading.placings_on("b", 20) == ()

    def test_the_last_two_days_are_found_of_many_searches_at_once(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            for name in "ab":
                writing.put_search(search(name))
                rows = [placing(name, day, place) for day in (5, 10, 20) for place in (1, 2, 11)]
                writing.put_placings(rows)
        with store.reading() as reading:
            found = reading.last_placings(["b", "a", "z"], 10)
            assert reading.last_placings([], 10) == ()
        assert [(one.search, one.day, one.place) for one in found] == [
            ("a", 20, 1), ("a", 20, 2), ("a", 10, 1), ("a", 10, 2),
            ("b", 20, 1), ("b", 20, 2), ("b", 10, 1), ("b", 10, 2),
        ]  # fmt: skip

    def test_the_history_begins_with_the_newest_day(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            rows = [placing("a", day, place) for day in (1, 2, 3) for place in (1, 9)]
            writing.put_placings(rows)
        with store.reading() as reading:
            found = reading.placing_history("a", 2, 5, 9)
            assert [(one.day, one.place) for one in found] == [(3, 1), (2, 1)]
            assert len(reading.placing_history("a", 0, 9, 4)) == 4

    def test_what_was_not_told_is_found_until_it_was(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_search(search("b"))
            writing.put_search(search("a"))
            writing.put_search(search("c", told_day=20))
            assert [one.search for one in writing.searches_to_tell(9)] == ["a", "b"]
            assert [one.search for one in writing.searches_to_tell(1)] == ["a"]
            writing.put_search(search("a", told_day=20))
        with store.reading() as reading:
            assert [one.search for one in reading.searches_to_tell(9)] == ["b"]

    def test_what_is_old_is_forgotten_a_day_at_a_time(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_search(search("a"))
            writing.put_search(search("b", newest_day=2, earlier_day=1))
            writing.put_placings([placing("b", 1, 1), placing("b", 2, 1), placing("b", 2, 2)])
            writing.put_placings([placing("a", 20, 1)])
            assert writing.drop_placings(20) == 1
            assert writing.drop_placings(20) == 2
            assert writing.drop_placings(20) == 0
            assert writing.drop_searches(20) == 1
        with store.reading() as reading:
            assert list(reading.searches(["a", "b"])) == ["a"]
            assert len(reading.placings_on("a", 20)) == 1
