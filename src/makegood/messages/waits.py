"""How long customers usually wait in a queue, as it was known when an event was appended."""

from msgspec import Struct


class WaitNorm(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The norm of one queue, stamped on the event that begins a wait.

    Attributes:
        rule: The rule about waits that it belongs to.
        waits: From so many waits; few of them, and everything else is 0.
        long_ms: Longer than this waits less than the share that the book names; 0 for "cannot
            tell yet".
        low_ms: Lower end of the 95 % interval of `long_ms`.
        high_ms: Its upper end; 0 when the data give none.
        told_ms: Of those who waited as long as `long_ms`, the share that the book names had an
            answer by then, counted from the beginning of the wait; 0 for "cannot tell yet".
        by_hour: It is of this hour of the week alone, and not of the whole queue.
    """

    rule: str
    waits: int
    long_ms: int = 0
    low_ms: int = 0
    high_ms: int = 0
    told_ms: int = 0
    by_hour: bool = False
