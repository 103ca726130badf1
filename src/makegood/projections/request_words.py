"""Requests on the timeline: what was asked, what the table answered, and who settled it."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from makegood.messages.events import Event
from makegood.messages.facts import Appealed, Requested, Settled
from makegood.playbooks.book import Library
from makegood.ports.rows import RepRow
from makegood.projections.asked import answer_words, in_language, terms_words
from makegood.projections.roster import rep_name
from makegood.projections.waived import waiver_words

Mark: TypeAlias = Literal["plain", "alarm", "warn", "ok", "customer", "note"]
Told: TypeAlias = tuple[str, Mark]


def told_of_requests(event: Event, reps: Sequence[RepRow], library: Library) -> Told | None:
    """Say what was asked, answered or appealed; None for anything else."""
    body = event.body
    match body:
        case Requested():
            return _requested(event, body, reps, library)
        case Settled(by=by, answer="allow", remedy=remedy, cost=cost, charge=charge):
            terms = terms_words(remedy, cost, charge, library)
            waived = _waived(body, library)
            return f"{rep_name(reps, by)} allowed what was asked{terms}{waived}.", "ok"
        case Settled(by=by):
            return f"{rep_name(reps, by)} refused what was asked:", "warn"
        case Appealed(by=by):
            who = f"{rep_name(reps, by)} appealed for the customer" if by else ""
            return f"{who or 'The customer appealed'}: somebody else decides.", "customer"
    return None


def _waived(body: Requested | Settled, library: Library) -> str:
    """Say what an answer waives, to follow a yes; empty for nothing."""
    if not body.waives:
        return ""
    lasting = "the next time" if body.once else "from now on"
    return f" and waived {lasting}: {waiver_words(body.waives, library)}"


def _requested(event: Event, body: Requested, reps: Sequence[RepRow], library: Library) -> Told:
    """Say what was asked and what the table answered."""
    book = library.books.get(event.stamp.book)
    rule = book.for_brand(body.brand).requests.get(body.request) if book else None
    title = in_language(rule.title, "en") if rule else body.request.replace("_", " ")
    who = f"{rep_name(reps, body.by)} asked" if body.by else "The customer asked"
    whom = " for the customer" if body.by else ""
    marks: Mapping[str, Mark] = {"allow": "ok", "deny": "warn"}
    answer = answer_words(body, library)
    if waived := _waived(body, library):
        answer = f"{answer.rstrip('.')}{waived}."
    says = f"{who}{whom}: {title.rstrip('.?')}? {answer}"
    return says, marks.get(body.answer, "customer")
