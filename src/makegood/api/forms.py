"""What the hot paths take and give, as the OpenAPI document shows it."""

from typing import Literal

from msgspec import Struct

from makegood.api.problems import Problem
from makegood.messages.commands import MessageClass
from makegood.sources.segment import Item


class Asked(Struct, kw_only=True, rename={"message_class": "class"}):
    """May this message go out to this identifier?

    Attributes:
        identifier: Typed, for example "email:ana@example.org" or "user:42".
        brand: Who wants to speak.
        message_class: promotional, survey, mixed, service, receipt, safety or legal.
        channel: mail, sms, push, phone and so on.
        case: The case whose own question it is; only the firm's own sender sets it.
    """

    identifier: str
    brand: str
    message_class: MessageClass
    channel: str
    case: str = ""


class Told(Struct, frozen=True, kw_only=True):
    """The gate's answer on the wire.

    Attributes:
        since: ISO 8601 instant since when it has been so, or null.
        until: What ends it: an instant, "made_whole", "judged" or "resubscribed", or null.
        case: The case behind it, or null; also null where the key may not see it.
    """

    allowed: bool
    reason: str
    says: str
    since: str | None
    until: str | None
    case: str | None


class Result(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What became of one item.

    Attributes:
        status: `accepted` is stored and folded; `duplicate` was before; `conflict` is another
            event under a known id; `rejected` cannot be taken.
        error: What is wrong and what to do.
        warning: What was left out of an accepted item.
    """

    index: int
    message_id: str
    status: Literal["accepted", "duplicate", "conflict", "rejected"]
    error: str = ""
    warning: str = ""


class Results(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The answer to a batch, in the order of its items.

    Attributes:
        error: Why nothing was stored.
        code: That of the error, where libraries look for it.
        message: That of the error, where libraries look for it.
    """

    results: tuple[Result, ...]
    error: Problem | None = None
    code: str = ""
    message: str = ""


class Batch(Struct, kw_only=True):
    """Many calls at once; a Segment library builds it.

    Attributes:
        batch: At most 2,500 items of at most 32 KB each, together at most 500 KB.
        sentAt: The client's clock when the request left, ISO 8601.
    """

    batch: list[Item]
    sentAt: str | None = None  # noqa: N815 - the name of the wire


class CameIn(Struct, frozen=True, kw_only=True):
    """What became of a request.

    Attributes:
        accepted: Events that are new in the log.
        duplicate: Events that were there already.
        conflict: Events whose id was there already, and said something else.
        rejected: Records that were not, or not wholly, taken; kept, with the reason.
        ignored: Records that the source wants nothing of.
        reasons: Why, once each.
    """

    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    ignored: int = 0
    reasons: tuple[str, ...] = ()


class Health(Struct, frozen=True, kw_only=True):
    """Whether this process can serve.

    Attributes:
        missing: Without which nothing can be served: store, tables, rule book, worker.
        late: What lags behind though everything is served: worker, timers, notices.
        worker_silent_s: Since a worker last said that it is alive; null when none ever did.
        timers_lag_s: How long the first due timer has been waiting.
        notices_lag_s: How long the oldest notice has been waiting for a worker to publish it.
    """

    status: Literal["ok", "ready", "waiting"]
    missing: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    worker_silent_s: int | None = None
    timers_lag_s: int = 0
    notices_lag_s: int = 0
