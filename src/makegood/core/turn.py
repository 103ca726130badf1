"""One turn of the fold: its cause, its time, and what it has brought so far.

A turn is the only thing in the core that changes while it is used, and it never leaves `step`
or `advance`; what leaves is the new state and the commands.
"""

from bisect import insort

from msgspec.structs import replace

from makegood.core.my_person import Duty
from makegood.core.state import Case, State
from makegood.core.timers import Origin, Timer, TimerKind
from makegood.messages.agreements import Agreement, Parties
from makegood.messages.commands import Command, Order
from makegood.messages.events import NextDuty
from makegood.messages.ids import (
    CaseId,
    CommandId,
    EventId,
    ProfileId,
    RepId,
    command_id,
    event_id,
)
from makegood.messages.waits import WaitNorm
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.terms import Plan

NOBODY_KNOWN = Duty()
"""Of a timer: nothing was stamped on it."""
_CUSTOMER = ProfileId("")


class Turn:
    """Collects what one event or one timer brings.

    Attributes:
        state: The state so far.
        origin: The event that causes all this.
        book: The rule book this turn is judged by.
        at_ms: When it happened.
        known_ms: When we knew; promises to the customer count from here.
        on_duty: Reps on duty then.
        duty: They, and who was away then.
        agreements: What the customer's accounts had agreed and was in force then.
        place: The place it happened at; empty when nobody said.
        parties: Who asks, pays and is told; None for the customer alone.
        above: Who stands above the person of a call, the nearest first.
        next_duty: When those of them work next who are not on duty.
        keeps: Who has the case already that a late event opens; empty for nobody.
        norms: How long is usual in the queue that the event begins to wait in.
        commands: Orders given so far.
        withdrawn: Orders, of this turn or before, that became needless.
    """

    __slots__ = (
        "_cause",
        "above",
        "agreements",
        "at_ms",
        "book",
        "commands",
        "duty",
        "keeps",
        "known_ms",
        "library",
        "next_duty",
        "norms",
        "on_duty",
        "origin",
        "parties",
        "place",
        "state",
        "withdrawn",
    )

    def __init__(
        self,
        state: State,
        origin: Origin,
        library: Library,
        *,
        at_ms: int,
        known_ms: int,
        duty: Duty = NOBODY_KNOWN,
    ) -> None:
        self.state = state
        self.origin = origin
        self.library = library
        self.book: RuleBook = library.book(origin.book)
        self.at_ms = at_ms
        self.known_ms = known_ms
        self.on_duty = duty.on_duty
        self.duty = duty
        self.agreements: tuple[Agreement, ...] = ()
        self.place = ""
        self.parties: Parties | None = None
        self.keeps = RepId("")
        self.norms: tuple[WaitNorm, ...] = ()
        self.above: tuple[RepId, ...] = ()
        self.next_duty: tuple[NextDuty, ...] = ()
        self.commands: list[Command] = []
        self.withdrawn: list[CommandId] = []
        self._cause: EventId | None = None

    @property
    def cause(self) -> EventId:
        """The id of the event that causes all this."""
        if self._cause is None:
            self._cause = event_id(self.origin.source, self.origin.message_id)
        return self._cause

    def plan_of(self, case: Case) -> Plan | None:
        """The plan a case opened with, from the book it opened with."""
        return self.library.book(case.origin.book).plans.get(case.plan)

    def put(self, case: Case) -> Case:
        """Put a new or changed case into the state; the one in work is the last."""
        cases, wanted = self.state.cases, case.id
        index = len(cases) - 1
        while index >= 0 and cases[index].id != wanted:
            index -= 1
        after = (*cases, case) if index < 0 else (*cases[:index], case, *cases[index + 1 :])
        self.state = replace(self.state, cases=after)
        return case

    def issue(
        self,
        case: CaseId,
        step: str,
        order: Order,
        *,
        useful_ms: int = 0,
        ordinal: int = 0,
        to: ProfileId = _CUSTOMER,
    ) -> CommandId:
        """Give an order.

        Args:
            case: The case it belongs to.
            step: The plan step; with the cause it makes the command's id.
            order: What to do.
            useful_ms: Needless after this long; 0 never expires.
            ordinal: Tells repeats of a step with one cause apart.
            to: Whom it reaches; empty for the customer.

        Returns:
            The command's id. History that is imported gives no orders, but the id is the same.
        """
        origin = self.origin
        wanted = command_id(origin.source, origin.message_id, step, ordinal)
        named = f"{step}#{ordinal}"
        self.state = replace(self.state, orders=(*self.state.orders, (wanted, named)))
        if not origin.imported:
            command = Command(
                id=wanted,
                profile=origin.profile,
                case=case,
                cause=self.cause,
                step=named,
                due_ms=self.known_ms,
                useful_until_ms=self.known_ms + useful_ms if useful_ms else 0,
                order=order,
                to=to,
            )
            self.commands.append(command)
        return wanted

    def set_timer(
        self, kind: TimerKind, due_ms: int, subject: str, about: str = "", brand: str = ""
    ) -> None:
        """Set a timer; one of the same kind, subject and `about` is replaced."""
        timers = [
            timer
            for timer in self.state.timers
            if timer.kind is not kind or timer.subject != subject or timer.about != about
        ]
        insort(timers, Timer(due_ms, kind, subject, about, self.origin, brand))
        self.state = replace(self.state, timers=tuple(timers))

    def clear_timers(self, subject: str, *kinds: TimerKind, about: str | None = None) -> None:
        """Take timers back; all kinds of the subject when none is named."""
        timers = self.state.timers
        kept = [
            timer
            for timer in timers
            if (kinds and timer.kind not in kinds)
            or timer.subject != subject
            or (about is not None and timer.about != about)
        ]
        if len(kept) != len(timers):
            self.state = replace(self.state, timers=tuple(kept))
