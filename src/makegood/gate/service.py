"""The gate: answers from what is committed now, never from a copy.

A hold acknowledged before the question is always seen, by every identifier linked by then.
What cannot be judged stops promotional mail; service mail always passes.
Source: ideas, 2 and 7.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from msgspec.structs import replace

from makegood.core.holds import Answer, GateRow, Question
from makegood.gate.judging import answer_for, is_due, row_now
from makegood.messages.commands import MessageClass
from makegood.messages.identifiers import normal
from makegood.messages.ids import CaseId, CustomerId, ProfileId, profile_id
from makegood.playbooks.book import Library
from makegood.ports.clock import Clock
from makegood.ports.rows import GateRecord
from makegood.ports.store import Reading, Store

HELD_REASONS = frozenset({"stuck", "cannot_judge", "hold"})
"""Reasons that end when we have made good, or a person has looked."""


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

    def ask(self, identifier: str, question: Question, brands: Sequence[str] = ()) -> Answer:
        """Judge whoever an identifier may mean; of several customers the strictest counts.

        Args:
            brands: The asker sees cases of these alone, and hears no id of another one's; empty
                for all.

        Raises:
            InputError: It is not a typed identifier.
        """
        return self._ask(profile_id(normal(identifier), self._key), question, brands)

    def ask_customer(
        self, customer: CustomerId, question: Question, brands: Sequence[str] = ()
    ) -> Answer:
        """Judge one customer by the opaque id; an id from before a merge still finds them."""
        return self._ask(ProfileId(customer), question, brands)

    def is_held(self, identifier: str, brand: str) -> bool:
        """Whether promotional mail to whoever this may mean waits because of what happened.

        An unsubscription is not asked about, and nothing is counted: no message is at stake.

        Raises:
            InputError: It is not a typed identifier.
        """
        question = Question(brand=brand, message_class=MessageClass.PROMOTIONAL)
        answer = self._look(profile_id(normal(identifier), self._key), question)
        return answer.reason in HELD_REASONS

    def asked(self) -> Mapping[str, int]:
        """Count the answers of this process by reason; `unknown` is worth watching."""
        with self._counting:
            return dict(self._counted)

    def _ask(self, profile: ProfileId, question: Question, brands: Sequence[str]) -> Answer:
        answer = self._look(profile, question, brands)
        with self._counting:
            self._counted[answer.reason] += 1
        return answer

    def _look(self, profile: ProfileId, question: Question, brands: Sequence[str] = ()) -> Answer:
        library = self._library_of()
        now_ms = self._clock.now_ms()
        # No transaction: a customer who is folded to now is read whole, and no older than before.
        with self._store.looking() as reading:
            records = reading.gate_records(profile)
            rows = [_judged(reading, record, library, now_ms) for record in records]
            answer = answer_for(rows, question, library.now(question.brand))
            if brands and answer.case and not _is_theirs(reading, answer.case, brands):
                return replace(answer, case=CaseId(""))
        return answer


def _is_theirs(reading: Reading, case: CaseId, brands: Sequence[str]) -> bool:
    """Whether a case is of some brands, or of none: then it is everybody's."""
    row = reading.case(case)
    return row is not None and row.brand in ("", *brands)


def _judged(reading: Reading, record: GateRecord, library: Library, now_ms: int) -> GateRow:
    """Give a customer's gate row as of now; the state is read only when a timer is due."""
    kept = reading.row(record.customer) if is_due(record, now_ms) else None
    return row_now(record, kept.state if kept else None, library, now_ms)
