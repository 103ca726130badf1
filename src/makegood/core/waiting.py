"""A customer waits longer than is usual: a failure without an event, and an honest date.

The norm of the queue is stamped on the event that begins the wait, so the moment at which waiting
becomes a failure follows from the log, and not from when somebody looked. Whoever waits longer is
told once by when most of those who waited as long had their answer; once that was told it is a
promise, and one that is not kept is a failure of its own.
Source: ideas, 9 (we keep our own promises); story 4 (nothing is left unanswered).
"""

from msgspec.structs import replace

from makegood.core.cases import take_failure
from makegood.core.failures import silence_id
from makegood.core.keeping import again, fall_away, keep, promise
from makegood.core.my_person import Thread
from makegood.core.said import Said, SaidKind
from makegood.core.state import Failure
from makegood.core.timers import Timer, TimerKind
from makegood.core.turn import Turn
from makegood.core.waits import Ending, Wait, bounded
from makegood.messages.commands import SendMessage
from makegood.messages.events import Event
from makegood.messages.facts import Facts, Touchpoint
from makegood.messages.ids import CaseId, CommandId
from makegood.playbooks.waiting import WaitRule


def came(turn: Turn, thread: Thread) -> None:
    """Somebody waits in a conversation; who waits already waits no less for writing again.

    An answer that was taken back, or never arrived, was none: they wait since when they did.
    """
    rule = turn.book.waits.by_channel.get(thread.channel)
    if rule is None or _open(turn, thread.id):
        return
    for one in reversed(turn.state.waits):
        if one.about == thread.id and one.at_ms == thread.came_ms:
            _again(turn, one)
            return
    _begin(turn, rule, thread.id, brand=thread.brand, channel=thread.channel)


def answered(turn: Turn, thread: str) -> None:
    """Somebody of the firm spoke in a conversation: whoever waited in it has their answer."""
    for one in _open(turn, thread):
        _end(turn, one, "answered")


def hear(turn: Turn, event: Event, body: Touchpoint) -> None:
    """Begin and end the waits of an event; one that names no wait ends the oldest."""
    for rule in turn.book.waits.by_event.get(body.name, ()):
        about = rule.about(body.properties)
        if body.name == rule.begins:
            brand = body.properties.get("brand")
            known = isinstance(brand, str) and brand in turn.book.brands
            if not about or not _of(turn, rule, about):
                _begin(turn, rule, about or event.id, brand=str(brand) if known else "")
            continue
        ended = _of(turn, rule, about)[:1]
        for one in ended:
            _end(turn, one, "gave_up" if body.name in rule.given_up else "answered")


def _open(turn: Turn, thread: str) -> list[Wait]:
    return [one for one in turn.state.waits if one.about == thread and not one.ended_ms]


def _of(turn: Turn, rule: WaitRule, about: str) -> list[Wait]:
    waits = (one for one in turn.state.waits if one.rule == rule.id and not one.ended_ms)
    return [one for one in waits if not about or one.about == about]


def _begin(turn: Turn, rule: WaitRule, about: str, *, brand: str = "", channel: str = "") -> None:
    norm = next((one for one in turn.norms if one.rule == rule.id), None)
    due_ms = turn.at_ms + rule.due_after_ms(norm.long_ms if norm is not None else 0)
    if turn.origin.imported and due_ms <= turn.known_ms:
        due_ms = 0  # it was over long before anybody here could have answered
    one = Wait(
        event=turn.cause,
        rule=rule.id,
        about=about,
        profile=turn.origin.profile,
        at_ms=turn.at_ms,
        due_ms=due_ms,
        brand=brand,
        channel=channel,
        norm=norm,
    )
    before = tuple(it for it in turn.state.waits if it.key != one.key)
    after = bounded((*before, one))
    for gone in {it.key: it for it in before}.keys() - {it.key for it in after}:
        turn.clear_timers(gone[1], TimerKind.WAIT_OVER, about=gone[0])
    turn.state = replace(turn.state, waits=after)
    if due_ms:
        turn.set_timer(TimerKind.WAIT_OVER, due_ms, rule.id, one.event, brand)


def _again(turn: Turn, one: Wait) -> None:
    """Let a wait go on that seemed to be over; what became a failure becomes none twice."""
    _put(turn, replace(one, ended_ms=0, ended=""))
    if one.due_ms and not one.late_ms:
        due_ms = max(one.due_ms, turn.at_ms)
        turn.set_timer(TimerKind.WAIT_OVER, due_ms, one.rule, one.event, one.brand)
    again(turn, one.rule, one.event)


def _end(turn: Turn, one: Wait, ended: Ending) -> None:
    turn.clear_timers(one.rule, TimerKind.WAIT_OVER, about=one.event)
    if one.told and not one.told_ms:
        turn.withdrawn.append(one.told)
    if ended == "answered":
        keep(turn, one.rule, one.event)
    else:
        fall_away(turn, one.rule, one.event)
    _put(turn, replace(one, ended_ms=turn.at_ms, ended=ended))


def too_long(turn: Turn, timer: Timer) -> None:
    """Take a wait that is longer than the norm for the failure it is, and say by when it ends."""
    one = next((it for it in turn.state.waits if it.key == (timer.about, timer.subject)), None)
    rule = turn.book.waits.rule(timer.subject)
    if one is None or rule is None or one.ended_ms or one.late_ms:
        return
    one = replace(one, late_ms=turn.at_ms)
    _put(turn, one)
    take_failure(turn, _failure(turn, rule, one))
    _tell(turn, rule, one)


def _failure(turn: Turn, rule: WaitRule, one: Wait) -> Failure:
    details: Facts = {"waits_since_ms": one.at_ms}
    if one.channel:
        details["channel"] = one.channel
    if one.norm is not None and one.norm.long_ms:
        details |= {"norm_ms": one.norm.long_ms, "norm_waits": one.norm.waits}
    origin = turn.origin
    return Failure(
        event=silence_id(origin.source, origin.message_id, rule.id),
        rule=rule.id,
        about=one.failure_about,
        brand=one.brand,
        at_ms=turn.at_ms,
        severity=rule.severity,
        cause=rule.cause,
        book=turn.origin.book,
        line=rule.line,
        details=details,
    )


def _tell(turn: Turn, rule: WaitRule, one: Wait) -> None:
    """Tell a date that the data support, once; without one nothing is said of any."""
    template = turn.book.messages.get(rule.tell)
    by_ms = one.at_ms + one.norm.told_ms if one.norm is not None and one.norm.told_ms else 0
    if template is None or by_ms <= turn.at_ms or turn.origin.imported:
        return
    brand = one.brand if one.brand in turn.book.brands else next(iter(turn.book.brands), "")
    order = SendMessage(
        message=rule.tell,
        brand=brand,
        message_class=template.message_class,
        urgency=template.urgency,
        variables={
            "by_ms": by_ms,
            "since_ms": one.at_ms,
            "cases_in_10": f"{rule.told_share * 10:g}",
            "failure": rule.id,
        },
    )
    told = turn.issue(
        CaseId(""), f"wait/{rule.id}/{one.event}", order, useful_ms=by_ms - turn.at_ms
    )
    _put(turn, replace(one, told=told, by_ms=by_ms))


def told(turn: Turn, command: CommandId) -> bool:
    """The customer was told a date: from now on it is a promise; False for another order."""
    one = next((it for it in turn.state.waits if it.told and it.told == command), None)
    if one is None:
        return False
    _put(turn, replace(one, told_ms=turn.at_ms))
    if not one.ended_ms:
        said = Said(
            event=turn.cause,
            profile=one.profile,
            kind=SaidKind.PROMISE,
            id=one.rule,
            about=one.event,
            at_ms=turn.at_ms,
            brand=one.brand,
            due_ms=max(one.by_ms, turn.at_ms + 1),
        )
        promise(turn, said)
    return True


def _put(turn: Turn, one: Wait) -> None:
    waits = tuple(one if it.key == one.key else it for it in turn.state.waits)
    turn.state = replace(turn.state, waits=bounded(waits))
