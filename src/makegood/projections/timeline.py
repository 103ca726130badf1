"""What happened, line by line, in plain words: from the log, the outbox and the texts."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from msgspec import Struct

from makegood.core.said import SaidKind
from makegood.core.state import State
from makegood.core.surveyed import SurveyState
from makegood.messages.commands import ConfirmOffer, SendMessage, SendReply
from makegood.messages.events import Event
from makegood.messages.facts import (
    Answered,
    Approved,
    Arrived,
    AskedAgain,
    Body,
    Called,
    Carried,
    Chosen,
    Confirmed,
    Contested,
    Declined,
    Disclosed,
    Dropped,
    FailureRaised,
    Granted,
    HandedOver,
    Identified,
    Judged,
    Kept,
    Linked,
    Noted,
    Opened,
    PlaceAnswered,
    Promised,
    Proposed,
    Rated,
    Redirected,
    Referred,
    Released,
    RootCauseNamed,
    Touchpoint,
    TurnedDown,
    Unlinked,
    Unsubscribed,
    Wrote,
)
from makegood.messages.ids import CommandId
from makegood.playbooks.book import Library
from makegood.ports.rows import OutboxRow, OutboxStatus, RepRow
from makegood.projections.calls import event_words, touch_words
from makegood.projections.figures import money_words
from makegood.projections.orders import failed_words, failure_words, order_words, remedy_words
from makegood.projections.person_words import mark_of, told_of_people
from makegood.projections.redirects import place_words
from makegood.projections.request_words import Mark, Told, told_of_requests
from makegood.projections.root_causes import cause_words
from makegood.projections.roster import rep_name
from makegood.projections.said import title_of
from makegood.projections.sentence import booking_of, place_of
from makegood.projections.surveys import not_asked, rated_words


class Line(Struct, frozen=True, kw_only=True):
    """One thing that happened.

    Attributes:
        says: One sentence.
        words: What somebody wrote, from the side table; empty when there is none or it was erased.
        mark: How to show it.
        id: The event that tells it; empty for what none tells.
    """

    at_ms: int
    says: str
    words: str = ""
    mark: Mark = "plain"
    id: str = ""


class Sources(Struct, frozen=True, kw_only=True):
    """What a timeline is told from.

    Attributes:
        failures: Event id -> what it showed, as `shown_by` says it.
        texts: Free texts by reference.
        surveys: What the customer was asked about, or not.
    """

    library: Library
    reps: Sequence[RepRow]
    outbox: Mapping[CommandId, OutboxRow]
    failures: Mapping[str, str] = {}
    texts: Mapping[str, str] = {}
    surveys: Sequence[SurveyState] = ()


def shown_by(state: State, library: Library) -> Mapping[str, str]:
    """Say of every event that showed a failure, or could not be judged, what it showed."""
    said = {}
    for case in state.cases:
        for index, failure in enumerate(case.failures):
            title = failed_words(failure, library)
            place, booking = place_of(failure), booking_of(failure)
            at = f" at {place}" if place else ""
            named = f" ({booking})" if booking else ""
            held = ". Marketing held from here" if not index else ""
            said[str(failure.event)] = f"{title[:1].lower()}{title[1:]}{at}{named}{held}"
        for one in case.unclear:
            said[str(one.event)] = f"cannot judge, {one.missing} is missing. Marketing waits"
    return said


def refs_of(history: Sequence[Event]) -> tuple[str, ...]:
    """List the free texts that a timeline will need, so that one query fetches them."""
    names = ("words", "reason", "note", "text", "accepted_by")
    found = [getattr(event.body, name, "") for event in history for name in names]
    there = [one.body for one in history if isinstance(one.body, PlaceAnswered)]
    found += [ref for body in there for ref in (body.by, body.why)]
    return tuple(dict.fromkeys(ref for ref in found if ref))


def timeline(history: Sequence[Event], sources: Sources) -> tuple[Line, ...]:
    """Tell what happened, newest last.

    Events tell most of it; from the outbox come commands that ended without an event (withdrawn
    by a refold, missed) and those under way.
    """
    lines = [line for event in history if (line := _line(event, sources)) is not None]
    told = {body.command for body in (e.body for e in history) if isinstance(body, _OUTCOMES)}
    lines += [
        _ended(row, sources.library)
        for row in sources.outbox.values()
        if row.status in _ENDINGS and row.command.id not in told
    ]
    lines += [
        Line(at_ms=at_ms, says=says) for at_ms, says in not_asked(sources.surveys, sources.library)
    ]
    return tuple(sorted(lines, key=lambda line: line.at_ms))


def under_way(sources: Sources) -> tuple[tuple[str, int, str], ...]:
    """List what was ordered and has not come back: (words, since when, last error)."""
    waiting = (OutboxStatus.WAITING, OutboxStatus.LEASED)
    return tuple(
        (order_words(row.command, sources.library), row.command.due_ms, row.error)
        for row in sources.outbox.values()
        if row.status in waiting
    )


_OUTCOMES = (Carried, Confirmed, Declined, Dropped)
_ENDINGS = {
    OutboxStatus.WITHDRAWN: "was withdrawn: no longer needed",
    OutboxStatus.MISSED: "came too late to be useful and was not sent",
    OutboxStatus.HELD: "was stopped at the gate",
    OutboxStatus.FAILED: "failed",
}


def _ended(row: OutboxRow, library: Library) -> Line:
    says = f"{order_words(row.command, library)} {_ENDINGS[row.status]}."
    mark: Mark = "plain" if row.status is OutboxStatus.WITHDRAWN else "warn"
    return Line(at_ms=row.settled_ms or row.command.due_ms, says=says, mark=mark)


def _line(event: Event, sources: Sources) -> Line | None:
    told = _outcome(event.body, sources) or told_of_requests(event, sources.reps, sources.library)
    told = told or _about_a_place(event.body, sources)
    told = told or _by_a_person(event.body, sources) or _rated(event, sources)
    told = told or _about_a_proposal(event.body, sources) or _said(event.body, sources)
    told = told or _of_people(event, sources)
    says, mark = told or _from_outside(event, sources)
    if not says:
        return None
    words = _words(event.body, sources)
    return Line(at_ms=event.time_ms, says=says, mark=mark, words=words, id=event.id)


def _words(body: Body, sources: Sources) -> str:
    for name in ("words", "text", "note", "reason", "why"):
        ref = getattr(body, name, "")
        if ref and ref in sources.texts:
            return sources.texts[ref]
    return ""


def _of_people(event: Event, sources: Sources) -> Told | None:
    says = told_of_people(event, sources.reps)
    return (says, mark_of(event.body)) if says else None


def _outcome(body: Body, sources: Sources) -> Told | None:
    if not isinstance(body, _OUTCOMES):
        return None
    row = sources.outbox.get(body.command)
    what = order_words(row.command, sources.library) if row else "An order"
    match body:
        case Carried(detail={"channel": "phone"}):
            return f"{what}: nobody there can be written to, so one of us rings there.", "warn"
        case Carried(paid=paid):
            if row is not None and isinstance(row.command.order, SendMessage | SendReply):
                return f"{what} sent.", "plain"
            amount = f", {money_words(paid)} paid" if paid and paid.cents else ""
            return f"{what}: done{amount}.", "ok"
        case Confirmed():
            return f"{_asked_for(row, sources)}: confirmed.", "plain"
        case Declined(why=why):
            return f"{_asked_for(row, sources)}: no{f', {why}' if why else ''}.", "warn"
        case Dropped(why=why, reason=reason):
            ending = _ENDINGS[OutboxStatus(why)]
            mark: Mark = "plain" if why == "withdrawn" else "warn"
            return f"{what} {ending}{f' ({reason})' if reason else ''}.", mark
        case _ as never:
            assert_never(never)


def _asked_for(row: OutboxRow | None, sources: Sources) -> str:
    if row is None or not isinstance(row.command.order, ConfirmOffer):
        return "An offer"
    return remedy_words(row.command.order.remedy, sources.library)


def _about_a_place(body: Body, sources: Sources) -> Told | None:
    ours = {AskedAgain: "by", PlaceAnswered: "rep"}.get(type(body), "")
    rep = rep_name(sources.reps, name) if (name := getattr(body, ours, "")) else ""
    by = sources.texts.get(body.by, "") if isinstance(body, PlaceAnswered) else rep
    says = place_words(body, by, rep)
    return (says, "alarm" if isinstance(body, AskedAgain) else "plain") if says else None


def _by_a_person(body: Body, sources: Sources) -> Told | None:
    def named(rep: str) -> str:
        return rep_name(sources.reps, rep)

    match body:
        case Granted(by=by, remedy=remedy, cost=cost, off_script=off):
            what = remedy_words(remedy, sources.library)
            script = " outside the plan" if off else ""
            amount = f" ({money_words(cost)})" if cost.cents else ""
            return f"{named(by)} gave{script}: {what}{amount}.", "ok"
        case Released(by=by):
            return f"{named(by)} released the hold.", "warn"
        case HandedOver(by=by, to=to):
            whom = named(to) if to else "who is on duty"
            whose = f"{named(by)} handed over" if by else "Nobody had it; it went"
            return f"{whose} to {whom}.", "plain"
        case RootCauseNamed(by=by, cause=cause, kind=kind):
            behind = cause_words(cause, sources.library) if cause or not kind else kind
            return f"{named(by)} said what is behind it: {behind}.", "plain"
        case Noted(by=by):
            return f"{named(by)} noted:", "note"
        case Called(by=by, reached=reached):
            ending = "reached the customer" if reached else "did not reach the customer"
            return f"{named(by)} called and {ending}.", "plain" if reached else "warn"
        case Judged(by=by, failure=failure):
            verdict = failure_words(failure, sources.library) if failure else "no failure"
            return f"{named(by)} judged: {verdict}.", "plain"
    return _about_links(body, sources)


def _about_links(body: Body, sources: Sources) -> Told | None:
    match body:
        case Linked(by=by):
            who = rep_name(sources.reps, by) if by else "A comparison of guest lists"
            return f"{who} linked two profiles as one customer.", "plain"
        case Unlinked(by=by):
            return f"{rep_name(sources.reps, by)} separated two profiles.", "plain"
    return None


def _about_a_proposal(body: Body, sources: Sources) -> Told | None:
    match body:
        case Proposed(by=by, remedy=remedy, cost=cost):
            what = f"{remedy_words(remedy, sources.library)} ({money_words(cost)})"
            return f"{rep_name(sources.reps, by)} asked for approval: {what}.", "warn"
        case Approved(by=by, cost=cost):
            return (
                f"{rep_name(sources.reps, by)} approved and gave it ({money_words(cost)}).",
                "ok",
            )
        case TurnedDown(by=by):
            return f"{rep_name(sources.reps, by)} turned the proposal down:", "warn"
        case Contested(by=by):
            return f"{rep_name(sources.reps, by)} appealed: somebody else decides.", "plain"
    return None


def _said(body: Body, sources: Sources) -> Told | None:
    """Say what a person of the firm said to the customer, and what came of it."""
    match body:
        case Promised(by=by, promise=promise):
            what = title_of(promise, SaidKind.PROMISE, sources.library)
            return f"{rep_name(sources.reps, by)} promised: {what}.", "plain"
        case Kept(by=by):
            return f"{rep_name(sources.reps, by)} says that a promise was kept.", "ok"
        case Disclosed(by=by, disclosure=name, amount=amount):
            what = title_of(name, SaidKind.DISCLOSURE, sources.library)
            return f"{rep_name(sources.reps, by)} told: {what}, {money_words(amount)}.", "plain"
        case Redirected(by=by, to=to, accepted_by=ref):
            who = sources.texts.get(ref, "somebody there")
            says = f"{rep_name(sources.reps, by)} sent the customer to {to}; {who} accepted them."
            return says, "plain"
        case Arrived(by=by, taken=True):
            return f"{rep_name(sources.reps, by)} says that they were taken in there.", "ok"
        case Arrived(by=by):
            return f"{rep_name(sources.reps, by)} says that they were refused there.", "alarm"
    return None


def _rated(event: Event, sources: Sources) -> Told | None:
    body = event.body
    if not isinstance(body, Rated):
        return None
    says, bad = rated_words(body, event.time_ms, sources.surveys, sources.reps, sources.library)
    return says, "alarm" if bad else "customer"


def _from_outside(event: Event, sources: Sources) -> Told:
    body = event.body
    title = sources.failures.get(event.id, "")
    match body:
        case Touchpoint(name=name, properties=facts):
            return touch_words(event_words(name, facts, sources.reps), title)
        case FailureRaised(by=by, failure=failure):
            who = rep_name(sources.reps, by) if by else "The customer"
            what = title or failure_words(failure, sources.library).lower()
            return f"{who} raised a failure: {what}.", "alarm"
        case Chosen(by=by, offer=offer):
            how = f", on the phone with {rep_name(sources.reps, by)}" if by else ""
            return f"The customer chose: {remedy_words(offer, sources.library)}{how}.", "customer"
        case Answered(answer=answer, by=by):
            verdict = "it is good again" if answer == "good" else "it is not good yet"
            how = f" (written down by {rep_name(sources.reps, by)})" if by else ""
            return f"The customer said: {verdict}{how}.", "ok" if answer == "good" else "warn"
        case Wrote():
            return "The customer wrote:", "customer"
        case Opened():
            return "The customer opened the page.", "customer"
        case Unsubscribed(brand=brand, channel=channel, again=again):
            scope = f"{'all brands' if brand == '*' else brand}, {_channel(channel)}"
            verb = "wants offers again" if again else "wants no more offers"
            return f"The customer {verb} ({scope}).", "customer"
        case Referred(joined=joined):
            return ("A friend joined" if joined else "A friend looked") + " by the link.", "ok"
        case Identified():
            return "", "plain"
    return "", "plain"


def _channel(channel: str) -> str:
    return {"*": "all channels", "mail": "e-mail", "sms": "text message"}.get(channel, channel)
