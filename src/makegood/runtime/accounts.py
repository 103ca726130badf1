"""Accounts, parties and agreements are kept: checked, once, and with a note of who did it.

What was agreed and has begun stays as it was: only its end may change, so that nobody is told
something else about last month. Another agreement takes its place under a number of its own.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.agreements import Agreement, GuaranteeTerms, WaiverTerms
from makegood.messages.errors import InputError
from makegood.messages.ids import AccountId, AgreementId, ProfileId
from makegood.playbooks.book import RuleBook, books_in
from makegood.playbooks.mistakes import nearest
from makegood.ports.accounts import Account, Client, Party, PartyKey
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.places import PlaceRow
from makegood.ports.rows import PersonRow
from makegood.ports.store import Reading, Store, Writing
from makegood.runtime.intake import patiently
from makegood.runtime.noting import note
from makegood.sources.account_cells import PartyIn, Written

AT_ONCE = 500  # rows of one transaction
MOST_OPEN = 100  # agreements of an account that have not ended: they stand on its events
MOST_CLIENTS = 500  # of one agency


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class Kept(Struct, frozen=True, kw_only=True):
    """What became of a row, in the order they came.

    Attributes:
        fate: What.
        why: Why it was refused, and what to do.
    """

    fate: Fate
    why: str = ""


class Accounts:
    """Keeps what people, files and programs say about accounts."""

    def __init__(
        self,
        store: Store,
        profile: Callable[[str], ProfileId],
        book: Callable[[], RuleBook],
        clock: Clock,
    ) -> None:
        """Join the parts.

        Args:
            profile: Gives the pseudonym of an identifier.
            book: Gives the active rule book, which names waivers, failures and remedies.
        """
        self._store = store
        self._profile = profile
        self._book = book
        self._clock = clock

    def keep(self, rows: Sequence[Written], *, dry_run: bool = False) -> tuple[Kept, ...]:
        """Keep rows, each once; what is refused keeps nothing of itself and stops no other.

        Args:
            rows: Of any kind; an account may come with its parties and agreements.
            dry_run: Only say what would become of them.
        """
        now_ms = self._clock.now_ms()
        if dry_run:
            with self._store.reading() as reading:
                return tuple(_Turn(reading, self._profile, self._book(), now_ms).judge(rows))
        kept: list[Kept] = []
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            kept += patiently(partial(self._keep, some, now_ms))
        return tuple(kept)

    def _keep(self, rows: Sequence[Written], now_ms: int) -> list[Kept]:
        with self._store.writing() as writing:
            turn = _Turn(writing, self._profile, self._book(), now_ms)
            kept = turn.judge(rows)
            turn.write(writing)
        return kept

    def end(self, agreement: AgreementId, until_ms: int) -> Agreement:
        """End an agreement at an instant, or now when that is past: what was, stays true.

        Raises:
            InputError: There is no such agreement, or it has ended already.
        """
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            before = writing.agreement(agreement)
            if before is None:
                raise InputError(f"There is no agreement {agreement}.")
            if before.until_ms and before.until_ms <= now_ms:
                raise InputError(f"The agreement {agreement} has ended already.")
            ends_ms = max(until_ms, now_ms, before.from_ms)
            after = replace(before, until_ms=ends_ms)
            writing.put_agreements([after])
            note(writing, _about_agreement(before, after, now_ms))
        return after

    def leave(self, wanted: PartyKey) -> None:
        """Let somebody leave a role now; that they had it stays known.

        Raises:
            InputError: Nobody has that role now.
        """
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            account, profile, role, _ = wanted
            known = writing.standing_of([profile]).roles.get(profile, ())
            found = next((one for one in known if one.key == wanted), None)
            if found is None or (found.until_ms and found.until_ms <= now_ms):
                raise InputError("Nobody has this role now; it may have been ended already.")
            writing.put_parties([replace(found, until_ms=max(now_ms, found.from_ms))])
            after = {"role": role, "who": profile, "until": "now"}
            act = Act(what="account.changed", at_ms=now_ms, about=account, after=after)
            note(writing, act)


class _Turn:
    """Judges the rows of one transaction against what is kept, and against each other."""

    def __init__(
        self,
        reading: Reading,
        profile: Callable[[str], ProfileId],
        book: RuleBook,
        now_ms: int,
    ) -> None:
        self._reading = reading
        self._profile = profile
        self._names = _Names(book)
        self._now_ms = now_ms
        self._accounts: dict[AccountId, Account] = {}
        self._agreements: dict[AgreementId, Agreement] = {}
        self._open: Counter[AccountId] = Counter()
        self._parties: dict[tuple[object, ...], Party] = {}
        self._put: dict[object, Account | Party | Agreement] = {}
        self._people: dict[ProfileId, PersonRow] = {}
        self._acts: list[Act] = []

    def judge(self, rows: Sequence[Written]) -> list[Kept]:
        """Say what becomes of each row, and remember what has to be written."""
        self._look_up(rows)
        return [self._judge(row) for row in rows]

    def _look_up(self, rows: Sequence[Written]) -> None:
        named = {one.id if isinstance(one, Account) else one.account for one in rows}
        named |= {it.account for one in rows if isinstance(one, Account) for it in one.clients}
        self._accounts = dict(self._reading.accounts_named(sorted(named)))
        ids = sorted({one.id for one in rows if isinstance(one, Agreement)})
        with_more = sorted({one.account for one in rows if isinstance(one, Agreement)})
        for account, known in self._reading.standing_of([], with_more).agreements.items():
            open_ = (one for one in known if not one.until_ms or one.until_ms > self._now_ms)
            self._open[account] = sum(1 for _ in open_)
        self._agreements = dict(self._reading.agreements_named(ids))
        self._names.look_up(self._reading, [one for one in rows if isinstance(one, Agreement)])
        people = {self._profile(one.identifier) for one in rows if isinstance(one, PartyIn)}
        roles = self._reading.standing_of(sorted(people)).roles
        self._parties = {one.key: one for some in roles.values() for one in some}

    def _judge(self, row: Written) -> Kept:
        match row:
            case Account():
                return self._account(row)
            case PartyIn():
                return self._party(row)
            case Agreement():
                return self._agreement(row)

    def _account(self, row: Account) -> Kept:
        before = self._accounts.get(row.id)
        if before is not None and before.kind != row.kind:
            why = f"{row.id} is a {before.kind}; give the {row.kind} a name of its own."
            return Kept(fate=Fate.REFUSED, why=why)
        unknown = [one.account for one in row.clients if one.account not in self._accounts]
        if unknown:
            why = f"`acts_for` names {unknown[0]}, which is no account yet; bring that in first."
            return Kept(fate=Fate.REFUSED, why=why)
        row = replace(row, clients=_clients(before, row, self._now_ms))
        if len(row.clients) > MOST_CLIENTS:
            return Kept(fate=Fate.REFUSED, why=f"An agency has at most {MOST_CLIENTS} clients.")
        if before == row:
            return Kept(fate=Fate.SAME)
        self._accounts[row.id] = row
        after = {"kind": row.kind, "tells": row.tells, "clients": str(len(row.clients))}
        return self._keeps(row.id, row, before, self._act("account.changed", row.id, after))

    def _party(self, row: PartyIn) -> Kept:
        if row.account not in self._accounts:
            why = f"{row.account} is no account yet; bring that in first."
            return Kept(fate=Fate.REFUSED, why=why)
        profile = self._profile(row.identifier)
        party = Party(
            account=row.account,
            profile=profile,
            role=row.role,
            from_ms=row.from_ms,
            until_ms=row.until_ms,
        )
        before = self._parties.get(party.key)
        if before == party:
            return Kept(fate=Fate.SAME)
        self._parties[party.key] = party
        self._people[profile] = PersonRow(profile=profile, identifier=row.identifier)
        after = {"role": row.role, "who": profile}
        return self._keeps(
            party.key, party, before, self._act("account.changed", row.account, after)
        )

    def _agreement(self, row: Agreement) -> Kept:
        before = self._agreements.get(row.id)
        if before == row:
            return Kept(fate=Fate.SAME)
        if why := self._wrong(row, before):
            return Kept(fate=Fate.REFUSED, why=why)
        if before is None:
            self._open[row.account] += 1
        self._agreements[row.id] = row
        return self._keeps(row.id, row, before, _about_agreement(before, row, self._now_ms))

    def _wrong(self, row: Agreement, before: Agreement | None) -> str:
        if row.account not in self._accounts:
            return f"{row.account} is no account yet; bring that in first."
        if before is None and self._open[row.account] >= MOST_OPEN:
            return f"{row.account} has {MOST_OPEN} agreements that have not ended; end some first."
        if before is not None and self._now_ms >= before.from_ms:
            if replace(row, until_ms=before.until_ms) != before:
                return (
                    f"{row.id} has begun and stays as it was: only `until` may change. End it, "
                    "and give what is agreed now a number of its own."
                )
            if min(before.until_ms or self._now_ms, self._now_ms) == before.until_ms:
                return f"{row.id} has ended; give what is agreed now a number of its own."
            if row.until_ms and row.until_ms < self._now_ms:
                return f"{row.id} held until now; it can end today or later, not before."
        return self._names.wrong(row)

    def _act(self, what: str, about: str, after: Mapping[str, str]) -> Act:
        return Act(what=what, at_ms=self._now_ms, about=about, after=after)

    def _keeps(
        self,
        key: object,
        row: Account | Party | Agreement,
        before: Account | Party | Agreement | None,
        act: Act,
    ) -> Kept:
        self._put[type(row), key] = row
        self._acts.append(act)
        return Kept(fate=Fate.NEW if before is None else Fate.CHANGED)

    def write(self, writing: Writing) -> None:
        """Write what is new or changed, and who did it: one note for a large batch."""
        rows = list(self._put.values())
        if not rows:
            return
        writing.put_accounts([one for one in rows if isinstance(one, Account)])
        writing.put_parties([one for one in rows if isinstance(one, Party)])
        writing.put_agreements([one for one in rows if isinstance(one, Agreement)])
        if self._people:
            writing.put_persons([self._people[one] for one in sorted(self._people)])
        acts = self._acts
        if len(acts) > _MOST_NOTES:
            counted = {"rows": str(len(acts)), "first": acts[0].about, "last": acts[-1].about}
            acts = [self._act("accounts.imported", "accounts", counted)]
        for act in acts:
            note(writing, act)


_MOST_NOTES = 20  # acts of one transaction; a file is one act, with how many rows it changed


class _Names:
    """What the rule book and the books of its brands name, and the places that are kept."""

    def __init__(self, book: RuleBook) -> None:
        books = books_in(book)
        self._brands = {name for one in books for name in one.brands}
        self._waivers = {name for one in books for name in one.waivers}
        self._failures = {name for one in books for name in one.failures}
        self._remedies = {name for one in books for name in one.remedies}
        self._places: Mapping[str, PlaceRow] = {}
        self._has_places = False

    def look_up(self, reading: Reading, rows: Sequence[Agreement]) -> None:
        """Look up the places that agreements name; where none are kept, none is checked."""
        named = sorted({name for one in rows for name in _places_in(one)})
        if named:
            self._places = reading.places_by_id(named)
            self._has_places = bool(self._places or reading.places(limit=1))

    def wrong(self, row: Agreement) -> str:
        """Say what an agreement names that is not there; empty when all is."""
        lists = (*row.not_at, *row.also_at)
        brands = [one.removeprefix("brand:") for one in lists if one.startswith("brand:")]
        asked = [("brand", self._brands, one) for one in (row.brand, *brands) if one]
        match row.terms:
            case WaiverTerms(waives=waives):
                asked.append(("waiver", self._waivers, waives))
            case GuaranteeTerms(broken_by=broken_by, owes=owes):
                asked += [("failure", self._failures, one) for one in broken_by]
                asked += [("remedy", self._remedies, owes)] if owes else []
        for what, known, name in asked:
            if name not in known:
                hint = nearest(name, sorted(known))
                return f"The rule book has no {what} `{name}`. {hint}".strip()
        return self._wrong_place(row)

    def _wrong_place(self, row: Agreement) -> str:
        for name in _places_in(row) if self._has_places else ():
            if name not in self._places:
                return f"There is no place `{name}`; bring it in first, or write its id."
        at = self._places.get(row.place) if row.place else None
        if at is not None and at.brand != row.brand:
            return f"`{row.place}` is a place of {at.brand}, and not of {row.brand}; correct one."
        return ""


def _places_in(row: Agreement) -> tuple[str, ...]:
    """Give the ids of the places that an agreement names."""
    listed = [one for one in (*row.not_at, *row.also_at) if one.startswith("place:")]
    return (*([row.place] if row.place else ()), *(one.removeprefix("place:") for one in listed))


def _clients(before: Account | None, row: Account, now_ms: int) -> tuple[Client, ...]:
    """Keep since when an agency acts for somebody, and end what is no longer listed."""
    listed = {one.account for one in row.clients}
    known = before.clients if before is not None else ()
    kept = [
        one if one.account in listed or one.until_ms else replace(one, until_ms=now_ms)
        for one in known
    ]
    active = {one.account for one in kept if not one.until_ms}
    fresh_ms = now_ms if before is not None else 0
    kept += [Client(account=one, from_ms=fresh_ms) for one in sorted(listed - active)]
    return tuple(kept)


def _about_agreement(before: Agreement | None, after: Agreement, now_ms: int) -> Act:
    def said(one: Agreement) -> dict[str, str]:
        where = one.place or one.brand or "umbrella"
        ends = str(one.until_ms) if one.until_ms else "never"
        return {"account": one.account, "kind": one.kind, "at": where, "until_ms": ends}

    return Act(
        what="agreement.changed",
        at_ms=now_ms,
        about=after.id,
        before=said(before) if before is not None else {},
        after=said(after),
    )
