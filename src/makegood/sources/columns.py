"""How the columns of a table become the fields of an event."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite, isnan

from makegood.messages.errors import InputError
from makegood.messages.facts import Fact

FIELDS = (
    "type", "userId", "anonymousId", "previousId", "groupId", "messageId", "event", "name",
    "category", "timestamp", "sentAt",
)  # fmt: skip
SKIP = "-"  # a column mapped to this is left out
AS_TEXT = ":text"  # "properties.seat:text" keeps "007" and "1e3" as they are written

_PLAIN = {field.casefold(): field for field in FIELDS}
_ALIASES = {"time": "timestamp", "userid": "userId", "eventname": "event", "id": "messageId"}
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,18})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.\d+")
_WORDS: Mapping[str, Fact] = {"true": True, "false": False}


def plan_columns(columns: tuple[str, ...], mapping: Mapping[str, str]) -> dict[str, str]:
    """Say which field each column fills.

    Args:
        columns: Names in the file's head.
        mapping: Column -> field, for those the defaults do not serve; `-` leaves one out.

    Returns:
        Column -> field; a column that is no field of an event becomes `properties.<column>`.

    Raises:
        InputError: The mapping names a column that is not there or a field there is not, or two
            columns fill the same field.
    """
    missing = sorted(set(mapping) - set(columns))
    if missing:
        raise InputError(f"The file has no column {missing[0]!r}; it has {', '.join(columns)}.")
    plan = {column: mapping.get(column) or _default(column) for column in columns}
    for column, field in plan.items():
        _check_field(column, field)
    fields = [field.removesuffix(AS_TEXT) for field in plan.values() if field != SKIP]
    for field in fields:
        if fields.count(field) > 1:
            raise InputError(f"Two columns fill {field!r}; map one of them to something else.")
    return plan


def _default(column: str) -> str:
    if column.startswith(("properties.", "traits.")):
        return column
    squeezed = column.casefold().replace("_", "").replace(" ", "")
    return _PLAIN.get(squeezed) or _ALIASES.get(squeezed) or f"properties.{column}"


def _check_field(column: str, field: str) -> None:
    bare = field.removesuffix(AS_TEXT)
    if bare not in (SKIP, *FIELDS) and not re.fullmatch(r"(properties|traits)\..+", bare):
        raise InputError(
            f"Column {column!r} is mapped to {field!r}; write properties.<key>, traits.<key>, "
            f"{SKIP} or one of {', '.join(FIELDS)}."
        )


def payload_of(row: Mapping[str, object], plan: Mapping[str, str]) -> dict[str, object]:
    """Build the event that one row of a table stands for; empty cells say nothing.

    Raises:
        InputError: A cell holds what no event can.
    """
    payload: dict[str, object] = {}
    for column, field in plan.items():
        bare = field.removesuffix(AS_TEXT)
        value = row.get(column)
        if field == SKIP or value is None or value == "":
            continue
        root, dot, key = bare.partition(".")
        plain = plain_value(value, column, as_text=not dot or field != bare)
        if plain is None:
            continue
        if not dot:
            payload[root] = plain
        else:
            _put(payload, [root, *key.split(".")], plain, column)
    return payload


def _put(payload: dict[str, object], path: list[str], value: Fact, column: str) -> None:
    place = payload
    for step in path[:-1]:
        inner = place.setdefault(step, {})
        if not isinstance(inner, dict):
            raise InputError(f"Column {column!r} goes inside {step!r}, which holds a value.")
        place = inner
    if isinstance(place.get(path[-1]), dict):
        raise InputError(f"Column {column!r} would replace what other columns put there.")
    place[path[-1]] = value


def plain_value(value: object, column: str, *, as_text: bool = False) -> Fact:
    """Bring a cell to a JSON value; text that looks like a number or truth value becomes one."""
    match value:
        case str():
            return value.strip() if as_text else _guess(value.strip())
        case bool():
            return str(value).lower() if as_text else value
        case int():
            return str(value) if as_text else value
        case float() | Decimal():
            return _number(value, column, as_text=as_text)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value // timedelta(milliseconds=1)
        case list():
            return [plain_value(inner, column) for inner in value]
        case dict():
            return {str(key): plain_value(inner, column) for key, inner in value.items()}
        case None:
            return None
    raise InputError(f"Column {column!r} holds {type(value).__name__}, which no event can carry.")


def _guess(text: str) -> Fact:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return _WORDS.get(text.casefold(), text)


def _number(value: float | Decimal, column: str, *, as_text: bool) -> Fact:
    if isnan(value):
        return None  # how tables write "nothing here"
    if not isfinite(value):
        raise InputError(f"Column {column!r} holds an infinite number.")
    whole = int(value) if value == int(value) else None
    if as_text:
        return str(value if whole is None else whole)
    if isinstance(value, Decimal):
        return float(value) if whole is None else whole
    return value
