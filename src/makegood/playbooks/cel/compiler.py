"""Compile a condition to Python, once, when the rule book is loaded."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from makegood.playbooks.cel.check import Checked, Scope, check
from makegood.playbooks.cel.emit import ExactEmitter, Pool
from makegood.playbooks.cel.parser import parse
from makegood.playbooks.cel.quick import QuickEmitter
from makegood.playbooks.cel.refusals import CelError, Refusal
from makegood.playbooks.cel.runtime import FAILED


class Expression(Struct, frozen=True, kw_only=True, eq=False):
    """A compiled condition.

    Attributes:
        text: The condition as written.
        python: The generated source: the quick form and the exact form.
        paths: Every static path that is read, such as `("event", "reason")`.
        result_type: Static type of the answer; `dyn` where only the facts decide.
        roots: The root variables that are read, in the order of the quick form's arguments.
        quick: Answers or raises one of `runtime.FAILED`.
        exact: Answers or raises CelEvaluationError; takes the roots by name.
        checked: The tree and its types, to be compiled again together with others.
    """

    text: str
    python: str
    paths: tuple[tuple[str, ...], ...]
    result_type: str
    roots: tuple[str, ...]
    quick: Callable[..., object]
    exact: Callable[[Mapping[str, object]], object]
    checked: Checked

    def evaluate(self, env: Mapping[str, object]) -> object:
        """Evaluate the condition.

        Args:
            env: A JSON value for each root variable.

        Returns:
            A JSON value, a Timestamp or a Duration.

        Raises:
            CelEvaluationError: It cannot be evaluated; `missing` names a missing fact.
        """
        try:
            return self.quick(*[env[root] for root in self.roots])
        except FAILED:
            return self.exact(env)


def compile_expression(text: str, scope: Scope) -> Expression:
    """Compile a condition.

    Args:
        text: One CEL expression of the subset in docs/reference/conditions.md.
        scope: What it may name.

    Returns:
        The compiled condition.

    Raises:
        CelError: It is refused; the code says why, line and column say where.
    """
    checked = check(parse(text), text, scope)
    pool = Pool()
    parameters = ", ".join(f"r_{root}" for root in checked.roots)
    source = (
        f"def quick({parameters}):\n    return {QuickEmitter(checked, pool).emit(checked.tree)}\n"
        f"def exact(env):\n    return {ExactEmitter(checked, pool).emit(checked.tree)}\n"
    )
    try:
        quick, exact = load(source, pool, "quick", "exact")
    except (SyntaxError, MemoryError, RecursionError) as error:
        why = "too large to compile; split the condition."
        raise CelError(Refusal.TOO_DEEP, why, text, 0) from error
    return Expression(
        text=text,
        python=source,
        paths=checked.paths,
        result_type=checked.type_of(checked.tree),
        roots=checked.roots,
        quick=quick,
        exact=exact,
        checked=checked,
    )


def load(source: str, pool: Pool, *names: str) -> tuple[Callable[..., object], ...]:
    """Turn generated source into functions.

    The source holds only what the emitters wrote: operators, constants of the pool, quoted
    literals and names made of letters; no text of a condition reaches it unquoted.
    """
    namespace = dict(pool.names)
    exec(compile(source, "<condition>", "exec"), namespace)  # noqa: S102
    return tuple(namespace[name] for name in names)  # type: ignore[misc]


def facts_seen(
    paths: Iterable[tuple[str, ...]], env: Mapping[str, object]
) -> tuple[tuple[str, object], ...]:
    """Return the facts that conditions read, for the reasons of a decision.

    Args:
        paths: `Expression.paths`, of one condition or several.
        env: What the conditions were evaluated with.

    Returns:
        The dotted path and the value of every path that exists, once, in the order given.
    """
    seen: dict[str, object] = {}
    for path in paths:
        value: object = env
        for step in path:
            if not isinstance(value, Mapping) or step not in value:
                break
            value = value[step]
        else:
            seen[".".join(path)] = value
    return tuple(seen.items())
