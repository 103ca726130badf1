"""Write a checked condition as Python, in its exact form: every operator is a call."""

from collections.abc import Mapping

from makegood.playbooks.cel import functions, operators, runtime
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
from makegood.playbooks.cel.check import Checked
from makegood.playbooks.cel.functions import to_duration, to_timestamp
from makegood.playbooks.cel.patterns import compile_pattern
from makegood.playbooks.cel.refusals import CelEvaluationError
from makegood.playbooks.cel.signatures import FUNCTIONS, OPERATORS


class Pool:
    """The constants that generated code refers to by name."""

    def __init__(self) -> None:
        """Start with the runtime and nothing else."""
        self.names: dict[str, object] = {
            "rt": runtime,
            "op": operators,
            "fn": functions,
            "root": _root,
        }

    def keep(self, value: object) -> str:
        """Give a constant a name."""
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name


def _root(env: Mapping[str, object], name: str) -> object:
    if name in env:
        return env[name]
    raise CelEvaluationError(f"{name} is missing.", missing=name)


class ExactEmitter:
    """Writes the form that decides every case, errors and their absorption included.

    Each method returns one Python expression that is safe to put next to anything.
    """

    def __init__(self, checked: Checked, pool: Pool) -> None:
        """Prepare to write one condition."""
        self.checked = checked
        self.pool = pool
        self.locals: dict[str, str] = {}
        self.loops = 0
        self.inside = 0  # how many loops are being written, their operand included

    def emit(self, node: Node) -> str:
        """Write a node."""
        match node:
            case Literal():
                return self.literal(node)
            case Name():
                return self.locals.get(node.name) or self.root(node.name)
            case Select():
                return self.select(node)
            case Index():
                return self.index(node)
            case Call():
                return self.call(node)
            case Macro():
                return self.macro(node)
        return self.compound(node)

    def compound(self, node: Node) -> str:
        """Write a node that is made of others."""
        match node:
            case Logic():
                return self.logic(node)
            case Choice(condition=condition, yes=yes, no=no):
                decided = self.truth(condition)
                return f"({self.emit(yes)} if {decided} else {self.emit(no)})"
            case ListLiteral(items=items):
                return f"[{', '.join(map(self.emit, items))}]"
            case MapLiteral(entries=entries):
                written = (f"({self.emit(k)}, {self.emit(v)})" for k, v in entries)
                return f"rt.new_map({', '.join(written)})"
        raise TypeError(f"unknown node {node!r}")

    def type_of(self, node: Node) -> str:
        """Return the static type of a node."""
        return self.checked.type_of(node)

    def truth(self, node: Node) -> str:
        """Write a node that must be a bool."""
        code = self.emit(node)
        return code if self.type_of(node) == "bool" else f"rt.truth({code})"

    def literal(self, node: Literal) -> str:
        """Write a constant."""
        if isinstance(node.value, float):
            return self.pool.keep(node.value)
        is_int = isinstance(node.value, int) and not isinstance(node.value, bool)
        return f"({node.value!r})" if is_int else repr(node.value)

    def root(self, name: str) -> str:
        """Write a root variable."""
        return f"root(env, {name!r})"

    def dotted(self, node: Node) -> str | None:
        """Return the path of a node as text, when it is a static one."""
        path = path_of(node)
        return None if path is None or path[0] in self.locals else ".".join(path)

    def select(self, node: Select) -> str:
        """Write a field access or has()."""
        verb = "has" if node.test else "select"
        return f"rt.{verb}({self.emit(node.operand)}, {node.field!r}, {self.dotted(node)!r})"

    def index(self, node: Index) -> str:
        """Write an index."""
        key = self.emit(node.key)
        return f"rt.index({self.emit(node.operand)}, {key}, {self.dotted(node)!r})"

    def logic(self, node: Logic) -> str:
        """Write && or ||, which absorb errors."""
        verb = "both" if node.sign == "&&" else "either"
        terms = ", ".join(f"lambda: {self.emit(term)}" for term in node.terms)
        return f"rt.{verb}({terms})"

    def call(self, node: Call) -> str:
        """Write an operator or a function."""
        operator = OPERATORS.get(node.function)
        if node.function == "!":
            return f"(not {self.truth(node.args[0])})"
        if operator is not None:
            return f"op.{operator.python}({', '.join(map(self.emit, node.args))})"
        return self.function(node, FUNCTIONS[node.function].python)

    def function(self, node: Call, python: str) -> str:
        """Write a function call; what depends on constants alone is worked out now."""
        first, last = node.args[0], node.args[-1]
        text = last.value if isinstance(last, Literal) and isinstance(last.value, str) else None
        if python == "unchanged":
            return self.emit(first)
        if python == "matches" and text is not None:
            return f"fn.matches({self.emit(first)}, {self.pool.keep(compile_pattern(text))})"
        if python == "to_timestamp" and text is not None:
            return self.pool.keep(to_timestamp(text))
        if python == "to_duration" and text is not None:
            return self.pool.keep(to_duration(text))
        args = [self.emit(argument) for argument in node.args]
        if python in ("instant_part", "rounded"):
            args.insert(0, repr(node.function.removeprefix("math.")))
        return f"fn.{python}({', '.join(args)})"

    def macro(self, node: Macro) -> str:
        """Write a loop."""
        self.inside += 1
        walker = "elements" if len(node.variables) == 1 else "pairs"
        holder = f"rt.{walker}({self.emit(node.operand)})"
        outer = self.locals
        self.loops += 1
        names = {name: f"v{self.loops}_{name}" for name in node.variables}
        self.locals = outer | names
        loop = f"for {', '.join(names.values())} in {holder}"
        code = self.loop(node, loop)
        self.locals = outer
        self.inside -= 1
        return code

    def loop(self, node: Macro, loop: str) -> str:
        """Write what a loop makes of its elements."""
        if node.kind == "list" or node.kind == "map":
            keep = f" if {self.truth(node.keep)}" if node.keep is not None else ""
            if node.kind == "list":
                return f"[{self.emit(node.body)} {loop}{keep}]"
            key = self.locals[node.variables[0]]
            return f"{{{key}: {self.emit(node.body)} {loop}{keep}}}"
        if node.kind == "exists_one":
            return f"(sum(1 {loop} if {self.truth(node.body)}) == 1)"
        return self.quantifier(node, loop)

    def quantifier(self, node: Macro, loop: str) -> str:
        """Write all() or exists(), which absorb errors."""
        verb = "every" if node.kind == "all" else "some"
        return f"rt.{verb}((lambda: {self.emit(node.body)}) {loop})"
