"""Refuse, before anything runs, what a condition may not say: names, types and calls."""

from collections.abc import Mapping
from difflib import get_close_matches

from msgspec import Struct

from makegood.playbooks.cel.ast import (
    Call,
    Choice,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    MapLiteral,
    Name,
    Node,
    Select,
    path_of,
)
from makegood.playbooks.cel.functions import to_duration, to_timestamp
from makegood.playbooks.cel.instants import offset_nanos
from makegood.playbooks.cel.parser import MAX_DEPTH
from makegood.playbooks.cel.patterns import PatternError, compile_pattern
from makegood.playbooks.cel.refusals import CelError, CelEvaluationError, Refusal
from makegood.playbooks.cel.runtime import type_name
from makegood.playbooks.cel.signatures import FUNCTIONS, OPERATORS, Function

_CONVERSIONS = ("bool", "double", "dyn", "duration", "int", "string", "timestamp")
_TYPE_NAMES = frozenset((*_CONVERSIONS, "bytes", "list", "map", "null_type", "type", "uint"))
_UNSUPPORTED = {
    "type": (Refusal.TYPE_VALUE, "types are not values here; compare what you mean instead."),
    "bytes": (Refusal.BYTES, "bytes are not supported; use a string."),
    "uint": (Refusal.UINT, "unsigned integers are not supported; use int()."),
}


class Scope(Struct, frozen=True, kw_only=True):
    """What a condition may name.

    Attributes:
        names: The root variables, such as `event` and `customer`.
        known: For a root, the members it can have; a root that is left out may have any.
    """

    names: tuple[str, ...]
    known: Mapping[str, frozenset[str]] | None = None


class Checked(Struct, frozen=True, kw_only=True):
    """A condition that passed every check.

    Attributes:
        tree: The parsed condition.
        types: Static type of every node, by `id`; `dyn` where only the facts decide.
        paths: Every static path that is read, once, in the order written.
        roots: Every root that is read, once, in the order written.
    """

    tree: Node
    types: dict[int, str]
    paths: tuple[tuple[str, ...], ...]
    roots: tuple[str, ...]

    def type_of(self, node: Node) -> str:
        """Return the static type of a node."""
        return self.types[id(node)]


def check(tree: Node, text: str, scope: Scope) -> Checked:
    """Check names, calls and types.

    Args:
        tree: What `parse` returned.
        text: The condition, for errors.
        scope: What may be named.

    Returns:
        The condition with its types and the paths it reads.

    Raises:
        CelError: The first thing that is wrong.
    """
    checker = _Checker(text, scope)
    for name in scope.names:
        if not name.isidentifier():
            raise checker.refused(
                Refusal.QUALIFIED_NAME, f"`{name}` is not a plain variable name.", tree
            )
    checker.visit(tree)
    paths = tuple(checker.paths)
    roots = tuple(dict.fromkeys(path[0] for path in paths))
    return Checked(tree=tree, types=checker.types, paths=paths, roots=roots)


class _Checker:
    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.types: dict[int, str] = {}
        self.paths: dict[tuple[str, ...], None] = {}
        self.locals: dict[str, str] = {}
        self.depth = 0

    def refused(self, code: Refusal, why: str, node: Node) -> CelError:
        return CelError(code, why, self.text, node.pos)

    def visit(self, node: Node) -> str:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            why = f"nested more than {MAX_DEPTH} deep; split the condition."
            raise self.refused(Refusal.TOO_DEEP, why, node)
        known = self.visit_path(node) or self.visit_value(node)
        self.depth -= 1
        self.types[id(node)] = known
        return known

    def visit_value(self, node: Node) -> str:
        match node:
            case Literal(value=value):
                return type_name(value)
            case Select():
                return self.visit_select(node)
            case Index():
                return self.visit_index(node)
            case Call():
                return self.visit_call(node)
            case Macro():
                return self.visit_macro(node)
        return self.visit_compound(node)

    def visit_compound(self, node: Node) -> str:
        match node:
            case Logic(terms=terms, sign=sign):
                for term in terms:
                    self.want("bool", term, f"`{sign}`")
                return "bool"
            case Choice(condition=condition, yes=yes, no=no):
                self.want("bool", condition, "`?:`")
                first, second = self.visit(yes), self.visit(no)
                return first if first == second else "dyn"
            case ListLiteral(items=items):
                for item in items:
                    self.visit(item)
                return "list"
            case MapLiteral():
                return self.visit_map(node)
        raise TypeError(f"unknown node {node!r}")

    def want(self, wanted: str, node: Node, what: str) -> None:
        have = self.visit(node)
        if have not in (wanted, "dyn"):
            why = f"{what} needs a {wanted}, not a {have}."
            raise self.refused(Refusal.TYPE_MISMATCH, why, node)

    # -- names ----------------------------------------------------------------------------

    def visit_path(self, node: Node) -> str | None:
        path = path_of(node)
        if path is None:
            return None
        if len(path) >= MAX_DEPTH:
            raise self.refused(Refusal.TOO_DEEP, "the path is too long.", node)
        if path[0] in self.locals:
            return self.locals[path[0]] if isinstance(node, Name) else None
        self.check_name(path, node)
        self.paths[path] = None
        inner: Node = node
        while isinstance(inner, Select | Index):
            if isinstance(inner, Index):
                self.types[id(inner.key)] = "string"
            inner = inner.operand
            self.types[id(inner)] = "dyn"
        return "bool" if isinstance(node, Select) and node.test else "dyn"

    def check_name(self, path: tuple[str, ...], node: Node) -> None:
        root = path[0]
        if root not in self.scope.names:
            if root in _TYPE_NAMES:
                code, why = _UNSUPPORTED["type"]
                raise self.refused(code, why, node)
            names = (*self.scope.names, *self.locals)
            raise self.unknown(Refusal.UNKNOWN_NAME, root, names, node)
        known = (self.scope.known or {}).get(root)
        if len(path) > 1 and known is not None and path[1] not in known:
            names = tuple(f"{root}.{member}" for member in sorted(known))
            raise self.unknown(Refusal.UNKNOWN_NAME, f"{root}.{path[1]}", names, node)

    def unknown(self, code: Refusal, name: str, names: tuple[str, ...], node: Node) -> CelError:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(names[:8])}."
        return self.refused(code, f"`{name}` is not known; {hint}", node)

    # -- values ---------------------------------------------------------------------------

    def visit_select(self, node: Select) -> str:
        self.want("map", node.operand, f"`.{node.field}`")
        return "bool" if node.test else "dyn"

    def visit_index(self, node: Index) -> str:
        holder, key = self.visit(node.operand), self.visit(node.key)
        keys = {
            "list": ("int", "double", "dyn"),
            "map": ("int", "double", "string", "bool", "dyn"),
            "dyn": ("int", "double", "string", "bool", "dyn"),
        }.get(holder, ())
        if key not in keys:
            why = f"`[]` does not take a {key} on a {holder}."
            raise self.refused(Refusal.TYPE_MISMATCH, why, node)
        return "dyn"

    def visit_map(self, node: MapLiteral) -> str:
        seen: set[object] = set()
        for key, value in node.entries:
            if self.visit(key) not in ("int", "string"):
                why = "the key of a map must be known to be a string or an integer."
                raise self.refused(Refusal.MAP_KEY, why, key)
            if isinstance(key, Literal):
                if key.value in seen:
                    why = f"the key {key.value!r} appears twice."
                    raise self.refused(Refusal.REPEATED_KEY, why, key)
                seen.add(key.value)
            self.visit(value)
        return "map"

    def visit_macro(self, node: Macro) -> str:
        holder = self.visit(node.operand)
        if holder not in ("list", "map", "dyn"):
            why = f"a loop walks over a list or a map, not a {holder}."
            raise self.refused(Refusal.TYPE_MISMATCH, why, node)
        outer = self.locals
        first = "int" if holder == "list" and len(node.variables) > 1 else "dyn"
        self.locals = outer | dict(zip(node.variables, (first, "dyn"), strict=False))
        if node.keep is not None:
            self.want("bool", node.keep, "the condition of a loop")
        if node.kind in ("list", "map"):
            self.visit(node.body)
        else:
            self.want("bool", node.body, "the condition of a loop")
        self.locals = outer
        return {"list": "list", "map": "map"}.get(node.kind, "bool")

    # -- calls ----------------------------------------------------------------------------

    def visit_call(self, node: Call) -> str:
        function = OPERATORS.get(node.function) or self.function(node)
        types = tuple(self.visit(argument) for argument in node.args)
        fitting = [way for way in function.overloads if way.fits(types)]
        if not fitting:
            sizes = sorted({len(way.takes) - node.member for way in function.overloads})
            if len(types) - node.member not in sizes:
                counts = " or ".join(map(str, sizes))
                why = f"{node.function}() takes {counts} arguments."
                raise self.refused(Refusal.WRONG_ARGUMENTS, why, node)
            sign = "-" if node.function == "neg" else node.function
            why = f"`{sign}` does not take ({', '.join(types)})."
            raise self.refused(Refusal.TYPE_MISMATCH, why, node)
        self.check_constants(node, function)
        answers = {way.gives for way in fitting}
        return answers.pop() if len(answers) == 1 else "dyn"

    def function(self, node: Call) -> Function:
        if not node.member and node.function in _UNSUPPORTED:
            raise self.refused(*_UNSUPPORTED[node.function], node)
        function = FUNCTIONS.get(node.function)
        if function is None:
            names = tuple(FUNCTIONS)
            raise self.unknown(Refusal.UNKNOWN_FUNCTION, node.function, names, node)
        if not (function.member if node.member else function.free):
            shape = f"x.{node.function}(...)" if function.member else f"{node.function}(...)"
            why = f"write it as {shape}."
            raise self.refused(Refusal.WRONG_ARGUMENTS, why, node)
        return function

    def check_constants(self, node: Call, function: Function) -> None:
        last = node.args[-1]
        text = last.value if isinstance(last, Literal) and isinstance(last.value, str) else None
        if function.python == "matches":
            self.check_pattern(text, last)
        elif function.python == "instant_part" and len(node.args) > 1:
            if text is None or offset_nanos(text) is None:
                why = "the time zone must be 'UTC' or a fixed offset such as '+02:00'."
                raise self.refused(Refusal.TIME_ZONE, why, last)
        elif text is not None and function.python in ("to_timestamp", "to_duration"):
            convert = to_duration if function.python == "to_duration" else to_timestamp
            try:
                convert(text)
            except CelEvaluationError as error:
                raise self.refused(Refusal.WRONG_ARGUMENTS, str(error), last) from error

    def check_pattern(self, pattern: str | None, node: Node) -> None:
        if pattern is None:
            why = "the pattern must be written out, so that it can be checked now."
            raise self.refused(Refusal.PATTERN, why, node)
        try:
            compile_pattern(pattern)
        except PatternError as error:
            raise self.refused(Refusal.PATTERN, f"the pattern: {error}.", node) from error
