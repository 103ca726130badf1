"""One delivery: too late, held, carried out or failed, decided at the moment of hand-over."""

import logging
import re
import traceback
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.holds import Answer, Question
from makegood.messages.commands import (
    HELD_CLASSES,
    AskOwner,
    Command,
    Fulfil,
    SendMessage,
    TellManagement,
    rank_of,
)
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import (
    Body,
    Carried,
    Confirmed,
    Declined,
    Dropped,
    PlacesFound,
)
from makegood.messages.ids import CaseId, ProfileId
from makegood.ports.clock import Clock
from makegood.ports.effect import Addressee, Effect
from makegood.ports.rows import OutboxRow, OutboxStatus, PersonRow
from makegood.ports.store import Reading

_LOG = logging.getLogger("makegood.worker")
_EMAIL = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_LONGEST_REASON = 300

MaySend = Callable[[Command, PersonRow], Answer]
"""The gate, asked at hand-over about a message that a hold can stop."""


class Ended(Struct, frozen=True, kw_only=True):
    """A delivery that came to its end.

    Attributes:
        row: The command as it was claimed.
        status: How it ended.
        body: The outcome, to be appended as an event.
        error: For a person; empty when all went well.
    """

    row: OutboxRow
    status: OutboxStatus
    body: Body
    error: str = ""


class Failed(Struct, frozen=True, kw_only=True):
    """A delivery that the outside did not take.

    Attributes:
        retry: Whether another try can help.
        after_ms: How long the outside asked us to wait; 0 when it did not.
        error: What was said, free of personal data.
    """

    row: OutboxRow
    retry: bool
    after_ms: int
    error: str


class Untried(Struct, frozen=True, kw_only=True):
    """A delivery that was not begun: too little of its lease was left."""

    row: OutboxRow


class Deliverer:
    """Hands commands over, one at a time, outside any transaction."""

    def __init__(self, effect: Effect, may_send: MaySend, clock: Clock) -> None:
        self._effect = effect
        self._may_send = may_send
        self._clock = clock

    def deliver(self, row: OutboxRow, to: Addressee) -> Ended | Failed:
        """Do what the command says, unless it is too late or the gate says no.

        A gate that cannot be asked counts as a failed try: marketing waits, it never slips out.
        """
        now_ms, person = self._clock.now_ms(), to.person
        try:
            if is_too_late(row.command, now_ms):
                return missed(row)
            if _is_held_class(row.command):
                answer = self._may_send(row.command, person)
                if not answer.allowed:
                    return _held(row, answer)
            body = self._effect.carry_out(row.command, to, now_ms)
        except EffectFailed as failed:
            return Failed(
                row=row,
                retry=failed.retry,
                after_ms=failed.after_ms,
                error=_without(str(failed), to),
            )
        except Exception as fault:
            # An adapter that breaks must not stop the others.
            kind = type(fault).__name__
            _LOG.error("command %s: %s at %s", row.command.id, kind, _place(fault))
            return Failed(row=row, retry=True, after_ms=0, error=f"The adapter broke: {kind}.")
        return Ended(row=row, status=OutboxStatus.DONE, body=body)


def _without(text: str, to: Addressee) -> str:
    first = without_personal(text, to.person)
    return without_personal(first, to.payee) if to.payee is not None else first


def _place(fault: Exception) -> str:
    """Say where a fault arose, without its words: they may be personal."""
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"


def question_of(command: Command, channel: str) -> Question:
    """Ask the gate about a message of our own."""
    order = command.order
    if not isinstance(order, SendMessage):
        raise EffectFailed("Only messages are asked about.", retry=False)
    return Question(
        brand=order.brand,
        message_class=order.message_class,
        channel=channel,
        case=command.case if order.question else CaseId(""),
        by=order.by,
    )


def is_too_late(command: Command, now_ms: int) -> bool:
    """Whether the command is of no use any more; entitlements never are."""
    return bool(command.useful_until_ms) and now_ms > command.useful_until_ms


def missed(row: OutboxRow, error: str = "") -> Ended:
    """End a command whose time is over: never sent late, always shown."""
    says = "It was not carried out in the time in which it helps."
    last = error or row.error
    reason = f"{says} Last try: {last}" if last else says
    return Ended(
        row=row,
        status=OutboxStatus.MISSED,
        body=Dropped(command=row.command.id, why="missed", reason=reason),
        error=reason,
    )


def dead(failed: Failed) -> Ended:
    """End a command that nobody will take: a person sees it and may revive it."""
    return Ended(
        row=failed.row,
        status=OutboxStatus.FAILED,
        body=Dropped(command=failed.row.command.id, why="failed", reason=failed.error),
        error=failed.error,
    )


def _held(row: OutboxRow, answer: Answer) -> Ended:
    return Ended(
        row=row,
        status=OutboxStatus.HELD,
        body=Dropped(command=row.command.id, why="held", reason=answer.says),
        error=answer.says,
    )


def _is_held_class(command: Command) -> bool:
    return isinstance(command.order, SendMessage) and command.order.message_class in HELD_CLASSES


def is_of_a_customer(command: Command) -> bool:
    """Whether the outcome belongs to a customer's history; what goes within the firm does not."""
    return not isinstance(command.order, AskOwner | TellManagement)


def with_step(body: Body, command: Command) -> Body:
    """Say which plan step an outcome belongs to; a repeat under another cause is known by it."""
    if isinstance(body, Carried | Confirmed | Declined | Dropped | PlacesFound):
        return replace(body, step=command.step)
    return body


def told_id(body: Body, command: Command, fence: int) -> str:
    """Derive an outcome's message id, so that crash, callback and second worker tell it once.

    A dead letter may be revived and die again: only there the fence tells the deaths apart.
    """
    match body:
        case Carried():
            kind = "carried"
        case Confirmed():
            kind = "confirmed"
        case Declined():
            kind = "declined"
        case PlacesFound():
            kind = "found"
        case Dropped(why="failed"):
            kind = f"failed/{fence}"
        case Dropped(why=why):
            kind = why
        case _:
            raise TypeError(f"{type(body).__name__} is no outcome of a command.")
    return f"{command.id}/{kind}"


def urgency_of(row: OutboxRow) -> tuple[int, int]:
    """Order of hand-over within a batch: who waits at a kerb first, offers last."""
    return (rank_of(row.command.order), row.command.due_ms)


def reached_by(command: Command) -> ProfileId:
    """Say whom a command reaches: the customer, or who is told in their place."""
    return command.to or command.profile


def payee_of(command: Command) -> ProfileId:
    """Say who gets back what a command refunds; empty for the customer."""
    return command.order.payee if isinstance(command.order, Fulfil) else ProfileId("")


def addressee(command: Command, persons: Mapping[ProfileId, PersonRow]) -> Addressee:
    """Say whom a command reaches, and who is paid by it."""
    payee = payee_of(command)
    person = persons[reached_by(command)]
    return Addressee(person=person, payee=persons[payee] if payee else None)


def addressees(reading: Reading, rows: Sequence[OutboxRow]) -> Mapping[ProfileId, PersonRow]:
    """Find today's person behind each profile that a command reaches or pays.

    The profile of the event may be a browser or a booking; what is missing there is taken from
    the other profiles of the same customer.
    """
    commands = [row.command for row in rows]
    found_in = {who for one in commands for who in (reached_by(one), payee_of(one))}
    wanted = sorted(found_in - {ProfileId("")})
    customers = reading.customers_of(wanted)
    profiles = reading.profiles_of(sorted(set(customers.values())))
    everyone = {profile for group in profiles.values() for profile in group} | set(wanted)
    persons = reading.persons(sorted(everyone))
    found: dict[ProfileId, PersonRow] = {}
    for profile in wanted:
        others = profiles.get(customers[profile], ()) if profile in customers else ()
        known = [persons[p] for p in (profile, *others) if p in persons]
        found[profile] = joined(profile, known)
    return found


def joined(profile: ProfileId, persons: Sequence[PersonRow]) -> PersonRow:
    """Fill one person's fields from several rows, the first that has each."""
    result = PersonRow(profile=profile)
    for person in persons:
        email = person.email or _after("email:", person.identifier)
        phone = person.phone or _after("phone:", person.identifier)
        result = replace(
            result,
            identifier=result.identifier or person.identifier,
            name=result.name or person.name,
            email=result.email or email,
            phone=result.phone or phone,
            language=result.language or person.language,
        )
    return result


def _after(prefix: str, identifier: str) -> str:
    return identifier.removeprefix(prefix) if identifier.startswith(prefix) else ""


def without_personal(text: str, person: PersonRow) -> str:
    """Take addresses, numbers and names out of what the outside said: the log keeps it."""
    for private in (person.email, person.phone, person.name, *person.name.split()):
        if len(private) > 2:
            text = re.sub(re.escape(private), "…", text, flags=re.IGNORECASE)
    return _EMAIL.sub("…", _CONTROL.sub(" ", text))[:_LONGEST_REASON]
