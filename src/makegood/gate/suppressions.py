"""The list of who is held: for tools that keep a copy, and so are "synced" as of a moment.

Everybody whom the gate would answer no for is in it, with all that they are found by. A copy of it
is as old as its `as_of`; nothing copied out can promise what the gate promises.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.holds import GateRow, Question, judge
from makegood.gate.held import found_by, rows_now, still_held
from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.playbooks.book import Library
from makegood.ports.rows import PersonRow
from makegood.ports.store import Reading

EMAIL, PHONE = "email:", "phone:"


class Suppressed(Struct, frozen=True, kw_only=True):
    """One customer of the list.

    Attributes:
        identifiers: Typed and in clear, sorted; none when their personal data was erased.
        held: False only in changes: marketing may go to them again.
        reason: As the gate says it: hold, cannot_judge or stuck; empty when not held.
        since_ms: Since when; 0 for always.
        until: What ends it, as the gate says it.
        case: The case behind it.
    """

    customer: CustomerId
    identifiers: tuple[str, ...]
    held: bool
    reason: str = ""
    since_ms: int = 0
    until: str = ""
    case: CaseId = CaseId("")


class Page(Struct, frozen=True, kw_only=True):
    """One page of the list, or of its changes.

    Attributes:
        after: Where the next page begins; empty at the end of the list.
        more: There is more at this moment.
    """

    entries: tuple[Suppressed, ...]
    after: str
    more: bool


def page_of_held(
    reading: Reading, library: Library, question: Question, span: tuple[str, int], now_ms: int
) -> Page:
    """Give one page of those who are held now, by customer; a constant number of queries.

    Args:
        reading: One look at the store.
        library: The rule books.
        question: Which brand and class; an unsubscription is not part of the list.
        span: (customer after whom it begins, how many are looked at).
        now_ms: The present.
    """
    after, limit = span
    maybe = reading.maybe_held(now_ms, CustomerId(after), limit)
    rows = rows_now(reading, maybe, library, now_ms)
    held = [customer for customer in rows if _is_held(rows[customer], question)]
    entries = _entries(reading, rows, held, question)
    more = len(maybe) == limit
    return Page(entries=entries, after=maybe[-1] if more else "", more=more)


def page_of_changes(
    reading: Reading, library: Library, question: Question, span: tuple[int, int], now_ms: int
) -> Page:
    """Give who changed since a place of the feed, each once and as they stand now.

    Somebody who is free again is named by what finds nobody else who is held: who keeps a copy by
    identifier lets nobody go whom the gate would not.

    Args:
        reading: One look at the store.
        library: The rule books.
        question: Which brand and class.
        span: (sequence after which it begins, how many notices are looked at).
        now_ms: The present.
    """
    after, limit = span
    feed = reading.feed(after, limit)
    profiles = sorted({said.notice.profile for said in feed if said.notice.kind.is_hold})
    customers = sorted(set(reading.customers_of(profiles).values()))
    rows = rows_now(reading, customers, library, now_ms)
    entries = _entries(reading, rows, sorted(rows), question)
    free = [one.customer for one in entries if not one.held]
    if free:
        freed = {name for names in found_by(reading, free).values() for name in names}
        kept = still_held(reading, freed, lambda row: _is_held(row, question), library, now_ms)
        stays = frozenset(names_of(kept, reading.persons(sorted(kept))))
        entries = tuple(one if one.held else _without(one, stays) for one in entries)
    last = feed[-1].sequence if feed else after
    return Page(entries=entries, after=str(last), more=len(feed) == limit)


def _without(one: Suppressed, names: frozenset[str]) -> Suppressed:
    return replace(one, identifiers=tuple(it for it in one.identifiers if it not in names))


def _is_held(row: GateRow, question: Question) -> bool:
    return not judge([replace(row, unsubscribed=())], question).allowed


def _entries(
    reading: Reading,
    rows: Mapping[CustomerId, GateRow],
    customers: Sequence[CustomerId],
    question: Question,
) -> tuple[Suppressed, ...]:
    found = found_by(reading, customers)
    everyone = sorted({profile for names in found.values() for profile in names})
    persons = reading.persons(everyone)
    return tuple(
        _entry(customer, rows[customer], names_of(found.get(customer, ()), persons), question)
        for customer in customers
    )


def _entry(
    customer: CustomerId, row: GateRow, identifiers: tuple[str, ...], question: Question
) -> Suppressed:
    answer = judge([replace(row, unsubscribed=())], question)
    if answer.allowed:
        return Suppressed(customer=customer, identifiers=identifiers, held=False)
    return Suppressed(
        customer=customer,
        identifiers=identifiers,
        held=True,
        reason=answer.reason,
        since_ms=answer.since_ms,
        until=answer.until,
        case=answer.case,
    )


def names_of(
    profiles: Sequence[ProfileId] | frozenset[ProfileId], persons: Mapping[ProfileId, PersonRow]
) -> tuple[str, ...]:
    """Give every typed identifier of some profiles, sorted, each once."""
    found: set[str] = set()
    for profile in profiles:
        person = persons.get(profile)
        if person is not None:
            email = f"{EMAIL}{person.email.strip().casefold()}" if person.email else ""
            phone = f"{PHONE}{person.phone}" if person.phone else ""
            found |= {person.identifier, email, phone}
    return tuple(sorted(found - {""}))


def digests_of(identifiers: Sequence[str]) -> tuple[str, ...]:
    """Give the SHA-256 of each e-mail address, lower case and without blanks, in hexadecimal.

    That is how advertising platforms match a list of customers.
    """
    emails = (one.removeprefix(EMAIL) for one in identifiers if one.startswith(EMAIL))
    return tuple(sha256(email.strip().lower().encode()).hexdigest() for email in emails)
