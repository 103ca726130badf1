"""Ask places for one offer, one after another: nearest first, each with a deadline of its own.

An offer that needs a place is asked about like any other; only that it asks several, and that a
person at each of them answers.
Source: story 2 (a warm handoff); ideas, 9 (an offer names only what somebody confirmed).
"""

from msgspec.structs import replace

from makegood.core.agreements import Here, best_rate
from makegood.core.placed import PlaceAsk, PlaceStatus
from makegood.core.state import Case, Failure, OfferState, OfferStatus
from makegood.core.timers import TimerKind
from makegood.core.turn import Turn
from makegood.messages.agreements import RateTerms
from makegood.messages.commands import AskPlace, FindPlaces
from makegood.messages.facts import Facts, PlacesFound
from makegood.messages.ids import CommandId
from makegood.messages.money import Money
from makegood.messages.place_facts import Candidate
from makegood.playbooks.placing import PlaceRule
from makegood.playbooks.terms import Remedy

_FAR = 10**12


def rule_of(turn: Turn, case: Case, offer: OfferState) -> PlaceRule | None:
    """Give the rule about places of an offer; None when it asks none."""
    failure = case.failure(offer.about) or case.failures[-1]
    book = turn.library.book(failure.book)
    remedy = book.remedies.get(offer.offer)
    return book.places.get(remedy.places) if remedy is not None else None


def look(turn: Turn, case: Case, failure: Failure, remedy: Remedy) -> CommandId:
    """Order to look up which places have room.

    Returns:
        The order: an offer waits for it as for any other question.
    """
    rule = turn.library.book(failure.book).places[remedy.places]
    order = FindPlaces(
        remedy=remedy.id,
        brand=failure.brand,
        about=failure.about,
        kinds=rule.kinds,
        brands=rule.brands,
        near=_told(rule, failure, "near"),
        within_metres=rule.within_metres,
        product=_told(rule, failure, "product"),
        from_=_told(rule, failure, "from"),
        until=_told(rule, failure, "until"),
        party=_count(rule, failure, "party"),
        oldest_ms=rule.oldest_ms,
    )
    step = f"{failure.about}/{failure.rule}/find/{remedy.id}"
    return turn.issue(case.id, step, order, useful_ms=remedy.confirm_within_ms)


def _told(rule: PlaceRule, failure: Failure, need: str) -> str:
    value = failure.details.get(rule.reads.get(need, ""))
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _count(rule: PlaceRule, failure: Failure, need: str) -> int:
    value = failure.details.get(rule.reads.get(need, ""))
    return value if isinstance(value, int) and value > 0 else 1


def listed(turn: Turn, case: Case, offer: OfferState, found: PlacesFound) -> OfferState:
    """Put the places that were found in the order in which they are asked."""
    rule = rule_of(turn, case, offer)
    failure = case.failure(offer.about)
    if rule is None or failure is None:
        return offer
    full = {_told(rule, one, "near").casefold() for one in case.failures} - {""}
    may = [
        one
        for one in found.places
        if not {one.place.casefold(), one.name.casefold()} & full
        and one.place != found.near
        and (one.room == "yes" or rule.asks_unknown)
        and not (rule.as_good and 0 < one.rank < found.near_rank)
    ]
    may.sort(key=_nearest_first)
    asks = [_ask_of(turn, rule, failure, one) for one in may]
    return replace(offer, asks=tuple(asks))


def _nearest_first(one: Candidate) -> tuple[bool, int, int, str]:
    """Those that have room, then the nearest, then the best."""
    return (one.room != "yes", one.metres if one.metres >= 0 else _FAR, -one.rank, one.place)


def _ask_of(turn: Turn, rule: PlaceRule, failure: Failure, one: Candidate) -> PlaceAsk:
    asked = PlaceAsk(
        place=one.place,
        name=one.name,
        brand=one.brand,
        metres=one.metres,
        has_room=one.room == "yes",
        own_rate_cents=one.own_rate_cents,
    )
    return _with_rate(turn, rule, failure, asked)


def _with_rate(turn: Turn, rule: PlaceRule, failure: Failure, one: PlaceAsk) -> PlaceAsk:
    """Say what the customer pays there: what was agreed, or the place's own rate if it is lower.

    What they were told elsewhere is kept to as well: nobody pays more because we had no room.
    """
    known = failure.details.get(rule.reads.get("rate", ""))
    told = known if isinstance(known, int) and not isinstance(known, bool) else -1
    rates = [cents for cents in (told, one.own_rate_cents) if cents >= 0]
    if not rates:
        return one
    one = replace(one, rate_cents=min(rates))
    list_cents = one.own_rate_cents if one.own_rate_cents >= 0 else told
    here = Here(brand=one.brand, place=one.place, at_ms=turn.known_ms)
    agreed = {it.id: it for it in (*failure.agreements, *turn.agreements)}
    currency = turn.library.book(failure.book).currency
    price = Money(list_cents, currency)
    best = best_rate(agreed.values(), here, price, _told(rule, failure, "product"))
    if best is None or best.price.cents > one.rate_cents:
        return one
    terms, agreement = best.honoured.agreement.terms, best.honoured.agreement
    code = terms.code if isinstance(terms, RateTerms) else ""
    return replace(
        one,
        rate_cents=best.price.cents,
        agreement=code or agreement.id,
        agreed_until_ms=agreement.until_ms,
    )


def ask_next(turn: Turn, case: Case, offer: OfferState) -> OfferState:
    """Ask as many more places as the rule asks at a time; nobody left is a no.

    Who was told that they need not answer is asked anew: they never said no.
    """
    rule, failure = rule_of(turn, case, offer), case.failure(offer.about)
    if rule is None or failure is None:
        return replace(offer, status=OfferStatus.UNAVAILABLE)
    waiting = sum(one.status is PlaceStatus.ASKED for one in offer.asks)
    asked = sum(one.times > 0 for one in offer.asks)
    for one in offer.asks:
        if waiting >= rule.at_once:
            break
        anew = one.status is PlaceStatus.NOT_NEEDED
        if anew or (one.status is PlaceStatus.LISTED and asked < rule.most):
            offer = with_ask(offer, one, _asked(turn, case, offer, one, rule))
            waiting, asked = waiting + 1, asked + (not anew)
    if waiting:
        return replace(offer, status=OfferStatus.ASKING, expires_ms=0, detail={})
    return replace(offer, status=OfferStatus.UNAVAILABLE, expires_ms=0, detail={})


def ask_again(turn: Turn, case: Case, offer: OfferState, one: PlaceAsk) -> OfferState:
    """Ask a place once more whose yes ran out before the customer chose; then the next one."""
    rule = rule_of(turn, case, offer)
    if rule is not None and one.times <= rule.again:
        offer = with_ask(offer, one, _asked(turn, case, offer, one, rule))
        return replace(offer, status=OfferStatus.ASKING, expires_ms=0, detail={})
    return ask_next(turn, case, with_ask(offer, one, replace(one, status=PlaceStatus.EXPIRED)))


def _asked(turn: Turn, case: Case, offer: OfferState, one: PlaceAsk, rule: PlaceRule) -> PlaceAsk:
    failure = case.failure(offer.about) or case.failures[-1]
    by_ms = turn.known_ms + rule.answer_within_ms
    order = AskPlace(
        what="ask",
        place=one.place,
        remedy=offer.offer,
        rule=rule.id,
        about=offer.about,
        brand=failure.brand or case.brand,
        answer_by_ms=by_ms,
        facts=story_facts(rule, failure, one),
    )
    step = f"{offer.about}/{failure.rule}/ask/{offer.offer}/{one.place}"
    command = turn.issue(case.id, step, order, useful_ms=rule.answer_within_ms, ordinal=one.times)
    turn.set_timer(TimerKind.PLACE_BY, by_ms, case.id, about=command)
    earlier = (*one.earlier, one.command) if one.command else ()
    return replace(
        one,
        status=PlaceStatus.ASKED,
        command=command,
        earlier=earlier,
        by_ms=by_ms,
        until_ms=0,
        by="",
        why="",
        rung=False,
    )


def story_facts(rule: PlaceRule, failure: Failure, one: PlaceAsk) -> Facts:
    """Give what the other side is told, free of personal data; the name comes at delivery."""
    facts: Facts = {key: value for key, value in failure.details.items() if value != ""}
    facts |= {"about": failure.about, "failure": failure.rule, "place": one.name}
    house = _told(rule, failure, "near")
    if house:
        facts["house"] = house
    rate = rule.reads.get("rate")
    if rate is not None and one.rate_cents >= 0:
        facts[rate] = one.rate_cents
    if one.agreement:
        facts["agreement"] = one.agreement
        facts.pop("agreed_until", None)
    if one.agreed_until_ms:
        facts["agreed_until_ms"] = one.agreed_until_ms
    return facts


def accepted(
    turn: Turn, case: Case, offer: OfferState, one: PlaceAsk, until_ms: int
) -> OfferState:
    """Take the yes of a place: the others that were asked need not answer."""
    turn.clear_timers(case.id, TimerKind.PLACE_BY, about=one.command)
    turn.set_timer(TimerKind.KEPT_UNTIL, until_ms, case.id, about=one.command)
    offer = with_ask(offer, one, replace(one, status=PlaceStatus.ACCEPTED, until_ms=until_ms))
    for other in offer.asks:
        if other.status is PlaceStatus.ASKED:
            offer = with_ask(offer, other, _needless(turn, case, other))
    detail: Facts = {"place": one.place, "place_name": one.name, "place_brand": one.brand}
    if one.rate_cents >= 0:
        detail["rate_cents"] = one.rate_cents
    if one.own_rate_cents > one.rate_cents >= 0:
        detail["above_cents"] = one.own_rate_cents - one.rate_cents
    return replace(
        offer,
        status=OfferStatus.CONFIRMED,
        asked=one.command,
        expires_ms=until_ms,
        detail=detail,
    )


def _needless(turn: Turn, case: Case, one: PlaceAsk) -> PlaceAsk:
    turn.clear_timers(case.id, TimerKind.PLACE_BY, about=one.command)
    turn.clear_timers(case.id, TimerKind.KEPT_UNTIL, about=one.command)
    turn.withdrawn.append(one.command)
    return replace(one, status=PlaceStatus.NOT_NEEDED)


def let_go(turn: Turn, case: Case, offer: OfferState) -> OfferState:
    """Need no place any more: whoever keeps a room is told that it is free again."""
    for one in offer.asks:
        if one.status is PlaceStatus.ACCEPTED:
            _tell(turn, case, offer, one, "free")
        if one.status in (PlaceStatus.ASKED, PlaceStatus.ACCEPTED):
            offer = with_ask(offer, one, _needless(turn, case, one))
    return offer


def expect(turn: Turn, case: Case, offer: OfferState) -> CommandId:
    """Tell the place that said yes to expect the customer, who chose it."""
    one = next(one for one in offer.asks if one.status is PlaceStatus.ACCEPTED)
    turn.clear_timers(case.id, TimerKind.KEPT_UNTIL, about=one.command)
    return _tell(turn, case, offer, one, "expect")


def _tell(turn: Turn, case: Case, offer: OfferState, one: PlaceAsk, what: str) -> CommandId:
    failure = case.failure(offer.about) or case.failures[-1]
    rule = rule_of(turn, case, offer)
    order = AskPlace(
        what="expect" if what == "expect" else "free",
        place=one.place,
        remedy=offer.offer,
        rule=rule.id if rule is not None else "",
        about=offer.about,
        brand=failure.brand or case.brand,
        ask=one.command,
        amount=offer.cost if what == "expect" else None,
        facts=story_facts(rule, failure, one) if rule is not None else {},
    )
    step = f"{offer.about}/{failure.rule}/{what}/{offer.offer}/{one.place}"
    return turn.issue(case.id, step, order, ordinal=one.times)


def with_ask(offer: OfferState, before: PlaceAsk, after: PlaceAsk) -> OfferState:
    """Put a changed ask in the place of the old one."""
    asks = tuple(after if one.place == before.place else one for one in offer.asks)
    return replace(offer, asks=asks)
