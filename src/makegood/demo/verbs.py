"""What the storm needs of Makegood: the same verbs as a server offers, in one process."""

from collections.abc import Sequence
from typing import Protocol

from makegood.core.decide import Asker
from makegood.core.holds import Answer, Question
from makegood.messages.facts import Body
from makegood.messages.ids import CustomerId
from makegood.playbooks.book import RuleBook
from makegood.ports.arrivals import Arrival
from makegood.ports.store import Store


class Verbs(Protocol):
    """A running Makegood."""

    @property
    def store(self) -> Store:
        """The log and all that follows from it."""

    @property
    def book(self) -> RuleBook:
        """The active rule book."""

    def take(self, arrivals: Sequence[Arrival]) -> None:
        """Take events from outside, durably."""

    def act(self, customer: CustomerId, wanted: Body, asker: Asker, message_id: str) -> bool:
        """Ask for a fact; False when it was refused."""

    def work(self) -> bool:
        """Fire timers and deliver a batch; False when there was nothing to do."""

    def may_send(self, identifier: str, question: Question) -> Answer:
        """Ask the gate."""
