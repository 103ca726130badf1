"""A story as a manager reads it: from the log, the outbox and the mailboxes, nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from makegood.core.state import State, decode_state
from makegood.demo.mailbox import Letter
from makegood.demo.missing_car_outside import Stopped
from makegood.demo.story_turns import Turned, decisions, turns
from makegood.messages.commands import SendMessage
from makegood.messages.events import Event
from makegood.messages.facts import Carried, Confirmed, Fact, Facts, Identified, Touchpoint
from makegood.messages.ids import CommandId
from makegood.playbooks.book import Library
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import CaseRow, LedgerRow, OutboxRow
from makegood.ports.store import Reading
from makegood.projections.figures import counted, times_words
from makegood.projections.timeline import Sources, refs_of, shown_by, timeline

Who = Literal["fact", "makegood", "outside", "mail", "customer", "rep", "stopped"]
_MARKS: dict[str, Who] = {"customer": "customer", "alarm": "fact", "plain": "outside"}
MINUTES_PER_HOUR = 60


class Moment(Struct, frozen=True, kw_only=True):
    """One thing that happened.

    Attributes:
        who: Whose doing: a fact of the day, a decision of Makegood, the outside world, a mail
            that reached the customer, the customer, a rep, or a mail that did not go out.
        why: The rule and its line, or the reason; empty when the thing speaks for itself.
    """

    at_ms: int
    who: Who
    says: str
    why: str = ""


class Story(Struct, frozen=True, kw_only=True):
    """One day, twice.

    Attributes:
        synthetic: What is not real here.
        zone: Time zone of the rule book.
        told: With Makegood, oldest first.
        without: The same facts with nobody listening.
        money: What moved for the case.
        looked: Friends who looked by the personal link, each once.
        joined: Friends who joined by it.
    """

    synthetic: str
    zone: str
    told: tuple[Moment, ...]
    without: tuple[Moment, ...]
    money: tuple[LedgerRow, ...] = ()
    looked: int = 0
    joined: int = 0


SYNTHETIC = "The customer is synthetic, and so are the branches; Northwind is made up."


def tell(
    reading: Reading, library: Library, row: CaseRow | None, now_ms: int
) -> tuple[tuple[Moment, ...], State]:
    """Tell one case from the log; give the state it came to as well."""
    if row is None:
        return (), State()
    history = reading.history(row.customer)
    profiles = reading.profiles_of([row.customer]).get(row.customer, ())
    outbox = {one.command.id: one for one in reading.outbox_of(profiles)}
    kept = reading.row(row.customer)
    state = decode_state(kept.state) if kept is not None else State()
    sources = Sources(
        library=library,
        reps=reading.reps(),
        outbox=outbox,
        failures=shown_by(state, library),
        texts=reading.texts(refs_of(history)),
    )
    telling = _Telling(sources, state)
    moments = [m for turned in turns(history, library, now_ms) for m in telling.moments(turned)]
    moments += telling.unsent()
    return tuple(sorted(moments, key=lambda moment: moment.at_ms)), state


class _Telling:
    def __init__(self, sources: Sources, state: State) -> None:
        self._sources = sources
        self._state = state

    def moments(self, turned: Turned) -> Iterator[Moment]:
        """Tell one turn: what happened, then what Makegood decided."""
        if turned.event is not None:
            yield from self._happened(turned.event)
        for decided in decisions(turned, self._sources.library, self._sources.reps):
            yield Moment(at_ms=turned.at_ms, who="makegood", says=decided.says, why=decided.why)

    def _happened(self, event: Event) -> Iterator[Moment]:
        body = event.body
        if isinstance(body, Identified):
            return
        mail = _message(body, self._sources.outbox)
        if mail is not None:
            text = self._sources.library.book(event.stamp.book).messages.get(mail.message)
            subject = text.texts["en"].subject if text is not None else mail.message
            yield Moment(
                at_ms=event.time_ms,
                who="mail",
                says=f"She receives: “{subject}”.",
                why=f"{mail.message_class.value} message",
            )
            return
        told = timeline((event,), self._only(event))
        for line in told:
            says = line.says + (f" “{line.words}”" if line.words else "")
            yield Moment(
                at_ms=line.at_ms, who=_who(event, line.mark), says=says, why=self._why(event)
            )

    def _only(self, event: Event) -> Sources:
        """The sources, with only the command that an outcome is about: others have other turns."""
        command = CommandId(getattr(event.body, "command", ""))
        row = self._sources.outbox.get(command)
        kept = {command: row} if row is not None else {}
        return Sources(
            library=self._sources.library,
            reps=self._sources.reps,
            outbox=kept,
            failures=self._sources.failures,
            texts=self._sources.texts,
        )

    def unsent(self) -> Iterator[Moment]:
        """Orders that ended without an event: withdrawn, missed, stopped."""
        outcomes = {"waiting", "leased", "done"}
        left = {i: row for i, row in self._sources.outbox.items() if row.status not in outcomes}
        sources = Sources(library=self._sources.library, reps=self._sources.reps, outbox=left)
        for line in timeline((), sources):
            yield Moment(at_ms=line.at_ms, who="stopped", says=line.says)

    def _why(self, event: Event) -> str:
        body = event.body
        if isinstance(body, Confirmed):
            return _detail(body.detail)
        for failure in (f for case in self._state.cases for f in case.failures):
            if failure.event == event.id:
                book = self._sources.library.book(failure.book)
                seen = ", ".join(
                    f"{path.partition('.')[2]}: {value}" for path, value in failure.seen
                )
                return f"{book.name} book, rule {failure.rule}, line {failure.line} ({seen})"
        return ""


def _message(body: object, outbox: Mapping[CommandId, OutboxRow]) -> SendMessage | None:
    row = outbox.get(body.command) if isinstance(body, Carried) else None
    order = row.command.order if row is not None else None
    return order if isinstance(order, SendMessage) else None


def _who(event: Event, mark: str) -> Who:
    if isinstance(event.body, Touchpoint):
        return "fact"
    if getattr(event.body, "by", ""):
        return "rep"
    if event.source.startswith("makegood:effects"):
        return "outside"
    return _MARKS.get(mark, "customer")


def _detail(detail: Facts) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.items())


def without(
    facts: Sequence[Arrival], letters: Sequence[Letter], now_ms: int
) -> tuple[Moment, ...]:
    """Tell the same day where nobody listens: the facts, and the mail that arrived."""
    moments = [
        Moment(at_ms=fact.time_ms, who="fact", says=_plainly(fact.body))
        for fact in facts
        if fact.time_ms <= now_ms and isinstance(fact.body, Touchpoint)
    ]
    moments += [
        Moment(at_ms=letter.at_ms, who="mail", says=f"She receives: “{letter.subject}”",
               why=letter.text)
        for letter in letters
    ]  # fmt: skip
    return tuple(sorted(moments, key=lambda moment: moment.at_ms))


def stopped_moments(stopped: Sequence[Stopped]) -> tuple[Moment, ...]:
    """Tell what a sender outside wanted to send and did not."""
    return tuple(
        Moment(
            at_ms=one.at_ms,
            who="stopped",
            says=f"Stopped: “{one.mail.subject}” from {one.mail.sender}.",
            why=f"{one.answer.says} ({one.mail.message_class.value} mail)",
        )
        for one in stopped
    )


def _plainly(body: object) -> str:
    """Say a fact of the day without a rule book, from its own properties."""
    if not isinstance(body, Touchpoint):
        return ""
    facts = body.properties
    words = [f"at {facts['branch']}"] if "branch" in facts else []
    words += [f"{_whole(facts['minutes'])} minutes"] if "minutes" in facts else []
    if "times_told" in facts:
        words += [f"the story told {times_words(_whole(facts['times_told']))}"]
    words += ["not solved"] if facts.get("solved") is False else []
    if "late_minutes" in facts:
        hours = _whole(facts["late_minutes"]) // MINUTES_PER_HOUR
        words += [f"{counted(hours, 'hour')} late"]
    name = _PLAIN.get(body.name, body.name)
    joined = " " if "branch" in facts else ": "
    return f"{name}{joined}{', '.join(words)}." if words else f"{name}."


_PLAIN = {
    "Rental Unfulfilled": "There is no car",
    "Call Ended": "On the telephone with the call centre",
    "Journey Ended": "Home by bus",
}


def _whole(value: Fact) -> int:
    return value if isinstance(value, int) else 0
