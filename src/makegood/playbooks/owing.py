"""Work out what is owed for a failure, by the rules of its day."""

from collections.abc import KeysView, Mapping
from typing import TypeAlias

from makegood.messages.facts import Facts
from makegood.messages.money import Money, share_of
from makegood.playbooks.book import Entitled, FailureFacts, OwedRules
from makegood.playbooks.cel import CelEvaluationError, Expression, facts_seen
from makegood.playbooks.entitlements import Entitlement, Values, dated
from makegood.playbooks.spans import day_of

Env: TypeAlias = Mapping[str, object]
_MOST = 10  # times the price; as where a book writes it down


def make_owed(
    rules: tuple[Entitlement, ...], parameters: Mapping[str, object], currency: str
) -> OwedRules:
    """Make the function that says what is owed for a failure.

    Args:
        rules: In the order of the book; its own first, then those of its laws.
        parameters: Constants, read as `params.*`.
        currency: Of sums that name none.
    """
    in_force = tuple(dated(rule, parameters) for rule in rules)

    def owed(failure: FailureFacts, customer: Facts, /) -> tuple[Entitled, ...]:
        worlds: dict[tuple[Values, str], _World] = {}
        found = []
        for rule in in_force:
            if rule.applies(failure):
                text = (rule.values, rule.failures[failure.rule])
                world = worlds.get(text)
                if world is None:
                    world = worlds[text] = _World(rule, failure, customer, parameters)
                found.append(_judge(rule, failure, world, currency))
        return tuple([one for one in found if one is not None])

    return owed


class _Named(dict[str, object]):
    """The named values of a law: each is worked out when it is first asked for, and once.

    Most flights are out of a law's reach, and then nothing further of it is looked at.
    """

    def __init__(self, values: Values) -> None:
        self.made = dict(values)
        self.env: Env = {}
        self.lacking: dict[str, str] = {}

    def __missing__(self, name: str) -> object:
        """Work a value out; one that cannot be is not there, and what it lacks is kept."""
        if name in self.lacking or name not in self.made:
            raise KeyError(name)
        try:
            found = self[name] = self.made[name].evaluate(self.env)
        except CelEvaluationError as error:
            self.lacking[name] = self.why(error)
            raise KeyError(name) from error
        return found

    def __contains__(self, name: object) -> bool:
        """Whether it can be worked out."""
        try:
            self[str(name)]
        except KeyError:
            return False
        return True

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """Give those that can be worked out, which `has` asks for."""
        for name in self.made:
            _ = name in self
        return super().keys()

    def why(self, error: CelEvaluationError) -> str:
        """Name the fact behind what could not be worked out."""
        root, _, name = (error.missing or "").partition(".")
        if root == "values" and name in self.lacking:
            return self.lacking[name]
        return error.missing or str(error)


class _World:
    """What the rules of one law see of a failure."""

    def __init__(
        self, rule: Entitlement, failure: FailureFacts, customer: Facts, parameters: Env
    ) -> None:
        values = _Named(rule.values)
        self.env: Env = {
            "failure": facts_of(failure, rule.failures[failure.rule]),
            "customer": customer,
            "params": parameters,
            "values": values,
        }
        values.env = self.env
        self.made, self.why = values.made, values.why

    def seen(self, parts: tuple[object, ...]) -> tuple[tuple[str, object], ...]:
        """Give the facts behind an answer; a value is told by the facts it was made of."""
        made = self.made
        todo = [path for one in parts if isinstance(one, Expression) for path in one.paths]
        paths = dict.fromkeys(todo)
        for path in todo:
            for deeper in made[path[1]].paths if path[0] == "values" and path[1:] else ():
                if deeper not in paths:
                    paths[deeper] = None
                    todo.append(deeper)
        told = (path for path in paths if path[0] != "values")
        return tuple((path, value) for path, value in facts_seen(told, self.env) if "." in path)


def facts_of(failure: FailureFacts, kind: str) -> Facts:
    """Give a failure as conditions read it, as `failure.*`; `kind` is its name there."""
    price = {"price_cents": failure.price.cents} if failure.price is not None else {}
    return {
        **failure.details,
        "kind": kind,
        "declined": failure.declined,
        "cause": failure.cause.value,
        "day": day_of(failure.at_ms),
        **price,
    }


def _judge(
    rule: Entitlement, failure: FailureFacts, world: _World, currency: str
) -> Entitled | None:
    try:
        if not _holds(rule.when, world.env):
            return None
        amount = _amount(rule, failure, world.env, currency)
    except CelEvaluationError as error:
        return _entitled(rule, world, missing=world.why(error))
    if isinstance(amount, str):
        return _entitled(rule, world, missing=amount)
    return _entitled(rule, world, amount=amount)


def _holds(when: Expression | None, env: Env) -> bool:
    answer = when.evaluate(env) if when is not None else True
    if not isinstance(answer, bool):
        raise CelEvaluationError(f"when: {answer!r} is neither true nor false")
    return answer


def _amount(rule: Entitlement, failure: FailureFacts, env: Env, currency: str) -> Money | str:
    """Give the sum, or the fact that it lacks."""
    if rule.cents is not None:
        amount = Money(_sum(rule.cents, env), rule.currency or currency)
    elif failure.price is None:
        return "failure.price_cents"
    else:
        amount = share_of(failure.price, _ratio(rule.ratio, env))
    if not rule.most_cents:
        return amount
    most = Money(_sum(rule.most_cents, env), rule.currency or amount.currency)
    if most.currency != amount.currency:
        return f"the price in {most.currency}"  # no rate of exchange is ours to choose
    return min(amount, most)


def _sum(cents: int | Expression, env: Env) -> int:
    found = cents.evaluate(env) if isinstance(cents, Expression) else cents
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise CelEvaluationError(f"cents: {found!r} is not a sum")
    return found


def _ratio(ratio: float | Expression, env: Env) -> float:
    found = ratio.evaluate(env) if isinstance(ratio, Expression) else ratio
    if not isinstance(found, int | float) or isinstance(found, bool) or not 0 <= found <= _MOST:
        raise CelEvaluationError(f"ratio: {found!r} is no share of a price")
    return float(found)


def _entitled(
    rule: Entitlement, world: _World, *, amount: Money | None = None, missing: str = ""
) -> Entitled:
    return Entitled(
        entitlement=rule.id,
        outcome="yes" if amount is not None else "cannot",
        remedy=rule.remedy,
        amount=amount if amount is not None else Money(0),
        deadline_ms=rule.deadline_ms,
        basis=rule.basis,
        source=rule.source,
        once=rule.once,
        line=rule.line,
        seen=world.seen((rule.when, rule.cents, rule.ratio, rule.most_cents)),
        missing=missing,
    )
