"""What is stamped on an event as it is appended: the book, who is on duty, what was agreed."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from makegood.core.fold import FOLD_VERSION
from makegood.messages.call_facts import CALL_EVENTS
from makegood.messages.events import Absent, OnDuty, Stamp
from makegood.messages.facts import (
    Body,
    FailureRaised,
    Identified,
    PlacesFound,
    Requested,
    Touchpoint,
)
from makegood.messages.ids import ProfileId, RepId
from makegood.playbooks.book import Library
from makegood.ports.accounts import AtHand
from makegood.ports.rows import RepRow
from makegood.ports.store import Reading
from makegood.runtime.agreeing import Agreeing, Concerned, standing_for
from makegood.runtime.calling import may_bring_call_back, those_above
from makegood.runtime.duty import reps_absent, reps_on_duty
from makegood.runtime.duty_hours import by_the_book, next_duties
from makegood.runtime.giving_out import GivingOut
from makegood.runtime.norms import WaitNorms


class Stamping:
    """What to stamp on events, looked up once for a transaction and only when it matters."""

    def __init__(self, reading: Reading, library: Library, now_ms: int) -> None:
        self._reading = reading
        self.book = library.book(library.active)
        self._now_ms = now_ms
        self._plain = Stamp(book=library.active, fold=FOLD_VERSION)
        self._known: tuple[OnDuty, ...] | None = None
        self._absent: tuple[Absent, ...] = ()
        self._reps: tuple[RepRow, ...] = ()
        self._giving = GivingOut(self.book)
        self._at_hand: AtHand | None = None
        self._agreeing: Agreeing | None = None
        self._norms = WaitNorms(reading, self.book)

    def look_at(self, concerned: Iterable[Concerned]) -> None:
        """Look up what was agreed with whom events concern, if anything was with anybody."""
        events = list(concerned)
        if not events:
            return
        older = (it for it in events if it.at_ms < self._now_ms)
        if self._first([it.profile for it in older]).has_accounts:
            self._agreeing = Agreeing(standing_for(self._reading, events))

    def stamp(
        self,
        profile: ProfileId,
        body: Body,
        at_ms: int,
        *,
        imported: bool = False,
        brand: str = "",
    ) -> Stamp:
        """Say what is true in the firm now; most events open no case and share one stamp."""
        on_duty = self._for_body(body)
        self._giving.count(profile, body, at_ms, on_duty, brand)
        absent = self._absent if self._matters(body) else ()
        plain = self._plain
        if self._at_hand is not None and self._at_hand.kept and self.may_agree(body):
            rep, opened_ms = self._at_hand.kept.get(profile, ("", 0))
            plain = replace(plain, keeps=rep) if at_ms < opened_ms else plain
        if self._agreeing is not None and self.may_agree(body):
            plain = self._agreeing.stamped(plain, Concerned(profile, body, at_ms))
        if isinstance(body, Touchpoint) and body.name in CALL_EVENTS:
            plain = self._with_those_above(plain, body)
        norms = self._norms.of(body, at_ms)
        if not on_duty and not absent and not imported and not norms:
            return plain
        return replace(plain, on_duty=on_duty, imported=imported, absent=absent, norms=norms)

    def _for_body(self, body: Body) -> tuple[OnDuty, ...]:
        """Give the reps to stamp on an event; none on one that can open no case."""
        if not self._matters(body):
            return ()
        if self._known is None:
            first = self._first()
            self._reps = self._reading.reps()
            reps = by_the_book(self._reps, self.book.duty, self._now_ms)
            self._giving.begin(Counter(first.open_cases) + Counter(first.talks))
            most = self.book.people.most_cases
            self._known = reps_on_duty(reps, self._now_ms, first.open_cases, most)
            self._absent = reps_absent(reps, self._now_ms)
        return self._giving.ordered(self._known)

    def _matters(self, body: Body) -> bool:
        """Whether what is true in the firm now has to stand on an event: it may open a case."""
        if isinstance(body, Touchpoint):
            return self.book.hears(body.name)
        return not isinstance(body, Identified)

    def _with_those_above(self, plain: Stamp, body: Touchpoint) -> Stamp:
        """Say who stands above the person of a call, if one of them may have to call back."""
        spoken = may_bring_call_back(body, self.book)
        above = those_above(RepId(spoken), self._reps, self._now_ms) if spoken else ()
        if not above:
            return plain
        later = next_duties(above, self._reps, self._now_ms, self.book.duty)
        return replace(plain, above=above, next_duty=later)

    def may_agree(self, body: Body) -> bool:
        """Whether what accounts agreed has to stand on an event."""
        is_asked = isinstance(body, FailureRaised | Requested | PlacesFound)
        return is_asked or (isinstance(body, Touchpoint) and self._matters(body))

    def _first(self, profiles: Sequence[ProfileId] = ()) -> AtHand:
        if self._at_hand is None:
            self._at_hand = self._reading.at_hand(profiles)
        return self._at_hand
