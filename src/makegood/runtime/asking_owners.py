"""Asks who answers for what is behind cases, by one mail for each clock, and one above when late.

What is behind cases is a fact across customers, so the fold never looks it up: somebody goes round
and writes into the outbox. The id of the question is made of what is asked, of whom and since
when, so that two who go round, and one who is killed, ask once.
Source: story 5; ideas, "Facts across customers".
"""

import logging
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from makegood.messages.commands import AskOwner, Command
from makegood.messages.events import OWN_SOURCE
from makegood.messages.ids import CaseId, CommandId, EventId, ProfileId, RepId, command_id
from makegood.playbooks.book import Library
from makegood.playbooks.owners import OwnerTerms
from makegood.ports.clock import Clock
from makegood.ports.pointers import Gathered, RootAnswer
from makegood.ports.rows import RepRow
from makegood.ports.store import Reading, Store, Writing
from makegood.projections.root_causes import answerer, cause_words, due_of, places_in

ASKING = f"{OWN_SOURCE}:owners"
NOBODY = RepId("")
EVERY_S = 60.0  # a clock of days need not begin in this second
PAGE = 200
_LOG = logging.getLogger("makegood.owners")


class OwnersAsked:
    """Writes what owners have to answer into the outbox."""

    def __init__(self, store: Store, library_of: Callable[[], Library], clock: Clock) -> None:
        self._store = store
        self._library_of = library_of
        self._clock = clock

    def round(self) -> int:
        """Go once through everything that waits for an owner; say how many were asked."""
        asked, after = 0, ""
        while True:
            with self._store.reading() as reading:
                causes = reading.gathered(after, PAGE)
                wanted = list(self._of_causes(reading, causes))
            asked += self._put(wanted)
            if len(causes) < PAGE:
                return asked
            after = causes[-1].cause

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Go round now and then until told to stop; a fault of the store is waited out."""
        while not stopped():
            try:
                self.round()
            except Exception as fault:
                _LOG.error("no owner was asked: %s", type(fault).__name__)
            sleep(EVERY_S)

    def _of_causes(self, reading: Reading, causes: Sequence[Gathered]) -> Iterator[Command]:
        library, reps = self._library_of(), reading.reps()
        said = reading.root_answers([one.cause for one in causes])
        places = places_in(reading, [one.cause for one in causes])
        for one in causes:
            title = cause_words(one.cause, library, places)
            yield from self._of_cause(one, said.get(one.cause), title, reps)

    def _of_cause(
        self, one: Gathered, said: RootAnswer | None, title: str, reps: Sequence[RepRow]
    ) -> Iterator[Command]:
        """Ask the owner; when the time, or the day of a promised change, is over, one above."""
        now_ms, terms = self._clock.now_ms(), self._library_of().now().owners
        due_ms = due_of(one, said, terms.answer_ms)
        if not due_ms:
            return
        cases, late = one.open or one.cases, due_ms < now_ms
        promised = said is not None and said.answer == "will"
        owner = answerer(terms, one.cause, reps, now_ms)
        asked = AskOwner(
            about="cause",
            subject=one.cause,
            title=title,
            owner=owner,
            due_ms=due_ms,
            cases=cases,
        )
        if owner and (late or not promised):
            yield question(asked, due_ms if promised else one.asked_ms, now_ms)
        above = answerer(OwnerTerms(otherwise=terms.otherwise), one.cause, reps, now_ms)
        if late and above not in (NOBODY, owner):
            yield question(replace(asked, owner=above, late=True), due_ms, now_ms)

    def _put(self, wanted: Sequence[Command]) -> int:
        """Queue what nobody was asked yet: what went out, or failed, stays as it is."""
        if not wanted:
            return 0
        with self._store.writing() as writing:
            known = {row.command.id for row in writing.commands([one.id for one in wanted])}
            new = [one for one in wanted if one.id not in known]
            writing.put_commands(new)
        return len(new)


def question(order: AskOwner, since_ms: int, now_ms: int) -> Command:
    """Make the command that asks an owner; the same of the same clock."""
    return Command(
        id=ask_id(order.about, order.subject, order.owner, since_ms),
        profile=ProfileId(f"owner:{order.owner}"),
        case=CaseId(""),
        cause=EventId(""),
        step=f"owner/{order.about}",
        due_ms=now_ms,
        useful_until_ms=0,
        order=order,
    )


def ask_id(about: str, subject: str, owner: str, since_ms: int) -> CommandId:
    """Name a question: what is asked about, of whom, and since when."""
    return command_id(ASKING, f"{about}/{subject}/{owner}", "owner", since_ms)


def no_longer_asked(writing: Writing, one: Gathered, now_ms: int) -> None:
    """Withdraw the mails about a root cause that was answered before they went out."""
    reps = sorted(row.rep for row in writing.reps())
    writing.withdraw([ask_id("cause", one.cause, rep, one.asked_ms) for rep in reps], now_ms)
