"""Write a checked condition as Python, in its quick form: plain operators where they are exact.

The quick form either gives the answer of the exact form or raises one of `runtime.FAILED`; the
caller then asks the exact form. So a missing fact costs more, and the common case is native.
"""

from makegood.playbooks.cel.ast import (
    Call,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    Name,
    Node,
    Select,
)
from makegood.playbooks.cel.emit import ExactEmitter
from makegood.playbooks.cel.patterns import compile_pattern

_NUMBERS = frozenset(("int", "double"))
_EXACT = 2**53  # up to here every integer is a double
# Of these types no value equals or orders against a value of another type in Python.
_APART = frozenset(("string", "timestamp", "duration"))


class QuickEmitter(ExactEmitter):
    """Writes native Python where it means the same, and the exact call everywhere else."""

    def root(self, name: str) -> str:
        """Write a root variable: an argument of the generated function."""
        return f"r_{name}"

    def select(self, node: Select) -> str:
        """Write a subscript; whatever is not a map with that key raises."""
        operand = self.emit(node.operand)
        if node.test:
            return f"({node.field!r} in {operand}.keys())"
        return f"{operand}[{node.field!r}]"

    def index(self, node: Index) -> str:
        """Write a subscript when the key is a literal string."""
        if isinstance(node.key, Literal) and isinstance(node.key.value, str):
            return f"{self.emit(node.operand)}[{node.key.value!r}]"
        return super().index(node)

    def logic(self, node: Logic) -> str:
        """Write and/or: an error in any term reached leaves the quick form."""
        word = " and " if node.sign == "&&" else " or "
        return f"({word.join(map(self.truth, node.terms))})"

    def quantifier(self, node: Macro, loop: str) -> str:
        """Write all/any over a generator."""
        verb = "all" if node.kind == "all" else "any"
        return f"{verb}({self.truth(node.body)} {loop})"

    def call(self, node: Call) -> str:
        """Write an operator natively when types or literals allow it."""
        sign = node.function
        if sign in ("==", "!="):
            return self.equality(node) or super().call(node)
        if sign in ("<", "<=", ">", ">="):
            return self.order(node) or super().call(node)
        if sign == "in":
            return self.membership(node) or super().call(node)
        if sign in ("+", "-", "*"):
            return self.arithmetic(node) or super().call(node)
        return super().call(node)

    def truth(self, node: Node) -> str:
        """Write a bool; anything else leaves the quick form."""
        if self.type_of(node) == "bool" or (self.inside and not isinstance(node, Name)):
            return super().truth(node)
        code, again = self.twice(node)
        return f"({again} if {code} is True or {again} is False else rt.truth({again}))"

    def twice(self, node: Node) -> tuple[str, str]:
        """Write a value to be looked at, and what it is called when it is looked at again."""
        code = self.emit(node)
        return (code, code) if isinstance(node, Name) else (f"(t := {code})", "t")

    def native(self, node: Call) -> str:
        """Write a binary operator as Python's own."""
        left, right = node.args
        return f"({self.emit(left)} {node.function} {self.emit(right)})"

    def equality(self, node: Call) -> str | None:
        """Write == or != when neither side can be a bool or a container by surprise."""
        left, right = node.args
        for one, other in ((left, right), (right, left)):
            code = self.emit(other) if _is_singleton(one) else ""
            if code.startswith(("r", "v")):  # a fact or a call; Python warns of `1 is None`
                word = "is" if node.function == "==" else "is not"
                return f"({code} {word} {self.emit(one)})"
            if self.type_of(one) in _APART or _is_plain_number(one):
                return self.native(node)
        same_number = self.type_of(left) == self.type_of(right) in _NUMBERS
        return self.native(node) if same_number else None

    def order(self, node: Call) -> str | None:
        """Write an ordering when Python refuses the same pairs as CEL."""
        left, right = node.args
        types = {self.type_of(left), self.type_of(right)}
        if types & _APART or (len(types) == 1 and types <= _NUMBERS):
            return self.native(node)
        if not (_is_small_number(left) or _is_small_number(right)):
            return None
        if types <= _NUMBERS:
            return self.native(node)
        unsure = [side for side in node.args if self.type_of(side) not in _NUMBERS]
        if self.inside and not all(isinstance(side, Name) for side in unsure):
            return None  # Python allows no := in the operand of a loop
        # One side is a number, the other a fact: Python would order a bool as 0 or 1.
        guarded = [self.guarded(side) if side in unsure else self.emit(side) for side in node.args]
        return f"({guarded[0]} {node.function} {guarded[1]})"

    def guarded(self, node: Node) -> str:
        """Write a value that leaves the quick form when it is a bool."""
        code, again = self.twice(node)
        return f"({again} if type({code}) is not bool else rt.truth(None))"

    def membership(self, node: Call) -> str | None:
        """Write `in` over a list of literal strings and plain numbers."""
        element, holder = node.args
        if not isinstance(holder, ListLiteral) or not holder.items:
            return None
        if not all(_is_text(item) or _is_plain_number(item) for item in holder.items):
            return None
        items = ", ".join(map(self.emit, holder.items))
        return f"({self.emit(element)} in ({items},))"

    def arithmetic(self, node: Call) -> str | None:
        """Write arithmetic that cannot overflow."""
        types = {self.type_of(argument) for argument in node.args}
        if types == {"double"} or (types == {"string"} and node.function == "+"):
            return self.native(node)
        return None

    def function(self, node: Call, python: str) -> str:
        """Write the common string tests as methods of the string."""
        first, last = node.args[0], node.args[-1]
        if python in ("starts_with", "ends_with") and self.type_of(last) == "string":
            return f"{self.emit(first)}.{python.replace('_', '')}({self.emit(last)})"
        if python == "matches" and isinstance(last, Literal):
            search = self.pool.keep(compile_pattern(str(last.value)).search)
            return f"({search}({self.emit(first)}) is not None)"
        return super().function(node, python)


def _is_text(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)


def _is_singleton(node: Node) -> bool:
    return isinstance(node, Literal) and (node.value is None or isinstance(node.value, bool))


def _is_small_number(node: Node) -> bool:
    """Say whether a literal number compares alike in Python and as two doubles."""
    if not isinstance(node, Literal) or isinstance(node.value, bool):
        return False
    return isinstance(node.value, int | float) and abs(node.value) < _EXACT


def _is_plain_number(node: Node) -> bool:
    """Say whether such a number also cannot equal a bool in Python."""
    return _is_small_number(node) and node.value not in (0, 1)  # type: ignore[attr-defined]
