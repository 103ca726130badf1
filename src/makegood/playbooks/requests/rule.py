"""Answer a request by its table: every input gets one answer, and the answer its reasons."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from makegood.messages.facts import Facts
from makegood.messages.money import Money
from makegood.playbooks.book import RequestRule, Ruling
from makegood.playbooks.cel import CelEvaluationError, Expression, facts_seen
from makegood.playbooks.requests.read import Request
from makegood.playbooks.requests.rows import Row
from makegood.playbooks.terms import Answer


def make_rulings(
    requests: tuple[Request, ...], parameters: Mapping[str, object], currency: str
) -> Mapping[str, RequestRule]:
    """Make the functions that answer requests."""
    return {
        one.id: RequestRule(
            id=one.id,
            title=one.title,
            takes=one.takes,
            rule=_rule(one, parameters, currency),
            line=one.line,
            within_ms=one.within_ms,
            source=one.source,
        )
        for one in requests
    }


def _rule(
    request: Request, parameters: Mapping[str, object], currency: str
) -> Callable[[Facts, Facts], Ruling]:
    columns = request.columns
    checks = tuple(
        (row, tuple((name, columns[name].mask(test)) for name, test in row.tests.items()))
        for row in request.rows
    )
    table = _Table(request, checks, parameters, currency)

    def rule(asked: Facts, customer: Facts, /) -> Ruling:
        return _Looking(table, asked, customer).ruling()

    return rule


class _Table(Struct, frozen=True, eq=False):
    """A table with what its book adds.

    Attributes:
        checks: The rows, each with the cells of its columns that pass.
    """

    request: Request
    checks: tuple[tuple[Row, tuple[tuple[str, int], ...]], ...]
    parameters: Mapping[str, object]
    currency: str


class _Unknown(Exception):
    """Something that has to be known cannot be worked out."""


class _Looking:
    """Looks at one request: each value and each column is worked out once, when it is needed."""

    def __init__(self, table: _Table, asked: Facts, customer: Facts) -> None:
        self.request = table.request
        self.checks = table.checks
        self.currency = table.currency
        self.found: dict[str, tuple[object, int]] = {}
        self.lacking: dict[str, str] = {}
        self.used: dict[Expression, None] = {}
        self.values: dict[str, object] = {}
        self.env = {
            "request": asked,
            "customer": customer,
            "params": table.parameters,
            "values": self.values,
        }
        for name, expression in self.request.values:
            try:
                self.values[name] = expression.evaluate(self.env)
            except CelEvaluationError as error:
                self.lacking[name] = self._why(error)

    def ruling(self) -> Ruling:
        """Give the answer."""
        try:
            fitting = tuple(self._fitting())
            if len(fitting) != 1:
                return self._ask(also=tuple(row.id for row in fitting))
            return self._answer(fitting[0])
        except _Unknown as unknown:
            return self._ask(missing=str(unknown))

    def _fitting(self) -> Iterator[Row]:
        """Give the row that counts; when only one may fit, all that do."""
        for row, checks in self.checks:
            if self._fits(checks):
                yield row
                if self.request.hit == "first":
                    return

    def _fits(self, checks: tuple[tuple[str, int], ...]) -> bool:
        """Whether a row fits; a column that says no settles it, whatever the others lack."""
        unknown = ""
        for name, passing in checks:
            try:
                cell = self._cell(name)
            except _Unknown as error:
                unknown = unknown or str(error)
                continue
            if not cell & passing:
                return False
        if unknown:
            raise _Unknown(unknown)
        return True

    def _cell(self, name: str) -> int:
        known = self.found.get(name)
        if known is not None:
            return known[1]
        value = self._worked_out(self.request.looks[name])
        cell = self.request.columns[name].cell_of(value)
        if cell is None:
            raise _Unknown(f"{name} cannot be {value!r}")
        self.found[name] = (value, cell)
        return cell

    def _worked_out(self, expression: Expression) -> object:
        self.used.setdefault(expression)
        try:
            return expression.evaluate(self.env)
        except CelEvaluationError as error:
            raise _Unknown(self._why(error)) from error

    def _why(self, error: CelEvaluationError) -> str:
        """Name the fact behind a value that could not be worked out."""
        root, _, name = (error.missing or "").partition(".")
        if root == "values" and name in self.lacking:
            return self.lacking[name]
        return error.missing or str(error)

    def _money(self, cents: int | Expression | None) -> Money | None:
        if cents is None:
            return None
        found = self._worked_out(cents) if isinstance(cents, Expression) else cents
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise _Unknown(f"{found!r} is not a sum")
        return Money(found, self.currency)

    def _answer(self, row: Row) -> Ruling:
        amount, charge = self._money(row.cents), self._money(row.charge)
        return Ruling(
            request=self.request.id,
            answer=row.answer,
            row=row.id,
            line=row.line,
            says=row.says,
            remedy=row.remedy,
            amount=amount,
            charge=charge,
            within_ms=row.within_ms if row.answer is Answer.PERSON else 0,
            looked_at=self._looked_at(),
            seen=self._seen(),
        )

    def _ask(self, missing: str = "", also: tuple[str, ...] = ()) -> Ruling:
        """Put before a person what the table does not answer; it never answers by guessing."""
        return Ruling(
            request=self.request.id,
            answer=Answer.PERSON,
            line=self.request.line,
            within_ms=self.request.within_ms,
            looked_at=self._looked_at(),
            seen=self._seen(),
            missing=missing,
            also=also,
        )

    def _looked_at(self) -> tuple[tuple[str, object], ...]:
        return tuple((name, value) for name, (value, _) in self.found.items())

    def _seen(self) -> tuple[tuple[str, object], ...]:
        """Give the facts behind the answer; values are told by the facts they were made of."""
        paths: dict[tuple[str, ...], None] = {}
        made = dict(self.request.values)
        todo = [path for expression in self.used for path in expression.paths]
        for path in todo:
            if path[0] == "values" and path[1] in made:
                todo.extend(one for one in made[path[1]].paths if one not in paths)
            paths.setdefault(path)
        return facts_seen((path for path in paths if path[0] != "values"), self.env)
