"""Tables of the memory engine: dicts with an open transaction's changes laid over them."""

from collections.abc import Iterator, MutableMapping
from typing import Generic, TypeVar, cast

Key = TypeVar("Key")
Value = TypeVar("Value")


class _Gone:
    """Marks a key that the transaction deleted."""


_GONE = _Gone()


class Layer(MutableMapping[Key, Value], Generic[Key, Value]):
    """One table as a transaction sees it; the table itself changes only at the commit."""

    def __init__(self, below: dict[Key, Value]) -> None:
        self._below = below
        self._changes: dict[Key, Value | _Gone] = {}

    def __getitem__(self, key: Key) -> Value:
        value = self._changes.get(key)
        if value is None:
            return self._below[key]
        if value is _GONE:
            raise KeyError(key)
        return cast("Value", value)

    def __setitem__(self, key: Key, value: Value) -> None:
        self._changes[key] = value

    def __delitem__(self, key: Key) -> None:
        if key not in self:
            raise KeyError(key)
        self._changes[key] = _GONE

    def __contains__(self, key: object) -> bool:
        if key in self._changes:
            return self._changes[key] is not _GONE
        return key in self._below

    def __iter__(self) -> Iterator[Key]:
        for key in self._below:
            if key not in self._changes:
                yield key
        for key, value in self._changes.items():
            if value is not _GONE:
                yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def is_changed(self) -> bool:
        return bool(self._changes)

    def settled(self, *, in_place: bool) -> dict[Key, Value]:
        """Give the table with the changes in it: the same dict, or a copy for open readers."""
        table = self._below if in_place else dict(self._below)
        for key, value in self._changes.items():
            if isinstance(value, _Gone):
                table.pop(key, None)
            else:
                table[key] = value
        return table
