"""One customer's day: what happens, what is told, what time passes; and what came of it."""

from typing import Any

from msgspec.structs import replace

from makegood.core.fold import advance, step
from makegood.core.holds import Answer, Question, gate_row, judge
from makegood.core.state import EMPTY, Case, Phase, State
from makegood.messages.agreements import Agreement, Parties
from makegood.messages.commands import Command, MessageClass
from makegood.messages.events import Absent, Event, NextDuty, OnDuty
from makegood.messages.facts import Body, Touchpoint
from makegood.messages.ids import CaseId, CommandId, RepId
from makegood.playbooks.book import Library
from makegood.testing.book import small_book
from makegood.testing.history import KATHY, NOON_MS, event


def library(plan: str = "no_car", **changes: Any) -> Library:
    """The small book with one plan changed."""
    book = small_book()
    plans = {**book.plans, plan: replace(book.plans[plan], **changes)} if changes else book.plans
    book = replace(book, plans=plans)
    return Library(active=book.hash, books={book.hash: book})


class Day:
    """Folds as it goes."""

    def __init__(self, books: Library | None = None) -> None:
        self.library = books or library()
        self.now_ms = NOON_MS
        self.state: State = EMPTY
        self.commands: list[Command] = []
        self.withdrawn: list[CommandId] = []
        self.on_duty: tuple[OnDuty, ...] = (KATHY,)
        self.absent: tuple[Absent, ...] = ()
        self.agreements: tuple[Agreement, ...] = ()
        self.parties: Parties | None = None
        self.above: tuple[RepId, ...] = ()
        self.next_duty: tuple[NextDuty, ...] = ()
        self.count = 0

    def happens(self, name: str, /, **properties: Any) -> Event:
        return self.told(Touchpoint(name=name, properties=properties))

    def no_car(self, about: str = "R1", **more: Any) -> Event:
        price = {"price_cents": 21_000} | more
        return self.happens("Rental Unfulfilled", reservation=about, reason="x", **price)

    def late(self, about: str = "R1", **more: Any) -> Event:
        return self.happens("Rental Late", reservation=about, delay_minutes=60, **more)

    def told(self, body: Body, *, imported: bool = False) -> Event:
        self.count += 1
        one = event(
            body,
            at_ms=self.now_ms,
            name=f"e{self.count}",
            book=self.library.active,
            on_duty=self.on_duty,
            absent=self.absent,
            imported=imported,
        )
        stamp = replace(
            one.stamp,
            agreements=self.agreements,
            parties=self.parties,
            above=self.above,
            next_duty=self.next_duty,
        )
        self._after(step(self.state, replace(one, stamp=stamp), self.library))
        return one

    def waits(self, ms: int) -> None:
        self.now_ms += ms
        self._after(advance(self.state, self.now_ms, self.library))

    def _after(self, after: Any) -> None:
        self.state = after.state
        self.commands += after.commands
        self.withdrawn += after.withdrawn

    @property
    def case(self) -> Case:
        return self.state.cases[-1]

    def phase(self) -> Phase:
        """Where the last case stands; asked anew each time."""
        return self.case.phase

    @property
    def id(self) -> CaseId:
        return self.case.id

    @property
    def steps(self) -> list[str]:
        return [command.step for command in self.commands]

    def command(self, step_: str) -> CommandId:
        """The last command of a step, named with or without its ordinal."""
        named = step_ if "#" in step_ else f"{step_}#0"
        return [command.id for command in self.commands if command.step == named][-1]

    def asks(self, message_class: MessageClass = MessageClass.PROMOTIONAL, **more: Any) -> Answer:
        question = Question(**{"brand": "cars", "message_class": message_class} | more)
        return judge([gate_row(self.state)], question)

    def offers(self) -> dict[str, str]:
        return {offer.offer: offer.status.value for offer in self.case.offers}
