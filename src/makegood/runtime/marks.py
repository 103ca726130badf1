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
from makegood.ports.marking import KeyRefused, Marker, NotTaken, Outcome
from makegood.ports.marks import Mark, MarkState
from makegood.ports.notices import FeedNotice, Subject, TellingStatus
from makegood.ports.store import Reading, Store, Writing
from makegood.projections.lag import KEPT_HOURS, bucket_of, hour_of
from makegood.runtime.subjects import HeldNow

EMAIL = "email:"
PROBE_MS = 15 * 60_000  # how often a refused key is tried again: a person has to act first
_AHEAD = 100  # notices under way that one call may set as well
_MOST_FRESH = 20_000  # addresses whose last call is remembered
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
        by_customer = self.addresses_by(reading, customers)
        return {profile: it for found in by_customer.values() for profile, it in found.items()}

    def addresses_by(
        self, reading: Reading, customers: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Mapping[ProfileId, str]]:
        """Give the same for each customer."""
        found = self._asked.found_by(reading, customers)
        persons = reading.persons(sorted({one for names in found.values() for one in names}))
        emails = {
            profile: person.identifier.removeprefix(EMAIL)
            for profile, person in persons.items()
            if person.identifier.startswith(EMAIL)
        }
        return {
            customer: {one: emails[one] for one in sorted(names) if one in emails}
            for customer, names in found.items()
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
    """Hears of holds, and sets the marks of one place.

    When many notices wait, one call sets what several of them are about: their own tellings then
    find it done.
    """

    kinds = (NoticeKind.HOLD_OPENED, NoticeKind.HOLD_LIFTED)

    def __init__(self, marker: Marker, store: Store, truth: Truth, clock: Clock) -> None:
        self._marker = marker
        self._place = marker.place
        self._store = store
        self._truth = truth
        self._clock = clock
        self._fresh: dict[str, tuple[bool, int]] = {}  # address -> (held, as of when)
        self.name = marker.place.key
        self.brands = (marker.place.brand,) if marker.place.brand else ()

    def tell(self, said: FeedNotice, to: Subject, now_ms: int) -> None:
        """Set the marks of everybody whom this customer's hold concerns.

        Raises:
            EffectFailed: The vendor did not take it; the same again later is right.
        """
        self._see_that_the_key_is_good(now_ms)
        since = {it: _opened_ms(said) for it in self._emails(to)}
        if self._are_done(list(since), said.notice.at_ms):
            return
        try:
            self._turns({**self._ahead(), **since})
        except KeyRefused as refused:
            note_refused(self._store, self.name, str(refused), self._clock.now_ms())
            raise EffectFailed(str(refused), after_ms=PROBE_MS) from refused
        except EffectFailed as failed:
            if failed.retry:
                raise
            # A tag or property that is missing can be made: what waits for it is not lost.
            raise EffectFailed(str(failed), after_ms=PROBE_MS) from failed

    def _see_that_the_key_is_good(self, now_ms: int) -> None:
        with self._store.reading() as reading:
            fares = reading.sync(self.name)
        left_ms = fares.refused_ms + PROBE_MS - now_ms
        if fares.refused_ms and left_ms > 0:
            raise EffectFailed(fares.error or "The key is refused.", after_ms=left_ms)

    def _emails(self, to: Subject) -> tuple[str, ...]:
        with self._store.reading() as reading:
            found = {*self._truth.addresses_of(reading, (to.customer,)).values()}
        found |= {email for one in to.emails if (email := normal_email(one))}
        return tuple(sorted(found))

    def _ahead(self) -> dict[str, int]:
        """Give what the other notices under way are about, and since when each one waits."""
        with self._store.reading() as reading:
            rows = reading.tellings(self.name, TellingStatus.LEASED, 0, _AHEAD)
            customers = reading.customers_of([row.said.notice.profile for row in rows])
            found = self._truth.addresses_by(reading, sorted(set(customers.values())))
        waits: dict[str, int] = {}
        for row in rows:  # the newest first, so that the oldest wait counts
            whose = customers.get(row.said.notice.profile)
            for email in found.get(whose, {}).values() if whose is not None else ():
                waits[email] = _opened_ms(row.said) or waits.get(email, 0)
        return waits

    def _are_done(self, emails: Sequence[str], at_ms: int) -> bool:
        """Whether calls since a notice have set what is still true, ours or those of a run."""
        with self._store.reading() as reading:
            known = reading.marks(self.name, [self._truth.address(it) for it in emails])
        return all(self._is_done(it, at_ms, known.get(self._truth.address(it))) for it in emails)

    def _is_done(self, email: str, at_ms: int, mark: Mark | None) -> bool:
        is_held = self._truth.is_wanted(email, self._place.brand)
        if is_held and mark is not None and mark.state == "marked" and mark.at_ms >= at_ms:
            return True
        was_held, as_of_ms = self._fresh.get(email, (False, -1))
        return as_of_ms >= at_ms and is_held == was_held

    def _turns(self, since: Mapping[str, int]) -> None:
        """Set what is true, until it has not changed meanwhile."""
        emails: Sequence[str] = sorted(since)
        for _ in range(_TURNS):
            as_of_ms = self._clock.now_ms()
            held = {it: self._truth.is_wanted(it, self._place.brand) for it in emails}
            self._keep(self._set(held), since)
            if len(self._fresh) > _MOST_FRESH:
                self._fresh.clear()
            self._fresh |= {it: (is_held, as_of_ms) for it, is_held in held.items()}
            brand = self._place.brand
            emails = [it for it in emails if self._truth.is_wanted(it, brand) != held[it]]
            if not emails:
                return

    def _set(self, held: Mapping[str, bool]) -> Told:
        wanted = [it for it, is_held in held.items() if is_held]
        free = [it for it, is_held in held.items() if not is_held]
        marked = in_batches(self._marker.mark, wanted, self._marker.most)
        freed = in_batches(self._marker.unmark, free, self._marker.most)
        if freed.refused:
            self._see_that_none_was_marked(freed.refused)
        return Told(outcome=marked, freed=(*freed.done, *freed.refused))

    def _see_that_none_was_marked(self, emails: Sequence[str]) -> None:
        """Raise when a mark that we set stays; who was refused as an address has none."""
        ids = [self._truth.address(it) for it in emails]
        with self._store.reading() as reading:
            known = reading.marks(self.name, ids).values()
        count = sum(mark.state == "marked" for mark in known)
        if count:
            raise EffectFailed(f"{self._place.vendor} would not take {count} away.")

    def _keep(self, told: Told, since: Mapping[str, int]) -> None:
        now_ms = self._clock.now_ms()
        lags = Counter(
            bucket_of(now_ms - since[it]) for it in told.outcome.changed if since.get(it)
        )
        hour = hour_of(now_ms)
        with self._store.writing() as writing:
            put_outcome(writing, self.name, told.outcome, self._truth, at_ms=now_ms)
            writing.drop_marks(self.name, [self._truth.address(it) for it in told.freed])
            if lags:
                writing.add_lags(self.name, hour, lags, hour - KEPT_HOURS)
            fares = writing.lock_sync(self.name)
            good = replace(fares, synced_ms=now_ms)
            if fares.refused_ms:
                good = replace(good, refused_ms=0, error="", error_ms=0)
            writing.put_sync(good)


def _opened_ms(said: FeedNotice) -> int:
    """Since when a hold waits to be told; 0 for what is no hold that opened."""
    is_open = said.notice.kind is NoticeKind.HOLD_OPENED
    return said.notice.at_ms if is_open else 0


def in_batches(
    do: Callable[[Sequence[str]], Outcome], emails: Sequence[str], most: int
) -> Outcome:
    """Do something with any number of addresses; one that spoils its batch is found and left."""
    batches = (emails[start : start + most] for start in range(0, len(emails), most))
    return joined([_whole_or_halves(do, batch) for batch in batches])


def _whole_or_halves(do: Callable[[Sequence[str]], Outcome], emails: Sequence[str]) -> Outcome:
    try:
        return do(emails)
    except NotTaken:
        if len(emails) == 1:
            return Outcome(refused=tuple(emails))
        half = len(emails) // 2
        return joined([_whole_or_halves(do, part) for part in (emails[:half], emails[half:])])


def joined(parts: Sequence[Outcome]) -> Outcome:
    """Give one outcome of several."""
    return Outcome(
        done=tuple(it for part in parts for it in part.done),
        absent=tuple(it for part in parts for it in part.absent),
        refused=tuple(it for part in parts for it in part.refused),
        changed=tuple(it for part in parts for it in part.changed),
    )


def without(outcome: Outcome, emails: Sequence[str]) -> Outcome:
    """Leave some addresses out of an outcome."""
    return Outcome(
        done=tuple(it for it in outcome.done if it not in emails),
        absent=outcome.absent,
        refused=outcome.refused,
        changed=tuple(it for it in outcome.changed if it not in emails),
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
