"""What a rule about waits is: a queue, its norm, and what is said to whoever waits longer."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.playbooks.terms import Cause, Loss


class WaitRule(Struct, frozen=True, kw_only=True, eq=False):
    """When waiting for an answer is a failure.

    Attributes:
        channels: Conversations on these channels wait here; empty for none.
        begins: Else the event that begins a wait,
        ends: the events that end it,
        given_up: and those by which the customer gave up; they end it, and are no answer.
        about: Reads from an event which wait it is about; "" when it does not say.
        at_most_ms: Longer is a failure, whatever is usual.
        at_least_ms: Sooner is none.
        share: The norm: so many wait no longer, from 0 to 1.
        waits: From fewer waits the norm cannot be told yet.
        over_ms: Waits that began so lately are learned from.
        leave_out: Days on which no wait began that is learned from, as 2026-12-25.
        tell: Message that tells whoever waits longer by when; empty for none.
        told_share: By the told date so many of those who waited as long had their answer.
        line: Line in the book.
    """

    id: str
    channels: tuple[str, ...]
    begins: str
    ends: tuple[str, ...]
    given_up: tuple[str, ...]
    about: Callable[[Facts], str]
    at_most_ms: int
    at_least_ms: int
    share: float
    waits: int
    over_ms: int
    leave_out: frozenset[str]
    tell: str
    told_share: float
    title: str
    loses: Loss
    severity: int
    cause: Cause
    line: int

    def due_after_ms(self, long_ms: int) -> int:
        """Say after how long waiting is a failure.

        Args:
            long_ms: The norm that is learned; 0 for "cannot tell yet".
        """
        if not long_ms:
            return self.at_most_ms
        return min(max(long_ms, self.at_least_ms), self.at_most_ms)


class WaitTerms(Struct, frozen=True, kw_only=True):
    """The rules about waits, as the fold asks for them.

    Attributes:
        rules: In the order of the book.
        by_channel: The rule of each channel.
        by_event: Rules by each event that begins or ends a wait.
    """

    rules: tuple[WaitRule, ...] = ()
    by_channel: Mapping[str, WaitRule] = {}
    by_event: Mapping[str, tuple[WaitRule, ...]] = {}

    def rule(self, name: str) -> WaitRule | None:
        """Find a rule by its id."""
        return next((one for one in self.rules if one.id == name), None)
