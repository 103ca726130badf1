"""What a customer asked for, with the answer and its reasons, as interface and desk show it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.core.asked import RequestState, Standing
from makegood.core.state import State
from makegood.messages.events import Event
from makegood.messages.facts import Requested, Settled
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.projections.figures import DAY_MS, HOUR_MS, MINUTE_MS, counted, money_words
from makegood.projections.orders import remedy_words

_ANSWERED = {"allow": Standing.ALLOWED, "deny": Standing.DENIED, "person": Standing.WAITING}


class Request(Struct, frozen=True, kw_only=True):
    """One request of a customer.

    Attributes:
        event: The event that asked.
        profile: Whom it was about.
        asked: What was asked, and what the table said.
        status: Where it stands.
        due_ms: Until when a person has to answer; 0 when none has to.
        remedy: What is given; empty for nothing.
        cost: What that costs.
        charge: What has to be paid.
        by: Who answered last; empty for the table.
        reason: Reference of a person's reason.
        now: What the fold remembers; None once it left the state.
        source: Where the table comes from.
        titles: What is asked, by language.
    """

    event: EventId
    profile: ProfileId
    asked: Requested
    at_ms: int
    status: Standing
    due_ms: int = 0
    remedy: str = ""
    cost: Money | None = None
    charge: Money | None = None
    by: RepId = RepId("")
    reason: str = ""
    now: RequestState | None = None
    source: str = ""
    titles: Mapping[str, str] = {}

    @property
    def can_appeal(self) -> bool:
        """Whether its no can still be appealed."""
        now = self.now
        return now is not None and now.status is Standing.DENIED and not now.appealed


def requests_in(history: Sequence[Event], state: State, library: Library) -> tuple[Request, ...]:
    """List what a customer asked for, the latest first."""
    settled = {one.body.asked: one.body for one in history if isinstance(one.body, Settled)}
    return tuple(
        _request(event, event.body, settled.get(event.id), state, library)
        for event in reversed(history)
        if isinstance(event.body, Requested)
    )


def _request(
    event: Event, asked: Requested, settled: Settled | None, state: State, library: Library
) -> Request:
    now = state.request(event.id)
    status = _ANSWERED[settled.answer if settled else asked.answer]
    rule = library.book(event.stamp.book).requests.get(asked.request)
    return Request(
        event=event.id,
        profile=event.profile,
        asked=asked,
        at_ms=event.time_ms,
        status=now.status if now else status,
        due_ms=now.due_ms if now else 0,
        remedy=settled.remedy if settled else asked.remedy,
        cost=settled.cost if settled else asked.amount,
        charge=settled.charge if settled else asked.charge,
        by=settled.by if settled else RepId(""),
        reason=settled.reason if settled else "",
        now=now,
        source=rule.source if rule else "",
        titles=rule.title if rule else {},
    )


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Choose a text in a language, in its parent ("de" for "de-AT"), or in English."""
    tag = language.replace("_", "-").lower()
    known = {name.lower(): text for name, text in texts.items()}
    while tag:
        if tag in known:
            return known[tag]
        tag = tag.rpartition("-")[0]
    return texts.get("en") or next(iter(texts.values()), "")


def answer_words(asked: Requested, library: Library) -> str:
    """Say in a sentence what the table answered."""
    match asked.answer:
        case "allow":
            return f"Yes{terms_words(asked.remedy, asked.amount, asked.charge, library)}."
        case "deny":
            return f"No: {in_language(asked.says, 'en')}"
        case _:
            return f"A person answers within {within_words(asked.within_ms)}."


def terms_words(remedy: str, cost: Money | None, charge: Money | None, library: Library) -> str:
    """Say what is given and what has to be paid, to follow a yes; empty for neither."""
    words = ""
    if remedy:
        amount = f" ({money_words(cost)})" if cost and cost.cents else ""
        words += f", with {remedy_words(remedy, library)}{amount}"
    if charge is not None and charge.cents:
        words += f", for {money_words(charge)}"
    return words


def reason_words(asked: Requested, source: str) -> tuple[str, ...]:
    """Say why, from the row to the facts it rests on; `source` is of the table that answered."""
    source = f", {source}" if source else ""
    if asked.row:
        where = f"Row {asked.row}, line {asked.line}{source}."
    elif asked.missing:
        where = f"This is missing: {asked.missing}{source}."
    elif asked.also:
        where = f"More than one row fits: {', '.join(asked.also)}{source}."
    else:
        where = f"No row fits{source}."
    looked = ", ".join(f"{name} is {_plain(value)}" for name, value in asked.looked_at)
    seen = ", ".join(f"{name} = {_plain(value)}" for name, value in asked.seen)
    more = (f"Looked at: {looked}." if looked else "", f"Read: {seen}." if seen else "")
    return (where, *(words for words in more if words))


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def within_words(span_ms: int) -> str:
    """Write a time that was given in the largest unit that divides it: 4 hours, 90 minutes."""
    for unit_ms, name in ((DAY_MS, "day"), (HOUR_MS, "hour"), (MINUTE_MS, "minute")):
        if span_ms and span_ms % unit_ms == 0:
            return counted(span_ms // unit_ms, name)
    return counted(span_ms // 1000, "second")
