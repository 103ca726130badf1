"""What was agreed and who is who, as a case and a request show it: one sentence each."""

from collections.abc import Iterable, Mapping, Sequence

from makegood.core.agreements import Here, Why, judge
from makegood.core.state import Case
from makegood.desk.access import Desk
from makegood.desk.story import Story
from makegood.messages.agreements import Agreement, Parties
from makegood.messages.ids import AccountId, EventId, ProfileId
from makegood.ports.accounts import Account
from makegood.ports.rows import PersonRow
from makegood.projections.agreements import Speaker
from makegood.projections.asked import Request
from makegood.projections.figures import listed


def speaker(desk: Desk, accounts: Mapping[AccountId, Account]) -> Speaker:
    """Give what makes the sentences, in the words of the active book."""
    book = desk.makegood.book
    waivers = {id_: titles.get("en", id_) for id_, titles in book.waivers.items()}
    brands = {id_: brand.name for id_, brand in book.brands.items()}
    return Speaker(brands=brands, accounts=accounts, waivers=waivers, zone=book.timezone)


def agreed_in_case(desk: Desk, case: Case) -> tuple[str, ...]:
    """Say which agreements held for what went wrong, why, and who asks, pays and is told."""
    held = {one.id: (one, failure) for failure in case.failures for one in failure.agreements}
    parties = [one.parties for one in case.failures if one.parties is not None]
    if not held and not parties:
        return ()
    named = {one.account for one, _ in held.values()} | {one.account for one in parties}
    accounts = desk.reading.accounts_named(sorted(named - {AccountId("")}))
    says = speaker(desk, accounts)
    told = [
        says.sentence(one, _why(one, Here(brand=failure.brand, at_ms=failure.at_ms)))
        for one, failure in held.values()
    ]
    return (*told, *_who(desk, list(dict.fromkeys(map(_key, parties))), accounts))


def agreed_in_requests(
    desk: Desk, story: Story, found: Sequence[Request]
) -> Mapping[EventId, tuple[str, ...]]:
    """Say on which agreements the answers to requests rest."""
    wanted = {one.event: dict(one.asked.agreed) for one in found if one.asked.agreed}
    if not wanted:
        return {}
    stamped = {one.id: one.stamp.agreements for one in story.history if one.id in wanted}
    named = sorted({one.account for some in stamped.values() for one in some})
    says = speaker(desk, desk.reading.accounts_named(named))
    return {
        event: tuple(
            says.sentence(one, Why(why[one.id])) for one in stamped.get(event, ()) if one.id in why
        )
        for event, why in wanted.items()
    }


def _why(agreement: Agreement, here: Here) -> Why:
    """Why it held: it did, or it would not stand on the failure; the place is no longer known."""
    why = judge(agreement, here)
    return why if why.holds else Why.AGREED_HERE


def _key(parties: Parties) -> tuple[AccountId, ProfileId, ProfileId, tuple[ProfileId, ...]]:
    return (parties.account, parties.asks, parties.pays, parties.told)


def _who(
    desk: Desk,
    found: Sequence[tuple[AccountId, ProfileId, ProfileId, tuple[ProfileId, ...]]],
    accounts: Mapping[AccountId, Account],
) -> Iterable[str]:
    everyone = {one for _, asks, pays, told in found for one in (asks, pays, *told) if one}
    persons = desk.reading.persons(sorted(everyone)) if everyone else {}
    for account, asks, pays, told in found:
        does = [f"{_name(persons, asks)} asks"] if asks else []
        does += [f"{_name(persons, pays)} pays and gets back what is refunded"] if pays else []
        names = listed(tuple(_name(persons, one) for one in told))
        does += [f"we write to {names}"] if names else []
        if does:
            known = accounts.get(account)
            through = f"Booked through {known.name or known.id}: " if known is not None else ""
            yield f"{through}{listed(tuple(does))}."


def _name(persons: Mapping[ProfileId, PersonRow], profile: ProfileId) -> str:
    row = persons.get(profile)
    return (row.name or row.identifier.partition(":")[2]) if row is not None else "somebody"
