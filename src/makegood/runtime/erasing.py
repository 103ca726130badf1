"""A person is forgotten: names, addresses and words, and the rejected records that name them.

The log keeps its pseudonyms, so that counts and replay stay as they are.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct

from makegood.core.state import decode_state
from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, ProfileId
from makegood.playbooks.mappings import Source
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.rows import PersonRow
from makegood.ports.store import Reading, Store, Writing
from makegood.ports.unfit import Unfit
from makegood.runtime.holding import held
from makegood.runtime.intake import patiently
from makegood.runtime.joining import forget_links, forget_named
from makegood.runtime.letter_rows import erased_aside, erased_names
from makegood.runtime.noting import note
from makegood.sources.mapping import identifiers_in

EMAIL, PHONE = "email:", "phone:"
_PAGE = 200  # kept records
_SHORTEST = 4  # characters of a number that is looked for in a text
_PHONE_DIGITS = 8  # the last ones: the same number with and without its country
_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015]")


class Erased(Struct, frozen=True, kw_only=True):
    """What an erasure took.

    Attributes:
        rows: Rows of personal data, kept records among them.
        emails: Addresses that name nobody any more, in their normal form.
    """

    rows: int
    emails: tuple[str, ...] = ()


class Erasing:
    """Forgets people."""

    def __init__(
        self,
        store: Store,
        profile: Callable[[str], ProfileId],
        sources: Callable[[], Mapping[str, Source]],
        clock: Clock,
    ) -> None:
        """Join the parts.

        Args:
            profile: Gives the pseudonym of an identifier.
            sources: Gives the sources of the active book, which know where a record names whom.
        """
        self._store = store
        self._profile = profile
        self._sources = sources
        self._clock = clock
        self._sweep: Callable[[], object] = lambda: None

    def swept_by(self, sweep: Callable[[], object]) -> None:
        """Say what deletes the files of what was erased, after it was."""
        self._sweep = sweep

    def person(self, identifier: str) -> Erased:
        """Delete what is kept of a person; the act is written down in the same transaction.

        A person of whom nothing but a rejected record came is known to nobody, and is found there.

        Raises:
            InputError: The identifier is none, or nothing of them is kept.
        """
        named = normal(identifier)
        return patiently(lambda: self._person(identifier, named))

    def _person(self, identifier: str, named: str) -> Erased:
        """Do it in one transaction, under the lock of the customer that every intake takes."""
        sources = self._sources()
        with self._store.writing() as writing:
            profile = self._profile(named)
            customer = held(writing, profile)
            self._remember(writing, _letters_of(writing, customer))
            gone, rows = _erased(writing, customer)
            if customer is None:
                gone, rows = _party_erased(writing, profile)
            rows += forget_links(writing, [profile])
            names = {named, *_identifiers(gone)}
            rows += forget_named(writing, names, self._profile)
            records = _records_of(writing, names, gone, sources)
            rows += writing.erase_unfit(records)
            self._remember(writing, [erased_aside(one) for one in records])
            if customer is None and not rows:
                raise InputError(f"Nobody is known as {identifier}.")
            act = Act(
                what="person.erased",
                at_ms=self._clock.now_ms(),
                about=customer or "nobody known",
                after={"rows": str(rows)},
            )
            note(writing, act)
        self._sweep()
        emails = {it.removeprefix(EMAIL) for it in _identifiers(gone) if it.startswith(EMAIL)}
        return Erased(rows=rows, emails=tuple(sorted(emails)))

    def _remember(self, writing: Writing, names: Sequence[str]) -> None:
        """Remember what was erased by digests with the key: the same may come in again."""
        marks = [self._profile(name) for name in names]
        writing.put_erased_letters(marks, self._clock.now_ms())


def _letters_of(reading: Reading, customer: CustomerId | None) -> list[str]:
    """Name the letters of a customer as erased ones are remembered."""
    own = reading.profiles_of([customer]).get(customer, ()) if customer is not None else ()
    return [name for one in reading.letter_names_of(own) for name in erased_names(*one)]


def _erased(writing: Writing, customer: CustomerId | None) -> tuple[tuple[PersonRow, ...], int]:
    """Erase a customer; give what was known of them, and how many rows went."""
    if customer is None:
        return (), 0
    own = writing.profiles_of([customer]).get(customer, ())
    lookups = writing.lookups_of(own)
    names = sorted({*own, *(one for group in lookups.values() for one in group)})
    before = writing.persons(names)
    rows = writing.erase(customer) + writing.erase_parked(customer)
    rows += writing.forget_appeals(_met(writing, customer))
    rows += forget_links(writing, names)
    left = writing.persons(names)
    gone = tuple(row for profile, row in before.items() if profile not in left)
    rows += writing.erase_posts(own)
    rows += writing.erase_triaged(own)
    rows += writing.erase_attached(own)
    rows += writing.erase_letters(own)  # what was shared with others is not theirs alone
    # Roles go with whoever had them; what was in force stands on the events, without a name.
    return gone, rows + writing.drop_parties([*own, *(row.profile for row in gone)])


def _met(reading: Reading, customer: CustomerId) -> list[tuple[str, str]]:
    """Say whom they met about what: what was written of it may tell of them."""
    row = reading.row(customer)
    surveys = decode_state(row.state).surveys if row is not None else ()
    return [(one.met, one.about) for one in surveys if one.met]


def _party_erased(writing: Writing, profile: ProfileId) -> tuple[tuple[PersonRow, ...], int]:
    """Erase somebody who has roles in accounts and is no customer, as most bookers are."""
    if not writing.drop_parties([profile]):
        return (), 0
    gone = tuple(writing.persons([profile]).values())
    return gone, 1 + writing.erase_persons([profile])


def _identifiers(gone: Iterable[PersonRow]) -> set[str]:
    """Give every typed identifier of what was known."""
    found = {row.identifier for row in gone if row.identifier}
    for row in gone:
        for text in (EMAIL + row.email, PHONE + row.phone):
            try:
                found.add(normal(text))
            except InputError:
                continue
    return found


def _records_of(
    reading: Reading,
    identifiers: set[str],
    gone: Iterable[PersonRow],
    sources: Mapping[str, Source],
) -> list[str]:
    """Find the kept records that name somebody, page by page."""
    looks = _Looks(identifiers, [row.name for row in gone])
    found: list[str] = []
    for name in reading.unfit_counts():
        source = sources.get(name)
        after: tuple[int, str] | None = None
        while page := reading.unfit(name, after=after, limit=_PAGE):
            found += [one.id for one in page if looks.in_record(one, source)]
            after = (page[-1].at_ms, page[-1].id)
    return found


class _Looks:
    """How somebody may be named in a record: as its source says, or somewhere in its text.

    Rather one record too many than one too few: what fits nothing is no part of the log.
    """

    def __init__(self, identifiers: set[str], names: Sequence[str]) -> None:
        self._identifiers = identifiers
        self._texts = {name.strip().casefold() for name in names if " " in name.strip()}
        self._digits: set[str] = set()
        numbers: set[str] = set()
        for one in identifiers:
            value = one.rpartition(":")[2].casefold()
            if one.startswith(EMAIL):
                self._texts.add(value)
            elif one.startswith(PHONE):
                self._digits.add(value.lstrip("+")[-_PHONE_DIGITS:])
            elif len(value) >= _SHORTEST:
                numbers.add(re.escape(value))
        whole = rf"(?<!\w)(?:{'|'.join(sorted(numbers))})(?!\w)"
        self._number = re.compile(whole) if numbers else None

    def in_record(self, kept: Unfit, source: Source | None) -> bool:
        """Whether a kept record, or the reason it was kept for, names them."""
        if source is not None and self._is_named(kept.record, source):
            return True
        text = f"{kept.record} {kept.reason}".casefold()
        if any(word in text for word in self._texts):
            return True
        if self._number is not None and self._number.search(text):
            return True
        digits = _SEPARATORS.sub("", text) if self._digits else ""
        return any(number in digits for number in self._digits)

    def _is_named(self, record: str, source: Source) -> bool:
        try:
            facts = msgspec.json.decode(record)
        except (msgspec.DecodeError, RecursionError):
            return False
        if not isinstance(facts, dict):
            return False
        return not self._identifiers.isdisjoint(identifiers_in(source, facts))
