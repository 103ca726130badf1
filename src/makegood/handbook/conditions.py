"""Conditions in words, where they are simple; the expression always stands beside them."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from makegood.messages.money import Money
from makegood.playbooks.cel import CelError, Node, parse
from makegood.playbooks.cel.ast import Call, Choice, Index, Literal, Logic, Select, path_of
from makegood.projections.figures import money_words

Path: TypeAlias = tuple[str, ...]
_BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


class Wording:
    """Says the expressions of one book in words.

    Attributes:
        parameters: What `params.*` stand for.
        currency: Of sums in cents.
    """

    def __init__(self, parameters: Mapping[str, object], currency: str) -> None:
        self.parameters = parameters
        self.currency = currency

    def condition(self, code: str) -> str:
        """Say a condition; empty when it is not simple."""
        node = _parsed(code)
        return (self._claim(node) or "") if node is not None else ""

    def sum(self, code: str) -> str:
        """Say a sum in cents as money; empty when it is not simple."""
        node = _parsed(code)
        return (self._value(node, money=True) or "") if node is not None else ""

    def value(self, code: str) -> str:
        """Say a value; empty when it is not simple."""
        node = _parsed(code)
        return (self._value(node) or "") if node is not None else ""

    def names(self, code: str) -> tuple[str, ...]:
        """Name the facts that a text is put together from; none when it is made otherwise."""
        node = _parsed(code)
        found = list(_joined(node)) if node is not None else []
        return tuple(name for name in found if name) if all(n is not None for n in found) else ()

    def _claim(self, node: Node) -> str | None:
        match node:
            case Logic(sign=sign, terms=terms):
                return self._several(sign, terms)
            case Call(function="!", args=(inner,)):
                return self._denied(inner)
            case Call(function=sign, args=(left, right)) if sign in _BOUNDS or sign in (
                "==",
                "!=",
            ):
                return self._compared(sign, left, right)
            case Select(test=True, operand=operand, field=field):
                path = path_of(operand)
                return f"{_quoted((*path, field))} is known" if path else None
        path = path_of(node)
        return f"{_quoted(path)} is yes" if path and path[0] != "params" else None

    def _denied(self, inner: Node) -> str | None:
        if isinstance(inner, Select) and inner.test:
            path = path_of(inner.operand)
            return f"{_quoted((*path, inner.field))} is not known" if path else None
        path = path_of(inner)
        return f"{_quoted(path)} is no" if path else None

    def _several(self, sign: str, terms: tuple[Node, ...]) -> str | None:
        """Say terms in a row; that a fact is known goes without saying when it is compared."""
        read = {path for term in terms if not _is_test(term) for path in _paths(term)}
        kept = [t for t in terms if not (_is_test(t) and sign == "&&" and _tested(t) in read)]
        if any(isinstance(term, Logic) for term in kept):
            return None  # an and within an or is read more surely as it is written
        said = [self._claim(term) for term in kept]
        if None in said:
            return None
        return (" and " if sign == "&&" else " or ").join(one for one in said if one)

    def _compared(self, sign: str, left: Node, right: Node) -> str | None:
        path = path_of(left)
        name = _quoted(path) if path and path[0] != "params" else self._value(left)
        other = self._value(right, money=path is not None and _is_money(path))
        if name is None or other is None:
            return None
        words = {
            "==": "is",
            "!=": "is not",
            **{one: f"is {word}" for one, word in _BOUNDS.items()},
        }
        return f"{name} {words[sign]} {other}"

    def _value(self, node: Node, *, money: bool = False) -> str | None:
        match node:
            case Literal(value=value):
                return self._literal(value, money=money)
            case Call(function=sign, args=(left, right)) if sign in ("+", "-", "/", "*"):
                return self._reckoned(sign, left, right, money=money)
            case Choice(condition=condition, yes=yes, no=no):
                return self._chosen(condition, yes, no, money=money)
            case Index(operand=operand, key=key):
                of, by = path_of(operand), path_of(key)
                return f"the {name_of(of)} of {_quoted(by)}" if of and by else None
        path = path_of(node)
        if path and path[0] == "params" and len(path) > 1:
            constant = self.parameters.get(path[1])
            return self._literal(constant, money=money or _is_money(path))
        if path is None:
            return None
        return name_of(path) if path[0] == "customer" else f"the {name_of(path)}"

    def _literal(self, value: object, *, money: bool) -> str | None:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int) and money:
            return money_words(Money(value, self.currency))
        if isinstance(value, str):
            return f"“{value.replace('_', ' ')}”"
        return f"{value:,}" if isinstance(value, int | float) else None

    def _reckoned(self, sign: str, left: Node, right: Node, *, money: bool) -> str | None:
        if sign == "/" and isinstance(right, Literal) and right.value == 2:
            whole = self._value(left, money=money)
            return f"half of {whole}" if whole else None
        one = self._value(left, money=money)
        other = self._value(right, money=money and sign in "+-")
        words = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}
        return f"{one} {words[sign]} {other}" if one and other else None

    def _chosen(self, condition: Node, yes: Node, no: Node, *, money: bool) -> str | None:
        claim = self._claim(condition)
        one, other = self._value(yes, money=money), self._value(no, money=money)
        if claim is None or one is None or other is None:
            return None
        if isinstance(no, Choice):
            return f"{one} when {claim}; otherwise {other}"
        return f"{one} when {claim}, otherwise {other}"


def _parsed(code: str) -> Node | None:
    try:
        return parse(code)
    except CelError:
        return None


def in_row(words: Sequence[str], last: str = "and") -> str:
    """Write several words in a row: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def name_of(path: Path) -> str:
    """Name a fact as people do: event.price_cents is the price."""
    last = path[-1].removesuffix("_cents").removesuffix("_ms").replace("_", " ")
    return f"the customer's {last}" if path[0] == "customer" else last


def _quoted(path: Path) -> str:
    return f"“{name_of(path)}”"


def _is_money(path: Path) -> bool:
    return path[-1].endswith("_cents")


def _is_test(node: Node) -> bool:
    return isinstance(node, Select) and node.test


def _tested(node: Node) -> Path:
    return (*(path_of(node.operand) or ()), node.field) if isinstance(node, Select) else ()


def _paths(node: Node) -> tuple[Path, ...]:
    """Give the facts that a term reads, as far as this page can say it."""
    args = node.args if isinstance(node, Call) else (node,)
    return tuple(path for one in args if (path := path_of(one)))


def _joined(node: Node) -> "list[str | None]":
    match node:
        case Call(function="+", args=(left, right)):
            return [*_joined(left), *_joined(right)]
        case Literal(value=str()):
            return [""]
    path = path_of(node)
    return [name_of(path) if path else None]
