"""Who is asked: the customer's wish, else the order of the book, else a small share of chance.

The choice is a function of what was stamped on the event: chance too, which is drawn from the id
of the event, so that a replay asks the same person. Neither a customer's value nor their public
voice nor their level is known here.
Source: story 3; evidence 37 (a dedicated team behind a named person) and 49 (log who could
have been asked, and with which probability).
"""

from collections.abc import Callable
from hashlib import blake2b
from math import inf
from typing import Literal

from msgspec import Struct

from makegood.core.my_person import Preference
from makegood.core.routed import WHOLE, Routed, Spared
from makegood.core.state import State
from makegood.messages.events import OnDuty
from makegood.messages.facts import Body, Judged, Settled, Touchpoint
from makegood.messages.ids import CaseId, EventId, RepId
from makegood.playbooks.routing_terms import RoutingRules

NO_WISH = Preference()
"""Of a customer who chose nobody and is kept apart from nobody."""
NOBODY = RepId("")
"""No owner yet; the first event with somebody on duty finds one."""


def owner_for(brand: str, on_duty: tuple[OnDuty, ...], wish: Preference = NO_WISH) -> RepId:
    """Choose the owner of a case among the reps on duty: the customer's own person before others.

    Args:
        brand: The brand that failed; empty for the umbrella.
        on_duty: Reps on duty when the event was appended, the one to ask first at the front.
        wish: Whom the customer wants, and whom they are kept apart from; a case waits for nobody.

    Returns:
        The first of the wish who need not be waited for, else the first who serves the brand,
        else the first, else nobody; never somebody the customer is kept apart from.
    """
    willing = wish.candidates[1:] if wish.wait_until_ms else wish.candidates
    if willing:
        return willing[0].rep
    on_duty = tuple(one for one in on_duty if one.rep not in wish.denied)
    serving = [duty for duty in on_duty if not duty.brands or brand in duty.brands]
    chosen = serving or list(on_duty)
    return chosen[0].rep if chosen else NOBODY


class Ask(Struct, frozen=True, gc=False, kw_only=True):
    """What somebody is asked to look after.

    Attributes:
        event: The event that makes it necessary.
        subject: The case or the conversation.
        has_chosen: The customer chose somebody, there or not; a choice is never left to chance.
        last: Who looked after the customer last; empty for nobody.
        but: Whom the customer does not want this time.
        language: The customer's; empty where nobody knows.
        severity: The worst failure of the case; 0 for none.
        double: It is a double deviation.
        spared: The book takes chance away from this customer.
    """

    event: EventId
    subject: str
    kind: Literal["case", "talk"]
    at_ms: int
    brand: str = ""
    channel: str = ""
    has_chosen: bool = False
    last: RepId = NOBODY
    but: RepId = NOBODY
    language: str = ""
    severity: int = 0
    double: bool = False
    spared: bool = False


def choose(
    ask: Ask, on_duty: tuple[OnDuty, ...], rules: RoutingRules, wish: Preference = NO_WISH
) -> Routed:
    """Choose who is asked, and write down who else could have been.

    Args:
        ask: What for.
        on_duty: Reps on duty when the event was appended, the one to ask first at the front.
        rules: The order, the slice and the limits of the book.
        wish: Whom the customer wants, and whom they are kept apart from.

    Returns:
        The decision; `chosen` is empty when nobody is there. The wish comes before everything:
        with one, chance is not asked, and whoever is wished has a probability of 1.
    """
    fitting, relaxed = eligible(ask, on_duty, rules, wish.denied)
    willing = wish.candidates[1:] if _case_waits(ask, wish) else wish.candidates
    order = ranked(ask, fitting, rules)
    why = willing[0].why if willing else _what_spoke(ask, order, rules)
    names = [one.rep for one in order]
    if willing:
        wished = willing[0].rep
        names = [wished, *(rep for rep in names if rep != wished)]
    first = names[0] if names else NOBODY
    among = tuple(names[: rules.among])
    spared = _spared(ask, rules, wish, among)
    part = 0 if spared else rules.slice
    chosen, by_chance = _drawn(ask, among, part) if part else (first, False)
    return Routed(
        event=ask.event,
        subject=ask.subject,
        kind=ask.kind,
        at_ms=ask.at_ms,
        chosen=chosen,
        first=first,
        eligible=among,
        of=len(names),
        brand=ask.brand,
        channel=ask.channel,
        slice=part,
        by_chance=by_chance,
        why=why,
        spared=spared,
        relaxed=relaxed,
        waits_ms=max(0, wish.wait_until_ms - ask.at_ms) if wish.wait_until_ms else 0,
    )


def _case_waits(ask: Ask, wish: Preference) -> bool:
    """A case waits for nobody: of a busy person's customer the next one owns it at once."""
    return ask.kind == "case" and bool(wish.wait_until_ms)


def eligible(
    ask: Ask, on_duty: tuple[OnDuty, ...], rules: RoutingRules, denied: frozenset[RepId]
) -> tuple[tuple[OnDuty, ...], tuple[str, ...]]:
    """Give who may be asked, and what had to be let go because nobody met it.

    Nobody the customer is kept apart from, or does not want this time, is ever among them.
    """
    there = on_duty
    if denied or ask.but:
        there = tuple(one for one in on_duty if one.rep not in denied and one.rep != ask.but)
    found = tuple([one for one in there if _is_fit(ask, one)])
    if found or not there:
        return found, ()
    meets: dict[str, Callable[[OnDuty], bool]] = {
        "brand": lambda one: one.serves(ask.brand),
        "capacity": lambda one: not one.is_busy(ask.at_ms),
        "language": lambda one: _speaks(one, ask.language),
    }
    for let_go in range(1, len(rules.relaxes) + 1):
        needed = [name for name in meets if name not in rules.relaxes[:let_go]]
        found = tuple(one for one in there if all(meets[name](one) for name in needed))
        if found:
            return found, rules.relaxes[:let_go]
    return (), rules.relaxes


def _is_fit(ask: Ask, one: OnDuty) -> bool:
    """Whether somebody meets everything; asked of everybody on duty at each new case."""
    if ask.at_ms < one.busy_until_ms or 0 < one.most_cases <= one.open_cases:
        return False
    if ask.brand and one.brands and ask.brand not in one.brands:
        return False
    return not ask.language or _speaks(one, ask.language)


def _speaks(one: OnDuty, language: str) -> bool:
    """Whether somebody speaks a language; one whose languages nobody wrote down may."""
    if not language or not one.languages:
        return True
    stem = _stem(language)
    return any(_stem(spoken.casefold()) == stem for spoken in one.languages)


def _stem(tag: str) -> str:
    """Give the language of a tag, as in de-AT, or of a locale, as in de_AT.UTF-8."""
    return tag.replace("_", "-").partition("-")[0]


_SPEAKS_FOR: dict[str, Callable[[Ask, OnDuty], float]] = {
    "last": lambda ask, one: one.rep != ask.last,
    "brand": lambda ask, one: not ask.brand or ask.brand not in one.brands,
    "language": lambda ask, one: not (ask.language and one.languages),
    "narrow": lambda _, one: len(one.brands) or inf,
    "share": lambda _, one: one.open_cases / one.most_cases if one.most_cases else 0.0,
}


def ranked(ask: Ask, there: tuple[OnDuty, ...], rules: RoutingRules) -> list[OnDuty]:
    """Put those who may be asked in the order of the book; between equals the least busy."""
    order = list(there)  # they are stamped in the order of their load
    for word in reversed(_before_load(rules)):
        if word == "last" and not ask.last:
            continue
        says = _SPEAKS_FOR[word]
        order.sort(key=lambda one: says(ask, one))
    return order


def _before_load(rules: RoutingRules) -> tuple[str, ...]:
    """What comes before load: nobody is as busy as another one, so that nothing comes after."""
    order = rules.order
    return order[: order.index("load")] if "load" in order else order


def _what_spoke(ask: Ask, order: list[OnDuty], rules: RoutingRules) -> str:
    """Name what put the first before the second."""
    if len(order) < 2:
        return "only" if order else "nobody"
    first, second = order[0], order[1]
    for word in _before_load(rules):
        if _SPEAKS_FOR[word](ask, first) != _SPEAKS_FOR[word](ask, second):
            return word
    return "load"


def _spared(ask: Ask, rules: RoutingRules, wish: Preference, among: tuple[RepId, ...]) -> Spared:
    """Say why chance is not asked; empty where it may be."""
    if not rules.slice:
        return "off"
    if ask.has_chosen or any(one.why != "thread" for one in wish.candidates[:1]):
        return "chosen"
    if wish.person or wish.candidates:
        return "thread"
    if ask.double and not rules.chance_at_double:
        return "double"
    if ask.severity >= rules.chance_below:
        return "severity"
    if ask.spared:
        return "unless"
    return "" if len(among) > 1 else "alone"


def _drawn(ask: Ask, among: tuple[RepId, ...], part: int) -> tuple[RepId, bool]:
    """Draw from the id of the event: first whether it is left to chance, then who it is."""
    digest = blake2b(f"routing/{ask.event}/{ask.subject}".encode(), digest_size=16).digest()
    whether, which = int.from_bytes(digest[:8]), int.from_bytes(digest[8:])
    if whether * WHOLE >= part << 64:
        return among[0], False
    return among[which * len(among) >> 64], True


def brand_of(state: State, body: Body) -> str:
    """Say which brand a fact is about, whose own book then judges it; empty for the umbrella."""
    match body:
        case Touchpoint(properties=properties):
            told = properties.get("brand")
            return told if isinstance(told, str) else ""
        case Judged(question=question):
            case = state.open_case
            asked = case.unclear if case is not None else ()
            return next((one.brand for one in asked if one.event == question), "")
        case Settled(asked=asked_in):
            request = state.request(asked_in)
            return request.brand if request is not None else ""
    brand = getattr(body, "brand", "")
    known = state.case(getattr(body, "case", CaseId("")))
    return known.brand if known is not None else str(brand)


def can_promise_call(within_ms: int, at_ms: int, brand: str, on_duty: tuple[OnDuty, ...]) -> bool:
    """Whether a call within some time can be promised: somebody has to be on duty till then."""
    return any(
        duty.until_ms >= at_ms + within_ms and (not duty.brands or brand in duty.brands)
        for duty in on_duty
    )
