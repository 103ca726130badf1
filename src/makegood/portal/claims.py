"""What the customer spent because of us: what they may claim, and what became of it."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.core.asked import RequestState, RequestStatus
from makegood.core.claims import NO_RECEIPT
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import Facts, Requested
from makegood.messages.ids import EventId
from makegood.messages.money import Money
from makegood.portal.guests import Guest
from makegood.portal.speech import Speech
from makegood.projections.amounts import read_cents
from makegood.projections.asked import in_language
from makegood.sources.limits import writable
from makegood.sources.personal import Separator

LONGEST_LINE = 120
REFUSALS = ("amount_needed", "receipt_needed", "claimed_already")


class Claimable(Struct, frozen=True, kw_only=True):
    """Something that may be claimed for a failure of the case."""

    id: str
    about: str
    title: str


class Filed(Struct, frozen=True, kw_only=True):
    """A claim that was filed.

    Attributes:
        waiting: Something of it is still to come.
        refused: Nobody pays it.
        appeal: Its event, when its no can be appealed; empty otherwise.
    """

    says: str
    waiting: bool = False
    refused: bool = False
    appeal: str = ""


def claimable(guest: Guest, speech: Speech) -> tuple[Claimable, ...]:
    """List what may be claimed by today's book of the brand; for how long, the answer says."""
    book = guest.library.now(guest.case.brand)
    return tuple(
        Claimable(id=rule.id, about=failure.about, title=in_language(rule.title, speech.language))
        for failure in guest.case.failures
        for rule in book.requests.values()
        if rule.claim is not None and failure.rule in rule.claim.failures
    )


def filed(guest: Guest, speech: Speech) -> tuple[Filed, ...]:
    """Say what became of every claim for this case."""
    return tuple(
        line for one in _claims(guest) for line in _lines(guest, speech, one) if line.says
    )


def _claims(guest: Guest) -> tuple[RequestState, ...]:
    abouts = {failure.about for failure in guest.case.failures}
    asked = guest.state.requests
    return tuple(one for one in asked if one.claimed is not None and one.about in abouts)


def _lines(guest: Guest, speech: Speech, one: RequestState) -> tuple[Filed, ...]:
    title = _title(guest, speech, one)
    found = []
    if one.part:
        money = speech.money(Money(one.by_rule, guest.book.currency))
        found.append(
            Filed(says=speech.say("claim.paying", title=title, money=money), waiting=True)
        )
    if one.is_waiting:
        day = speech.day(one.due_ms)
        found.append(Filed(says=speech.say("claim.waiting", title=title, day=day), waiting=True))
    elif one.status is RequestStatus.ALLOWED and one.cost is not None:
        key = "claim.paid" if one.done else "claim.paying"
        money = speech.money(one.cost)
        found.append(Filed(says=speech.say(key, title=title, money=money), waiting=not one.done))
    elif one.status is RequestStatus.DENIED:
        says = f"{speech.say('claim.refused', title=title)} {_why(guest, speech, one)}".strip()
        appeal = "" if one.appealed else str(one.event)
        found.append(Filed(says=says, refused=True, appeal=appeal))
    return tuple(found)


def _title(guest: Guest, speech: Speech, one: RequestState) -> str:
    rule = guest.book.requests.get(one.request)
    return in_language(rule.title, speech.language).rstrip(".") if rule else one.request


def _why(guest: Guest, speech: Speech, one: RequestState) -> str:
    """Give the reason of the rule; what a person wrote reaches the customer by that person."""
    rule = guest.book.requests.get(one.request)
    if one.refused_by or rule is None or rule.claim is None:
        return ""
    return in_language(rule.claim.says, speech.language)


def read_claim(guest: Guest, values: Mapping[str, str]) -> Requested | Refused:
    """Read the form of a claim; only what the page offers can be claimed."""

    def line(name: str) -> str:
        return writable(values.get(name, ""), LONGEST_LINE)

    wanted = (line("claim"), line("about"))
    if wanted not in {(one.id, one.about) for one in claimable(guest, Speech("en"))}:
        return Refused(code="no_such_request", why="The page does not offer this.")
    try:
        cents = read_cents(line("amount"))
        told = {name: line(name) for name in ("kind", "receipt") if line(name)}
        if "receipt" not in told and line("lost"):
            told["receipt"] = NO_RECEIPT
        facts: Facts = {**told, "cents": cents}
        separated = Separator(lambda: "claim").separate(facts, "facts")
    except InputError as error:
        return Refused(code="amount_needed", why=str(error))
    if separated.texts:
        return Refused(code="personal", why="Names and addresses may not stand here.")
    return Requested(
        request=wanted[0], about=wanted[1], brand=guest.case.brand, facts=separated.facts
    )


def appealable(guest: Guest, event: str) -> EventId | None:
    """Find a claim of this case whose no can be appealed."""
    for one in _claims(guest):
        if one.event == event and one.status is RequestStatus.DENIED and not one.appealed:
            return one.event
    return None
