"""Who is held now: many customers at once, and all that they are found by."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import GateRecord


class HeldReading(Protocol):
    """What a list of the held needs, a page in a constant number of queries."""

    def maybe_held(self, now_ms: int, after: CustomerId, limit: int) -> tuple[CustomerId, ...]:
        """Page through the customers who may be held, by id.

        Those with a case that holds, those whose history cannot be folded, and those with a timer
        that is due: only a fold to now can say what it brings.
        """

    def gates_of(self, customers: Sequence[CustomerId]) -> tuple[GateRecord, ...]:
        """Give the gate's records of customers, by id; unknown ones are left out."""

    def states_of(self, customers: Sequence[CustomerId]) -> Mapping[CustomerId, bytes]:
        """Give the encoded states of customers; unknown ones are left out."""

    def meant_too(
        self, profiles: Sequence[ProfileId], named: Sequence[ProfileId]
    ) -> tuple[Mapping[ProfileId, CustomerId], frozenset[tuple[CustomerId, CustomerId]]]:
        """Find the customers of profiles, and whom the gate means beside some of them.

        The gate, asked about a customer, also looks at every other one of whom a profile is a
        look-up of the first.

        Args:
            profiles: Whose customers are wanted; unknown ones are left out.
            named: Profiles whose customers have been given names.

        Returns:
            Customers by profile, and pairs (customer of a named profile, another one meant too).
        """

    def users_of(self, lookups: Sequence[ProfileId]) -> Mapping[ProfileId, tuple[ProfileId, ...]]:
        """Give the profiles that list each e-mail, phone or loyalty profile."""
