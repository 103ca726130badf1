"""Who looks after a customer and why, in the words of a rep's screen and of the interface."""

from collections.abc import Mapping, Sequence
from typing import Literal

from makegood.core.my_person import Reason, Why
from makegood.messages.events import Event
from makegood.messages.facts import (
    Body,
    Contacted,
    ConversationBegun,
    GotInTouch,
    NotedOnCustomer,
    PersonChosen,
    Replied,
    ReplyTakenBack,
    RoomGiven,
)
from makegood.messages.hello_facts import (
    HelloAllowed,
    HelloDone,
    HelloDue,
    Introduced,
    RepStays,
    SuccessorNamed,
    WishNoted,
)
from makegood.messages.triage_facts import Triaged
from makegood.ports.rows import RepRow
from makegood.ports.ties import Tie
from makegood.projections.calls import told_of_calls
from makegood.projections.figures import moment_words
from makegood.projections.roster import rep_name
from makegood.projections.triage import triage_words


class Teller:
    """Tells reasons; knows the names, the time and where it is told."""

    def __init__(self, reps: Sequence[RepRow], now_ms: int, timezone: str) -> None:
        self._reps = reps
        self._now_ms = now_ms
        self._timezone = timezone

    def reasons(self, reasons: Sequence[Reason]) -> str:
        """Tell why it is with whom it is, in one line."""
        return " ".join(self._told(one) for one in reasons)

    def waits(self, tie: Tie) -> str:
        """Tell whom a conversation waits for: "Waits for Kathy until 14:10, then Tom."."""
        if not tie.rep:
            return "For whoever is free."
        name = self._name(tie.rep)
        if not tie.until_ms:
            return f"For {name}."
        then = self._name(tie.then) if tie.then else "whoever is free"
        return f"Waits for {name} until {self._moment(tie.until_ms)}, then {then}."

    def _name(self, rep: str) -> str:
        return rep_name(self._reps, rep)

    def _moment(self, at_ms: int) -> str:
        return moment_words(at_ms, self._now_ms, self._timezone)

    def _told(self, one: Reason) -> str:
        until = f" until {self._moment(one.until_ms)}" if one.until_ms else ""
        return _SAYS[one.why].format(
            name=self._name(one.rep) if one.rep else "whoever is free",
            of=self._name(one.of) if one.of else "",
            until=until,
            wait=f"; we wait{until}" if until else "",
        )


_SAYS: Mapping[Why, str] = {
    "theirs": "{name} is the customer's person.",
    "asked_for": "The customer asked for {name}.",
    "thread": "The conversation is with {name}.",
    "next": "{name} is the next choice.",
    "waiting": "The customer waits for room with {name}.",
    "busy": "{name} is busy{wait}.",
    "away": "{name} is away{until}.",
    "off_duty": "{name} is off duty{until}.",
    "left": "{name} no longer works here.",
    "covers": "{name} covers for {of}, as they asked.",
    "waited": "{of} did not come to it in time: {name} takes it.",
    "went_home": "{of} went off duty before it was answered: {name} takes it.",
    "no_cover": "Nobody covers: whoever is free takes it.",
    "nobody_chosen": "The customer chose nobody.",
}


def told_of_people(event: Event, reps: Sequence[RepRow]) -> str:
    """Tell one event of the timeline; who is kept apart stands in none."""
    match event.body:
        case PersonChosen(choices=choices, by=by, theirs=theirs):
            names = ", ".join(rep_name(reps, one) for one in choices)
            how = f", on the phone with {rep_name(reps, by)}" if by else ""
            if not choices:
                return f"The customer wants nobody in particular any more{how}."
            has = f" {rep_name(reps, theirs)} has room." if theirs else " None of them has room."
            return f"The customer chose their person{how}: {names}.{has}"
        case RoomGiven(rep=rep):
            return f"{rep_name(reps, rep)} has room and is the customer's person now."
        case GotInTouch(channel=channel, to=to):
            asked = f", for {rep_name(reps, to)}" if to else ""
            return f"The customer got in touch ({channel}){asked}."
        case Triaged():
            return triage_words(event.body)
        case Replied() | ConversationBegun() | ReplyTakenBack() | NotedOnCustomer():
            return _told_of_letters(event.body, reps)
        case Contacted(rep=rep, channel=channel):
            return f"{rep_name(reps, rep)} spoke with the customer ({channel})."
    return told_of_calls(event.body, reps) or _told_of_touch(event, reps)


def mark_of(body: Body) -> Literal["plain", "note"]:
    """Say how an event of people is shown."""
    return "note" if isinstance(body, NotedOnCustomer) else "plain"


def _told_of_letters(
    body: Replied | ConversationBegun | ReplyTakenBack | NotedOnCustomer, reps: Sequence[RepRow]
) -> str:
    match body:
        case Replied(rep=rep):
            return f"{rep_name(reps, rep)} answered:"
        case ConversationBegun(rep=rep):
            return f"{rep_name(reps, rep)} wrote to the customer:"
        case ReplyTakenBack(by=by):
            return f"{rep_name(reps, by)} took the letter back before it went out."
        case NotedOnCustomer(by=by, letter=letter):
            return f"{rep_name(reps, by)} noted{' on a letter' if letter else ''}:"


def _told_of_touch(event: Event, reps: Sequence[RepRow]) -> str:
    """Tell an event about keeping in touch; lots are drawn in silence."""
    match event.body:
        case SuccessorNamed(rep=rep, successor=successor):
            if not successor:
                return f"{rep_name(reps, rep)} leaves; the customer is asked whom they want."
            return f"{rep_name(reps, rep)} leaves; {rep_name(reps, successor)} is put forward."
        case RepStays(rep=rep):
            return f"{rep_name(reps, rep)} does not leave after all."
        case Introduced(rep=rep, successor=successor):
            return (
                f"{rep_name(reps, rep)} and {rep_name(reps, successor)} spoke with the customer."
            )
        case HelloAllowed(allowed=allowed, by=by):
            how = f", on the phone with {rep_name(reps, by)}" if by else ""
            return f"The customer said {'yes' if allowed else 'no'} to hellos{how}."
        case WishNoted(by=by):
            who = rep_name(reps, by) if by else "The customer"
            return f"{who} noted a wish."
        case HelloDue(rep=rep, kind=kind, treated=True):
            what = "a thank-you" if kind == "thanks" else "a hello"
            return f"{rep_name(reps, rep)} has {what} to say."
        case HelloDone(by=by, said=said):
            return f"{rep_name(reps, by)} {'said it' if said else 'let it be'}."
    return ""
