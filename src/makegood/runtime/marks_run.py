"""Compare all marks of a place with all holds, and repair what differs, both ways.

First every address that is held is noted; then the vendor's marks are paged through, and one that
nobody holds is taken away; then those that were noted and not seen are set. Each is judged once
more, by the gate, right before it is changed. Memory stays that of a page of holds and a page of
marks. A run that is interrupted is begun again, from the beginning.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from makegood.messages.errors import EffectFailed
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.clock import Clock
from makegood.ports.marking import Checked, KeyRefused, Marker, Outcome, Page
from makegood.ports.marks import Mark, Sync
from makegood.ports.store import Store, Writing
from makegood.runtime.marks import (
    EMAIL,
    Truth,
    in_batches,
    joined,
    normal_email,
    note_refused,
    put_outcome,
    without,
)
from makegood.runtime.marks_turns import Lost, Sleep, Turns

_HELD_PAGE = 200  # customers
_MISSING_PAGE = 500  # addresses


class Reconciler:
    """Runs comparisons, each by one process at a time."""

    def __init__(
        self,
        store: Store,
        truth: Truth,
        clock: Clock,
        sleep: Sleep,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """Join the parts.

        Args:
            sleep: Waits some seconds before a call is repeated.
            stopped: Asked before each page.
        """
        self._parts = Parts(store, truth, clock, Turns(store, clock, sleep, stopped))

    def run(self, marker: Marker, *, dry: bool = False) -> Sync | None:
        """Compare, repair, look at the campaigns, and write down how it went.

        Args:
            marker: Marks the place.
            dry: Change nothing at the vendor, and leave the record of the last run.

        Returns:
            How the place fares after it, with what was or would be changed; None when another
            process is at it, or this one was told to stop.
        """
        store, _, clock, turns = self._parts
        begun = turns.begin(marker.place.key)
        if begun is None:
            return None
        run = _Run(self._parts, marker, begun, dry=dry)
        try:
            return run.whole()
        except Lost:
            return None
        except KeyRefused as refused:
            note_refused(store, begun.place, str(refused), clock.now_ms())
            return turns.fail(begun, str(refused))
        except EffectFailed as fault:
            return turns.fail(begun, str(fault))


class Parts(NamedTuple):
    """What a run works with."""

    store: Store
    truth: Truth
    clock: Clock
    turns: Turns


class _Run:
    """One run over one place."""

    def __init__(self, parts: Parts, marker: Marker, begun: Sync, *, dry: bool) -> None:
        self._store, self._truth, self._clock, self._by = parts
        self._marker = marker
        self._place = marker.place.key
        self._brand = marker.place.brand
        self._begun = begun
        self._number = begun.run
        self._dry = dry
        self._counts: Counter[str] = Counter()

    def whole(self) -> Sync:
        self._note_held()
        self._page_through_marks()
        self._set_missing()
        checked = self._checked()
        now_ms = self._clock.now_ms()
        counts = {name: self._counts[name] for name in _COUNTED}
        ended: list[Sync] = []

        def end(writing: Writing) -> None:
            fares = replace(writing.sync(self._place), runner="", lease_ms=0)
            done = replace(
                fares, **counts, ended_ms=now_ms, error="", error_ms=0, refused_ms=0,
                checked=checked, checked_ms=now_ms,
            )  # fmt: skip
            ended.append(done)
            if not self._dry:
                writing.drop_unwanted(self._place, self._number, self._begun.started_ms)
            writing.put_sync(fares if self._dry else done)

        self._by.keep(self._begun, end)
        return ended[0]

    def _checked(self) -> Checked:
        """Look at the campaigns; who may not look, or cannot just now, may still mark."""
        try:
            return self._by.patiently(self._marker.check)
        except EffectFailed as fault:
            return Checked(blind=(f"Campaigns could not be looked at: {fault}",))

    def _note_held(self) -> None:
        """Note every address that is held, by pages of customers."""
        after = CustomerId("")
        while True:
            with self._store.reading() as reading:
                some = reading.maybe_held(self._clock.now_ms(), after, _HELD_PAGE)
                held = self._truth.held(reading, some, self._brand)
                addresses = list(self._truth.addresses_of(reading, held)) if held else []
            self._want(addresses)
            if len(some) < _HELD_PAGE:
                return
            after = some[-1]

    def _want(self, addresses: Sequence[ProfileId]) -> None:
        now_ms = self._clock.now_ms()

        def want(writing: Writing) -> None:
            writing.want_marks(self._place, addresses, self._number, now_ms)

        self._by.keep(self._begun, want)

    def _page_through_marks(self) -> None:
        after, gone = "", 0
        while True:
            page = self._by.patiently(partial(self._marker.marked, after, gone))
            gone = self._settle_page(page)
            after = page.following
            if not after:
                return

    def _settle_page(self, page: Page) -> int:
        """Keep the marks that are right, and take the others away; give how many went."""
        names = {email: normal_email(email) for contact in page.contacts for email in contact}
        ids = {email: self._truth.address(name) for email, name in names.items() if name}
        with self._store.reading() as reading:
            known = reading.marks(self._place, list(ids.values()))
        kept: list[Mark] = []
        extra: list[str] = []
        for contact in page.contacts:
            right = [
                it for it in contact if it in ids and self._is_right(known, ids[it], names[it])
            ]
            kept += [self._seen(ids[email]) for email in right]
            if not right:
                extra.append(contact[0])
        removed = self._take_away(extra)
        self._counts["wanted"] += len(kept)
        gone = [ids[email] for email in removed if email in ids]
        self._by.keep(self._begun, lambda writing: self._keep_page(writing, kept, gone))
        return len(removed)

    def _is_right(self, known: Mapping[ProfileId, Mark], address: ProfileId, email: str) -> bool:
        mark = known.get(address)
        if mark is not None and mark.wanted_run == self._number:
            return True
        return self._is_wanted(email)

    def _is_wanted(self, email: str) -> bool:
        return self._truth.is_wanted(email, self._brand)

    def _seen(self, address: ProfileId) -> Mark:
        return Mark(
            place=self._place,
            address=address,
            state="marked",
            wanted_run=self._number,
            seen_run=self._number,
            at_ms=self._clock.now_ms(),
        )

    def _keep_page(
        self, writing: Writing, kept: Sequence[Mark], gone: Sequence[ProfileId]
    ) -> None:
        writing.put_marks(kept)
        writing.drop_marks(self._place, gone)

    def _take_away(self, emails: Sequence[str]) -> tuple[str, ...]:
        self._counts["removed"] += len(emails)
        if self._dry:
            return ()
        outcome = in_batches(self._unmark, emails, self._marker.most)
        self._counts["removed"] -= len(outcome.refused)
        back = [it for it in emails if (name := normal_email(it)) and self._is_wanted(name)]
        if back:  # a hold opened meanwhile, and its notice may have been told before we took it
            in_batches(partial(self._mark, ask=True), back, self._marker.most)
        return tuple(it for it in outcome.changed if it not in back)

    def _unmark(self, emails: Sequence[str]) -> Outcome:
        return self._by.patiently(lambda: self._marker.unmark(emails))

    def _set_missing(self) -> None:
        for page in self._missing():
            with self._store.reading() as reading:
                persons = reading.persons([mark.address for mark in page])
            asked: list[str] = []
            unasked: list[str] = []
            for mark in page:
                person = persons.get(mark.address)
                email = person.identifier.removeprefix(EMAIL) if person is not None else ""
                if email and self._is_wanted(email):
                    (asked if mark.state == "marked" else unasked).append(email)
            if not self._dry:
                self._set(asked, unasked)
            else:
                self._guess(page)

    def _missing(self) -> Iterator[tuple[Mark, ...]]:
        after = ProfileId("")
        while True:
            with self._store.reading() as reading:
                page = reading.unseen_marks(self._place, self._number, after, _MISSING_PAGE)
            if not page:
                return
            yield page
            after = page[-1].address

    def _set(self, asked: Sequence[str], unasked: Sequence[str]) -> None:
        """Mark; of whom we thought marked the vendor is asked, of the others it has just told."""
        outcome = joined(
            [
                in_batches(partial(self._mark, ask=True), asked, self._marker.most),
                in_batches(partial(self._mark, ask=False), unasked, self._marker.most),
            ]
        )
        over = [it for it in outcome.changed if not self._is_wanted(it)]
        if over:  # a hold lifted meanwhile, and its notice may have been told before we set it
            in_batches(self._unmark, over, self._marker.most)
            outcome = without(outcome, over)
        self._counts["added"] += len(outcome.changed)
        self._counts["absent"] += len(outcome.absent)
        self._counts["refused"] += len(outcome.refused)
        self._counts["wanted"] += len(asked) + len(unasked)
        now_ms = self._clock.now_ms()
        self._by.keep(
            self._begun,
            lambda writing: put_outcome(
                writing, self._place, outcome, self._truth, at_ms=now_ms, run=self._number
            ),
        )

    def _mark(self, emails: Sequence[str], *, ask: bool) -> Outcome:
        return self._by.patiently(lambda: self._marker.mark(emails, ask=ask))

    def _guess(self, page: Sequence[Mark]) -> None:
        """Count what a run would set; who was absent last time counts as absent."""
        states = Counter(mark.state for mark in page)
        self._counts["wanted"] += len(page)
        self._counts["absent"] += states["absent"]
        self._counts["refused"] += states["refused"]
        self._counts["added"] += states["wanted"] + states["marked"]


_COUNTED = ("added", "removed", "wanted", "absent", "refused")
