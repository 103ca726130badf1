"""What people at places answer, and what follows: the offer is made, or the next one is asked.

Nobody is ever sent to a place whose yes ran out: it is asked again, or the offer is withdrawn.
Source: story 2; ideas, 9 (a promise of ours that is broken is itself a failure).
"""

from msgspec.structs import replace

from makegood.core import askings
from makegood.core.calls import need_call
from makegood.core.decision import Asker, Decision, refuse
from makegood.core.keeping import REDIRECT
from makegood.core.offers import make_offers
from makegood.core.owning import whoever_is_there
from makegood.core.placed import PlaceAsk, PlaceStatus, ToldTwice
from makegood.core.state import Case, OfferState, OfferStatus, State
from makegood.core.timers import Timer
from makegood.core.turn import Turn
from makegood.messages.facts import AskedAgain, PlaceAnswered, PlacesFound
from makegood.messages.ids import CommandId, EventId

LONGEST_KEPT_MS = 14 * 86_400_000  # nobody holds a place for longer without a booking of its own
_GONE = frozenset({OfferStatus.CHOSEN, OfferStatus.KEPT, OfferStatus.BROKEN, OfferStatus.LAPSED})
_MOST_TOLD_TWICE = 50  # of one case; each is in the log all the same


def found(turn: Turn, body: PlacesFound) -> None:
    """Ask the first of the places that were found."""
    for case in turn.state.cases:
        for offer in case.offers:
            if case.is_open and offer.asked == body.command and _waits(offer):
                listed = askings.listed(turn, case, offer, body)
                _go_on(turn, case, offer, askings.ask_next(turn, case, listed))
                return


def _waits(offer: OfferState) -> bool:
    """Whether places are looked up for it; a late answer is as good as one in time."""
    return offer.status in (OfferStatus.ASKING, OfferStatus.UNAVAILABLE) and not offer.asks


def answered(turn: Turn, case: Case, body: PlaceAnswered) -> None:
    """Take the yes or no of a place; `decide` judged before whether it may be given."""
    known = asked_of(case, body.command)
    if known is None:
        return
    offer, one = known
    if body.accepted:
        _accept(turn, case, offer, replace(one, by=body.by), body.until_ms)
        return
    told = replace(one, status=PlaceStatus.DECLINED, by=body.by, why=body.why)
    _refused(turn, case, offer, one, told)


def _accept(turn: Turn, case: Case, offer: OfferState, one: PlaceAsk, until_ms: int) -> None:
    if offer.status in (*_GONE, OfferStatus.CONFIRMED):
        return  # somebody else was quicker
    rule = askings.rule_of(turn, case, offer)
    longest_ms = turn.known_ms + (rule.kept_ms if rule is not None else LONGEST_KEPT_MS)
    until_ms = min(until_ms, longest_ms)
    _go_on(turn, case, offer, askings.accepted(turn, case, offer, one, until_ms))


def _refused(turn: Turn, case: Case, offer: OfferState, one: PlaceAsk, told: PlaceAsk) -> None:
    """Take a no, or a silence; the next place is asked if this was the one that counted."""
    after = askings.with_ask(offer, one, told)
    counted = one.status in (PlaceStatus.ASKED, PlaceStatus.ACCEPTED)
    if offer.status in _GONE or not counted:
        turn.put(_with(case, offer, after))
        return
    turn.clear_timers(case.id, about=one.command)
    if offer.status is OfferStatus.CONFIRMED and one.status is PlaceStatus.ASKED:
        turn.put(_with(case, offer, after))
        return
    _go_on(turn, case, offer, askings.ask_next(turn, case, after))


def silent(turn: Turn, case: Case, timer: Timer) -> None:
    """Nobody there answered in time: the next place."""
    not_delivered(turn, case, CommandId(timer.about))


def not_delivered(turn: Turn, case: Case, command: CommandId) -> bool:
    """Take a place that cannot be asked, or does not answer, for a silence.

    Returns:
        Whether this command asked a place of this case, or told it something.
    """
    known = asked_of(case, command)
    if known is None:
        return False
    offer, one = known
    if one.status is PlaceStatus.ASKED and one.command == command and case.is_open:
        _refused(turn, case, offer, one, replace(one, status=PlaceStatus.SILENT))
    return True


def to_ring(turn: Turn, case: Case, command: CommandId) -> bool:
    """Nobody at a place can be written to: ringing it is a task of somebody who is there now.

    Returns:
        Whether this command asked a place of this case that waits for an answer.
    """
    known = asked_of(case, command)
    if known is None:
        return False
    offer, one = known
    if one.status is PlaceStatus.ASKED and one.command == command and case.is_open:
        after = askings.with_ask(offer, one, replace(one, rung=True))
        whoever_is_there(turn, turn.put(_with(case, offer, after)))
    return True


def to_be_rung(case: Case) -> tuple[PlaceAsk, ...]:
    """Give the places that somebody has to ring, the most urgent first."""
    asks = (one for offer in case.offers for one in offer.asks)
    found = [one for one in asks if one.rung and one.status is PlaceStatus.ASKED]
    return tuple(sorted(found, key=lambda one: one.by_ms)) if case.is_open else ()


def not_told(turn: Turn, case: Case, command: CommandId) -> bool:
    """A place that keeps a room could not be told that the customer comes: its owner calls there.

    Returns:
        Whether this command was to tell it.
    """
    for offer in case.offers:
        if offer.asks and offer.ordered == command and case.is_open:
            need_call(turn, case, "place_not_told", 0)
            return True
    return False


def expired(turn: Turn, case: Case, timer: Timer) -> None:
    """A yes ran out before the customer chose: ask again, or withdraw; never send them there."""
    known = asked_of(case, CommandId(timer.about))
    if known is None or not case.is_open:
        return
    offer, one = known
    if one.status is PlaceStatus.ACCEPTED and offer.status is OfferStatus.CONFIRMED:
        _go_on(turn, case, offer, askings.ask_again(turn, case, offer, one))


def turned_away(turn: Turn, sent: EventId) -> None:
    """Remember of a place that it did not take in whom it had accepted."""
    said = turn.state.memory.find(sent)
    for case in turn.state.cases:
        for offer in case.offers:
            if said is not None and offer.asks and offer.ordered == said.about:
                turn.put(_with(case, offer, replace(offer, status=OfferStatus.BROKEN)))
                return


def told_twice(turn: Turn, case: Case, body: AskedAgain) -> None:
    """Count that the customer was asked for what we know already."""
    one = ToldTwice(
        event=turn.cause,
        at_ms=turn.at_ms,
        who=body.who,
        by=body.by,
        place=body.place,
        words=body.words,
    )
    turn.put(replace(case, told_twice=(*case.told_twice, one)[-_MOST_TOLD_TWICE:]))


def _go_on(turn: Turn, case: Case, before: OfferState, after: OfferState) -> None:
    make_offers(turn, turn.put(_with(case, before, after)), after.about)


def _with(case: Case, before: OfferState, after: OfferState) -> Case:
    offers = tuple(after if one is before else one for one in case.offers)
    return replace(case, offers=offers)


def asked_of(case: Case, command: CommandId) -> tuple[OfferState, PlaceAsk] | None:
    """Find the offer and the place that an ask is about."""
    for offer in reversed(case.offers):
        for one in offer.asks:
            if one.is_meant(command):
                return offer, one
    return None


def judge(
    state: State, case: Case, wanted: PlaceAnswered | AskedAgain, asker: Asker, now_ms: int
) -> Decision:
    """Judge what somebody at a place says, or that something was asked twice."""
    if isinstance(wanted, AskedAgain):
        return _judge_again(wanted, asker)
    known = asked_of(case, wanted.command)
    if known is None:
        return refuse("not_asked", "This place was not asked about this customer.")
    offer, one = known
    if not asker.rep and asker.place != one.place:
        return refuse("not_asked", "Only the place that was asked can answer.")
    if not wanted.by:
        return refuse("name_needed", "Say your name: the customer is told who expects them.")
    sent = state.memory.about(REDIRECT, offer.ordered) if offer.ordered else None
    if sent is not None and sent.kept_ms:
        return refuse("told_already", "The customer is with you already.")
    why = _wrong_yes(offer, one) if wanted.accepted else _wrong_no(offer, one)
    if why is not None:
        return why
    if wanted.accepted and not now_ms < wanted.until_ms <= now_ms + LONGEST_KEPT_MS:
        return refuse("bad_end", "Say until when you keep it: later than now, within 14 days.")
    return Decision(body=replace(wanted, rep=asker.rep))


def _wrong_yes(offer: OfferState, one: PlaceAsk) -> Decision | None:
    if one.status is PlaceStatus.ACCEPTED:
        return refuse("answered_already", "You have said yes already. Thank you.")
    open_to_it = (PlaceStatus.ASKED, PlaceStatus.SILENT, PlaceStatus.DECLINED)
    if offer.status not in (OfferStatus.ASKING, OfferStatus.UNAVAILABLE):
        return refuse("not_needed", "This is no longer needed: the customer is looked after.")
    if one.status not in open_to_it:
        return refuse("not_needed", "This is no longer needed: the customer is looked after.")
    return None


def _wrong_no(offer: OfferState, one: PlaceAsk) -> Decision | None:
    if one.status is PlaceStatus.DECLINED:
        return refuse("answered_already", "You have said no already. Thank you.")
    if one.status is PlaceStatus.NOT_NEEDED or offer.status is OfferStatus.LAPSED:
        return refuse("not_needed", "This is no longer needed: the customer is looked after.")
    return None


def _judge_again(wanted: AskedAgain, asker: Asker) -> Decision:
    if asker.rep:
        return Decision(body=replace(wanted, who="rep", by=asker.rep))
    if asker.place:
        return Decision(body=replace(wanted, who="place", place=asker.place))
    return Decision(body=replace(wanted, who="customer"))
