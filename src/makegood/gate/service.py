"""The gate: answers from what is committed now, never from a copy.

A hold acknowledged before the question is always seen, by every identifier linked by then.
What cannot be judged stops promotional mail; service mail always passes.
Source: DESIGN ideas 2 and 7.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

import msgspec
from msgspec.structs import replace

from makegood.core.fold import advance
from makegood.core.holds import Answer, GateRow, Question, decode_gate, gate_row, judge
from makegood.core.state import decode_state
from makegood.messages.commands import HELD_CLASSES
from makegood.messages.errors import MakegoodError
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, ProfileId, profile_id
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.clock import Clock
from makegood.ports.rows import GateRecord
from makegood.ports.store import Reading, Store

# What a fold raises on a history it does not understand; the customer is then not judged.
_CANNOT_FOLD = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    msgspec.MsgspecError,
    MakegoodError,
)


class Gate:
    """Answers one question from one consistent, committed look at the store."""

    def __init__(
        self, store: Store, library_of: Callable[[], Library], clock: Clock, key: bytes
    ) -> None:
        """Join the parts.

        Args:
            library_of: Gives the rule books of this moment.
            key: The deployment's secret, which makes pseudonyms of identifiers.
        """
        self._store = store
        self._library_of = library_of
        self._clock = clock
        self._key = key
        self._counted: Counter[str] = Counter()
        self._counting = Lock()

    def ask(self, identifier: str, question: Question) -> Answer:
        """Judge whoever an identifier may mean; of several customers the strictest counts.

        Raises:
            InputError: It is not a typed identifier.
        """
        return self._ask(profile_id(normal(identifier), self._key), question)

    def ask_customer(self, customer: CustomerId, question: Question) -> Answer:
        """Judge one customer by the opaque id; an id from before a merge still finds them."""
        return self._ask(ProfileId(customer), question)

    def asked(self) -> Mapping[str, int]:
        """Count the answers of this process by reason; `unknown` is worth watching."""
        with self._counting:
            return dict(self._counted)

    def _ask(self, profile: ProfileId, question: Question) -> Answer:
        library = self._library_of()
        now_ms = self._clock.now_ms()
        # No transaction: a customer who is folded to now is read whole, and no older than before.
        with self._store.looking() as reading:
            records = reading.gate_records(profile)
            rows = [_judged(reading, record, library, now_ms) for record in records]
        answer = _answer(rows, question, library.now(question.brand))
        with self._counting:
            self._counted[answer.reason] += 1
        return answer


def _answer(rows: Sequence[GateRow], question: Question, book: RuleBook) -> Answer:
    brand = book.brands.get(question.brand)
    answer = judge(rows, question)
    if answer.reason == "unknown" and brand is not None and brand.strict:
        says = f"Nobody is known by this identifier, and {brand.name} sends to known people only."
        return Answer(allowed=False, reason="unknown", says=says)
    if answer.allowed and brand is None and question.message_class in HELD_CLASSES:
        # A brand the book does not know: every hold counts, whatever its scope.
        return judge(rows, replace(question, brand=""))
    return answer


def _judged(reading: Reading, record: GateRecord, library: Library, now_ms: int) -> GateRow:
    """Give a customer's gate row as of now; a timer that is due is fired in memory only."""
    try:
        row = decode_gate(record.gate)
        if record.stuck:
            return replace(row, stuck=True)
        if not record.next_due_ms or record.next_due_ms > now_ms:
            return row
        kept = reading.row(record.customer)
        if kept is None:
            return replace(row, stuck=True)
        return gate_row(advance(decode_state(kept.state), now_ms, library).state)
    except _CANNOT_FOLD:
        return GateRow(stuck=True)
