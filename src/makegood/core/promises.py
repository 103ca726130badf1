"""What was said binds: a promise that is not kept in time is a failure without an event.

A promise is made by an event, by silence rules that watch one, or by a named person with words and
an end. What a customer was told something costs is remembered, so that a rule can compare it with
what is charged. Both are readable in conditions as `said.*`.
Source: ideas, 9 (we keep our own promises); stories 1 and 4.
"""

from typing import TypeAlias

from msgspec.structs import replace

from makegood.core.cases import take_failure
from makegood.core.decision import Asker, Decision, money_in, refuse
from makegood.core.failures import OTHER, SEVERITY_BY_HAND, silence_id
from makegood.core.keeping import CENTS, REDIRECT, give_up, keep, promise, remember, said, watch
from makegood.core.said import Said, SaidKind
from makegood.core.state import Failure, State
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.events import Event
from makegood.messages.facts import (
    Arrived,
    Disclosed,
    Facts,
    Kept,
    Promised,
    Redirected,
    Touchpoint,
)
from makegood.messages.ids import EventId, RepId
from makegood.playbooks.book import RuleBook
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.requests import wrong_fact
from makegood.playbooks.terms import Cause, SilenceRule

LONGEST_MS = 366 * 86_400_000  # a promise for later than that is none that anybody remembers
ADDS_UP_MS = 90 * 86_400_000  # what people promise a customer adds up for so long
LONGEST_STAY_MS = 14 * 86_400_000  # nobody holds a place for longer without a booking of its own
SEVERITY_OF_REDIRECT = 4  # in front of a second closed door, one short of stranded
Wanted: TypeAlias = Promised | Kept | Disclosed | Redirected | Arrived
CHANNELS = ("phone", "desk", "mail", "chat", "web", "contract")


def hear(turn: Turn, event: Event, body: Touchpoint) -> None:
    """Keep and make the promises of an event, and remember what it tells.

    What does not say which promise it keeps keeps the one that is due first.
    """
    book = turn.book
    read = book.about_of.get(body.name)
    about = read(body.properties) if read else ""
    for rule in book.ends.get(body.name, ()):
        waiting = [timer.about for timer in turn.state.timers if _is_promise(timer, rule)]
        if about in waiting or _is_late(turn, rule, about):
            keep(turn, rule.id, about)
        elif waiting and not about:
            keep(turn, rule.id, waiting[0])
    for rule in book.starts.get(body.name, ()):
        _start(turn, event, body, rule, about)
    for told in book.tells.get(body.name, ()):
        told_about, facts, by = told.read(body.properties)
        if told_about:
            one = said(turn, SaidKind.DISCLOSURE, told.id, told_about, facts)
            remember(turn, replace(one, by=RepId(by), brand=_brand_of(turn, body)))


def _is_promise(timer: Timer, rule: SilenceRule) -> bool:
    return timer.kind is TimerKind.SILENCE and timer.subject == rule.id


def _is_late(turn: Turn, rule: SilenceRule, about: str) -> bool:
    """Whether this keeps a promise that was broken already."""
    one = turn.state.memory.about(rule.id, about)
    return one is not None and one.broken and not one.kept_ms


def _start(turn: Turn, event: Event, body: Touchpoint, rule: SilenceRule, about: str) -> None:
    brand = _brand_of(turn, body)
    more = turn.book.promises.get(rule.id)
    if more is None:
        watch(turn, rule.id, about or event.id, event.time_ms + rule.within_ms, brand)
        return
    binds = more.read_binds(body.properties)
    one = said(turn, SaidKind.PROMISE, rule.id, about or event.id, binds)
    by = RepId(more.read_by(body.properties))
    due_ms = more.read_due(body.properties, event.time_ms)
    promise(turn, replace(one, by=by, brand=brand, due_ms=due_ms))


def _brand_of(turn: Turn, body: Touchpoint) -> str:
    brand = body.properties.get("brand")
    return brand if isinstance(brand, str) and brand in turn.book.brands else ""


def promised(turn: Turn, body: Promised) -> None:
    """Apply a promise that a person made."""
    about = body.about if body.about and body.promise != OTHER else turn.cause
    one = said(turn, SaidKind.PROMISE, body.promise, about, body.binds)
    promise(
        turn,
        replace(one, by=body.by, words=body.words, brand=body.brand, due_ms=body.due_ms),
    )


def kept(turn: Turn, body: Kept) -> None:
    """Apply what a person says: a promise was kept, in time or late."""
    one = turn.state.memory.find(body.said)
    if one is not None and one.kind is SaidKind.PROMISE:
        keep(turn, one.id, one.about)


def disclosed(turn: Turn, body: Disclosed) -> None:
    """Apply what a person told the customer."""
    facts: Facts = {CENTS: body.amount.cents}
    if body.channel:
        facts["channel"] = body.channel
    one = said(turn, SaidKind.DISCLOSURE, body.disclosure, body.about, facts)
    remember(turn, replace(one, by=body.by, words=body.words, brand=body.brand))


def redirected(turn: Turn, body: Redirected) -> None:
    """Apply that a person sent the customer to somebody else, who holds a place for them."""
    facts: Facts = {"to": body.to, "about": body.about}
    one = said(turn, SaidKind.REDIRECT, REDIRECT, turn.cause, facts)
    one = replace(one, by=body.by, words=body.words, brand=body.brand, due_ms=body.expires_ms)
    promise(turn, one)


def arrived(turn: Turn, body: Arrived) -> None:
    """Apply what became of them; refused there, they were let down a second time."""
    one = turn.state.memory.find(body.said)
    if one is None or one.kind is not SaidKind.REDIRECT:
        return
    if body.taken:
        keep(turn, one.id, one.about)
    else:
        refused(turn, one.about)


def refused(turn: Turn, about: str) -> None:
    """Whoever was to take the customer in did not; told once, it is a failure once."""
    one = give_up(turn, REDIRECT, about)
    if one is not None:
        take_failure(turn, _failure(turn, REDIRECT, about, one, turn.cause))


def overdue(turn: Turn, timer: Timer) -> None:
    """Take what was not kept in time for the failure it is."""
    origin = turn.origin
    event = silence_id(origin.source, origin.message_id, timer.subject)
    one = give_up(turn, timer.subject, timer.about)
    failure = _failure(turn, timer.subject, timer.about, one, event)
    take_failure(turn, replace(failure, brand=timer.brand))


def _failure(turn: Turn, subject: str, about: str, one: Said | None, event: EventId) -> Failure:
    rule = next((rule for rule in turn.book.silences if rule.id == subject), None)
    details: Facts = {}
    if one is not None and one.kind is SaidKind.REDIRECT:
        details = {"redirected_to": one.facts.get("to", "")}
    elif one is not None:
        details = {**one.facts, "promised_about": one.about, "promised_by": str(one.by)}
    by_hand = SEVERITY_OF_REDIRECT if subject == REDIRECT else SEVERITY_BY_HAND
    return Failure(
        event=event,
        rule=rule.id if rule else OTHER,
        about=f"{subject if rule or subject == REDIRECT else 'promise'}/{about}",
        brand=one.brand if one else "",
        at_ms=turn.at_ms,
        severity=rule.severity if rule else by_hand,
        cause=rule.cause if rule else Cause.FIRM,
        book=turn.origin.book,
        line=rule.line if rule else 0,
        details=details,
        words=one.words if one else "",
        given=False,
    )


def say(state: State, wanted: Wanted, asker: Asker, now_ms: int, book: RuleBook) -> Decision:
    """Judge what a person wants to say to a customer; only people of the firm may."""
    if not asker.rep and not (isinstance(wanted, Arrived) and _is_there(state, wanted, asker)):
        return refuse("reps_only", "Only a person of the firm can say this.")
    match wanted:
        case Promised():
            return _promise_by(state, wanted, asker, now_ms, book)
        case Kept():
            return _keep_by(state, wanted, asker)
        case Disclosed():
            return _disclose_by(wanted, asker, book)
        case Redirected():
            return _redirect_by(state, wanted, asker, now_ms, book)
        case Arrived():
            return _arrive_by(state, wanted, asker)


def _is_there(state: State, wanted: Arrived, asker: Asker) -> bool:
    """Whether the place says it to which the customer was sent."""
    one = state.memory.find(wanted.said)
    return bool(asker.place) and one is not None and one.facts.get("place") == asker.place


def _promise_by(
    state: State, wanted: Promised, asker: Asker, now_ms: int, book: RuleBook
) -> Decision:
    """Let a person promise: with words, an end, and no more than they may give."""
    rule = book.promises.get(wanted.promise)
    if rule is None and wanted.promise != OTHER:
        hint = nearest(wanted.promise, (*book.promises, OTHER))
        return refuse("no_such_promise", f"There is no promise `{wanted.promise}`. {hint}".strip())
    if not wanted.words:
        return refuse("words_needed", "Say in a sentence what is promised.")
    if not now_ms < wanted.due_ms <= now_ms + LONGEST_MS:
        return refuse("bad_end", "A promise has an end: later than now, and within a year.")
    if wrong := _wrong_brand(wanted.brand, book):
        return wrong
    if wrong_words := wrong_fact(wanted.binds, rule.binds if rule else {}):
        return refuse(
            "wrong_fact", wrong_words.replace("This request takes", "This promise binds by")
        )
    before = state.memory.about(wanted.promise, wanted.about)
    if before is not None and before.is_open and wanted.about:
        return refuse("promised_already", "This is promised already, and still to be kept.")
    if wrong := _beyond(state, wanted, asker, now_ms, book):
        return wrong
    return Decision(body=replace(wanted, by=asker.rep))


def _beyond(
    state: State, wanted: Promised, asker: Asker, now_ms: int, book: RuleBook
) -> Decision | None:
    """Refuse more money than the role may give, with what people promised lately already."""
    sums = _cents_in(wanted.binds)
    if any(value < 0 for value in sums):
        return refuse("bad_amount", f"An amount is in {book.currency} and not negative.")
    before_cents = sum(
        sum(_cents_in(one.facts))
        for one in state.memory.said
        if one.kind is SaidKind.PROMISE and one.words and one.at_ms > now_ms - ADDS_UP_MS
    )
    limit_cents = book.authority_cents.get(asker.role, 0)
    if not any(sums) or before_cents + sum(sums) <= limit_cents:
        return None
    before = f", and {money_in(before_cents, book)} is promised already" if before_cents else ""
    why = f"Your limit is {money_in(limit_cents, book)}{before}; ask somebody with a higher limit."
    return refuse("over_authority", why, limit_cents)


def _cents_in(binds: Facts) -> list[int]:
    named = ((name, value) for name, value in binds.items() if isinstance(value, int))
    return [value for name, value in named if name == CENTS or name.endswith(f"_{CENTS}")]


def _wrong_brand(brand: str, book: RuleBook) -> Decision | None:
    if not brand or brand in book.brands:
        return None
    hint = nearest(brand, book.brands)
    return refuse("no_such_brand", f"There is no brand `{brand}`. {hint}".strip())


def _keep_by(state: State, wanted: Kept, asker: Asker) -> Decision:
    """Let a person say that a promise was kept."""
    one = state.memory.find(wanted.said)
    if one is None or one.kind is not SaidKind.PROMISE:
        return refuse("no_such_promise", "No such promise is known; it may be long over.")
    if one.kept_ms:
        return refuse("kept_already", "This promise was kept already.")
    return Decision(body=replace(wanted, by=asker.rep))


def _disclose_by(wanted: Disclosed, asker: Asker, book: RuleBook) -> Decision:
    """Let a person write down what they told the customer something costs."""
    if wanted.disclosure not in book.disclosures:
        hint = nearest(wanted.disclosure, book.disclosures)
        why = f"There is no disclosure `{wanted.disclosure}`. {hint}".strip()
        return refuse("no_such_disclosure", why)
    if not wanted.about:
        return refuse("about_needed", "Say which booking, segment or order it is about.")
    if wanted.channel and wanted.channel not in CHANNELS:
        return refuse("no_such_channel", f"Say one of {', '.join(CHANNELS)}.")
    if wanted.amount.cents < 0 or wanted.amount.currency != book.currency:
        return refuse("bad_amount", f"An amount is in {book.currency} and not negative.")
    if wrong := _wrong_brand(wanted.brand, book):
        return wrong
    return Decision(body=replace(wanted, by=asker.rep))


def _redirect_by(
    state: State, wanted: Redirected, asker: Asker, now_ms: int, book: RuleBook
) -> Decision:
    """Let a person send the customer elsewhere: only to a named person who holds the place."""
    if not wanted.to:
        return refuse("nowhere", "Say where the customer is sent.")
    if not wanted.accepted_by:
        return refuse("nobody_accepted", "Name the person on the other side who accepted them.")
    if not wanted.words:
        return refuse("story_needed", "Tell the story, so that the customer need not repeat it.")
    if not now_ms < wanted.expires_ms <= now_ms + LONGEST_STAY_MS:
        return refuse("bad_end", "Say until when they hold the place: later than now, in 14 days.")
    if wrong := _wrong_brand(wanted.brand, book):
        return wrong
    if any(one.kind is SaidKind.REDIRECT and one.is_open for one in state.memory.said):
        return refuse("redirected_already", "They were sent elsewhere; say first what came of it.")
    return Decision(body=replace(wanted, by=asker.rep))


def _arrive_by(state: State, wanted: Arrived, asker: Asker) -> Decision:
    one = state.memory.find(wanted.said)
    if one is None or one.kind is not SaidKind.REDIRECT:
        return refuse("no_such_redirect", "Nobody is known to have been sent by this.")
    if one.kept_ms or (one.broken and not wanted.taken):
        return refuse("told_already", "It is known already what came of this.")
    return Decision(body=replace(wanted, by=asker.rep))
