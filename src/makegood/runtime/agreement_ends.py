"""Agreements that end soon, told to the log for each customer whose person may say so.

Agreements are kept by account and change no customer's history, so somebody has to look, now and
then. What was found is a fact; before a rep is to say it, and when they read it, it is looked up
again: an agreement may have been prolonged meanwhile, or the customer may have left the account.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from makegood.core.my_person import keeper_of
from makegood.core.state import State, decode_state
from makegood.messages.agreements import Agreement
from makegood.messages.events import OWN_SOURCE
from makegood.messages.hello_facts import AgreementEnds
from makegood.messages.ids import AccountId, AgreementId, ProfileId
from makegood.playbooks.book import Library
from makegood.ports.accounts import PartyKey, Standing
from makegood.ports.clock import Clock
from makegood.ports.store import Reading, Store
from makegood.runtime.intake import Intake, patiently
from makegood.runtime.told import Told

AGREEMENTS = f"{OWN_SOURCE}:agreements"
EVERY_MS = 6 * 3_600_000  # ends are said days before; nobody waits for the hour
_PAGE = 100
NO_ACCOUNTS = Standing()


class AgreementWatch:
    """Looks through the agreements for those that end soon."""

    def __init__(
        self, store: Store, intake: Intake, library_of: Callable[[], Library], clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._library_of = library_of
        self._clock = clock
        self._next_ms = 0

    def go_on(self) -> int:
        """Look when it is time to; say how many customers it was noted for."""
        now_ms, before_ms = self._clock.now_ms(), longest_before_ms(self._library_of())
        if not before_ms or now_ms < self._next_ms:
            return 0
        told = sum(
            patiently(partial(self._page, one, page))
            for one in self._ending(now_ms, before_ms)
            for page in self._guests(one.account, now_ms)
        )
        self._next_ms = now_ms + EVERY_MS
        return told

    def _ending(self, now_ms: int, before_ms: int) -> Iterator[Agreement]:
        """Give the agreements whose end is near, page by page."""
        after: AgreementId | None = None
        while True:
            with self._store.reading() as reading:
                page = reading.agreements(after=after, limit=_PAGE)
            yield from (one for one in page if now_ms < one.until_ms <= now_ms + before_ms)
            if len(page) < _PAGE:
                return
            after = page[-1].id

    def _guests(self, account: AccountId, now_ms: int) -> Iterator[Sequence[ProfileId]]:
        """Give those who have what an account agreed, page by page."""
        after: PartyKey | None = None
        while True:
            with self._store.reading() as reading:
                page = reading.parties(account, after=after, limit=_PAGE)
            guests = [one.profile for one in page if one.role == "guest" and one.is_at(now_ms)]
            if guests:
                yield guests
            if len(page) < _PAGE:
                return
            after = page[-1].key

    def _page(self, one: Agreement, guests: Sequence[ProfileId]) -> int:
        """Note it for the customers of a page who may hear it, and have not been noted yet."""
        with self._store.writing() as writing:
            found = writing.customers_of(sorted(set(guests)))
            rows = writing.lock(sorted(set(found.values())))
            told = [
                Told(
                    profile=profile,
                    body=AgreementEnds(agreement=one.id, ends_ms=one.until_ms),
                    message_id=f"{one.id}/{one.until_ms}/{customer}/{rows[customer].events}",
                    source=AGREEMENTS,
                )
                for customer, profile in {it: own for own, it in found.items()}.items()
                if customer in rows
                and not rows[customer].stuck
                and _may_hear(decode_state(rows[customer].state), one)
            ]
            self._intake.record(writing, told, self._clock.now_ms())
        return len(told)


def _may_hear(state: State, one: Agreement) -> bool:
    mine = state.in_touch
    known = any((it.about, it.ends_ms) == (one.id, one.until_ms) for it in mine.things)
    return mine.allowed and bool(keeper_of(state.my_person)) and not known


def longest_before_ms(library: Library) -> int:
    """Say how long before its end an agreement is spoken of; 0 where no book has it said."""
    book = library.now()
    things = (it for one in (book, *book.by_brand.values()) for it in one.people.hello.things)
    return max((it.before_ms for it in things if it.of == "agreement"), default=0)


def standing_now(reading: Reading, library: Library, profiles: Sequence[ProfileId]) -> Standing:
    """Look up what accounts mean to customers, where a book has agreements said."""
    if not profiles or not longest_before_ms(library):
        return NO_ACCOUNTS
    return reading.standing_of(sorted(set(profiles)))


def is_of_agreement(library: Library, thing: str) -> bool:
    """Whether a true thing of a book is about an agreement."""
    book = library.now()
    things = (it for one in (book, *book.by_brand.values()) for it in one.people.hello.things)
    return any(it.of == "agreement" and it.id == thing for it in things)


def end_of(standing: Standing, profile: ProfileId, agreement: str, now_ms: int) -> int:
    """Say when an agreement of somebody ends; 0 when it has no end, or they have it no more."""
    roles = standing.roles.get(profile, ())
    accounts = {one.account for one in roles if one.role == "guest" and one.is_at(now_ms)}
    kept = (it for account in accounts for it in standing.agreements.get(account, ()))
    return next((it.until_ms for it in kept if it.id == agreement), 0)
