"""The rules by which one question is answered, for whoever asks one by one or by the million."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from makegood.core.fold import advance
from makegood.core.holds import (
    Answer,
    GateRow,
    Question,
    by_another,
    decode_gate,
    gate_row,
    judge,
)
from makegood.core.state import decode_state
from makegood.messages.commands import HELD_CLASSES
from makegood.messages.errors import MakegoodError
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.rows import GateRecord

# What a fold raises on a history it does not understand; the customer is then not judged.
CANNOT_FOLD = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    msgspec.MsgspecError,
    MakegoodError,
)


def answer_for(rows: Sequence[GateRow], question: Question, book: RuleBook) -> Answer:
    """Answer for everyone an identifier may mean, as the brand wants it."""
    answer = judge(rows, question)
    if answer.reason == "unknown" and is_strict(question, book):
        name = book.brands[question.brand].name
        says = f"Nobody is known by this identifier, and {name} sends to known people only."
        return Answer(allowed=False, reason="unknown", says=says)
    if answer.allowed and holds_count_everywhere(question, book):
        answer = judge(rows, everywhere(question))
    if answer.allowed and book.people.offers_by_chosen_rep:
        return by_another(rows, question) or answer
    return answer


def is_strict(question: Question, book: RuleBook) -> bool:
    """Whether the brand sends to known people only."""
    brand = book.brands.get(question.brand)
    return brand is not None and brand.strict and question.message_class in HELD_CLASSES


def holds_count_everywhere(question: Question, book: RuleBook) -> bool:
    """Whether every hold counts, whatever its scope, because the book does not know the brand."""
    return question.brand not in book.brands and question.message_class in HELD_CLASSES


def everywhere(question: Question) -> Question:
    """Ask the same for the whole umbrella."""
    return replace(question, brand="")


def is_due(record: GateRecord, now_ms: int) -> bool:
    """Whether only a fold to now can say what holds."""
    return not record.stuck and 0 < record.next_due_ms <= now_ms


def row_now(record: GateRecord, state: bytes | None, library: Library, now_ms: int) -> GateRow:
    """Give a customer's gate row as of now; a timer that is due is fired in memory only.

    Args:
        record: What the store has.
        state: The encoded state, needed when `is_due`; None when it is gone.
        library: The rule books of this moment.
        now_ms: The present.
    """
    try:
        row = decode_gate(record.gate)
        if record.stuck:
            return replace(row, stuck=True)
        if not is_due(record, now_ms):
            return row
        if state is None:
            return replace(row, stuck=True)
        return gate_row(advance(decode_state(state), now_ms, library).state)
    except CANNOT_FOLD:
        return GateRow(stuck=True)
