"""Can a condition ever be true? Constants, types and bounds that exclude each other say no.

What cannot be told counts as possible, so a warning made of this is never a guess.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import TypeAlias

from msgspec import Struct

from makegood.playbooks.cel import Expression, Node
from makegood.playbooks.cel.ast import Call, Choice, ListLiteral, Literal, Logic, Select, path_of
from makegood.playbooks.vocabulary import Path, Shape, wrong_type

MOST_WORLDS = 200  # ways in which a condition may come true that are looked at
_ORDERS = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
World: TypeAlias = tuple[tuple[Node, bool], ...]
"""Parts of a condition, each with the answer that it has to have."""


class Known(Struct, frozen=True, kw_only=True):
    """What is known before anything happens.

    Attributes:
        parameters: The constants.
        shapes: Root -> its declared facts.
        only: Path -> the only values it can have.
    """

    parameters: Mapping[str, object] = {}
    shapes: Mapping[str, Shape] = {}
    only: Mapping[Path, frozenset[object]] = {}


def never_true(made: Expression, known: Known) -> str:
    """Say why a condition can never be true; empty when it can, or when that cannot be told."""
    worlds = list(_worlds(made.checked.tree, wanted=True))
    if len(worlds) > MOST_WORLDS:
        return ""
    reasons = [_Facts(known).contradiction(world) for world in worlds]
    return reasons[0] if reasons and all(reasons) else ""


def _worlds(node: Node, *, wanted: bool) -> Iterator[World]:
    """Give the ways in which a part can have the answer that is wanted."""
    match node:
        case Logic(sign=sign, terms=terms) if (sign == "&&") == wanted:
            parts = [list(_worlds(term, wanted=wanted))[: MOST_WORLDS + 1] for term in terms]
            for n, world in enumerate(product(*parts)):
                if n > MOST_WORLDS:
                    return
                yield tuple(one for part in world for one in part)
        case Logic(terms=terms):
            for term in terms:
                yield from _worlds(term, wanted=wanted)
        case Call(function="!", args=(term,)):
            yield from _worlds(term, wanted=not wanted)
        case Choice(condition=condition, yes=yes, no=no):
            for answer, part in ((True, yes), (False, no)):
                both = product(_worlds(condition, wanted=answer), _worlds(part, wanted=wanted))
                yield from (first + second for first, second in both)
        case _:
            yield ((node, wanted),)


class _Facts:
    """What one world says of each fact, until it says two things that exclude each other."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.least: dict[Path, tuple[float, bool]] = {}
        self.most: dict[Path, tuple[float, bool]] = {}
        self.among: dict[Path, frozenset[object]] = {}
        self.isnt: dict[Path, set[object]] = {}
        self.absent: set[Path] = set()
        self.read: set[Path] = set()

    def contradiction(self, world: World) -> str:
        """Say what excludes what; empty when nothing does."""
        for node, wanted in world:
            why = self._take(node, wanted=wanted)
            if why:
                return why
        lacking = next((path for path in self.read if path in self.absent), None)
        return f"it reads {'.'.join(lacking)} only where that is absent" if lacking else ""

    def _take(self, node: Node, *, wanted: bool) -> str:
        value = self._constant(node)
        if value is not None:
            return "" if value is wanted else "its constants say no"
        match node:
            case Select(test=True, operand=operand, field=field):
                path = path_of(operand)
                if path is not None and not wanted:
                    self.absent.add((*path, field))
            case Call(function="in", args=(left, ListLiteral(items=items))) if wanted:
                values = [self._constant(item) for item in items]
                path = path_of(left)
                if path is not None and None not in values:
                    return self._within(path, frozenset(values))
            case Call(function=sign, args=(left, right)) if sign in _ORDERS:
                return self._compare(sign if wanted else _OPPOSITE[sign], left, right)
            case _:
                path = path_of(node)
                if path is not None:
                    return self._typed(path, True) or self._within(path, frozenset({wanted}))
        return ""

    def _compare(self, sign: str, left: Node, right: Node) -> str:
        path, value = path_of(left), self._constant(right)
        if path is None or path[0] == "params" or value is None:
            path, value, sign = path_of(right), self._constant(left), _ORDERS[sign]
        if path is None or value is None:
            return ""
        self.read.add(path)
        mismatch = self._typed(path, value)
        if mismatch:
            return "" if sign == "!=" else mismatch
        if sign == "==":
            return self._within(path, frozenset({value}))
        if sign == "!=":
            self.isnt.setdefault(path, set()).add(value)
            return self._left(path)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return ""
        return self._bound(path, sign, value)

    def _bound(self, path: Path, sign: str, value: float) -> str:
        closed = sign.endswith("=")
        if sign.startswith(">"):
            self.least[path] = self._tighter(self.least.get(path), (value, closed), high=True)
        else:
            self.most[path] = self._tighter(self.most.get(path), (value, closed), high=False)
        return self._left(path)

    @staticmethod
    def _tighter(
        old: tuple[float, bool] | None, new: tuple[float, bool], *, high: bool
    ) -> tuple[float, bool]:
        if old is None:
            return new
        if old[0] == new[0]:
            return old[0], old[1] and new[1]
        return new if (new[0] > old[0]) == high else old

    def _within(self, path: Path, values: frozenset[object]) -> str:
        self.read.add(path)
        known = self.among.get(path, self.known.only.get(path))
        self.among[path] = values if known is None else values & known
        return self._left(path)

    def _left(self, path: Path) -> str:
        """Say that no value is left for a fact; empty when one is, or may be."""
        among = self.among.get(path, self.known.only.get(path))
        if among is not None:
            left = {one for one in among if self._is_possible(path, one)}
            return "" if left else f"no value of {'.'.join(path)} fits"
        (least, with_least), (most, with_most) = (
            self.least.get(path, (float("-inf"), True)),
            self.most.get(path, (float("inf"), True)),
        )
        empty = least > most or (least == most and not (with_least and with_most))
        return f"no value of {'.'.join(path)} fits" if empty else ""

    def _is_possible(self, path: Path, value: object) -> bool:
        if value in self.isnt.get(path, ()):
            return False
        if isinstance(value, bool) or not isinstance(value, int | float):
            return path not in self.least and path not in self.most
        (least, with_least), (most, with_most) = (
            self.least.get(path, (float("-inf"), True)),
            self.most.get(path, (float("inf"), True)),
        )
        above = value > least or (value == least and with_least)
        return above and (value < most or (value == most and with_most))

    def _typed(self, path: Path, value: object) -> str:
        """Say that a fact is declared to be of another type than a value it is compared with."""
        declared: Shape | str | None = self.known.shapes.get(path[0])
        for step in path[1:]:
            declared = declared.get(step) if isinstance(declared, Mapping) else None
        if declared is None or declared in ("map", "list"):
            return ""
        numbers = declared in ("int", "double") and type(value) in (int, float)
        wrong = "" if numbers else wrong_type(value, declared)
        return f"{'.'.join(path)} is declared otherwise" if wrong else ""

    def _constant(self, node: Node) -> object:
        """Give the value of a part that reads no fact; None when it does, or has none."""
        match node:
            case Literal(value=value):
                return value
            case Call(function="neg", args=(one,)):
                negated = self._constant(one)
                return -negated if isinstance(negated, int | float) else None
            case Call(function=sign, args=(left, right)) if sign in _ORDERS:
                return _compared(sign, self._constant(left), self._constant(right))
        path = path_of(node)
        found: object = self.known.parameters if path and path[0] == "params" else None
        for step in path[1:] if path else ():
            found = found.get(step) if isinstance(found, Mapping) else None
        return found if isinstance(found, bool | int | float | str) else None


def _compared(sign: str, left: object, right: object) -> bool | None:
    if left is None or right is None or (isinstance(left, bool) != isinstance(right, bool)):
        return None
    if sign in ("==", "!="):
        return (left == right) == (sign == "==")
    if isinstance(left, str) != isinstance(right, str):
        return None
    less, same = left < right, left == right  # type: ignore[operator]
    return bool({"<": less, "<=": less or same, ">": not (less or same), ">=": not less}[sign])
