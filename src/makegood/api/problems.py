"""How the interface says no: always the same shape, always what, where and what to do."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct


class Problem(Struct, frozen=True, kw_only=True):
    """Why a request was not done.

    Attributes:
        code: Stable and snake_case.
        message: One sentence about what is wrong.
        where: The place in the request, for example "batch[3]" or "header Authorization".
        what_to_do: One sentence that helps.
    """

    code: str
    message: str
    where: str
    what_to_do: str


class _Body(Struct, frozen=True):
    error: Problem


def problem_body(problem: Problem) -> bytes:
    """Write a problem as JSON."""
    return msgspec.json.encode(_Body(problem))


KEY_MISSING = Problem(
    code="key_missing",
    message="The request carries no key.",
    where="header Authorization",
    what_to_do="Send 'Authorization: Bearer mg_...', or the key as user name of Basic.",
)
KEY_UNKNOWN = Problem(
    code="key_unknown",
    message="This key is unknown or was revoked.",
    where="header Authorization",
    what_to_do="Ask whoever runs Makegood for a valid key.",
)
TOO_MANY = Problem(
    code="too_many_requests",
    message="This key asks faster than it may.",
    where="header Authorization",
    what_to_do="Wait as long as Retry-After says, or send larger batches.",
)
TOO_MANY_FROM_HERE = Problem(
    code="too_many_requests",
    message="This address asks faster than it may.",
    where="client address",
    what_to_do="Wait as long as Retry-After says.",
)
BUSY = Problem(
    code="busy",
    message="More arrives than can be stored; nothing of this request was.",
    where="server",
    what_to_do="Send the same request again after as long as Retry-After says.",
)
FAULT = Problem(
    code="store_unavailable",
    message="The store does not answer.",
    where="server",
    what_to_do="Take it as not done and send the same request again later; what was stored "
    "all the same is recognised by its id.",
)

OURS = Problem(
    code="our_fault",
    message="Something went wrong here.",
    where="server",
    what_to_do="Send the same request again; when it goes on, tell whoever runs Makegood.",
)


def scope_missing(scope: str) -> Problem:
    """The key is good, but not for this."""
    return Problem(
        code="scope_missing",
        message=f"This key may not do that; it lacks the scope {scope!r}.",
        where="header Authorization",
        what_to_do=f"Use a key with the scope {scope!r}.",
    )


def brand_closed(brands: Sequence[str]) -> Problem:
    """The key is good, but not for what is of another brand, or of all."""
    return Problem(
        code="brand_closed",
        message=f"This key is only for what is of {', '.join(brands)}.",
        where="header Authorization",
        what_to_do="Ask for what is of that brand, or use a key that is not limited to brands.",
    )


def missing(what: str) -> Problem:
    """Say that there is no such thing."""
    return Problem(
        code="not_found",
        message=f"There is no such {what}.",
        where="path",
        what_to_do="Check the id; ids are opaque and never change their spelling.",
    )
