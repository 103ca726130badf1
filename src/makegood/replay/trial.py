"""Judge one customer's history by a book on trial: the same fold, and nothing is sent.

What the rules found is found again by the book on trial, whatever book an event was stamped with.
What people decided is applied and never judged again; where the book on trial no longer has what
they decided by, the decision is left out and told.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.failures import OTHER
from makegood.core.fold import Step, advance, step
from makegood.core.proposals import find
from makegood.core.proposed import Proposal
from makegood.core.routing import brand_of
from makegood.core.state import EMPTY, State
from makegood.messages import facts
from makegood.messages.commands import (
    AskOwner,
    AskPlace,
    ConfirmOffer,
    FindPlaces,
    Fulfil,
    SendMessage,
    SendReply,
    TellManagement,
)
from makegood.messages.events import Event
from makegood.messages.facts import Body, Touchpoint
from makegood.messages.ids import BookHash, EventId
from makegood.playbooks.book import Library, RuleBook

_ORDERS = {
    SendMessage: "message",
    ConfirmOffer: "confirmation",
    Fulfil: "remedy",
    FindPlaces: "confirmation",
    AskPlace: "confirmation",
    AskOwner: "message",
    SendReply: "message",
    TellManagement: "message",
}
_DECISIONS = (
    facts.Chosen,
    facts.Answered,
    facts.Granted,
    facts.Released,
    facts.HandedOver,
    facts.Called,
    facts.Approved,
)


class _Only(dict[BookHash, RuleBook]):
    """One book under every hash."""

    def __init__(self, book: RuleBook) -> None:
        super().__init__({one.hash: one for one in (book, *book.by_brand.values())})
        self._book = book

    def __missing__(self, wanted: BookHash) -> RuleBook:
        self[wanted] = self._book
        return self._book


def on_trial(book: RuleBook) -> Library:
    """Give a library in which every hash is this book, so that it judges all that ever was."""
    return Library(active=book.hash, books=_Only(book))


class Unfit(Struct, frozen=True, gc=False, kw_only=True):
    """Something a person decided that the book on trial has no place for.

    Attributes:
        event: The decision.
        fact: What it was, for example "Granted".
        what: The failure, remedy or offer it names; empty for a decision about the case.
        why: `no_failure`, `no_remedy`, `no_offer`, `no_case`, `case_closed` or `no_question`.
    """

    event: EventId
    fact: str
    what: str
    why: str


class Tried(Struct, kw_only=True):
    """What a book makes of a history.

    Attributes:
        state: At the end of the log.
        orders: Commands by kind; counted, and never sent.
        settled: Rules whose questions a person settled; the state holds only those that are open.
        unfit: Decisions that could not be applied.
    """

    state: State = EMPTY
    orders: Counter[str]
    settled: Counter[str]
    unfit: list[Unfit]


def tried(history: Iterable[Event], library: Library, end_ms: int, since_ms: int = 0) -> Tried:
    """Fold a history by the book on trial, then let time pass.

    Args:
        history: Events of one customer, in fold order.
        library: From `on_trial`.
        end_ms: The end of the log; timers fire until then.
        since_ms: What came of it before is forgotten, with the cases that were opened before.
    """
    trial = Tried(orders=Counter(), settled=Counter(), unfit=[])
    is_before = since_ms > 0
    for event in history:
        if is_before and event.time_ms >= since_ms:
            is_before = False
            _begin(trial, since_ms, library)
        if type(event.body) is Touchpoint or _fits(trial, event, library):
            _went_on(trial, step(trial.state, event, library))
    _went_on(trial, advance(trial.state, end_ms, library))
    if since_ms:
        recent = tuple(case for case in trial.state.cases if case.opened_ms >= since_ms)
        trial.state = replace(trial.state, cases=recent)
    return trial


def _begin(trial: Tried, since_ms: int, library: Library) -> None:
    """Let time pass until counting begins, and count from nothing."""
    _went_on(trial, advance(trial.state, since_ms, library))
    trial.orders.clear()
    trial.settled.clear()
    trial.unfit.clear()


def _went_on(trial: Tried, after: Step) -> None:
    trial.state = after.state
    for command in after.commands:
        trial.orders[_ORDERS[type(command.order)]] += 1


def _fits(trial: Tried, event: Event, library: Library) -> bool:
    """Whether the fold takes a fact; one that changes nothing is taken, and told as unfit."""
    if trial.state.timers:
        _went_on(trial, advance(trial.state, min(event.time_ms, event.received_ms), library))
    body = event.body
    if isinstance(body, facts.Judged) and trial.state.open_case is not None:
        asked = trial.state.open_case.unclear
        trial.settled.update(one.rule for one in asked if one.event == body.question)
    what, why = unfit(trial.state, body, library.now(brand_of(trial.state, body)))
    if why:
        fact = type(body).__name__
        trial.unfit.append(Unfit(event=event.id, fact=fact, what=what, why=why))
    return why not in ("no_failure", "no_remedy")


def unfit(state: State, body: Body, book: RuleBook) -> tuple[str, str]:
    """Say why a decision finds no place.

    Args:
        state: Of the customer, by the book on trial, at the moment of the decision.
        body: What was decided, or any other fact.
        book: On trial.

    Returns:
        (what it names, why); ("", "") when it fits.
    """
    match body:
        case facts.FailureRaised() if not _knows(book, body.failure):
            return body.failure, "no_failure"
        case facts.Judged() if body.failure and not _knows(book, body.failure):
            return body.failure, "no_failure"
        case facts.Judged():
            case_ = state.open_case
            asked = case_ is not None and any(one.event == body.question for one in case_.unclear)
            return ("", "") if asked else (body.failure, "no_question")
        case facts.Granted() if not body.off_script and body.remedy not in book.remedies:
            return body.remedy, "no_remedy"
        case facts.Approved() if (one := _proposed(state, body)) is not None:
            if not one.off_script and one.remedy not in book.remedies:
                return one.remedy, "no_remedy"
            return _unfit_in_case(state, body)
        case _ if isinstance(body, _DECISIONS):
            return _unfit_in_case(state, body)
    return "", ""


def _unfit_in_case(
    state: State,
    body: facts.Chosen
    | facts.Answered
    | facts.Granted
    | facts.Released
    | facts.HandedOver
    | facts.Called
    | facts.Approved,
) -> tuple[str, str]:
    case = state.case(body.case)
    named = getattr(body, "offer", "") or getattr(body, "remedy", "")
    if case is None:
        return named, "no_case"
    if not case.is_open:
        return named, "case_closed"
    if isinstance(body, facts.Chosen) and all(one.offer != body.offer for one in case.offers):
        return named, "no_offer"
    return "", ""


def _proposed(state: State, body: facts.Approved) -> Proposal | None:
    case = state.case(body.case)
    return find(case, body.proposed) if case is not None else None


def _knows(book: RuleBook, failure: str) -> bool:
    return failure == OTHER or failure in book.failures or failure in book.plans
