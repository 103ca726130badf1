"""Fuse all rules of one event into one generated Python function: the hot path of the fold."""

from collections.abc import Callable, Sequence
from typing import cast

from msgspec import Struct

from makegood.messages.errors import PlaybookError
from makegood.playbooks.cel.compiler import Expression, load
from makegood.playbooks.cel.emit import Pool
from makegood.playbooks.cel.quick import QuickEmitter
from makegood.playbooks.cel.refusals import CelEvaluationError
from makegood.playbooks.cel.runtime import FAILED, truth


class RuleSource(Struct, frozen=True, kw_only=True, eq=False):
    """A rule to fuse.

    Attributes:
        id: Names the rule in errors.
        when: Its condition; None means always.
        fields: What to work out when it holds: conditions, or constants as they are.
    """

    id: str
    when: Expression | None = None
    fields: tuple[object, ...] = ()


class Match(Struct, frozen=True, kw_only=True):
    """A rule that did not answer no.

    Attributes:
        rule: Position of the rule among those fused.
        outcome: `yes`, or `cannot` when its condition or a field could not be evaluated.
        values: The fields of the rule, in order; empty for `cannot`.
        missing: For `cannot`, the dotted path of the missing fact, or a sentence.
    """

    rule: int
    outcome: str
    values: tuple[object, ...] = ()
    missing: str = ""


def compile_rules(
    rules: Sequence[RuleSource], roots: tuple[str, ...]
) -> Callable[..., tuple[Match, ...]]:
    """Fuse rules into one function.

    Args:
        rules: The rules that hear the same event, in order.
        roots: The root variables; the function takes one plain dict for each, in this order.

    Returns:
        A function that returns a match for each rule that holds or cannot be judged, and the
        shared empty tuple when every rule answers no.

    Raises:
        PlaybookError: A rule reads a root that the function is not given.
    """
    pool = Pool()
    pool.names |= {"FAILED": FAILED, "Match": Match, "nothing": ()}
    parameters = ", ".join(f"r_{root}" for root in roots)
    lines = [f"def fused({parameters}):", "    found = nothing"]
    for position, rule in enumerate(rules):
        _check_roots(rule, roots)
        exact = pool.keep(_exactly(position, rule, roots))
        lines += _written(position, rule, pool, f"{exact}({parameters})")
    lines.append("    return found")
    (fused,) = load("\n".join(lines) + "\n", pool, "fused")
    return cast("Callable[..., tuple[Match, ...]]", fused)


def _check_roots(rule: RuleSource, roots: tuple[str, ...]) -> None:
    for part in (rule.when, *rule.fields):
        strange = set(part.roots) - set(roots) if isinstance(part, Expression) else set()
        if strange:
            raise PlaybookError(
                f"Rule {rule.id} reads {', '.join(sorted(strange))}, not given here."
            )


def _written(position: int, rule: RuleSource, pool: Pool, exact: str) -> list[str]:
    """Write one rule: the quick form, and the exact form when that one gives up."""
    yes = _yes(position, rule, pool)
    if rule.when is None:
        body = [f"        found += {yes}"]
    else:
        emitter = QuickEmitter(rule.when.checked, pool)
        condition = emitter.truth(rule.when.checked.tree)
        body = [f"        if {condition}:", f"            found += {yes}"]
    return ["    try:", *body, "    except FAILED:", f"        found += {exact}"]


def _yes(position: int, rule: RuleSource, pool: Pool) -> str:
    """Write the match; one whose fields are all constant is made now and shared."""
    if not any(isinstance(field, Expression) for field in rule.fields):
        return pool.keep((Match(rule=position, outcome="yes", values=rule.fields),))
    values = "".join(
        f"{QuickEmitter(field.checked, pool).emit(field.checked.tree)}, "
        if isinstance(field, Expression)
        else f"{pool.keep(field)}, "
        for field in rule.fields
    )
    return f"(Match(rule={position}, outcome='yes', values=({values})),)"


def _exactly(
    position: int, rule: RuleSource, roots: tuple[str, ...]
) -> Callable[..., tuple[Match, ...]]:
    """Return what judges one rule by the exact forms."""

    def judge(*values: object) -> tuple[Match, ...]:
        env = dict(zip(roots, values, strict=True))
        try:
            if rule.when is not None and not truth(rule.when.exact(env)):
                return ()
            answers = tuple(
                field.exact(env) if isinstance(field, Expression) else field
                for field in rule.fields
            )
        except CelEvaluationError as error:
            why = error.missing or str(error)
            return (Match(rule=position, outcome="cannot", missing=why),)
        return (Match(rule=position, outcome="yes", values=answers),)

    return judge
