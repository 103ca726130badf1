"""The operators of conditions, each with the exact meaning of the specification."""

from typing import cast

from makegood.playbooks.cel.instants import Duration, Timestamp, duration_of, timestamp_of
from makegood.playbooks.cel.numbers import checked_int, divided, float_divided, remainder
from makegood.playbooks.cel.runtime import map_key, no_overload

_NUMBERS = frozenset((int, float))
_ORDERED = frozenset((bool, int, float, str, Timestamp, Duration))

# -- comparing ----------------------------------------------------------------------------


def eq(a: object, b: object) -> bool:
    """Compare two values of any type; unlike types are unequal, int and double are numbers."""
    kind = type(a)
    if kind is str or kind is bool or a is None:
        return type(b) is kind and a == b
    if kind in _NUMBERS:
        return type(b) in _NUMBERS and _like(a, b) == _like(b, a)
    if isinstance(a, list | tuple):
        same_size = isinstance(b, list | tuple) and len(a) == len(b)
        return same_size and all(map(eq, a, cast("list[object]", b)))
    if isinstance(a, dict):
        if not isinstance(b, dict) or len(a) != len(b):
            return False
        return all(key in b and eq(value, b[key]) for key, value in a.items())
    return type(b) is kind and a == b


def ne(a: object, b: object) -> bool:
    """Say whether two values differ."""
    return not eq(a, b)


def _like(a: object, b: object) -> object:
    """Return a number to compare with another: of int and double, both as double.

    So says the specification, though two different numbers beyond 2**53 then count as equal;
    Python would compare them exactly.
    """
    return float(checked_int(a)) if type(a) is int and type(b) is float else a


def _compared(sign: str, a: object, b: object) -> int:
    """Return -1, 0 or 1; 2 when NaN takes part, which is neither less nor more."""
    kind, other = type(a), type(b)
    if kind not in _ORDERED or (kind is not other and {kind, other} != _NUMBERS):
        raise no_overload(sign, a, b)
    left, right = _like(a, b), _like(b, a)
    if left == right:
        return 0
    if left < right:  # type: ignore[operator]
        return -1
    return 1 if left > right else 2  # type: ignore[operator]


def lt(a: object, b: object) -> bool:
    """Order two values of like type."""
    return _compared("<", a, b) == -1


def le(a: object, b: object) -> bool:
    """Order two values of like type."""
    return _compared("<=", a, b) in (-1, 0)


def gt(a: object, b: object) -> bool:
    """Order two values of like type."""
    return _compared(">", a, b) == 1


def ge(a: object, b: object) -> bool:
    """Order two values of like type."""
    return _compared(">=", a, b) in (0, 1)


def contained(element: object, holder: object) -> bool:
    """Say whether a list holds an element, or a map a key."""
    if isinstance(holder, list | tuple):
        return any(eq(element, other) for other in holder)
    if isinstance(holder, dict):
        key = map_key(element)
        return key is not None and key in holder
    raise no_overload("in", element, holder)


# -- arithmetic ---------------------------------------------------------------------------


def add(a: object, b: object) -> object:
    """Add numbers, join strings and lists, move timestamps and durations."""
    match a, b:
        case bool(), _:
            pass
        case int(), int() if type(b) is int:
            return checked_int(a + b)
        case (float(), float()) | (str(), str()):
            return a + b  # type: ignore[operator]
        case list() | tuple(), list() | tuple():
            return [*a, *b]
        case (Timestamp(nanos=start), Duration(nanos=length)) | (
            Duration(nanos=length),
            Timestamp(nanos=start),
        ):
            return timestamp_of(start + length)
        case Duration(), Duration():
            return duration_of(a.nanos + b.nanos)
    raise no_overload("+", a, b)


def sub(a: object, b: object) -> object:
    """Subtract numbers, timestamps and durations."""
    match a, b:
        case bool(), _:
            pass
        case int(), int() if type(b) is int:
            return checked_int(a - b)
        case float(), float():
            return a - b
        case Timestamp(), Duration():
            return timestamp_of(a.nanos - b.nanos)
        case (Timestamp(nanos=end), Timestamp(nanos=start)) | (
            Duration(nanos=end),
            Duration(nanos=start),
        ):
            return duration_of(end - start)
    raise no_overload("-", a, b)


def mul(a: object, b: object) -> object:
    """Multiply two integers or two doubles."""
    if type(a) is int and type(b) is int:
        return checked_int(a * b)
    if type(a) is float and type(b) is float:
        return a * b
    raise no_overload("*", a, b)


def div(a: object, b: object) -> object:
    """Divide two integers (toward zero) or two doubles."""
    if type(a) is int and type(b) is int:
        return divided(a, b)
    if type(a) is float and type(b) is float:
        return float_divided(a, b)
    raise no_overload("/", a, b)


def mod(a: object, b: object) -> object:
    """Return the remainder of two integers."""
    if type(a) is int and type(b) is int:
        return remainder(a, b)
    raise no_overload("%", a, b)


def neg(a: object) -> object:
    """Negate a number."""
    if type(a) is int:
        return checked_int(-a)
    if type(a) is float:
        return -a
    raise no_overload("-", a)
