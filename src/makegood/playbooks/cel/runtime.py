"""What the generated code calls to read facts, to decide and to loop."""

from collections.abc import Callable, Iterable, Iterator

from makegood.playbooks.cel.instants import Duration, Timestamp
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
        plain = map_key(key)
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


def map_key(key: object) -> int | str | None:
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
