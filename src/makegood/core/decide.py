"""Judge what a person asks for, once, under the customer's lock; the answer becomes a fact.

A request is the fact it wants to become: `Chosen`, `Granted`, `Released` and so on. Authority is
by cost of the remedy and role, never by who the customer is.
Source: ideas, "Facts across customers" and "Fairness"; evidence (41, 42).
"""

from msgspec.structs import replace

from makegood.core import (
    answering,
    call_wishes,
    choosing,
    granting,
    letters,
    places,
    promises,
    proposals,
    roots,
    surveys,
    telephone,
)
from makegood.core.decision import Asker, Decision
from makegood.core.decision import money_in as _money
from makegood.core.decision import refuse as _no
from makegood.core.failures import OTHER, WORST
from makegood.core.routing import brand_of
from makegood.core.state import Case, OfferState, OfferStatus, State
from makegood.messages import facts
from makegood.messages.agreements import Agreement
from makegood.messages.facts import Body
from makegood.playbooks.book import Library, RuleBook

__all__ = ["Asker", "Decision", "decide", "is_on_offer"]


def decide(
    state: State,
    wanted: Body,
    asker: Asker,
    now_ms: int,
    library: Library,
    agreements: tuple[Agreement, ...] = (),
) -> Decision:
    """Decide a request.

    Args:
        state: The customer's state, with all timers due by now fired.
        wanted: The fact that the request wants to become.
        asker: Who asks.
        now_ms: The present.
        library: Rule books; the active one limits authority, or that of the brand.
        agreements: What the customer's accounts agreed and is in force.

    Returns:
        The fact to append, perhaps completed by us, or a refusal with its code.
    """
    match wanted:
        case facts.FailureRaised():
            return _raise(wanted, asker, library.now(wanted.brand))
        case facts.Unsubscribed():
            return Decision(body=wanted)
        case facts.Unlinked():
            return _by_rep(wanted, asker, "take two customers apart")
        case facts.Judged():
            return _judge(state, wanted, asker)
        case facts.Requested() | facts.Settled() | facts.Appealed():
            book = library.now(brand_of(state, wanted))
            return _request(state, wanted, asker, now_ms, book, agreements)
        case (
            facts.Rated()
            | facts.PersonChosen()
            | facts.PersonRefused()
            | facts.GotInTouch()
            | facts.Contacted()
            | facts.HelloAllowed()
            | facts.WishNoted()
            | facts.HelloDone()
            | facts.Introduced()
            | facts.Replied()
            | facts.ReplyTakenBack()
            | facts.ConversationBegun()
            | facts.NotedOnCustomer()
            | facts.CalledBack()
            | facts.HintSettled()
            | facts.CallWished()
        ):
            return _of_people(state, wanted, asker, now_ms, library)
        case (
            facts.Promised()
            | facts.Kept()
            | facts.Disclosed()
            | facts.Redirected()
            | facts.Arrived()
        ):
            book = library.now(brand_of(state, wanted))
            return promises.say(state, wanted, asker, now_ms, book)
        case (
            facts.Chosen()
            | facts.Answered()
            | facts.Granted()
            | facts.Released()
            | facts.HandedOver()
            | facts.Noted()
            | facts.Wrote()
            | facts.Called()
            | facts.Opened()
            | facts.Referred()
            | facts.Proposed()
            | facts.Approved()
            | facts.TurnedDown()
            | facts.Contested()
            | facts.PlaceAnswered()
            | facts.AskedAgain()
            | facts.RootCauseNamed()
        ):
            case_ = state.case(wanted.case)
            if case_ is None:
                return _no("no_such_case", "This customer has no such case.")
            return _in_case(state, case_, wanted, asker, now_ms, library)
        case _:
            return _no("not_a_request", "Only the system itself may state this.")


def _of_people(
    state: State,
    wanted: facts.Rated | choosing.OfPeople | letters.OfLetters | call_wishes.OfPhone,
    asker: Asker,
    now_ms: int,
    library: Library,
) -> Decision:
    """What a customer says about the people they meet, and what those answer."""
    if isinstance(wanted, letters.OF_LETTERS):
        return letters.judge(state, wanted, asker.rep, now_ms, library)
    if isinstance(wanted, facts.CallWished):
        return call_wishes.judge(state, wanted, asker, now_ms)
    if isinstance(wanted, facts.CalledBack | facts.HintSettled):
        return telephone.judge(state, wanted, asker)
    if isinstance(wanted, facts.Rated):
        return surveys.judge(state, wanted, asker, library.now(wanted.brand))
    return choosing.judge(state, wanted, asker, library)


def _request(
    state: State,
    wanted: facts.Requested | facts.Settled | facts.Appealed,
    asker: Asker,
    now_ms: int,
    book: RuleBook,
    agreements: tuple[Agreement, ...],
) -> Decision:
    match wanted:
        case facts.Requested():
            return answering.answer(state, wanted, asker, now_ms, book, agreements)
        case facts.Settled():
            return answering.settle(state, wanted, asker, book)
        case facts.Appealed():
            return answering.appeal(state, wanted, asker)


def _in_case(
    state: State, case: Case, wanted: Body, asker: Asker, now_ms: int, library: Library
) -> Decision:
    match wanted:
        case facts.Referred() | facts.Opened():
            return Decision(body=wanted)
        case facts.Noted() | facts.RootCauseNamed():
            return _beside(case, wanted, asker, library.now(case.brand))
        case _ if not case.is_open:
            return _no("case_closed", "This case is closed; raise a new failure instead.")
        case facts.Chosen():
            return _choose(case, wanted, asker, now_ms)
        case (
            facts.Granted()
            | facts.Proposed()
            | facts.Approved()
            | facts.TurnedDown()
            | facts.Contested()
        ):
            return _giving(state, case, wanted, asker, library.now(case.brand))
        case facts.Released():
            return _closing(case, asker) or _release(wanted, asker)
        case facts.HandedOver():
            return _hand_over(state, case, wanted, asker)
        case facts.Called():
            return _by_rep(wanted, asker, "write down a call")
        case facts.Answered():
            refusal = _closing(case, asker) if wanted.answer == "good" else None
            return refusal or Decision(body=replace(wanted, by=asker.rep))
        case _:
            return _heard(state, case, wanted, asker, now_ms)


def _closing(case: Case, asker: Asker) -> Decision | None:
    """Refuse a person of the firm who would close it too early; customers always may."""
    return roots.may_close(case) if asker.rep else None


def _heard(state: State, case: Case, wanted: Body, asker: Asker, now_ms: int) -> Decision:
    """Take what nobody judges; what places say is judged by what they were asked."""
    if isinstance(wanted, facts.PlaceAnswered | facts.AskedAgain):
        return places.judge(state, case, wanted, asker, now_ms)
    return Decision(body=wanted)


def _beside(
    case: Case, wanted: facts.Noted | facts.RootCauseNamed, asker: Asker, book: RuleBook
) -> Decision:
    """Judge what may be said of a case that is closed, too."""
    if isinstance(wanted, facts.RootCauseNamed):
        return roots.name(case, wanted, asker, book)
    return _by_rep(wanted, asker, "write a note")


def _giving(
    state: State,
    case: Case,
    wanted: facts.Granted | facts.Proposed | facts.Approved | facts.TurnedDown | facts.Contested,
    asker: Asker,
    book: RuleBook,
) -> Decision:
    if isinstance(wanted, facts.Granted):
        return granting.judge(state, case, wanted, asker, book)
    if isinstance(wanted, facts.Proposed):
        return proposals.propose(state, case, wanted, asker, book)
    if isinstance(wanted, facts.Contested):
        return proposals.contest(case, wanted, asker)
    return proposals.answer(state, case, wanted, asker, book)


def _by_rep(
    wanted: facts.Unlinked | facts.Noted | facts.Called, asker: Asker, do: str
) -> Decision:
    if not asker.rep:
        return _no("reps_only", f"Only a person of the firm can {do}.")
    return Decision(body=replace(wanted, by=asker.rep))


def _raise(wanted: facts.FailureRaised, asker: Asker, book: RuleBook) -> Decision:
    """Anyone may raise a failure; a price is a person's of the firm to say, within their limit."""
    if wanted.failure != OTHER and wanted.failure not in (*book.failures, *book.plans):
        return _no("no_such_failure", f'The rule book names no such failure; say "{OTHER}".')
    if not 0 <= wanted.severity <= WORST:
        return _no("bad_severity", f"Severity is 1 (nuisance) to {WORST} (stranded), 0 unsaid.")
    price = wanted.price if asker.rep else None
    if price is not None and (price.cents < 0 or price.currency != book.currency):
        return _no("bad_amount", f"A price is in {book.currency} and not negative.")
    limit_cents = book.authority_cents.get(asker.role, 0)
    if price is not None and price.cents > limit_cents:  # what is owed follows it by itself
        why = f"A price above {_money(limit_cents, book)} is for somebody with a higher limit."
        return _no("over_authority", why, limit_cents)
    return Decision(body=replace(wanted, by=asker.rep, price=price))


def _judge(state: State, wanted: facts.Judged, asker: Asker) -> Decision:
    case = state.open_case
    known = case is not None and any(one.event == wanted.question for one in case.unclear)
    if not known:
        return _no("nothing_to_judge", "This question was settled already.")
    if not asker.rep:
        return _no("reps_only", "Only a person of the firm can judge this.")
    return Decision(body=replace(wanted, by=asker.rep))


def is_on_offer(offer: OfferState, now_ms: int) -> bool:
    """Whether an offer can still be chosen."""
    in_time = not offer.expires_ms or offer.expires_ms > now_ms
    return offer.status is OfferStatus.CONFIRMED and in_time


def _choose(case: Case, wanted: facts.Chosen, asker: Asker, now_ms: int) -> Decision:
    offers = [one for one in case.offers if one.offer == wanted.offer]
    if not offers:
        return _no("no_such_offer", "This is not one of the offers.")
    offer = offers[-1]
    if offer.status in (OfferStatus.CHOSEN, OfferStatus.KEPT):
        return _no("already_chosen", "This was chosen already; it is on its way.")
    if not is_on_offer(offer, now_ms):
        return _no("offer_gone", "This offer can no longer be kept; please choose another.")
    return Decision(body=replace(wanted, by=asker.rep))


def _release(wanted: facts.Released, asker: Asker) -> Decision:
    if not asker.rep or not wanted.reason:
        return _no("reason_needed", "A person may release a hold, with a reason.")
    return Decision(body=replace(wanted, by=asker.rep))


def _hand_over(state: State, case: Case, wanted: facts.HandedOver, asker: Asker) -> Decision:
    if not asker.rep:
        return _no("reps_only", "Only a person of the firm can hand a case over.")
    if not wanted.to:
        return _no("nobody_named", "Name the person who takes the case.")
    if wanted.to == case.owner:
        return _no("already_owner", "This person has the case already.")
    if wanted.to in state.my_person.denied:
        return _no("not_available", choosing.NOT_FREE)
    return Decision(body=replace(wanted, by=asker.rep))
