"""What reps write: ordered when it is written, undone before it goes, waited for again.

Source: conventions, section 3 (undo for 15 seconds); story 4 (nothing is left unanswered).
"""

from typing import TypeAlias

from msgspec.structs import replace

from makegood.core.choosing import NOT_FREE
from makegood.core.decision import Decision, refuse
from makegood.core.my_person import Thread
from makegood.core.reaching import contacted, got_in_touch
from makegood.core.state import State
from makegood.core.turn import Turn
from makegood.messages.commands import SendReply
from makegood.messages.ids import CommandId
from makegood.messages.letter_facts import (
    ConversationBegun,
    NotedOnCustomer,
    Replied,
    ReplyTakenBack,
)
from makegood.messages.person_facts import Contacted, GotInTouch
from makegood.playbooks.book import Library

OfLetters: TypeAlias = Replied | ReplyTakenBack | ConversationBegun | NotedOnCustomer
OF_LETTERS = (Replied, ReplyTakenBack, ConversationBegun, NotedOnCustomer)
MAIL = "mail"
NO_COMMAND = CommandId("")
_LAST_MOMENT_MS = 1_000  # a worker may already have it in hand


def judge(state: State, wanted: OfLetters, by: str, now_ms: int, library: Library) -> Decision:
    """Judge whether what a rep wrote can go out, or can still be undone.

    What a rep writes by hand is service, whoever is held: what sells is a message of the rule
    book, and goes through the gate.

    Args:
        state: The customer's state.
        wanted: What was written, or that it is taken back.
        by: Sign-in name of who says so; empty for the customer, who does neither.
        now_ms: The present.
        library: Rule books.
    """
    if not by:
        return refuse("reps_only", "Only a person of the firm answers letters.")
    if isinstance(wanted, ReplyTakenBack):
        return _take_back(state, wanted, by, now_ms)
    if isinstance(wanted, NotedOnCustomer):
        return _note(wanted, by, library)
    if wanted.rep != by:
        return refuse("not_yours", "Each person of the firm answers in their own name.")
    if why := _lacks(wanted):
        return refuse("nothing_written", why)
    if wanted.rep in state.my_person.denied:
        return refuse("not_available", NOT_FREE)
    if wanted.brand not in library.now(wanted.brand).brands:
        return refuse("no_such_brand", "Say for which brand you answer.")
    if wanted.case and state.case(wanted.case) is None:
        return refuse("no_such_case", "This customer has no such case.")
    return Decision(body=wanted)


def _lacks(wanted: Replied | ConversationBegun) -> str:
    """Say what is missing in a letter of ours; empty for nothing."""
    if isinstance(wanted, Replied):
        return "" if wanted.words else "There is nothing in the answer yet."
    if not wanted.to:
        return "Say to which address of the customer it goes."
    if not wanted.subject:
        return "Say in a few words what it is about."
    return "" if wanted.words else "There is nothing in the letter yet."


def _note(wanted: NotedOnCustomer, by: str, library: Library) -> Decision:
    if not wanted.words:
        return refuse("nothing_written", "There is nothing in the note yet.")
    if wanted.brand and wanted.brand not in library.now(wanted.brand).brands:
        return refuse("no_such_brand", "The rule book knows no such brand.")
    return Decision(body=replace(wanted, by=by))


def _take_back(state: State, wanted: ReplyTakenBack, by: str, now_ms: int) -> Decision:
    thread = _answered_by(state, wanted)
    if thread is None:
        return refuse("no_such_reply", "There is no such answer, or another one came after it.")
    if now_ms >= thread.reply_due_ms - _LAST_MOMENT_MS:
        return refuse("too_late", "The answer is on its way already.")
    return Decision(body=replace(wanted, by=by, brand=thread.brand))


def _answered_by(state: State, wanted: ReplyTakenBack) -> Thread | None:
    found = (one for one in state.my_person.threads if one.replied == wanted.said)
    return next((one for one in found if one.reply), None)


def replied(turn: Turn, body: Replied) -> None:
    """Order the answer, for a little later; nobody waits any more."""
    order = SendReply(
        letter=body.letter, words=body.words, brand=body.brand, by=body.rep, files=body.files
    )
    _written(turn, body, order)


def begun(turn: Turn, body: ConversationBegun) -> None:
    """Order the first letter of a conversation, for a little later; nobody waited for it."""
    order = SendReply(
        letter="",
        words=body.words,
        brand=body.brand,
        by=body.rep,
        to=body.to,
        subject=body.subject,
        files=body.files,
    )
    _written(turn, body, order)


def _written(turn: Turn, body: Replied | ConversationBegun, order: SendReply) -> None:
    before = turn.state.my_person.thread(body.thread)
    spoke = Contacted(
        rep=body.rep, channel=MAIL, thread=body.thread, brand=body.brand, case=body.case
    )
    contacted(turn, spoke)
    command = turn.issue(body.case, f"reply/{turn.cause}", order)
    due_ms = turn.known_ms + turn.book.people.undo_ms
    if turn.commands and turn.commands[-1].id == command:
        turn.commands[-1] = replace(turn.commands[-1], due_ms=due_ms)
    thread = turn.state.my_person.thread(body.thread)
    if thread is not None:
        _put(
            turn,
            replace(
                thread,
                reply=command,
                replied=turn.cause,
                reply_due_ms=due_ms,
                waited_ms=before.came_ms if before is not None else 0,
            ),
        )


def taken_back(turn: Turn, body: ReplyTakenBack) -> None:
    """Withdraw the answer; whoever waited waits again, since when they did.

    Nobody waits whom an answer before it reached. A conversation that a rep began, and nobody of
    the customer's wrote in, is none any more.
    """
    thread = _answered_by(turn.state, body)
    if thread is None:
        return
    turn.withdrawn.append(thread.reply)
    if thread.waited_ms:
        _wait_again(turn, thread)
        return
    if thread.words:
        _put(turn, replace(thread, reply=NO_COMMAND, reply_due_ms=0))
        return
    mine = turn.state.my_person
    rest = tuple(one for one in mine.threads if one.id != thread.id)
    turn.state = replace(turn.state, my_person=replace(mine, threads=rest))


def not_sent(turn: Turn, command: CommandId) -> bool:
    """An answer could not be delivered: somebody has to speak with the customer otherwise."""
    thread = next((one for one in turn.state.my_person.threads if one.reply == command), None)
    if thread is None:
        return False
    _wait_again(turn, thread)
    return True


def _wait_again(turn: Turn, thread: Thread) -> None:
    since_ms = thread.waited_ms or turn.at_ms
    open_again = replace(
        thread, reply=NO_COMMAND, reply_due_ms=0, waited_ms=0, came_ms=thread.came_ms or since_ms
    )
    _put(turn, open_again)
    body = GotInTouch(
        channel=thread.channel,
        thread=thread.id,
        brand=thread.brand,
        case=thread.case,
        words=thread.words,
    )
    got_in_touch(turn, body)


def _put(turn: Turn, thread: Thread) -> None:
    """Put a conversation in its place; its clock is set by who says who answers."""
    mine = turn.state.my_person
    threads = tuple(thread if one.id == thread.id else one for one in mine.threads)
    turn.state = replace(turn.state, my_person=replace(mine, threads=threads))
