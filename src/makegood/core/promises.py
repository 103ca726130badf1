"""What was said binds: a promise that is not kept in time is a failure without an event.

A promise is made by an event, by silence rules that watch one, or by a named person with words and
an end. What a customer was told something costs is remembered, so that a rule can compare it with
what is charged. Both are readable in conditions as `said.*`.
Source: DESIGN idea 9 (we keep our own promises); stories 1 and 4.
"""

from msgspec.structs import replace

from makegood.core.cases import take_failure
from makegood.core.decision import Asker, Decision, money_in, refuse
from makegood.core.failures import OTHER, SEVERITY_BY_HAND, silence_id
from makegood.core.said import Said, SaidKind
from makegood.core.state import Failure, State
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.messages.events import Event
from makegood.messages.facts import Disclosed, Facts, Kept, Promised, Touchpoint
from makegood.messages.ids import RepId
from makegood.playbooks.book import RuleBook
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.requests import wrong_fact
from makegood.playbooks.terms import Cause, SilenceRule

LONGEST_MS = 366 * 86_400_000  # a promise for later than that is none that anybody remembers
CHANNELS = ("phone", "desk", "mail", "chat", "web", "contract")
CENTS, LEAST = "cents", "least_cents"


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
            _keep(turn, rule.id, about)
        elif waiting and not about:
            _keep(turn, rule.id, waiting[0])
    for rule in book.starts.get(body.name, ()):
        _start(turn, event, body, rule, about)
    for told in book.tells.get(body.name, ()):
        told_about, facts, by = told.read(body.properties)
        if told_about:
            one = _said(turn, SaidKind.DISCLOSURE, told.id, told_about, facts)
            _remember(turn, replace(one, by=RepId(by), brand=_brand_of(turn, body)))


def _is_promise(timer: Timer, rule: SilenceRule) -> bool:
    return timer.kind is TimerKind.SILENCE and timer.subject == rule.id


def _is_late(turn: Turn, rule: SilenceRule, about: str) -> bool:
    """Whether this keeps a promise that was broken already."""
    one = turn.state.memory.about(rule.id, about)
    return one is not None and one.broken and not one.kept_ms


def _start(turn: Turn, event: Event, body: Touchpoint, rule: SilenceRule, about: str) -> None:
    brand = _brand_of(turn, body)
    due_ms = event.time_ms + rule.within_ms
    promise = turn.book.promises.get(rule.id)
    if promise is None:
        _watch(turn, rule.id, about or event.id, due_ms, brand)
        return
    one = _said(
        turn, SaidKind.PROMISE, rule.id, about or event.id, promise.read_binds(body.properties)
    )
    by = RepId(promise.read_by(body.properties))
    due_ms = promise.read_due(body.properties, event.time_ms)
    _promise(turn, replace(one, by=by, brand=brand, due_ms=due_ms))


def _brand_of(turn: Turn, body: Touchpoint) -> str:
    brand = body.properties.get("brand")
    return brand if isinstance(brand, str) and brand in turn.book.brands else ""


def _watch(turn: Turn, subject: str, about: str, due_ms: int, brand: str) -> None:
    """Start the clock of a promise; promising again gives us no more time."""
    for timer in turn.state.timers:
        same = (timer.kind, timer.subject, timer.about) == (TimerKind.SILENCE, subject, about)
        if same and timer.due_ms <= due_ms:
            return
    turn.set_timer(TimerKind.SILENCE, due_ms, subject, about, brand)


def _said(turn: Turn, kind: SaidKind, name: str, about: str, facts: Facts) -> Said:
    return Said(
        event=turn.cause,
        profile=turn.origin.profile,
        kind=kind,
        id=name,
        about=about,
        at_ms=turn.at_ms,
        facts=facts,
    )


def _remember(turn: Turn, one: Said) -> None:
    """Remember what was told; of a cost the least that was ever told is kept too."""
    before = turn.state.memory.about(one.id, one.about)
    cents = one.facts.get(CENTS)
    if one.kind is SaidKind.DISCLOSURE and isinstance(cents, int):
        least = before.facts.get(LEAST) if before is not None else None
        least = min(cents, least) if isinstance(least, int) else cents
        one = replace(one, facts={**one.facts, LEAST: least})
    if before is not None and (before.is_open or one.kind is SaidKind.DISCLOSURE):
        again = (*before.again, one.event)
        one = replace(one, event=before.event, profile=before.profile, again=again)
    turn.state = replace(turn.state, memory=turn.state.memory.with_one(one))


def _promise(turn: Turn, one: Said) -> None:
    """Remember a promise and start its clock; the question of a case waits for it."""
    before = turn.state.memory.about(one.id, one.about)
    if before is not None and before.is_open:
        one = replace(one, due_ms=min(before.due_ms, one.due_ms))
    _watch(turn, one.id, one.about, one.due_ms, one.brand)
    _remember(turn, one)
    case = turn.state.open_case
    if case is not None:
        turn.clear_timers(case.id, TimerKind.ASK_AT)


def _keep(turn: Turn, subject: str, about: str) -> None:
    turn.clear_timers(subject, TimerKind.SILENCE, about=about)
    one = turn.state.memory.about(subject, about)
    if one is not None and not one.kept_ms:
        kept_one = replace(one, kept_ms=turn.at_ms)
        turn.state = replace(turn.state, memory=turn.state.memory.with_one(kept_one))


def promised(turn: Turn, body: Promised) -> None:
    """Apply a promise that a person made."""
    about = body.about if body.about and body.promise != OTHER else turn.cause
    one = _said(turn, SaidKind.PROMISE, body.promise, about, body.binds)
    _promise(
        turn,
        replace(one, by=body.by, words=body.words, brand=body.brand, due_ms=body.due_ms),
    )


def kept(turn: Turn, body: Kept) -> None:
    """Apply what a person says: a promise was kept, in time or late."""
    one = turn.state.memory.find(body.said)
    if one is not None and one.kind is SaidKind.PROMISE:
        _keep(turn, one.id, one.about)


def disclosed(turn: Turn, body: Disclosed) -> None:
    """Apply what a person told the customer."""
    facts: Facts = {CENTS: body.amount.cents}
    if body.channel:
        facts["channel"] = body.channel
    one = _said(turn, SaidKind.DISCLOSURE, body.disclosure, body.about, facts)
    _remember(turn, replace(one, by=body.by, words=body.words, brand=body.brand))


def overdue(turn: Turn, timer: Timer) -> None:
    """Take a promise that was not kept in time for the failure it is."""
    origin, book = turn.origin, turn.book
    rule = next((rule for rule in book.silences if rule.id == timer.subject), None)
    one = turn.state.memory.about(timer.subject, timer.about)
    details: Facts = {}
    if one is not None:
        broken = replace(one, broken=True)
        turn.state = replace(turn.state, memory=turn.state.memory.with_one(broken))
        details = {**one.facts, "promised_about": one.about, "promised_by": str(one.by)}
    failure = Failure(
        event=silence_id(origin.source, origin.message_id, timer.subject),
        rule=rule.id if rule else OTHER,
        about=f"{timer.subject if rule else 'promise'}/{timer.about}",
        brand=timer.brand,
        at_ms=turn.at_ms,
        severity=rule.severity if rule else SEVERITY_BY_HAND,
        cause=rule.cause if rule else Cause.FIRM,
        book=origin.book,
        line=rule.line if rule else 0,
        details=details,
        words=one.words if one is not None else "",
        given=False,
    )
    take_failure(turn, failure)


def say(
    state: State, wanted: Promised | Kept | Disclosed, asker: Asker, now_ms: int, book: RuleBook
) -> Decision:
    """Judge what a person wants to say to a customer; only people of the firm may."""
    if not asker.rep:
        return refuse("reps_only", "Only a person of the firm can say this.")
    match wanted:
        case Promised():
            return _promise_by(state, wanted, asker, now_ms, book)
        case Kept():
            return _keep_by(state, wanted, asker)
        case Disclosed():
            return _disclose_by(wanted, asker, book)


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
    if wrong := _beyond(wanted, asker, book):
        return wrong
    before = state.memory.about(wanted.promise, wanted.about)
    if before is not None and before.is_open and wanted.about:
        return refuse("promised_already", "This is promised already, and still to be kept.")
    return Decision(body=replace(wanted, by=asker.rep))


def _beyond(wanted: Promised, asker: Asker, book: RuleBook) -> Decision | None:
    """Refuse a promise of more money than the role may give."""
    sums = [
        value
        for name, value in wanted.binds.items()
        if (name == CENTS or name.endswith(f"_{CENTS}")) and isinstance(value, int)
    ]
    if any(value < 0 for value in sums):
        return refuse("bad_amount", f"An amount is in {book.currency} and not negative.")
    limit_cents = book.authority_cents.get(asker.role, 0)
    if sum(sums) <= limit_cents:
        return None
    why = f"Your limit is {money_in(limit_cents, book)}; ask somebody with a higher limit."
    return refuse("over_authority", why, limit_cents)


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
