"""Tell campaign tools who is held, one customer at a time, by what is true at that moment.

What a notice said when it was written may be over: each address is judged anew, set, and judged
again. So notices may come in any order and more than once, and the last word is always right.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.holds import EVERYWHERE
from makegood.core.notices import NoticeKind
from makegood.messages.errors import EffectFailed, InputError
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, ProfileId, profile_id
from makegood.ports.clock import Clock
from makegood.ports.marking import KeyRefused, Marker, Outcome
from makegood.ports.marks import Mark, MarkState
from makegood.ports.notices import FeedNotice, Subject
from makegood.ports.store import Reading, Store, Writing
from makegood.projections.lag import KEPT_HOURS, bucket_of, hour_of
from makegood.runtime.subjects import HeldNow

EMAIL = "email:"
PROBE_MS = 15 * 60_000  # how often a refused key is tried again: a person has to act first
_TURNS = 3  # the truth may change while it is told; a run repairs what changes for longer
_LOG = logging.getLogger("makegood.marks")


class Asked(Struct, frozen=True, kw_only=True):
    """What the gate is asked.

    Attributes:
        is_held: Of a typed identifier and a brand, whether promotional mail waits.
        held_now: For which brands customers are held.
        found_by: Everything that finds customers.
        knows: Whether the rule book has a brand; of another one every hold counts.
    """

    is_held: Callable[[str, str], bool]
    held_now: HeldNow
    found_by: Callable[[Reading, Sequence[CustomerId]], Mapping[CustomerId, frozenset[ProfileId]]]
    knows: Callable[[str], bool]


class Truth:
    """Who should be marked now."""

    def __init__(self, store: Store, key: bytes, asked: Asked) -> None:
        self._store = store
        self._key = key
        self._asked = asked

    def is_wanted(self, email: str, brand: str) -> bool:
        """Whether an address should be marked: it finds somebody who is held and known by it.

        The words of an erased person are gone, and so is what would be marked.
        """
        with self._store.reading() as reading:
            if not reading.persons([self.address(email)]):
                return False
        return self._asked.is_held(EMAIL + email, brand)

    def address(self, email: str) -> ProfileId:
        """Give the pseudonym of an address in its normal form."""
        return profile_id(EMAIL + email, self._key)

    def held(
        self, reading: Reading, customers: Sequence[CustomerId], brand: str
    ) -> tuple[CustomerId, ...]:
        """Give those whom a hold keeps from the marketing of a brand; "" is any brand's."""
        scopes = self._asked.held_now(reading, customers)
        stops = {EVERYWHERE, brand} if brand and self._asked.knows(brand) else None
        return tuple(
            one
            for one in customers
            if (its := scopes.get(one)) and (stops is None or not stops.isdisjoint(its))
        )

    def addresses_of(
        self, reading: Reading, customers: Sequence[CustomerId]
    ) -> Mapping[ProfileId, str]:
        """Give every e-mail address in clear by which the gate would find some customers."""
        found = self._asked.found_by(reading, customers)
        persons = reading.persons(sorted({one for names in found.values() for one in names}))
        return {
            profile: person.identifier.removeprefix(EMAIL)
            for profile, person in persons.items()
            if person.identifier.startswith(EMAIL)
        }


def normal_email(text: str) -> str:
    """Give an address its normal form; "" for what is none."""
    try:
        return normal(EMAIL + text).removeprefix(EMAIL)
    except InputError:
        return ""


class Told(Struct, frozen=True, kw_only=True):
    """What one telling did.

    Attributes:
        outcome: Of those that are held.
        freed: Those that are not, and carry no mark now.
    """

    outcome: Outcome = Outcome()
    freed: tuple[str, ...] = ()


class MarkSink:
    """Hears of holds, and sets the marks of one place."""

    kinds = (NoticeKind.HOLD_OPENED, NoticeKind.HOLD_LIFTED)

    def __init__(self, marker: Marker, store: Store, truth: Truth, clock: Clock) -> None:
        self._marker = marker
        self._place = marker.place
        self._store = store
        self._truth = truth
        self._clock = clock
        self.name = marker.place.key
        self.brands = (marker.place.brand,) if marker.place.brand else ()

    def tell(self, said: FeedNotice, to: Subject, now_ms: int) -> None:
        """Set the marks of everybody whom this customer's hold concerns.

        Raises:
            EffectFailed: The vendor did not take it; the same again later is right.
        """
        self._see_that_the_key_is_good(now_ms)
        opened = said.notice.kind is NoticeKind.HOLD_OPENED
        try:
            for told in self._turns(self._emails(to)):
                self._keep(told, said.notice.at_ms if opened else 0)
        except KeyRefused as refused:
            self.refuse(str(refused))
            raise EffectFailed(str(refused), after_ms=PROBE_MS) from refused

    def refuse(self, says: str) -> None:
        """Write down that the key is refused; no call is made for a while."""
        note_refused(self._store, self._place.key, says, self._clock.now_ms())

    def _see_that_the_key_is_good(self, now_ms: int) -> None:
        with self._store.reading() as reading:
            fares = reading.sync(self._place.key)
        left_ms = fares.refused_ms + PROBE_MS - now_ms
        if fares.refused_ms and left_ms > 0:
            raise EffectFailed(fares.error or "The key is refused.", after_ms=left_ms)

    def _emails(self, to: Subject) -> tuple[str, ...]:
        with self._store.reading() as reading:
            found = {*self._truth.addresses_of(reading, (to.customer,)).values()}
        found |= {email for one in to.emails if (email := normal_email(one))}
        return tuple(sorted(found))

    def _turns(self, emails: Sequence[str]) -> list[Told]:
        """Set what is true, until it has not changed meanwhile."""
        told = []
        for _ in range(_TURNS):
            held = {it: self._truth.is_wanted(it, self._place.brand) for it in emails}
            told.append(self._set(held))
            emails = [
                it
                for it, was in held.items()
                if self._truth.is_wanted(it, self._place.brand) != was
            ]
            if not emails:
                break
        return told

    def _set(self, held: Mapping[str, bool]) -> Told:
        wanted = [it for it, is_held in held.items() if is_held]
        free = [it for it, is_held in held.items() if not is_held]
        marked = in_batches(self._marker.mark, wanted, self._marker.most)
        freed = in_batches(self._marker.unmark, free, self._marker.most)
        if freed.refused:
            raise EffectFailed(f"{self._place.vendor} would not take {len(freed.refused)} away.")
        return Told(outcome=marked, freed=freed.done)

    def _keep(self, told: Told, since_ms: int) -> None:
        now_ms = self._clock.now_ms()
        place = self._place.key
        changed = told.outcome.changed if since_ms else ()
        lags = Counter(bucket_of(now_ms - since_ms) for _ in changed)
        hour = hour_of(now_ms)
        with self._store.writing() as writing:
            put_outcome(writing, place, told.outcome, self._truth, at_ms=now_ms)
            writing.drop_marks(place, [self._truth.address(it) for it in told.freed])
            if lags:
                writing.add_lags(place, hour, lags, hour - KEPT_HOURS)
            fares = writing.lock_sync(place)
            good = replace(fares, synced_ms=now_ms)
            if fares.refused_ms:
                good = replace(good, refused_ms=0, error="", error_ms=0)
            writing.put_sync(good)


def in_batches(
    do: Callable[[Sequence[str]], Outcome], emails: Sequence[str], most: int
) -> Outcome:
    """Do something with any number of addresses."""
    parts = [do(emails[start : start + most]) for start in range(0, len(emails), most)]
    return joined(parts)


def joined(parts: Sequence[Outcome]) -> Outcome:
    """Give one outcome of several."""
    return Outcome(
        done=tuple(it for part in parts for it in part.done),
        absent=tuple(it for part in parts for it in part.absent),
        refused=tuple(it for part in parts for it in part.refused),
        changed=tuple(it for part in parts for it in part.changed),
    )


def put_outcome(
    writing: Writing, place: str, outcome: Outcome, truth: Truth, *, at_ms: int, run: int = 0
) -> None:
    """Write down what became of addresses that are held."""
    states: tuple[tuple[MarkState, tuple[str, ...]], ...] = (
        ("marked", outcome.done),
        ("absent", outcome.absent),
        ("refused", outcome.refused),
    )
    writing.put_marks(
        [
            Mark(
                place=place,
                address=truth.address(email),
                state=state,
                wanted_run=run,
                seen_run=run,
                at_ms=at_ms,
            )
            for state, emails in states
            for email in emails
        ]
    )


def note_refused(store: Store, place: str, says: str, now_ms: int) -> None:
    """Write down that a place's key is refused, and say so once in the log."""
    with store.writing() as writing:
        fares = writing.lock_sync(place)
        writing.put_sync(replace(fares, refused_ms=now_ms, error=says, error_ms=now_ms))
    if not fares.refused_ms:
        _LOG.error("%s: the key is refused; a person has to give another one", place)
