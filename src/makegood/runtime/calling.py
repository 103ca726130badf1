"""What is looked up for events of telephone calls before they are stored.

Who stands above a person is true in the firm at that moment, so it is stamped on the event. Of a
transcript only the sentences that a rule of the book takes for something are kept, and beside the
log: the rest is let go of here, and is in no table and no log.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from makegood.messages.call_facts import FLAGGED, HUNG_UP, TRANSCRIBED
from makegood.messages.facts import Facts, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import RuleBook
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import RepRow
from makegood.sources.telephony import SENTENCES

MOST_HINTS = 20  # of one transcript; a person reads them


def may_bring_call_back(body: Touchpoint, book: RuleBook) -> str:
    """Say whose supervisor may have to call for an event; empty for nobody's."""
    if body.name not in (HUNG_UP, FLAGGED) or not book.hears(body.name):
        return ""
    agent = body.properties.get("agent")
    return agent if isinstance(agent, str) else ""


def those_above(rep: RepId, reps: Sequence[RepRow], now_ms: int) -> tuple[RepId, ...]:
    """Say who stands above somebody, the nearest first.

    Who left, or is on leave, is passed by, unless nobody else is there; a circle in the roster
    ends where it closes.

    Args:
        rep: Whom it is about.
        reps: The roster.
        now_ms: The present.
    """
    rows = {row.rep: row for row in reps}
    chain: list[RepRow] = []
    seen, at = {rep}, rows.get(rep)
    while at is not None and at.supervisor and at.supervisor not in seen:
        seen.add(at.supervisor)
        at = rows.get(at.supervisor)
        if at is not None and not at.has_left(now_ms):
            chain.append(at)
    there = [row.rep for row in chain if not row.is_away(now_ms)]
    return tuple(there or [row.rep for row in chain])


def with_hints(arrival: Arrival, book: RuleBook) -> Arrival:
    """Keep of a transcript what the book's rules suggest, each with its sentence."""
    body = arrival.body
    if not isinstance(body, Touchpoint) or body.name != TRANSCRIBED:
        return arrival
    brand = body.properties.get("brand")
    own = book.for_brand(brand) if isinstance(brand, str) else book
    found = list(_hints(arrival, body, own))[:MOST_HINTS]
    properties = {key: value for key, value in body.properties.items() if key != SENTENCES}
    kept = {str(one["words"]) for one in found}
    spoken = {ref for ref in _refs(body) if ref not in kept}
    return replace(
        arrival,
        body=replace(body, properties={**properties, "hints": [*found]}),
        texts={ref: words for ref, words in arrival.texts.items() if ref not in spoken},
    )


def _hints(arrival: Arrival, body: Touchpoint, book: RuleBook) -> Iterator[Facts]:
    """Give for each rule the first sentence in which it hears something."""
    sentences = [(ref, arrival.texts[ref]) for ref in _refs(body) if ref in arrival.texts]
    for rule in book.calls.hints:
        ref = next((ref for ref, words in sentences if rule.hears(words)), "")
        if ref:
            yield {"rule": rule.id, "words": ref}


def _refs(body: Touchpoint) -> tuple[str, ...]:
    refs = body.properties.get(SENTENCES)
    return tuple(one for one in refs if isinstance(one, str)) if isinstance(refs, list) else ()
