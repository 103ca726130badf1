"""Every way Makegood says no: refusals are values, mistakes and faults are exceptions."""

from msgspec import Struct


class MakegoodError(Exception):
    """Makegood could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__class__.__doc__)


class PlaybookError(MakegoodError):
    """The rule book has mistakes; each is listed with its line."""


class InputError(MakegoodError):
    """The input cannot be read; nothing was stored."""


class ConflictError(MakegoodError):
    """Another event with the same source and message id says something else."""


class StoreBusy(MakegoodError):
    """Another transaction was in the way; nothing was stored, and trying again helps."""


class EffectFailed(MakegoodError):
    """The outside did not do it.

    Attributes:
        retry: False when another try can never help (a rejected address).
        after_ms: The outside asked not to be tried again before this long; 0 when it did not.
    """

    def __init__(
        self, message: str | None = None, *, retry: bool = True, after_ms: int = 0
    ) -> None:
        super().__init__(message)
        self.retry = retry
        self.after_ms = after_ms


class Refused(Struct, frozen=True, kw_only=True):
    """An expected no, with a machine code and a sentence for the person who asked.

    Attributes:
        code: Stable and snake_case, for example `over_authority`.
        why: One sentence that says what is wrong and what to do.
        limit_cents: The limit that was met, where there is one.
    """

    code: str
    why: str
    limit_cents: int | None = None
