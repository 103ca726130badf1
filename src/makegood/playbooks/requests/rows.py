"""Read the rows of a decision table: what each asks, and what it answers."""

import re
from collections.abc import Mapping

from msgspec import Struct

from makegood.playbooks.cel import Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.mistakes import Report, nearest
from makegood.playbooks.nodes import Items, Node, Scalar
from makegood.playbooks.reading import Section
from makegood.playbooks.remedies import read_texts
from makegood.playbooks.requests.columns import Kind, Plain, Test, read_span
from makegood.playbooks.terms import Answer, Remedy

_PARAMETER = re.compile(r"\bparams\.([a-z][a-z0-9_]*)")


class Row(Struct, frozen=True, kw_only=True, eq=False):
    """One row of a decision table.

    Attributes:
        tests: What it asks, by column; a column that is left out may be anything.
        answer: What the customer hears.
        says: The reason in the customer's words, by language.
        remedy: What is given with it; empty for nothing.
        cents: How much of it, or an expression; None for the remedy's own cost.
        charge: What the customer pays, in cents, or an expression; None for nothing.
        within_ms: How long a person has for the answer.
    """

    id: str
    tests: Mapping[str, Test]
    answer: Answer
    says: Mapping[str, str]
    remedy: str
    cents: int | Expression | None
    charge: int | Expression | None
    within_ms: int
    line: int


class RowReader:
    """Reads the answers of one table.

    Attributes:
        table: The request, where `allow_because` may stand.
        remedies: What may be given.
        conditions: Compiles the sums.
        reads: What a sum may read.
        within_ms: How long a person has where the row does not say.
    """

    def __init__(
        self,
        table: Section,
        remedies: Mapping[str, Remedy],
        conditions: Conditions,
        reads: Reads,
        within_ms: int,
    ) -> None:
        self.table = table
        self.remedies = remedies
        self.conditions = conditions
        self.reads = reads
        self.within_ms = within_ms

    def row(self, row: Section, name: str, tests: Mapping[str, Test]) -> Row:
        """Read one row, but for its tests."""
        answer = Answer(row.choice("answer", tuple(Answer)))
        remedy, cents = self._gives(row)
        made = Row(
            id=name,
            tests=tests,
            answer=answer,
            says=read_texts(row, "says") if row.has("says") else {},
            remedy=remedy,
            cents=cents,
            charge=self._cents(row, "charges"),
            within_ms=row.span_ms("within", default=self.within_ms),
            line=row.place.line,
        )
        if answer is Answer.DENY and not made.says:
            row.error("says", "This row says no and not why.", "Add `says:` with a sentence.")
        if answer is not Answer.ALLOW and (remedy or made.charge is not None):
            row.error(
                "answer", "Only what is allowed gives or costs something.", "Make it `allow`."
            )
        if answer is not Answer.PERSON and row.has("within"):
            row.error("within", "Only a person needs time for an answer.", "Leave it out.")
        row.done()
        return made

    def _gives(self, row: Section) -> tuple[str, int | Expression | None]:
        gives = row.section("gives", "remedy")
        if gives is None:
            return "", None
        remedy = gives.name("remedy")
        if remedy and remedy not in self.remedies:
            gives.error("remedy", f"`{remedy}` is not a remedy.", nearest(remedy, self.remedies))
        cents = self._cents(gives, "cents")
        gives.done()
        return remedy, cents

    def _cents(self, section: Section, key: str) -> int | Expression | None:
        written = section.scalar(key, "cents or a value", required=False)
        if written is None:
            return None
        if not isinstance(written.value, str):
            return section.whole(key)
        return self.conditions.compile(
            self.table, key, written, self.reads, gives="int", sizes=True
        )


def read_test(
    node: Node, report: Report, parameters: Mapping[str, object], *, only_words: bool
) -> Test | None:
    """Read what a row asks of a column; a range is one unless the column is a text."""
    items = node.items if isinstance(node, Items) else (node,)
    words, spans = [], []
    for item in items:
        if not isinstance(item, Scalar) or item.value is None:
            report.error(item.place, "A test is a value, a range, or a list of them.")
            return None
        value = _with_parameters(item, item.value, report, parameters)
        if value is None:
            return None
        span = read_span(value) if isinstance(value, str) and not only_words else None
        if span is not None:
            spans.append(span)
        else:
            words.append(value)
    return Test(words=tuple(words), spans=tuple(spans))


def _with_parameters(
    place: Scalar, value: Plain, report: Report, parameters: Mapping[str, object]
) -> Plain | None:
    """Put constants of the book in their places; they are known before any request comes."""
    if not isinstance(value, str):
        return value
    for name in _PARAMETER.findall(value):
        found = parameters.get(name)
        if name not in parameters:
            report.error(place.place, f"`{name}` is not a parameter.", nearest(name, parameters))
            return None
        if value == f"params.{name}" and isinstance(found, bool | int | float | str):
            return found
        if isinstance(found, bool) or not isinstance(found, int | float):
            report.error(place.place, f"The parameter `{name}` is no number, and no single value.")
            return None
    return _PARAMETER.sub(lambda found: str(parameters[found[1]]), value)


def likely_kind(tests: list[Test]) -> Kind:
    """Say what a column is of which only the facts know the type."""
    for kind in ("flag", "number"):
        if tests and all(fits(test, kind) for test in tests):
            return kind
    return "word"


def fits(test: Test, kind: Kind) -> bool:
    """Whether a column of this kind can be asked this."""
    if kind == "number":
        return all(isinstance(one, int | float) and one is not True and one is not False
                   for one in test.words)  # fmt: skip
    wanted = bool if kind == "flag" else str
    return not test.spans and all(type(one) is wanted for one in test.words)
