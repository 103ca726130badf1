"""What the rows of a decision table ask of one fact: yes or no, a word, a number in a range.

The tests of all rows cut what a column can be into finitely many cells. A test is a set of cells,
so that gaps and overlaps of a table can be found and not only guessed.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

Kind: TypeAlias = Literal["flag", "word", "number"]
Plain: TypeAlias = bool | int | float | str

_BOUND = re.compile(r"(<=|>=|<|>)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)", re.ASCII)
_RANGE = re.compile(
    r"(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)\s*\.\.\s*(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)", re.ASCII
)


class Test(Struct, frozen=True):
    """What one row asks of a column; any one of its parts is enough.

    Attributes:
        words: Values to be equal to.
        spans: Ranges of numbers: (from, whether from itself counts, to, whether to counts).
    """

    __test__ = False  # no test of the test suite

    words: tuple[Plain, ...] = ()
    spans: tuple[tuple[float, bool, float, bool], ...] = ()


def read_span(written: str) -> tuple[float, bool, float, bool] | None:
    """Read a range of numbers.

    Args:
        written: A bound such as `< 24` or `>= 3`, or both ends, which count, as in `1..5`.

    Returns:
        From, whether it counts, to, whether it counts; None when it is no range.
    """
    if found := _RANGE.fullmatch(written):
        return float(found[1]), True, float(found[2]), True
    if found := _BOUND.fullmatch(written):
        sign, at = found[1], float(found[2])
        if sign.startswith("<"):
            return -math.inf, False, at, sign == "<="
        return at, sign == ">=", math.inf, False
    return None


class Column(Struct, frozen=True, kw_only=True):
    """One thing that a table looks at.

    Attributes:
        name: As the rows call it.
        kind: What its value is.
        words: For `flag` and `word`, what it can be, one cell each; any other word is one more.
        cuts: For `number`, the numbers that tests name, ascending: a cell each, and one between.
        closed: No other word than those is possible.
    """

    name: str
    kind: Kind
    words: tuple[Plain, ...] = ()
    cuts: tuple[float, ...] = ()
    closed: bool = False

    @property
    def cells(self) -> int:
        """How many cells there are."""
        if self.kind == "number":
            return 2 * len(self.cuts) + 1
        return len(self.words) + (not self.closed)

    @property
    def every(self) -> int:
        """The set of all cells, as bits."""
        return (1 << self.cells) - 1

    def cell_of(self, value: object) -> int | None:
        """Say in which cell a value lies.

        Args:
            value: What the column's expression gave.

        Returns:
            The cell as a bit; None when the column cannot have such a value.
        """
        if self.kind == "number":
            if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
                return None
            at = bisect_left(self.cuts, value)
            on_cut = at < len(self.cuts) and self.cuts[at] == value
            return 1 << (2 * at + on_cut)
        if type(value) is not (bool if self.kind == "flag" else str):
            return None
        for cell, word in enumerate(self.words):
            if word == value:
                return 1 << cell
        return None if self.closed else 1 << len(self.words)

    def mask(self, test: Test) -> int:
        """Give the cells that pass a test, as bits."""
        found = 0
        for word in test.words:
            found |= self.cell_of(word) or 0
        spans = test.spans if self.kind == "number" else ()  # else that is a mistake, and told
        for start, with_start, end, with_end in spans:
            for cell in range(self.cells):
                low, high = self._ends(cell)
                after = low > start or (low == start and (with_start or low != high))
                before = high < end or (high == end and (with_end or low != high))
                if after and before:
                    found |= 1 << cell
        return found

    def _ends(self, cell: int) -> tuple[float, float]:
        """Give a cell's ends; both are the same for a cut, else neither counts."""
        at, on_cut = divmod(cell, 2)
        if on_cut:
            return self.cuts[at], self.cuts[at]
        low = self.cuts[at - 1] if at else -math.inf
        high = self.cuts[at] if at < len(self.cuts) else math.inf
        return low, high

    def describe(self, cells: int) -> str:
        """Say in words what a value in the first of some cells looks like."""
        cell = (cells & -cells).bit_length() - 1
        if self.kind != "number":
            if cell < len(self.words):
                word = self.words[cell]
                return str(word).lower() if isinstance(word, bool) else str(word)
            return "anything else"
        low, high = self._ends(cell)
        if low == high:
            return f"{low:g}"
        if math.isinf(low):
            return f"less than {high:g}" if not math.isinf(high) else "any number"
        return f"more than {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"


def make_column(name: str, kind: Kind, tests: tuple[Test, ...], one_of: tuple[str, ...]) -> Column:
    """Make a column from all that the rows ask of it.

    Args:
        name: As the rows call it.
        kind: What its value is.
        tests: The tests of all rows.
        one_of: The only words it can be; empty for any.

    Returns:
        The column with its cells.
    """
    if kind == "flag":
        return Column(name=name, kind=kind, words=(True, False), closed=True)
    if kind == "word":
        asked = dict.fromkeys((*one_of, *(word for test in tests for word in test.words)))
        return Column(name=name, kind=kind, words=tuple(asked), closed=bool(one_of))
    ends = {end for test in tests for span in test.spans for end in (span[0], span[2])}
    ends |= {float(word) for test in tests for word in test.words}
    return Column(name=name, kind=kind, cuts=tuple(sorted(ends - {-math.inf, math.inf})))


def spread(columns: Mapping[str, Column]) -> tuple[int, ...]:
    """Give the box of everything that can be."""
    return tuple(column.every for column in columns.values())
