"""What the generated code calls: every operator with the exact meaning of the specification."""

from collections.abc import Callable, Iterable, Iterator
from typing import cast

from makegood.playbooks.cel.instants import Duration, Timestamp, duration_of, timestamp_of
from makegood.playbooks.cel.numbers import checked_int, divided, float_divided, remainder
from makegood.playbooks.cel.refusals import CelEvaluationError

# What the quick form of a condition may raise where the exact form decides again.
FAILED = (
    CelEvaluationError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    ValueError,
)
_NUMBERS = frozenset((int, float))
_ORDERED = frozenset((bool, int, float, str, Timestamp, Duration))
_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "bool",
    int: "int",
    float: "double",
    str: "string",
    list: "list",
    tuple: "list",
    dict: "map",
    Timestamp: "timestamp",
    Duration: "duration",
}


def type_name(value: object) -> str:
    """Name the type of a value as the language calls it."""
    return _NAMES.get(type(value), type(value).__name__)


def no_overload(sign: str, *values: object) -> CelEvaluationError:
    """Say that an operator or function does not take these types."""
    types = ", ".join(type_name(value) for value in values)
    return CelEvaluationError(f"`{sign}` does not take ({types}).")


# -- reading facts ------------------------------------------------------------------------


def select(operand: object, field: str, path: str | None) -> object:
    """Read a field of a map.

    Args:
        operand: The map.
        field: The key.
        path: The dotted path of the field, where the text of the condition gives one.

    Returns:
        The value.

    Raises:
        CelEvaluationError: There is no such key, or it is not a map.
    """
    if isinstance(operand, dict):
        if field in operand:
            found: object = operand[field]
            return found
        raise CelEvaluationError(f"{path or field} is missing.", missing=path or field)
    why = f"{path or field} cannot be read from a value of type {type_name(operand)}."
    raise CelEvaluationError(why, missing=path if operand is None else None)


def has(operand: object, field: str, path: str | None) -> bool:
    """Say whether a map has a field; null counts as there."""
    if isinstance(operand, dict):
        return field in operand
    why = f"has({path or field}) was asked of a value of type {type_name(operand)}."
    raise CelEvaluationError(why, missing=path if operand is None else None)


def index(operand: object, key: object, path: str | None = None) -> object:
    """Read an element of a list by its position, or of a map by its key."""
    if isinstance(operand, dict):
        plain = _map_key(key)
        if plain is not None and plain in operand:
            found: object = operand[plain]
            return found
        raise CelEvaluationError(f"{path or repr(key)} is missing.", missing=path or str(key))
    if isinstance(operand, list | tuple) and type(key) in _NUMBERS:
        position = _whole(key)
        if position is not None and 0 <= position < len(operand):
            element: object = operand[position]
            return element
        raise CelEvaluationError(f"the list has {len(operand)} elements, none at {key}.")
    raise no_overload("[]", operand, key)


def _whole(key: object) -> int | None:
    if type(key) is int:
        return key
    return int(key) if isinstance(key, float) and key.is_integer() else None


def _map_key(key: object) -> int | str | None:
    """Return the key to look up; None when no map of ours can have it."""
    if type(key) is str:
        return key
    if type(key) in _NUMBERS:
        return _whole(key)
    if type(key) is bool:
        return None
    raise no_overload("[]", {}, key)


def new_map(*entries: tuple[object, object]) -> dict[object, object]:
    """Make a map from keys and values; a key may appear once."""
    made: dict[object, object] = {}
    for key, value in entries:
        if type(key) not in (int, str):
            raise no_overload("{}", key)
        if key in made:
            raise CelEvaluationError(f"the key {key!r} appears twice.")
        made[key] = value
    return made


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
        key = _map_key(element)
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


# -- logic --------------------------------------------------------------------------------


def truth(value: object) -> bool:
    """Return a bool, or fail: nothing else is true or false."""
    if value is True or value is False:
        return value
    raise CelEvaluationError(f"a condition must be true or false, not {type_name(value)}.")


def absorb(decisive: bool, terms: Iterable[Callable[[], object]]) -> bool:
    """Join terms with `||` (decisive is True) or `&&` (decisive is False).

    One decisive term settles it, whatever the others do; otherwise the first error counts.
    """
    first: CelEvaluationError | None = None
    for term in terms:
        try:
            if truth(term()) is decisive:
                return decisive
        except CelEvaluationError as error:
            first = first or error
    if first is not None:
        raise first
    return not decisive


def every(terms: Iterator[Callable[[], object]]) -> bool:
    """Join the elements of a loop with `&&`."""
    return absorb(False, terms)


def some(terms: Iterator[Callable[[], object]]) -> bool:
    """Join the elements of a loop with `||`."""
    return absorb(True, terms)


def both(*terms: Callable[[], object]) -> bool:
    """Join terms with `&&`."""
    return absorb(False, terms)


def either(*terms: Callable[[], object]) -> bool:
    """Join terms with `||`."""
    return absorb(True, terms)


# -- loops --------------------------------------------------------------------------------


def elements(holder: object) -> Iterable[object]:
    """Return what a loop with one variable walks over: elements, or the keys of a map."""
    if isinstance(holder, list | tuple | dict):
        return holder
    raise no_overload("a loop", holder)


def pairs(holder: object) -> Iterable[tuple[object, object]]:
    """Return what a loop with two variables walks over: index or key, and value."""
    if isinstance(holder, dict):
        return holder.items()
    if isinstance(holder, list | tuple):
        return enumerate(holder)
    raise no_overload("a loop", holder)
