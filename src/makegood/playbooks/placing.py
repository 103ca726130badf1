"""Which places are asked for a customer, and who goes elsewhere: plain values."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.playbooks.cel import CelEvaluationError, Expression
from makegood.playbooks.cel.runtime import truth


class PlaceRule(Struct, frozen=True, kw_only=True):
    """How a place is found for a customer, and asked.

    Attributes:
        id: What remedies call it.
        kinds: Kinds of place that may be asked.
        brands: Brands that may be asked; empty for all under the umbrella.
        reads: What is needed -> the detail of the failure that says it: `near`, `product`,
            `from`, `until`, `party`, `rate`, `expected`.
        within_metres: No place farther than this is asked; 0 for no limit.
        as_good: Only places as good as the one that had no room, or better.
        at_once: How many are asked at a time.
        most: How many are asked at all.
        answer_within_ms: How long each has to answer.
        kept_ms: How long a yes stands at most.
        again: How often a place is asked again when its yes ran out before the customer chose.
        oldest_ms: Availability older than this is not used.
        asks_unknown: Places of which nobody knows whether they have room are asked, after those
            that have.
        ask: Message that asks a place.
        expect: Message that tells it to expect the customer.
        free: Message that tells it that the room is no longer needed.
        story: Language -> clauses; one that names a fact nobody told is left out.
        line: Line in the book.
    """

    id: str
    kinds: tuple[str, ...]
    brands: tuple[str, ...] = ()
    reads: Mapping[str, str] = {}
    within_metres: int = 0
    as_good: bool = True
    at_once: int = 1
    most: int = 4
    answer_within_ms: int = 0
    kept_ms: int = 0
    again: int = 1
    oldest_ms: int = 0
    asks_unknown: bool = True
    ask: str = ""
    expect: str = ""
    free: str = ""
    story: Mapping[str, tuple[str, ...]] = {}
    line: int = 0


class Harm(Struct, frozen=True, kw_only=True, eq=False):
    """One reason why walking somebody does more harm, or why somebody is never walked.

    Attributes:
        when: Its condition over `arrival.*`.
        points: How much harm; 0 for a reason never to walk them.
        says: The reason in words.
    """

    id: str
    when: Expression
    says: str
    points: int = 0

    def holds(self, arrival: Facts, parameters: Mapping[str, object]) -> bool | None:
        """Whether it holds for an arrival; None when a fact is missing."""
        try:
            return bool(truth(self.when.evaluate({"arrival": arrival, "params": parameters})))
        except CelEvaluationError:
            return None


class WalkRule(Struct, frozen=True, kw_only=True, eq=False):
    """How it is chosen who must go elsewhere, when not all can stay: by least harm.

    Attributes:
        event: What happens to those who are chosen; a failure rule hears it.
        takes: Facts of an arrival, with their types.
        never: Who is not walked.
        harm: What makes it worse for somebody; the least sum is walked first.
        volunteers_first: Who offers to go is asked before anybody else.
        parameters: Constants of the book.
        line: Line in the book.
    """

    id: str
    title: str
    event: str
    takes: Mapping[str, str]
    never: tuple[Harm, ...] = ()
    harm: tuple[Harm, ...] = ()
    volunteers_first: bool = True
    parameters: Mapping[str, object] = {}
    line: int = 0
