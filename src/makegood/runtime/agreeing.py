"""What accounts mean to the events of one transaction: agreements in force, and who pays.

Looked up once, and only for events that may open a case or ask for something; what was found is
stamped on the event. Event time counts, not the time of arrival: what happened last month is
judged by what was agreed last month, however late we hear of it.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.agreements import Agreement, Parties
from makegood.messages.events import Stamp
from makegood.messages.facts import Body, FailureRaised, Requested, Touchpoint
from makegood.messages.ids import AccountId, ProfileId
from makegood.ports.accounts import Account, Party, Role, Standing
from makegood.ports.store import Reading

_NOBODY = ProfileId("")
NAMED = "account"
"""Fact of an event that says through which account something was booked."""


class Concerned(Struct, frozen=True):
    """Whom an event concerns.

    Attributes:
        profile: The customer's, as the event names them.
        body: What happened.
        at_ms: When it happened.
    """

    profile: ProfileId
    body: Body
    at_ms: int

    @property
    def asks(self) -> ProfileId:
        """Who asks for the customer; empty for themselves."""
        match self.body:
            case Requested(asker=asker) | FailureRaised(asker=asker):
                return asker
        return _NOBODY

    @property
    def named(self) -> AccountId:
        """The account the event names; empty for none."""
        match self.body:
            case Touchpoint(properties=told) | Requested(facts=told):
                name = told.get(NAMED)
                return AccountId(name if isinstance(name, str) else "")
            case FailureRaised(account=account):
                return account
        return AccountId("")


def standing_for(reading: Reading, concerned: Iterable[Concerned]) -> Standing:
    """Look up what accounts mean to events, in one question."""
    people: set[ProfileId] = set()
    named: set[AccountId] = set()
    for one in concerned:
        people |= {one.profile, one.asks}
        named.add(one.named)
    return reading.standing_of(sorted(people - {_NOBODY}), sorted(named - {AccountId("")}))


class Agreeing:
    """Says what to stamp on each event."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def stamped(self, stamp: Stamp, event: Concerned) -> Stamp:
        """Add to a stamp what accounts mean to an event; without any it stays the same object."""
        agreed, parties = self.agreements(event), self.parties(event)
        if not agreed and parties is None:
            return stamp
        return replace(stamp, agreements=agreed, parties=parties)

    def agreements(self, event: Concerned) -> tuple[Agreement, ...]:
        """Give what was in force at the time of an event, wherever it is honoured.

        That is what the accounts of the guest agreed, the account the event names, and the agency
        whose booker asks, when it acts for one of these.
        """
        own = self._accounts_of(event)
        agency = self._agency(event, own)
        everyone = {*own, agency.id} if agency is not None else own
        agreed = self._standing.agreements
        return tuple(
            one
            for account in sorted(everyone)
            for one in agreed.get(account, ())
            if one.is_in_force(event.at_ms)
        )

    def parties(self, event: Concerned) -> Parties | None:
        """Say who asks, pays and is told; None where that is the customer alone.

        What the event itself says comes first, then the account it was booked through. Of a
        customer who merely belongs to an account it is not known who paid: nobody is guessed.
        """
        account = self._booked_through(event)
        body = event.body
        pays = told = _NOBODY
        if isinstance(body, Requested | FailureRaised):
            pays, told = body.payer, body.told
        if account is not None and not pays:
            pays = self._one_of(account, "pays", event)
        found = (told,) if told else self._told(account, event)
        found = () if found == (event.profile,) else found
        pays = _NOBODY if pays == event.profile else pays
        if not (account or event.asks or pays or found):
            return None
        name = account.id if account is not None else AccountId("")
        return Parties(account=name, asks=event.asks, pays=pays, told=found)

    def _accounts_of(self, event: Concerned) -> set[AccountId]:
        found = {one.account for one in self._roles(event.profile, "guest", event.at_ms)}
        if event.named in self._standing.accounts:
            found.add(event.named)
        return found

    def _roles(self, profile: ProfileId, role: Role, at_ms: int) -> list[Party]:
        known = self._standing.roles.get(profile, ())
        return [one for one in known if one.role == role and one.is_at(at_ms)]

    def _agency(self, event: Concerned, own: set[AccountId]) -> Account | None:
        """The agency whose booker asks, when it acts for an account of the customer."""
        if not event.asks:
            return None
        for role in self._roles(event.asks, "asks", event.at_ms):
            agency = self._standing.accounts.get(role.account)
            if agency is not None and any(agency.acts_for(one, event.at_ms) for one in own):
                return agency
        return None

    def _booked_through(self, event: Concerned) -> Account | None:
        """The account the event names, else one of the customer's for which its asker asks."""
        accounts, own = self._standing.accounts, self._accounts_of(event)
        if event.named in accounts:
            return accounts[event.named]
        asked = {one.account for one in self._roles(event.asks, "asks", event.at_ms)}
        if both := sorted(own & asked):
            return accounts.get(both[0])
        agency = self._agency(event, own)
        if agency is None:
            return None
        clients = [one for one in sorted(own) if agency.acts_for(one, event.at_ms)]
        return accounts.get(clients[0])

    def _told(self, account: Account | None, event: Concerned) -> tuple[ProfileId, ...]:
        if account is None or account.tells == "guest":
            return ()
        booker = event.asks or self._one_of(account, "told", event)
        if not booker or booker == event.profile:
            return ()
        return (event.profile, booker) if account.tells == "both" else (booker,)

    def _one_of(self, account: Account, role: Role, event: Concerned) -> ProfileId:
        """Who is in a role of an account; the latest to come of several."""
        known = self._standing.others.get(account.id, ())
        found = [one for one in known if one.role == role and one.is_at(event.at_ms)]
        latest = max(found, key=lambda one: (one.from_ms, one.profile), default=None)
        return latest.profile if latest is not None else _NOBODY
