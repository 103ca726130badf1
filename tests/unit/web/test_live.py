"""The tail of the log tells each event once, and also one that is committed after a later one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from makegood.messages.events import Event
from makegood.messages.ids import CustomerId, ProfileId
from makegood.testing.store_samples import event
from makegood.web.live import LOOK_BACK, Tail


class Log:
    """A log as one transaction after another sees it; positions may be filled later."""

    def __init__(self) -> None:
        self.entries: dict[int, Event] = {}
        self.asked: list[Sequence[ProfileId]] = []

    @contextmanager
    def reading(self) -> Iterator["Log"]:
        yield self

    def counts(self, *names: str) -> dict[str, int]:
        return {name: len(self.entries) if name == "log" else 0 for name in names}

    def log(self, after: int, limit: int) -> list[tuple[int, Event]]:
        return [(p, self.entries[p]) for p in sorted(self.entries) if p > after][:limit]

    def customers_of(self, profiles: Sequence[ProfileId]) -> dict[ProfileId, CustomerId]:
        self.asked.append(profiles)
        return {}

    def cases_of(self, _customers: Sequence[CustomerId]) -> tuple[()]:
        return ()

    def append(self, *places: int) -> None:
        for place in places:
            told = event(f"m{place}")
            self.entries[place] = replace(told, profile=ProfileId(f"p{place}"))


def told(log: Log, tail: Tail) -> Sequence[str]:
    log.asked.clear()
    tail.look()
    return [profile for profiles in log.asked for profile in profiles]


def test_an_event_that_is_committed_after_a_later_one_is_told_too_and_once():
    log = Log()
    log.append(1, 2)
    tail = Tail(log)  # type: ignore[arg-type]
    assert tail.look() is None
    log.append(3, 5)
    assert told(log, tail) == ["p3", "p5"]
    log.append(4)
    assert told(log, tail) == ["p4"]
    assert told(log, tail) == []
    log.append(6)
    assert told(log, tail) == ["p6"]


def test_what_was_there_before_the_first_look_is_no_news():
    log = Log()
    log.append(*range(1, LOOK_BACK + 200))
    tail = Tail(log)  # type: ignore[arg-type]
    tail.look()
    log.append(LOOK_BACK + 500)
    assert told(log, tail) == [f"p{LOOK_BACK + 500}"]
