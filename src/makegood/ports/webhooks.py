"""Webhook endpoints of receivers outside, and the log of what was sent to them and answered."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from makegood.core.notices import NoticeKind
from makegood.messages.ids import NoticeId

GONE = "gone"
"""Why an endpoint is switched off that answered 410: it will never take a notice again."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where notices are sent to. Its address never changes; another address is another endpoint.

    Attributes:
        id: `w` and 16 hex; the secret is derived from it.
        url: Where it listens.
        kinds: What it hears; empty for everything.
        brands: Whose; empty for all.
        description: What it is for, in a person's words.
        by: Who made it.
        generation: Of its secret, counted from 1; a rotation adds one.
        rotated_ms: When the secret became another one; the one before still signs for a day.
        disabled: Why nothing is sent to it: a sign-in name, "gone", or empty while it is on.
        disabled_ms: Since when; 0 while it is on.
    """

    id: str
    url: str
    kinds: tuple[NoticeKind, ...] = ()
    brands: tuple[str, ...] = ()
    description: str = ""
    by: str = ""
    created_ms: int = 0
    generation: int = 1
    rotated_ms: int = 0
    disabled: str = ""
    disabled_ms: int = 0


class Delivery(Struct, frozen=True, kw_only=True):
    """One request to an endpoint, and what it answered.

    Attributes:
        place: Given by the store, rising.
        attempt: Tries of this notice at this endpoint, with this one.
        request_headers: As sent.
        request_body: As sent.
        status: Of the answer; 0 when there was none.
        answer_headers: As received, cut to 64 KiB with the body.
        answer_body: As received.
        took_ms: How long the exchange lasted.
        error: Why it counts as failed; empty when it was taken.
    """

    endpoint: str
    notice: NoticeId
    kind: NoticeKind
    at_ms: int
    attempt: int
    request_headers: Mapping[str, str] = {}
    request_body: str = ""
    status: int = 0
    answer_headers: Mapping[str, str] = {}
    answer_body: str = ""
    took_ms: int = 0
    error: str = ""
    place: int = 0


class WebhookReading(Protocol):
    """The endpoints, and the log of each."""

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Give every endpoint, by id; there are few."""

    def endpoint(self, endpoint: str) -> Endpoint | None:
        """Give one endpoint."""

    def deliveries(
        self, endpoint: str, before: int, limit: int, notice: str = ""
    ) -> tuple[Delivery, ...]:
        """Page through what was sent to an endpoint, the newest first.

        Args:
            endpoint: Its id.
            before: Place of the last one of the page before; 0 for the first page.
            limit: At most so many.
            notice: Only of this one.
        """


class WebhookWriting(Protocol):
    """What changes them."""

    def put_endpoint(self, row: Endpoint) -> None:
        """Write an endpoint."""

    def drop_endpoint(self, endpoint: str) -> bool:
        """Remove an endpoint and its log; False when there is none."""

    def put_deliveries(self, rows: Sequence[Delivery], forget_before_ms: int) -> None:
        """Add to the log, and forget a few of those that are older than a time."""
