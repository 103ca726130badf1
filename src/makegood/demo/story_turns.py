"""What Makegood decided at each turn of a story, read from the state before and after it.

The log is folded again, event by event and timer by timer, by the same pure functions that ran
live; so the reasons are those that counted, and nothing is retold from memory.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from makegood.core.fold import advance, step
from makegood.core.state import EMPTY, Case, Failure, Phase, State
from makegood.messages.commands import Command, ConfirmOffer
from makegood.messages.events import Event
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.rows import RepRow
from makegood.projections.figures import clock_words, day_words, listed, money_words
from makegood.projections.orders import remedy_words
from makegood.projections.roster import rep_name


class Turned(Struct, frozen=True, kw_only=True):
    """One turn: an event, or a timer that fired because no event came first.

    Attributes:
        event: None for a timer.
    """

    at_ms: int
    event: Event | None
    before: State
    after: State
    commands: tuple[Command, ...]


class Decided(Struct, frozen=True, array_like=True):
    """One thing that Makegood decided, and the rule it followed."""

    says: str
    why: str


def turns(history: Sequence[Event], library: Library, now_ms: int) -> Iterator[Turned]:
    """Fold a history again, one turn at a time."""
    state = EMPTY
    for event in history:
        known_ms = min(event.time_ms, event.received_ms)
        for turned in _timers(state, known_ms, library):
            yield turned
            state = turned.after
        folded = step(state, event, library)
        yield Turned(
            at_ms=event.time_ms,
            event=event,
            before=state,
            after=folded.state,
            commands=folded.commands,
        )
        state = folded.state
    yield from _timers(state, now_ms, library)


def _timers(state: State, until_ms: int, library: Library) -> Iterator[Turned]:
    while state.next_due_ms and state.next_due_ms <= until_ms:
        due_ms = state.next_due_ms
        fired = advance(state, due_ms, library)
        yield Turned(
            at_ms=due_ms, event=None, before=state, after=fired.state, commands=fired.commands
        )
        state = fired.state


def decisions(turned: Turned, library: Library, reps: Sequence[RepRow]) -> Iterator[Decided]:
    """Say what a turn changed that a manager wants to know, each with its rule."""
    for case in turned.after.cases:
        before = turned.before.case(case.id)
        if before is not case:
            telling = _Telling(case, before, library, reps)
            yield from telling.all(turned.commands)


class _Telling:
    """One case, before and after one turn."""

    def __init__(
        self, case: Case, before: Case | None, library: Library, reps: Sequence[RepRow]
    ) -> None:
        self.case = case
        self.before = before
        self.library = library
        self.reps = reps
        self.book: RuleBook = library.book(case.origin.book)

    def all(self, commands: Sequence[Command]) -> Iterator[Decided]:
        yield from self._opened()
        yield from self._second()
        yield from self._owed()
        yield from self._asked(commands)
        yield from self._call()
        yield from self._ended()

    def _line(self, what: str) -> str:
        """Name the line of the plan that is followed: the latest, or the case's own at the end."""
        latest = self.case.failures[-1].rule if self.case.failures else ""
        plan = self.book.plans.get(latest if self.case.is_open else self.case.plan)
        where = f", line {plan.line}" if plan is not None else ""
        return f"{self.book.name} book, {what}{where}"

    def _opened(self) -> Iterator[Decided]:
        if self.before is None:
            scope = f"every brand of {self.book.umbrella}"
            if self.case.scope in self.book.brands:
                scope = self.book.brands[self.case.scope].name
            words = f"Marketing is held: {scope}, every channel, until it is made good."
            yield Decided(words, self._line("plan, hold"))
        if self.case.owner and (self.before is None or self.before.owner != self.case.owner):
            yield Decided(
                f"{rep_name(self.reps, self.case.owner)} owns it from now on.",
                "on duty when it happened",
            )

    def _second(self) -> Iterator[Decided]:
        broken = self.case.broken - (self.before.broken if self.before else 0)
        if broken > 0:
            yield Decided("We broke a promise of ours; that counts as another failure.", "")
        elif self.case.double and not (self.before and self.before.double):
            words = "A second failure: the customer is about to be lost and moves to the front."
            yield Decided(words, self._line("plan, on_double_deviation"))

    def _owed(self) -> Iterator[Decided]:
        known = {(f.event, o.entitlement) for f in _failures(self.before) for o in f.owed}
        for failure in self.case.failures:
            for owed in failure.owed:
                if (failure.event, owed.entitlement) in known or not owed.amount.cents:
                    continue
                source = owed.source or owed.basis
                yield Decided(
                    f"Owed, and ordered without being asked for: {money_words(owed.amount)}.",
                    f"{source} ({self.book.name} book, line {owed.line})",
                )

    def _asked(self, commands: Sequence[Command]) -> Iterator[Decided]:
        asked = tuple(
            _shortly(remedy_words(command.order.remedy, self.library))
            for command in commands
            if command.case == self.case.id and isinstance(command.order, ConfirmOffer)
        )
        if asked:
            words = f"Asks whether it can be had, before it is offered: {listed(asked)}."
            yield Decided(words, self._line("plan, offers"))

    def _call(self) -> Iterator[Decided]:
        call, before = self.case.call, self.before.call if self.before else None
        if call is None or call.done_ms or call == before:
            return
        until = clock_words(call.promise_ms or call.due_ms, self.book.timezone)
        told = "; the customer is told so, because somebody is on duty" if call.promised else ""
        owner = rep_name(self.reps, self.case.owner)
        yield Decided(f"{owner} is to call by {until}{told}.", _CALLS.get(call.why, call.why))

    def _ended(self) -> Iterator[Decided]:
        before = self.before
        if self.case.phase is Phase.MADE_WHOLE and (before is None or before.is_open):
            day = day_words(self.case.lifts_ms, self.book.timezone) if self.case.lifts_ms else ""
            words = f"Made whole. Marketing stays quiet until {day}." if day else "Made whole."
            yield Decided(words, self._line("plan, cool_off"))
        if self.case.lifted and not (before and before.lifted):
            yield Decided("The hold is lifted.", self._line("plan, hold"))
        if self.case.offer_after and not (before and before.offer_after):
            yield Decided(
                "Now, and only now, an offer may go out.", self._line("plan, then_offer")
            )


def _shortly(title: str) -> str:
    """The title up to its first comma, as words inside a sentence."""
    title = title.partition(",")[0].rstrip(".")
    return title[:1].lower() + title[1:]


def _failures(case: Case | None) -> tuple[Failure, ...]:
    return case.failures if case is not None else ()


_CALLS = {
    "second_failure": "plan, on_double_deviation: call_within",
    "no_choice": "nothing was chosen in time: choose_within",
    "not_opened": "the offer was not opened in time: open_within",
    "no_offer": "nobody could confirm an offer",
    "asked_for": "the customer asked for a call",
    "not_yet": "the customer said it is not good yet",
    "wrote": "the customer wrote",
    "broken_promise": "a promise of ours was broken",
    "apology": "goodwill, apologies: sorry is not said twice without more",
    "unreached": "the message could not be delivered",
    "not_asked": "the question could not be delivered",
}
