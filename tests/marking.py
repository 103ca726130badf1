"""A firm whose holds are synced to a campaign tool, for tests: intake, gate, feed and runs."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from makegood.gate.held import found_by, held_now
from makegood.gate.service import Gate
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Identified, Released, Touchpoint
from makegood.messages.ids import CustomerId, RepId
from makegood.playbooks.book import Brand, Library
from makegood.ports.arrivals import Arrival
from makegood.ports.marking import Checked, Lacking, Marker, Outcome, Page, Place
from makegood.ports.store import Store
from makegood.runtime.intake import Intake, body_digest
from makegood.runtime.marks import Asked, MarkSink, Truth
from makegood.runtime.marks_run import Reconciler
from makegood.runtime.telling import Teller
from makegood.store.memory import MemoryStore
from makegood.testing.book import small_book
from makegood.testing.clock import FakeClock

KEY = b"k" * 32


def library() -> Library:
    """The small book, where a missing car of a brand holds that brand only."""
    book = small_book()
    plan = book.plans["no_car"]
    plan = replace(plan, hold=replace(plan.hold, scope="brand"))
    vans = Brand(id="vans", name="Vans", sender="v@vans.example", offers_sender="o@vans.example")
    brands = {**book.brands, "vans": vans}
    book = replace(book, plans={**book.plans, plan.id: plan}, brands=brands)
    return Library(active=book.hash, books={book.hash: book})


@dataclass
class PlainMarker:
    """A vendor in memory, which fails when it is told to."""

    place: Place = field(default_factory=lambda: Place(vendor="plain", id="hold"))
    most: int = 3
    page: int = 4
    contacts: set[str] = field(default_factory=set)
    carriers: list[str] = field(default_factory=list)
    faults: list[EffectFailed] = field(default_factory=list)
    calls: list[tuple[str, int]] = field(default_factory=list)
    before: Callable[[str], None] = lambda _name: None
    lacking: tuple[Lacking, ...] = ()

    def _call(self, name: str, size: int = 0) -> None:
        self.before(name)
        self.calls.append((name, size))
        if self.faults:
            raise self.faults.pop(0)

    def mark(self, emails: Sequence[str], *, ask: bool = True) -> Outcome:
        assert len(emails) <= self.most
        self._call("mark", len(emails))
        changed = [it for it in emails if it in self.contacts and it not in self.carriers]
        done = [it for it in emails if it in changed or (ask and it in self.carriers)]
        self.carriers += changed
        absent = tuple(it for it in emails if it not in done)
        return Outcome(done=tuple(done), changed=tuple(changed), absent=absent)

    def unmark(self, emails: Sequence[str]) -> Outcome:
        assert len(emails) <= self.most
        self._call("unmark", len(emails))
        changed = [it for it in emails if it in self.carriers]
        self.carriers = [it for it in self.carriers if it not in changed]
        return Outcome(done=tuple(emails), changed=tuple(changed))

    def marked(self, after: str = "", gone: int = 0) -> Page:
        self._call("marked")
        start = int(after or 0) - gone
        found = self.carriers[start : start + self.page]
        ends = start + len(found)
        following = str(ends) if ends < len(self.carriers) else ""
        return Page(contacts=tuple((it,) for it in found), following=following)

    def check(self) -> Checked:
        self._call("check")
        return Checked(lacking=self.lacking)

    def set_up(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        return


class Firm:
    """Everything joined, with a clock of its own."""

    def __init__(self, *markers: Marker, store: Store | None = None) -> None:
        self.markers = markers
        self.clock = FakeClock()
        self.store = store or MemoryStore()
        self.library = library()
        self.intake = Intake(self.store, lambda: self.library, self.clock, KEY)
        self.gate = Gate(self.store, lambda: self.library, self.clock, KEY)
        self.truth = Truth(
            self.store,
            KEY,
            Asked(
                is_held=self.gate.is_held,
                held_now=self._held_now,
                found_by=found_by,
                knows=lambda brand: brand in self.library.book(self.library.active).brands,
            ),
        )
        sinks = [MarkSink(it, self.store, self.truth, self.clock) for it in markers]
        self.sinks = {sink.name: sink for sink in sinks}
        self.teller = Teller(
            self.store, lambda: self.sinks, self._held_now, self.clock, rng=random.Random(1)
        )
        self.slept: list[float] = []
        self.stopping = False
        self.by = Reconciler(
            self.store, self.truth, self.clock, self._sleep, lambda: self.stopping
        )
        self.count = 0

    def _held_now(self, reading: Any, customers: Sequence[CustomerId]) -> Any:
        return held_now(reading, customers, self.library, self.clock.now_ms())

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(int(seconds * 1000))

    def arrival(self, body: Any, who: str, **more: Any) -> Arrival:
        self.count += 1
        return Arrival(
            source="rental", message_id=f"{self.count}", identifier=who,
            time_ms=self.clock.now_ms(), body=body, body_digest=body_digest(body), **more,
        )  # fmt: skip

    def take(self, body: Any, who: str, **more: Any) -> None:
        self.intake.take([self.arrival(body, who, **more)])

    def introduced(self, who: str, *emails: str) -> Arrival:
        names = tuple(f"email:{it}" for it in emails)
        lookups = tuple(self.intake.profile(name) for name in names)
        return self.arrival(Identified(traits={}, lookups=lookups), who, lookups=names)

    def failed(self, who: str, about: str = "R1", brand: str = "") -> Arrival:
        facts = {"reservation": about, "reason": "none", "price_cents": 100, "brand": brand}
        return self.arrival(Touchpoint(name="Rental Unfulfilled", properties=facts), who)

    def known(self, who: str, *emails: str) -> None:
        """Introduce somebody by their addresses."""
        self.intake.take([self.introduced(who, *emails)])

    def let_down(self, who: str, about: str = "R1", brand: str = "") -> None:
        self.intake.take([self.failed(who, about, brand)])

    def release(self, who: str) -> None:
        """A person ends every hold of somebody."""
        profile = self.intake.profile(who)
        with self.store.reading() as reading:
            customer = reading.customers_of([profile])[profile]
            cases = reading.cases_of([customer])
        for case in cases:
            self.take(Released(case=case.case, by=RepId("kathy"), reason="settled"), who)

    def tell(self) -> int:
        return self.teller.run_once()

    def sync(self, place: int = 0) -> Any:
        with self.store.reading() as reading:
            return reading.sync(self.markers[place].place.key)

    def lags(self) -> Any:
        with self.store.reading() as reading:
            return reading.lags(self.markers[0].place.key, 0)


def address(n: int) -> str:
    return f"c{n:04}@example.com"


def firm(count: int, held: range, store=None, **changes) -> tuple[Firm, PlainMarker]:
    """So many contacts who are customers, some of them held, and no telling yet."""
    marker = PlainMarker(contacts={address(n) for n in range(count)}, **changes)
    it = Firm(marker, store=store)
    it.intake.take([it.introduced(f"user:{n}", address(n)) for n in range(count)])
    it.intake.take([it.failed(f"user:{n}") for n in held])
    return it, marker
