"""Accounts, their parties and agreements, in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence

from makegood.core.agreements import is_seen_by
from makegood.messages.agreements import Agreement
from makegood.messages.ids import AccountId, AgreementId, ProfileId, RepId
from makegood.ports.accounts import Account, AtHand, Party, Role, Standing
from makegood.ports.ties import TieKind
from makegood.store.memory_reading import MemoryReading
from makegood.store.sql_accounts import MOST, account_words, in_order


class MemoryAccountReading(MemoryReading):
    """What is known of accounts."""

    def at_hand(self, profiles: Sequence[ProfileId] = ()) -> AtHand:
        ties = (tie for own in self._t.ties.values() for tie in own)
        return AtHand(
            open_cases=self.open_cases_by_owner(),
            has_accounts=bool(self._t.accounts_kept),
            talks=Counter(it.rep for it in ties if it.kind is TieKind.TALK and it.rep),
            kept=self._kept(profiles),
        )

    def _kept(self, profiles: Sequence[ProfileId]) -> dict[ProfileId, tuple[RepId, int]]:
        customers = self.customers_of(profiles)
        found: dict[ProfileId, tuple[RepId, int]] = {}
        for profile, customer in customers.items():
            rows = [it for it in self.cases_of([customer]) if it.is_open and it.owner]
            if rows:
                last = max(rows, key=lambda it: it.opened_ms)
                found[profile] = (last.owner, last.opened_ms)
        return found

    def standing_of(
        self, profiles: Sequence[ProfileId], named: Sequence[AccountId] = ()
    ) -> Standing:
        found = {one: self._roles(one) for one in sorted(set(profiles))}
        roles = {one: parties for one, parties in found.items() if parties}
        belong = {party.account for parties in roles.values() for party in parties}
        named = sorted(belong | (set(named) & set(self._t.accounts_kept)))
        kept = self._t.agreements_kept.values()
        others = [one for one in self._t.parties.values() if one.role in ("pays", "told")]
        agreed = {id_: [one for one in kept if one.account == id_] for id_ in named}
        who = {id_: [one for one in others if one.account == id_] for id_ in named}
        return Standing(
            roles=roles,
            accounts=self.accounts_named(named),
            agreements={
                id_: tuple(sorted(some, key=lambda one: one.id))
                for id_, some in agreed.items()
                if some
            },
            others={id_: tuple(sorted(it, key=in_order)) for id_, it in who.items() if it},
        )

    def _roles(self, profile: ProfileId) -> tuple[Party, ...]:
        t = self._t
        customer = t.customer_of.get(profile)
        own = t.members.get(customer, ()) if customer is not None else ()
        lookups = {
            lookup
            for member in own
            for lookup in t.lookups.get(member, ())
            if {t.customer_of.get(user, customer) for user in t.users.get(lookup, ())}
            == {customer}
        }
        meant = {profile, *own, *lookups}
        found = [one for one in t.parties.values() if one.profile in meant]
        return tuple(sorted(found, key=in_order))

    def account(self, wanted: AccountId) -> Account | None:
        return self._t.accounts_kept.get(wanted)

    def accounts(
        self, *, begins: str = "", after: AccountId | None = None, limit: int = 50
    ) -> tuple[Account, ...]:
        word = begins.strip().casefold()
        found = [
            one
            for id_, one in sorted(self._t.accounts_kept.items())
            if id_ > (after or "")
            and (not word or any(it.startswith(word) for it in account_words(one)))
        ]
        return tuple(found[: min(limit, MOST)])

    def accounts_named(self, wanted: Sequence[AccountId]) -> Mapping[AccountId, Account]:
        kept = self._t.accounts_kept
        return {id_: kept[id_] for id_ in wanted if id_ in kept}

    def parties(
        self,
        account: AccountId,
        *,
        after: tuple[AccountId, ProfileId, Role, int] | None = None,
        limit: int = 50,
    ) -> tuple[Party, ...]:
        found = [
            party
            for key, party in sorted(self._t.parties.items())
            if party.account == account and (after is None or key > after)
        ]
        return tuple(found[: min(limit, MOST)])

    def agreement(self, wanted: AgreementId) -> Agreement | None:
        return self._t.agreements_kept.get(wanted)

    def agreements(
        self,
        *,
        account: AccountId | None = None,
        brands: Sequence[str] = (),
        after: AgreementId | None = None,
        limit: int = 50,
    ) -> tuple[Agreement, ...]:
        found = [
            one
            for id_, one in sorted(self._t.agreements_kept.items())
            if id_ > (after or "")
            and account in (None, one.account)
            and (not brands or is_seen_by(one, brands))
        ]
        return tuple(found[: min(limit, MOST)])

    def agreements_named(self, wanted: Sequence[AgreementId]) -> Mapping[AgreementId, Agreement]:
        kept = self._t.agreements_kept
        return {id_: kept[id_] for id_ in wanted if id_ in kept}


class MemoryAccountWriting(MemoryAccountReading):
    """What changes it."""

    def put_accounts(self, rows: Sequence[Account]) -> None:
        self._t.accounts_kept.update({row.id: row for row in rows})

    def put_parties(self, rows: Sequence[Party]) -> None:
        self._t.parties.update({row.key: row for row in rows})

    def put_agreements(self, rows: Sequence[Agreement]) -> None:
        self._t.agreements_kept.update({row.id: row for row in rows})

    def erase_persons(self, profiles: Sequence[ProfileId]) -> int:
        return sum(self._t.people.pop(one, None) is not None for one in set(profiles))

    def drop_parties(self, profiles: Sequence[ProfileId]) -> int:
        gone = [key for key, one in self._t.parties.items() if one.profile in set(profiles)]
        for key in gone:
            del self._t.parties[key]
        return len(gone)
