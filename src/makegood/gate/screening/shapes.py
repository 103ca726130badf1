"""Judges many customers at once: whoever has the same standing against them gets the same answer.

What the gate says of a customer depends on the scopes, states and ends of their holds, on their
unsubscriptions and on their own person; a case and the moment of its failure only pass through.
So each shape is judged once, with numbers in the place of cases, and its answer written out for
everyone who has it.
"""

from collections.abc import Hashable
from typing import NamedTuple

from msgspec.structs import replace

from makegood.core.holds import Answer, GateRow, Hold, Question, by_another, judge
from makegood.gate.judging import everywhere, holds_count_everywhere
from makegood.messages.ids import CaseId
from makegood.playbooks.book import RuleBook

_STRICTNESS = {"stuck": 0, "cannot_judge": 1, "hold": 2, "unsubscribed": 3}
_MOST_SHAPES = 10_000  # kept; ends of holds are instants, so there may be any number


class Stop(NamedTuple):
    """A customer's no.

    Attributes:
        order: How it stands beside the no of another: the least counts.
        reason: Machine code of the reason.
        since_ms: Since when; 0 for always.
        until: What ends it.
        case: The case behind it, where there is one.
    """

    order: int
    reason: str
    since_ms: int
    until: str
    case: CaseId


class _Shaped(NamedTuple):
    """The answer for a shape: which hold it is about; -1 for none."""

    order: int
    reason: str
    until: str
    hold: int


class Judge:
    """Says what stops one question, for one customer after the other."""

    def __init__(self, question: Question, book: RuleBook) -> None:
        self._question = question
        self._everywhere = holds_count_everywhere(question, book)
        self._by_chosen_rep = book.people.offers_by_chosen_rep
        self._known: dict[Hashable, _Shaped | None] = {}

    def stops(self, row: GateRow) -> Stop | None:
        """Give a customer's no; None where nothing stands against the message."""
        if self._question.case:  # it may be a question of the case's own, which its id decides
            return _stop(self._found(row))
        shape = shape_of(row)
        try:
            shaped = self._known[shape]
        except KeyError:
            shaped = self._learn(shape, row)
        if shaped is None:
            return None
        order, reason, until, number = shaped
        if number < 0:
            return Stop(order, reason, 0, until, CaseId(""))
        hold = row.holds[number]
        return Stop(order, reason, hold.since_ms, until, hold.case)

    def _learn(self, shape: Hashable, row: GateRow) -> _Shaped | None:
        if len(self._known) >= _MOST_SHAPES:
            self._known.clear()
        found = self._found(numbered(row))
        shaped = None
        if found is not None:
            order, answer = found
            hold = int(answer.case) if answer.case else -1
            shaped = _Shaped(order, answer.reason, answer.until, hold)
        self._known[shape] = shaped
        return shaped

    def _found(self, row: GateRow) -> tuple[int, Answer] | None:
        """Judge a row.

        Where a book does not know the brand, what stops the brand itself comes before what only
        stops the whole umbrella, as the gate asks in that order.
        """
        answer = judge((row,), self._question)
        if not answer.allowed:
            return _STRICTNESS[answer.reason], answer
        if self._everywhere:
            answer = judge((row,), everywhere(self._question))
            if not answer.allowed:
                return len(_STRICTNESS) + _STRICTNESS[answer.reason], answer
        if self._by_chosen_rep and (another := by_another((row,), self._question)) is not None:
            return 2 * len(_STRICTNESS), another
        return None


def shape_of(row: GateRow) -> Hashable:
    """Give all of a row that decides what is answered, but for which case it is and since when."""
    holds = row.holds
    if len(holds) == 1:  # nearly always
        hold = holds[0]
        shape: Hashable = (hold.scope, hold.unclear, hold.lifts_ms)
    else:
        shape = tuple((hold.scope, hold.unclear, hold.lifts_ms) for hold in holds)
    if row.unsubscribed or row.stuck or row.persons:
        return shape, row.unsubscribed, row.stuck, row.persons
    return shape


def numbered(row: GateRow) -> GateRow:
    """Put the place of each hold where its case stands, and where its moment stands."""
    holds = tuple(
        Hold(
            case=CaseId(f"{place}"),
            scope=hold.scope,
            since_ms=place,
            lifts_ms=hold.lifts_ms,
            unclear=hold.unclear,
        )
        for place, hold in enumerate(row.holds)
    )
    return replace(row, holds=holds)


def _stop(found: tuple[int, Answer] | None) -> Stop | None:
    if found is None:
        return None
    order, answer = found
    return Stop(order, answer.reason, answer.since_ms, answer.until, answer.case)
