"""Records of other systems come in: mapped, addressed to whom we know, nothing lost silently."""

import logging
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.messages.facts import Facts
from makegood.messages.ids import CustomerId, ProfileId, event_id
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.mappings import Source
from makegood.ports.arrivals import Arrival
from makegood.ports.clock import Clock
from makegood.ports.store import Reading, Store, Writing
from makegood.ports.unfit import Unfit
from makegood.runtime.intake import Intake
from makegood.runtime.mail_aside import SOURCE as MAIL
from makegood.sources.mapping import Mapper, Turned
from makegood.sources.segment import Envelope

_LOG = logging.getLogger("makegood.receiving")
KEEP_MS = 14 * 86_400_000  # long enough to be seen after a holiday; the records hold personal data
KEEP_ROWS = 1_000  # of each source that can send again; of mail all
TIDY_S = 3_600.0  # no record outlives its two weeks for longer
_LONGEST = 32 * 1024  # characters of a record that is kept


class Came(Struct, frozen=True, kw_only=True):
    """One record with what became of it."""

    record: str
    turned: Turned


class Receiving:
    """Turns records into arrivals, and keeps those that fit nothing."""

    def __init__(
        self, store: Store, intake: Intake, library_of: Callable[[], Library], clock: Clock
    ) -> None:
        """Join the parts."""
        self._store = store
        self._intake = intake
        self._library_of = library_of
        self._clock = clock
        self._sweep: Callable[[], object] = lambda: None

    def swept_by(self, sweep: Callable[[], object]) -> None:
        """Say what deletes the files of what was forgotten, after it was."""
        self._sweep = sweep

    def source(self, name: str) -> Source:
        """Find a source in the book of this moment.

        Raises:
            InputError: The active book has none of this name.
        """
        found = self._book().source(name)
        if found is None:
            known = ", ".join(self.names()) or "none"
            raise InputError(f"The active rule book has no source {name[:60]!r}; it has {known}.")
        return found

    def names(self) -> tuple[str, ...]:
        """Give the sources of the active book and its brands' books."""
        book = self._book()
        return tuple(dict.fromkeys(n for b in (book, *book.by_brand.values()) for n in b.sources))

    def sources(self) -> Mapping[str, Source]:
        """Give each source by its name."""
        return {name: self.source(name) for name in self.names()}

    def turn(
        self, source: Source, records: Sequence[tuple[str, Facts | None]], imported: bool = False
    ) -> tuple[Came, ...]:
        """Map records, and address what they become to the customers they mean.

        Args:
            source: Of the active book.
            records: Each as it came, and as it was read; None where it could not be read.
            imported: History: folds and sends nothing.
        """
        mapper = Mapper(source, self._book())
        envelope = Envelope(source=source.id, received_ms=self._clock.now_ms(), imported=imported)
        turned = [
            mapper.turn(record, envelope)
            if record is not None
            else Turned(reasons=("The record is no JSON object.",))
            for _, record in records
        ]
        addressed = self._addressed(turned)
        pairs = zip(records, addressed, strict=True)
        return tuple(Came(record=raw, turned=one) for (raw, _), one in pairs)

    def keep(self, source: Source, left: Sequence[tuple[str, str]]) -> int:
        """Keep records that were not, or not wholly, taken; a repeat is one row.

        Args:
            source: Where they came from.
            left: Each record as it came, and why.

        Returns:
            How many are new.
        """
        if not left:
            return 0
        now_ms = self._clock.now_ms()
        rows = [
            Unfit(
                id=blake2b(f"{source.id}\x1f{why}\x1f{raw}".encode(), digest_size=16).hexdigest(),
                source=source.id,
                at_ms=now_ms,
                reason=why,
                record=raw[:_LONGEST],
            )
            for raw, why in left
        ]
        with self._store.writing() as writing:
            new = writing.put_unfit(rows)
            if new:
                self._drop(writing, now_ms)
        return new

    def _drop(self, writing: Writing, now_ms: int) -> int:
        """Forget what is old; mail that nobody filed has the time that the book says."""
        aside_ms = now_ms - self._book().letters.set_aside_ms
        return writing.drop_unfit(now_ms - KEEP_MS, KEEP_ROWS, {MAIL: aside_ms})

    def tidy_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Forget what is old every hour until told to stop, also while nothing new comes."""
        while not stopped():
            self.forget()
            sleep(TIDY_S)

    def forget(self) -> int:
        """Forget records that were kept long enough, or are too many; say how many went.

        It is housekeeping: a store that is away keeps nobody from beginning to work.
        """
        try:
            with self._store.writing() as writing:
                gone = self._drop(writing, self._clock.now_ms())
            self._sweep()
        except Exception as fault:
            _LOG.warning("records that fit nothing were not tidied up: %s", type(fault).__name__)
            return 0
        return gone

    def _book(self) -> RuleBook:
        library = self._library_of()
        return library.book(library.active)

    def _addressed(self, turned: Sequence[Turned]) -> list[Turned]:
        """Give events the identifier of the one customer whom a look-up means, where it is one.

        What is in the log already is only compared, so nobody is looked up for it: a file that
        comes again every night costs what is new in it.
        """
        ids = [event_id(a.source, a.message_id) for one in turned for a in one.arrivals]
        if not ids:
            return list(turned)
        with self._store.reading() as reading:
            taken = reading.taken(ids)
            fresh = [one for one in turned if not _all_taken(one, taken)]
            named = {name for one in fresh for name in one.also}
            meant = _Meant(reading, {name: self._intake.profile(name) for name in named})
            return [
                one if _all_taken(one, taken) else _to(one, meant.of(one.also)) for one in turned
            ]


def _all_taken(one: Turned, taken: frozenset[str]) -> bool:
    return all(event_id(a.source, a.message_id) in taken for a in one.arrivals)


def _to(one: Turned, identifier: str) -> Turned:
    if not one.also or identifier == one.also[0]:
        return one
    return replace(one, arrivals=tuple(_for(a, identifier) for a in one.arrivals))


def _for(arrival: Arrival, identifier: str) -> Arrival:
    others = (arrival.identifier, *arrival.lookups) if arrival.lookups else ()
    lookups = tuple(dict.fromkeys(name for name in others if name != identifier))
    return replace(arrival, identifier=identifier, lookups=lookups)


class _Known(Struct, frozen=True, kw_only=True):
    """Somebody whom a look-up means.

    Attributes:
        name: The identifier to file under.
        kinds: Which kinds of identifiers are known of them.
    """

    name: str
    kinds: frozenset[str]


class _Meant:
    """Finds whom identifiers mean; each is asked about once."""

    def __init__(self, reading: Reading, profiles: Mapping[str, ProfileId]) -> None:
        self._reading = reading
        self._profiles = profiles
        self._own = reading.customers_of(sorted(profiles.values()))
        self._known: dict[str, _Known | None] = {}

    def of(self, names: Sequence[str]) -> str:
        """Give the identifier to file under: the leading one, or who a look-up means.

        Two people may share a telephone. Somebody whom a lesser identifier means is not this
        one when they are known by another identifier of a better kind.
        """
        if names[0].startswith("user:") or self._profiles[names[0]] in self._own:
            return names[0]  # a source that knows its users is believed
        better: set[str] = set()
        for name in names:
            found = self._one(name)
            if found is not None and not better & found.kinds:
                return found.name
            better.add(_kind_of(name))
        return names[0]

    def _one(self, name: str) -> _Known | None:
        if name not in self._known:
            self._known[name] = self._look(self._profiles[name])
        return self._known[name]

    def _look(self, profile: ProfileId) -> _Known | None:
        customers = {record.customer for record in self._reading.gate_records(profile)}
        if len(customers) != 1:
            return None  # nobody, or an address that several share
        return self._person(customers.pop())

    def _person(self, customer: CustomerId) -> _Known | None:
        profiles = self._reading.profiles_of([customer]).get(customer, ())
        own = self._reading.persons(profiles)
        names = [row.identifier for row in own.values() if row.identifier]
        if not names:
            return None  # erased: nobody is to be known again by what is left
        lookups = self._reading.lookups_of(profiles)
        others = self._reading.persons([one for group in lookups.values() for one in group])
        known = [*names, *(row.identifier for row in others.values())]
        first = min(names, key=lambda one: (not one.startswith("user:"), one))
        return _Known(name=first, kinds=frozenset(map(_kind_of, known)))


def _kind_of(name: str) -> str:
    """Give the kind of an identifier; each brand's loyalty numbers are a kind of their own."""
    parts = name.split(":", 2)
    return ":".join(parts[:2]) if parts[0] == "loyalty" else parts[0]


def records_in(body: bytes) -> tuple[tuple[str, Facts | None], ...]:
    """Part a body into its records: one JSON object, or a list of them.

    Raises:
        InputError: It is no JSON.
    """
    try:
        whole = msgspec.json.decode(body)
        found = whole if isinstance(whole, list) else [whole]
        return tuple(
            (msgspec.json.encode(one).decode(), one if isinstance(one, dict) else None)
            for one in found
        )
    except RecursionError:
        raise InputError("The body is nested too deep.") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InputError(f"The body is not JSON: {error}.") from None
