"""What every store gives of the end of a history."""

from makegood.messages.events import Event, OrderKey
from makegood.ports.store import Store
from makegood.testing.store_log_conformance import Conformance
from makegood.testing.store_samples import offered, profile

_NAMES = ("1", "2", "3", "4", "5", "6")


def _read(store: Store, names: str, before: OrderKey | None, limit: int) -> tuple[Event, ...]:
    with store.reading() as reading:
        return reading.latest_events([profile(one) for one in names.split()], before, limit)


class HistoryConformance(Conformance):
    """The last events of a customer's profiles, page by page."""

    def _kept(self) -> Store:
        store = self.make_store()
        whose = ("ana", "ana2", "ben")
        with store.writing() as writing:
            writing.append(
                [offered(n, whose[int(n) % 3], time_ms=1000 * (int(n) // 2)) for n in _NAMES]
            )
        return store

    def test_the_latest_events_of_all_profiles_come_first(self) -> None:
        store = self._kept()
        found = _read(store, "ana ana2", None, 10)
        assert [one.message_id for one in found] == ["6", "4", "3", "1"]
        assert [one.message_id for one in _read(store, "ben", None, 1)] == ["5"]
        assert _read(store, "", None, 10) == ()
        assert _read(store, "nobody", None, 10) == ()

    def test_they_page_to_the_first_with_none_twice_also_when_many_have_one_time(self) -> None:
        store = self._kept()
        many = "ana ana2 ben"
        whole = _read(store, many, None, 10)
        for size in (1, 2, 4):
            got: list[Event] = []
            before: OrderKey | None = None
            while page := _read(store, many, before, size):
                assert len(page) <= size
                got += page
                before = page[-1].order
            assert tuple(got) == whole
        assert [one.order for one in whole] == sorted((one.order for one in whole), reverse=True)

    def test_a_customer_of_very_many_profiles_is_read_all_the_same(self) -> None:
        store = self.make_store()
        names = [f"p{n}" for n in range(70)]
        with store.writing() as writing:
            writing.append([offered(one, one, time_ms=n) for n, one in enumerate(names)])
        found = _read(store, " ".join([*names, "p1"]), None, 3)
        assert [one.message_id for one in found] == ["p69", "p68", "p67"]
        older = _read(store, " ".join(names), found[-1].order, 100)
        assert [one.message_id for one in older] == list(reversed(names[:67]))
