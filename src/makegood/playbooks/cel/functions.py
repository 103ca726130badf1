"""The functions a condition may call, each checking the types of its arguments."""

import math
import re
from collections.abc import Callable

from makegood.playbooks.cel.instants import (
    Duration,
    Timestamp,
    date_part,
    duration_part,
    read_duration,
    read_timestamp,
    timestamp_of,
)
from makegood.playbooks.cel.numbers import checked_int, int_of_float, text_of_float
from makegood.playbooks.cel.operators import gt, lt
from makegood.playbooks.cel.refusals import CelEvaluationError
from makegood.playbooks.cel.runtime import no_overload

_SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_INT = re.compile(r"[-+]?[0-9]+")
_DOUBLE = re.compile(
    r"[-+]?(?:[0-9]+\.?[0-9]*(?:e[-+]?[0-9]+)?|\.[0-9]+(?:e[-+]?[0-9]+)?|inf(?:inity)?|nan)",
    re.IGNORECASE,
)
_LONG = 64  # characters; no 64-bit number needs more
_TRUE = frozenset(("1", "t", "T", "true", "TRUE", "True"))
_FALSE = frozenset(("0", "f", "F", "false", "FALSE", "False"))


def _texts(name: str, *values: object) -> tuple[str, ...]:
    texts = tuple(value for value in values if type(value) is str)
    if len(texts) != len(values):
        raise no_overload(name, *values)
    return texts


def _position(name: str, value: object, size: int) -> int:
    if type(value) is not int:
        raise no_overload(name, value)
    if not 0 <= value <= size:
        raise CelEvaluationError(f"{name}() was given {value} for a string of {size} characters.")
    return value


# -- strings ------------------------------------------------------------------------------


def size(value: object) -> int:
    """Count characters, elements or entries."""
    if isinstance(value, str | list | tuple | dict):
        return len(value)
    raise no_overload("size", value)


def starts_with(text: object, part: object) -> bool:
    """Say whether a string starts with another."""
    whole, start = _texts("startsWith", text, part)
    return whole.startswith(start)


def ends_with(text: object, part: object) -> bool:
    """Say whether a string ends with another."""
    whole, end = _texts("endsWith", text, part)
    return whole.endswith(end)


def contains(text: object, part: object) -> bool:
    """Say whether a string contains another."""
    whole, inner = _texts("contains", text, part)
    return inner in whole


def matches(text: object, pattern: "re.Pattern[str]") -> bool:
    """Say whether a pattern is found anywhere in a string."""
    (whole,) = _texts("matches", text)
    return pattern.search(whole) is not None


def lower_ascii(text: object) -> str:
    """Lower A to Z and nothing else."""
    return _texts("lowerAscii", text)[0].translate(_LOWER)


def upper_ascii(text: object) -> str:
    """Raise a to z and nothing else."""
    return _texts("upperAscii", text)[0].translate(_UPPER)


def trim(text: object) -> str:
    """Take white space off both ends."""
    return _texts("trim", text)[0].strip(_SPACES)


def reverse(text: object) -> str:
    """Turn a string round, character by character."""
    return _texts("reverse", text)[0][::-1]


def char_at(text: object, at: object) -> str:
    """Return one character, or nothing just behind the last."""
    (whole,) = _texts("charAt", text)
    position = _position("charAt", at, len(whole))
    return whole[position : position + 1]


def index_of(text: object, part: object, start: object = 0) -> int:
    """Return where a string first appears from a position on, or -1."""
    whole, inner = _texts("indexOf", text, part)
    return whole.find(inner, _position("indexOf", start, len(whole)))


def last_index_of(text: object, part: object, last: object = None) -> int:
    """Return where a string last appears, starting no later than a position, or -1."""
    whole, inner = _texts("lastIndexOf", text, part)
    if last is None:
        return whole.rfind(inner)
    return whole.rfind(inner, 0, _position("lastIndexOf", last, len(whole)) + len(inner))


def substring(text: object, start: object, end: object = None) -> str:
    """Return the characters from one position up to another."""
    (whole,) = _texts("substring", text)
    first = _position("substring", start, len(whole))
    last = len(whole) if end is None else _position("substring", end, len(whole))
    if last < first:
        raise CelEvaluationError(f"substring() ends at {last}, before its start {first}.")
    return whole[first:last]


def replace(text: object, old: object, new: object, limit: object = -1) -> str:
    """Replace a string, at most `limit` times; a negative limit replaces all."""
    whole, before, after = _texts("replace", text, old, new)
    if type(limit) is not int:
        raise no_overload("replace", text, old, new, limit)
    return whole.replace(before, after, max(limit, -1))


def split(text: object, separator: object, limit: object = -1) -> list[str]:
    """Cut a string into at most `limit` parts; a negative limit cuts everywhere."""
    whole, between = _texts("split", text, separator)
    if type(limit) is not int:
        raise no_overload("split", text, separator, limit)
    if limit == 0:
        return []
    if between:
        return whole.split(between, limit - 1 if limit > 0 else -1)
    cut = len(whole) if limit < 0 else min(limit - 1, len(whole))
    rest = [whole[cut:]] if cut < len(whole) or not whole else []
    return [*whole[:cut], *rest]


def join(parts: object, separator: object = "") -> str:
    """Join a list of strings."""
    (between,) = _texts("join", separator)
    if not isinstance(parts, list | tuple):
        raise no_overload("join", parts)
    return between.join(_texts("join", *parts))


# -- conversions --------------------------------------------------------------------------


def to_int(value: object) -> int:
    """Convert to an integer; a double is truncated, a timestamp gives its Unix seconds."""
    if type(value) is int:
        return value
    if type(value) is float:
        return int_of_float(value)
    if isinstance(value, str) and _INT.fullmatch(value) and len(value) < _LONG:
        return checked_int(int(value))
    if isinstance(value, Timestamp):
        return value.nanos // 10**9
    raise _not_converted("int", value)


def to_double(value: object) -> float:
    """Convert to a double."""
    if type(value) is float:
        return value
    if type(value) is int:
        return float(checked_int(value))
    if isinstance(value, str) and _DOUBLE.fullmatch(value):
        return float(value)
    raise _not_converted("double", value)


def to_string(value: object) -> str:
    """Convert to a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return text_of_float(value)
    if isinstance(value, int):
        return str(checked_int(value))
    if isinstance(value, str | Timestamp | Duration):
        return str(value)
    raise _not_converted("string", value)


def to_bool(value: object) -> bool:
    """Convert `true`, `t`, `1` and their opposites to a bool."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _TRUE | _FALSE:
        return value in _TRUE
    raise _not_converted("bool", value)


def to_timestamp(value: object) -> Timestamp:
    """Convert RFC 3339 text or Unix seconds to a timestamp."""
    if isinstance(value, Timestamp):
        return value
    if isinstance(value, str):
        return read_timestamp(value)
    if type(value) is int:
        return timestamp_of(value * 10**9)
    raise _not_converted("timestamp", value)


def to_duration(value: object) -> Duration:
    """Convert text such as `1h30m` to a duration."""
    if isinstance(value, Duration):
        return value
    if isinstance(value, str):
        return read_duration(value)
    raise _not_converted("duration", value)


def _not_converted(name: str, value: object) -> CelEvaluationError:
    return CelEvaluationError(f"{name}() cannot convert {value!r}.")


def instant_part(part: str, value: object, *zone: str) -> int:
    """Answer an accessor such as getHours() of a timestamp or a duration."""
    if isinstance(value, Timestamp):
        return date_part(part, value, *zone)
    parts_of_length = ("getHours", "getMinutes", "getSeconds", "getMilliseconds")
    if isinstance(value, Duration) and not zone and part in parts_of_length:
        return duration_part(part, value)
    raise no_overload(part, value, *zone)


# -- math ---------------------------------------------------------------------------------


def _best(
    name: str, better: Callable[[object, object], bool], values: tuple[object, ...]
) -> object:
    found = values
    if len(values) == 1 and isinstance(values[0], list | tuple):
        found = tuple(values[0])
    if not found or any(type(value) not in (int, float) for value in found):
        raise no_overload(name, *values)
    best = found[0]
    for value in found[1:]:
        best = value if better(value, best) else best
    return best


def greatest(*values: object) -> object:
    """Return the greatest of some numbers, or of one list of numbers."""
    return _best("math.greatest", gt, values)


def least(*values: object) -> object:
    """Return the least of some numbers, or of one list of numbers."""
    return _best("math.least", lt, values)


def absolute(value: object) -> object:
    """Return a number without its sign."""
    if type(value) is int:
        return checked_int(abs(value))
    if type(value) is float:
        return abs(value)
    raise no_overload("math.abs", value)


def rounded(way: str, value: object) -> float:
    """Round a double up (ceil), down (floor) or to the nearest, halves away from zero (round)."""
    if type(value) is not float:
        raise no_overload(f"math.{way}", value)
    if not math.isfinite(value):
        return value
    ways: dict[str, Callable[[float], int]]
    ways = {"ceil": math.ceil, "floor": math.floor, "round": _nearest}
    whole = ways[way](value)
    return math.copysign(float(whole), value)


def _nearest(value: float) -> int:
    whole = math.trunc(value)
    away = 1 if value > 0 else -1
    return whole + away if abs(value - whole) >= 0.5 else whole
