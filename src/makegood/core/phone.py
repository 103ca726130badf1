"""What is known of a customer's telephone calls, as far as the fold has to remember it.

A call is what all its events say together, whichever of them came first: counts only grow, and who
ended it is known when all who say so agree.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CommandId, EventId, ProfileId, RepId, event_id

MOST_CALLS = 50  # of whom calls more often, the oldest calls are no longer known
MOST_KEPT = 100  # call-backs that are over, and suggestions; those that wait stay
CUSTOMER, REP, LINE = "customer", "agent", "line"
Spoiled: TypeAlias = Literal["hung_up_on", "flagged"]
Failed: TypeAlias = Literal["overdue", "hung_up_on", "flagged"]


class Asked(Struct, frozen=True, gc=False, array_like=True):
    """A hang-up of ours of which a person is asked whether it was a failure.

    Attributes:
        event: The event that nobody could judge.
        rep: Who hung up; empty where no event says.
        above: Who stood above them then, the nearest first.
    """

    event: EventId
    rep: RepId
    above: tuple[RepId, ...] = ()


class PhoneCall(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One call.

    Attributes:
        id: As the telephone system calls it.
        event: The first event that was heard of it.
        at_ms: When the first thing of it happened.
        about: Booking, segment or order, where an event says it.
        agents: Who spoke, as events name them, in order.
        queues: Where it waited, in order.
        answered: Somebody of us picked up.
        transfers: How often it was handed on.
        holds: How often the customer was put on hold.
        held_seconds: How long, all holds together.
        told_again: How often the customer had to say again what they had said.
        waited_seconds: Till somebody picked up, or the customer gave up; None when nobody says.
        ends: Who ended it, by each source that says so, in order.
        ended_ms: When; 0 while it goes on.
        outward: We called them.
        failed: Failures that it was taken for.
        told_as: What these are about, where a rule on one of its events says so; else the call.
        asked: What a person is asked of its end.
    """

    id: str
    event: EventId
    at_ms: int
    brand: str = ""
    about: str = ""
    agents: tuple[RepId, ...] = ()
    queues: tuple[str, ...] = ()
    answered: bool = False
    transfers: int = 0
    holds: int = 0
    held_seconds: int = 0
    told_again: int = 0
    told_events: int = 0
    transfer_events: int = 0
    hold_events: int = 0
    waited_seconds: int | None = None
    ends: tuple[str, ...] = ()
    ended_ms: int = 0
    outward: bool = False
    failed: tuple[str, ...] = ()
    told_as: str = ""
    asked: Asked | None = None

    @property
    def is_silent(self) -> bool:
        """Whether we called and nobody took it: then nobody was spoken to, well or badly."""
        return self.outward and not self.answered

    @property
    def ended_by(self) -> str:
        """Who ended it; `line` when nobody knows, or two say two things; empty while it lasts."""
        if not self.ends:
            return ""
        named = [one for one in self.ends if one != LINE]
        return named[0] if len(named) == 1 else LINE

    @property
    def told_more(self) -> int:
        """How often they told it again: as the system counts, or as events came."""
        return max(self.told_again, self.told_events)

    @property
    def handed_on(self) -> int:
        """How often it was handed on: as the system counts, or as events came."""
        return max(self.transfers, self.transfer_events)

    @property
    def waited(self) -> int | None:
        """Seconds of waiting: as the system says; of whom nobody answered, till the end."""
        if self.waited_seconds is not None or self.answered or not self.ended_ms:
            return self.waited_seconds
        return (self.ended_ms - self.at_ms) // 1_000 if self.ended_ms > self.at_ms else None


class Passed(Struct, frozen=True, gc=False, array_like=True):
    """A supervisor who did not make it good, so that it went one higher, or stayed at the top.

    Attributes:
        rep: Who.
        why: The time was over, they hung up, or the customer flagged them.
        at_ms: When.
        call: The call they spoiled; empty when the time was over.
    """

    rep: RepId
    why: Failed
    at_ms: int
    call: str = ""


class CallBack(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A call that a supervisor owes; one for each call and person.

    Attributes:
        id: Made of the call and the person.
        profile: Whom the event was about that brought it.
        call: The call.
        rep: The person of ours it is about; who is not to be the one who calls. Empty where no
            event says who it was.
        why: They hung up, or the customer flagged them.
        about: What its failure is about.
        owner: Who has to call now; empty for the supervisors together.
        above: Who is next when that one fails, the nearest first.
        due_ms: Until when.
        passed: Who had it before, and why no longer; the top one may stand here and keep it.
        tried_ms: When somebody last called and did not reach them.
        done_ms: When the customer was reached; 0 until then.
        done_by: By whom.
        promised: Whoever it stands with was on duty till then, so that the customer is told when;
            a promise that was broken stays one.
        told: The order that tells the customer who calls by when; empty when nothing does.
        told_by_ms: The time it tells.
        late: The order that says that it will be later; empty while nothing does. There is one.
        wish_ms: The customer asked not to be called before this.
        number: The number they named for this call, by reference; empty for the one that is known.
        needless: They said that they want no call.
        there_ms: Until when one of those who have it, or stand above, is known to be there.
    """

    id: EventId
    profile: ProfileId
    call: str
    rep: RepId
    why: Spoiled
    about: str
    at_ms: int
    brand: str = ""
    owner: RepId = RepId("")
    above: tuple[RepId, ...] = ()
    due_ms: int = 0
    passed: tuple[Passed, ...] = ()
    tried_ms: int = 0
    done_ms: int = 0
    done_by: RepId = RepId("")
    promised: bool = False
    told: CommandId = CommandId("")
    told_by_ms: int = 0
    late: CommandId = CommandId("")
    wish_ms: int = 0
    number: str = ""
    needless: bool = False
    there_ms: int = 0

    @property
    def is_stuck(self) -> bool:
        """Whether it came to the top, failed there, and nobody is higher."""
        return not self.done_ms and bool(self.passed) and self.passed[-1].rep == self.owner

    @property
    def is_anybodys(self) -> bool:
        """Whether it is with the supervisors together: nobody by name has it, or it is stuck."""
        return not self.owner or self.is_stuck

    def is_late(self, rep: str) -> bool:
        """Whether somebody had it and did no more than let the time pass."""
        whys = {one.why for one in self.passed if one.rep == rep}
        return whys == {"overdue"}

    def has_failed(self, rep: str, call: str) -> bool:
        """Whether somebody spoiled just this call and it went on for that."""
        return any((one.rep, one.call) == (rep, call) for one in self.passed)


class Hint(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A sentence of a transcript that a rule of the book takes for something; a person decides.

    Attributes:
        id: Made of the call and the rule.
        profile: Whom the event was about.
        call: The call.
        rule: The hint of the book.
        words: The sentence, by reference; gone when the customer is erased.
        settled_ms: When a person decided; 0 until then.
        accepted: What they decided.
        rep: Who spoke, as the event of the transcript says; the call may name more.
        fails_as: The failure that the rule suggested then; a later book may have no such rule.
    """

    id: EventId
    profile: ProfileId
    call: str
    rule: str
    words: str
    at_ms: int
    brand: str = ""
    settled_ms: int = 0
    accepted: bool = False
    by: RepId = RepId("")
    rep: RepId = RepId("")
    fails_as: str = ""


class Phone(Struct, frozen=True, gc=False, omit_defaults=True):
    """All that is known of a customer's calls.

    Attributes:
        calls: In the order in which they were first heard of.
        backs: Call-backs, oldest first.
        hints: What transcripts suggest, oldest first.
    """

    calls: tuple[PhoneCall, ...] = ()
    backs: tuple[CallBack, ...] = ()
    hints: tuple[Hint, ...] = ()

    @property
    def waiting(self) -> tuple[CallBack, ...]:
        """Call-backs that nobody has made yet."""
        return tuple(one for one in self.backs if not one.done_ms)

    @property
    def open_hints(self) -> tuple[Hint, ...]:
        """Suggestions that nobody has read yet."""
        return tuple(one for one in self.hints if not one.settled_ms)

    def call(self, id_: str) -> PhoneCall | None:
        """Find a call."""
        return next((one for one in reversed(self.calls) if one.id == id_), None)

    def back(self, id_: str) -> CallBack | None:
        """Find a call-back."""
        return next((one for one in self.backs if one.id == id_), None)

    def hint(self, id_: str) -> Hint | None:
        """Find a suggestion."""
        return next((one for one in self.hints if one.id == id_), None)

    def with_call(self, one: PhoneCall) -> "Phone":
        """Put a new or changed call in its place."""
        if self.call(one.id) is None:
            return Phone((*self.calls, one)[-MOST_CALLS:], self.backs, self.hints)
        calls = tuple(one if it.id == one.id else it for it in self.calls)
        return Phone(calls, self.backs, self.hints)

    def with_back(self, one: CallBack) -> "Phone":
        """Put a new or changed call-back in its place."""
        if self.back(one.id) is None:
            over = [it for it in self.backs if it.done_ms]
            gone = {it.id for it in over[: max(0, len(over) - MOST_KEPT)]}
            kept = tuple(it for it in self.backs if it.id not in gone)
            return Phone(self.calls, (*kept, one), self.hints)
        backs = tuple(one if it.id == one.id else it for it in self.backs)
        return Phone(self.calls, backs, self.hints)

    def with_hint(self, one: Hint) -> "Phone":
        """Put a new or changed suggestion in its place; of too many the settled go first."""
        if self.hint(one.id) is None:
            more = max(0, len(self.hints) + 1 - MOST_KEPT)
            gone = {it.id for it in [it for it in self.hints if it.settled_ms][:more]}
            kept = tuple(it for it in (*self.hints, one) if it.id not in gone)
            return Phone(self.calls, self.backs, kept[-MOST_KEPT:])
        hints = tuple(one if it.id == one.id else it for it in self.hints)
        return Phone(self.calls, self.backs, hints)


def back_id(call: str, rep: str) -> EventId:
    """Name the call-back of a call and a person: there is one."""
    return event_id("call-back", f"{call}\x1f{rep}")


def hint_id(call: str, rule: str) -> EventId:
    """Name what a rule suggests about a call: once, however often it was said."""
    return event_id("hint", f"{call}\x1f{rule}")


def in_order(before: Iterable[str], more: str) -> tuple[str, ...]:
    """Add a name to a set that is kept as a tuple in order, whichever name came first."""
    return tuple(sorted({*before, more})) if more else tuple(before)
