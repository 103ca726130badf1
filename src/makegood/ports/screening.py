"""Looks at many customers at once: whom something stands against, and how they are called."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.rows import CustomerRow, GateRecord


class Called(Struct, frozen=True, gc=False):
    """One identifier by which the gate, asked, looks at a customer.

    Attributes:
        customer: Whom it may mean.
        profile: The identifier's pseudonym.
        identifier: In clear; empty when only the pseudonym is known, as after an erasure.
    """

    customer: CustomerId
    profile: ProfileId
    identifier: str


class ScreeningReading(Protocol):
    """The gate's rows, page by page, instead of one by one."""

    def noted(self, now_ms: int, after: CustomerId, limit: int) -> tuple[GateRecord, ...]:
        """Give customers whose gate row says something, or who are stuck, by id.

        Left out are those whose timer is due by now: `overdue` gives them.

        Args:
            now_ms: The present.
            after: The last one of the page before; "" for the first page.
            limit: At most so many.
        """

    def overdue(
        self, now_ms: int, after: tuple[int, CustomerId], limit: int
    ) -> tuple[CustomerRow, ...]:
        """Give customers whose timer is due, with their states, the longest overdue first.

        Args:
            now_ms: The present.
            after: Due time and id of the last one of the page before; (0, "") at first.
            limit: At most so many.
        """

    def called(self, customers: Sequence[CustomerId], prefix: str = "") -> tuple[Called, ...]:
        """Give every identifier whose gate records hold one of these customers.

        An identifier may be given more than once for the same customer.

        Args:
            customers: Whom to look for.
            prefix: Leaves out identifiers in clear that do not begin so, such as with "email:".
        """

    def are_many_noted(self, share: int) -> bool:
        """Whether at least one customer in so many has a gate row that says something."""

    def all_noted(self, now_ms: int) -> Iterator[Sequence[GateRecord]]:
        """Give whom `noted` gives, in any order, reading customers from end to end."""

    def all_users(self) -> Iterator[Sequence[tuple[CustomerId, CustomerId]]]:
        """Give pairs: a customer one of whose profiles is a look-up, and another who uses it.

        A pair may be given more than once.
        """

    def all_members(self) -> Iterator[Sequence[tuple[ProfileId, CustomerId]]]:
        """Give every profile whose customer is not called as it is, and that customer.

        Every other profile is the customer of its own name.
        """

    def all_names(self, prefix: str = "") -> Iterator[Sequence[tuple[ProfileId, ProfileId, str]]]:
        """Give every profile, and each identifier that finds it: in clear, or its pseudonym.

        The second is "" where the third is not: who is known in clear needs no pseudonym.

        A profile finds itself, and its look-ups find it. Worth its while when a good part of all
        customers is wanted: `called` searches for each.

        Args:
            prefix: Leaves out identifiers in clear that do not begin so.
        """

    def known(self, after: ProfileId, limit: int) -> tuple[tuple[ProfileId, str], ...]:
        """Page through everything by which somebody is known: pseudonym and, in clear or "", name.

        Args:
            after: The last pseudonym of the page before; "" for the first page.
            limit: At most so many.
        """
