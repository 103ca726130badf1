"""Accounts: people, companies and agencies, who has which role in them, and what was agreed."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias, cast, get_args

from msgspec import Struct

from makegood.messages.agreements import Agreement
from makegood.messages.ids import AccountId, AgreementId, ProfileId, RepId

AccountKind: TypeAlias = Literal["person", "company", "agency"]
Role: TypeAlias = Literal["guest", "asks", "pays", "told"]
PartyKey: TypeAlias = tuple[AccountId, ProfileId, Role, int]
Tells: TypeAlias = Literal["guest", "booker", "both"]

_LONGEST_MS = 15  # digits of an instant


class Client(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An account that an agency acts for.

    Attributes:
        account: The client.
        from_ms: The first instant it does.
        until_ms: The first instant it no longer does; 0 for no end.
    """

    account: AccountId
    from_ms: int = 0
    until_ms: int = 0

    def is_at(self, at_ms: int) -> bool:
        """Whether the agency acts for it at an instant."""
        return self.from_ms <= at_ms and (not self.until_ms or at_ms < self.until_ms)


class Account(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Somebody with whom something may be agreed.

    Attributes:
        id: The firm's own name of it; never the name of a person.
        kind: A person, a company, or an agency that acts for clients.
        name: Of the company or agency; empty for a person, whose name is kept beside the log.
        tells: Whom a case writes to when it is about a booking through this account.
        clients: Whom an agency acts for.
    """

    id: AccountId
    kind: AccountKind
    name: str = ""
    tells: Tells = "guest"
    clients: tuple[Client, ...] = ()

    def acts_for(self, account: AccountId, at_ms: int) -> bool:
        """Whether it acts for another account at an instant."""
        return any(one.account == account and one.is_at(at_ms) for one in self.clients)


class Party(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Somebody in a role of an account, for a time.

    Attributes:
        account: The account.
        profile: Pseudonym of who it is; the identifier in clear is kept beside the log.
        role: A guest has what was agreed; others ask, pay, or are told.
        from_ms: The first instant in the role.
        until_ms: The first instant no longer in it; 0 for no end.
    """

    account: AccountId
    profile: ProfileId
    role: Role
    from_ms: int = 0
    until_ms: int = 0

    @property
    def key(self) -> PartyKey:
        """What makes it one row: somebody may come back to a role after a while."""
        return (self.account, self.profile, self.role, self.from_ms)

    @property
    def cursor(self) -> str:
        """Its place on a page of the account's parties, as one text."""
        return f"{self.profile} {self.role} {self.from_ms}"

    @staticmethod
    def place_of(account: AccountId, cursor: str) -> PartyKey | None:
        """Read a `cursor`; None when it is none."""
        profile, _, rest = cursor.partition(" ")
        role, _, from_ms = rest.partition(" ")
        if role not in get_args(Role) or not from_ms.isdecimal() or len(from_ms) > _LONGEST_MS:
            return None
        return (account, ProfileId(profile), cast("Role", role), int(from_ms))

    def is_at(self, at_ms: int) -> bool:
        """Whether they are in the role at an instant."""
        return self.from_ms <= at_ms and (not self.until_ms or at_ms < self.until_ms)


class Standing(Struct, frozen=True, kw_only=True):
    """What accounts mean to some profiles, at any time.

    Attributes:
        roles: Roles by the profile that was asked about.
        accounts: The accounts of those roles.
        agreements: Theirs, by account.
        others: Who pays and who is told, by account, whoever that is.
    """

    roles: Mapping[ProfileId, tuple[Party, ...]] = {}
    accounts: Mapping[AccountId, Account] = {}
    agreements: Mapping[AccountId, tuple[Agreement, ...]] = {}
    others: Mapping[AccountId, tuple[Party, ...]] = {}


class AtHand(Struct, frozen=True, kw_only=True):
    """What has to be known first to stamp an event.

    Attributes:
        open_cases: Open cases of each rep.
        has_accounts: There are accounts at all.
        talks: Conversations that wait for each rep.
        kept: Who owns the open case of some profiles' customers, and when it was opened.
    """

    open_cases: Mapping[RepId, int]
    has_accounts: bool
    talks: Mapping[RepId, int] = {}
    kept: Mapping[ProfileId, tuple[RepId, int]] = {}


class AccountReading(Protocol):
    """What is known of accounts."""

    def at_hand(self, profiles: Sequence[ProfileId] = ()) -> AtHand:
        """Give open cases and waiting conversations by rep, and whether there are accounts at all.

        It is one question.

        Args:
            profiles: Of whom is told who owns their customer's open case, if anybody does.
        """

    def standing_of(
        self, profiles: Sequence[ProfileId], named: Sequence[AccountId] = ()
    ) -> Standing:
        """Say what accounts mean to profiles, in one question.

        Args:
            profiles: Who.
            named: Further accounts to tell of, whoever belongs to them.

        Returns:
            A role is found by any profile of the same customer, and by an address or number that
            finds nobody else; one that several customers share gives nobody a role.
        """

    def account(self, wanted: AccountId) -> Account | None:
        """Give an account, or None."""

    def accounts(
        self, *, begins: str = "", after: AccountId | None = None, limit: int = 50
    ) -> tuple[Account, ...]:
        """Page through accounts by id.

        Args:
            begins: Only those whose id, or a word of whose name, begins so.
            after: The last of the page before.
            limit: At most 200.
        """

    def accounts_named(self, wanted: Sequence[AccountId]) -> Mapping[AccountId, Account]:
        """Give accounts by their ids; unknown ones are left out."""

    def parties(
        self,
        account: AccountId,
        *,
        after: PartyKey | None = None,
        limit: int = 50,
    ) -> tuple[Party, ...]:
        """Page through the parties of an account, by their key."""

    def agreement(self, wanted: AgreementId) -> Agreement | None:
        """Give an agreement, or None."""

    def agreements(
        self,
        *,
        account: AccountId | None = None,
        brands: Sequence[str] = (),
        after: AgreementId | None = None,
        limit: int = 50,
    ) -> tuple[Agreement, ...]:
        """Page through agreements by id.

        Args:
            account: Only of this account.
            brands: Only what these brands may see, as `core.agreements.is_seen_by` says; none
                for all.
            after: The last of the page before.
            limit: At most 200.
        """

    def agreements_named(self, wanted: Sequence[AgreementId]) -> Mapping[AgreementId, Agreement]:
        """Give agreements by their ids; unknown ones are left out."""


class AccountWriting(Protocol):
    """What changes it."""

    def put_accounts(self, rows: Sequence[Account]) -> None:
        """Keep accounts; one of the same id is replaced."""

    def put_parties(self, rows: Sequence[Party]) -> None:
        """Keep roles; the same role from the same instant is replaced."""

    def put_agreements(self, rows: Sequence[Agreement]) -> None:
        """Keep agreements; one of the same id is replaced."""

    def erase_persons(self, profiles: Sequence[ProfileId]) -> int:
        """Forget the personal data of profiles that no customer has; say how many rows went."""

    def drop_parties(self, profiles: Sequence[ProfileId]) -> int:
        """Forget the roles of profiles; say how many there were."""
