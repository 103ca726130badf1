"""Every way a condition is refused before it is ever evaluated: a closed list of codes."""

from enum import StrEnum

from makegood.messages.errors import MakegoodError, PlaybookError


class Refusal(StrEnum):
    """Why a condition was not accepted; docs/reference/conditions.md prints the same list."""

    SYNTAX = "syntax"
    UNKNOWN_NAME = "unknown_name"
    UNKNOWN_FUNCTION = "unknown_function"
    WRONG_ARGUMENTS = "wrong_arguments"
    TYPE_MISMATCH = "type_mismatch"
    INT_RANGE = "int_range"
    RESERVED_WORD = "reserved_word"
    BYTES = "bytes"
    UINT = "uint"
    MESSAGE = "message"
    TYPE_VALUE = "type_value"
    QUALIFIED_NAME = "qualified_name"
    OPTIONAL_SYNTAX = "optional_syntax"
    MAP_KEY = "map_key"
    REPEATED_KEY = "repeated_key"
    PATTERN = "pattern"
    TIME_ZONE = "time_zone"
    TOO_DEEP = "too_deep"


class CelError(PlaybookError):
    """The condition was refused.

    Attributes:
        code: Which entry of the closed list it is.
        line: Line inside the condition, counted from 1.
        column: Column inside the line, counted from 1, in characters.
        text: The whole condition.
        why: One sentence that says what is wrong and what to do.
    """

    def __init__(self, code: Refusal, why: str, text: str, pos: int) -> None:
        self.code = code
        self.why = why
        self.text = text
        self.line = text.count("\n", 0, pos) + 1
        self.column = pos - (text.rfind("\n", 0, pos) + 1) + 1
        super().__init__(f"{self.line}:{self.column}: {why} [{code.value}]")


class CelSyntaxError(CelError):
    """The condition cannot be read.

    Attributes:
        expected: What would have been right at that place.
    """

    def __init__(self, expected: str, found: str, text: str, pos: int) -> None:
        self.expected = expected
        super().__init__(Refusal.SYNTAX, f"expected {expected}, found {found}.", text, pos)


class CelEvaluationError(MakegoodError):
    """The condition cannot be evaluated with these facts.

    Attributes:
        missing: The dotted path of the fact that is missing, when that is the reason.
    """

    def __init__(self, message: str, missing: str | None = None) -> None:
        self.missing = missing
        super().__init__(message)
