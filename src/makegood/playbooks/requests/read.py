"""Read the requests of a book: what is looked at, and the rows that answer."""

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from makegood.playbooks.cel import Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields, Node, Scalar
from makegood.playbooks.reading import NAME, Section, without_repeats
from makegood.playbooks.remedies import read_texts
from makegood.playbooks.requests.boxes import Box
from makegood.playbooks.requests.columns import Column, Kind, Test, make_column
from makegood.playbooks.requests.rows import Row, RowReader, fits, likely_kind, read_test
from makegood.playbooks.terms import Answer, Remedy
from makegood.playbooks.vocabulary import Path, Shape, read_shape

DAY_MS = 86_400_000
ANSWER_WITHIN_MS = DAY_MS  # an everyday question without a day's answer is a failure of its own
_KINDS: Mapping[str, Kind] = {
    "bool": "flag", "string": "word", "int": "number", "double": "number",
}  # fmt: skip
_ROOTS = ("request", "customer")


class Request(Struct, frozen=True, kw_only=True, eq=False):
    """One decision table.

    Attributes:
        takes: What a request carries, declared; None when anything may come.
        values: Named values, each of which may read those before it.
        columns: What the rows look at, by name.
        looks: The expression behind each column.
        hit: `first` row that fits, or the `only` one.
        boxes: For each row the inputs it fits.
    """

    id: str
    title: Mapping[str, str]
    takes: Shape | None
    values: tuple[tuple[str, Expression], ...]
    columns: Mapping[str, Column]
    looks: Mapping[str, Expression]
    hit: Literal["first", "only"]
    rows: tuple[Row, ...]
    boxes: tuple[Box, ...]
    within_ms: int
    source: str
    line: int


def read_requests(
    top: Section, remedies: Mapping[str, Remedy], conditions: Conditions
) -> tuple[Request, ...]:
    """Read every request of a book."""
    sections = top.sections("requests", "request")
    ids = tuple(section.name("id") for section in sections)
    return tuple(
        _Reading(section, remedies, conditions).request(name)
        for section, name in without_repeats(sections, ids)
    )


class _Reading:
    """Reads one request."""

    def __init__(
        self, section: Section, remedies: Mapping[str, Remedy], conditions: Conditions
    ) -> None:
        self.section = section
        self.remedies = remedies
        self.conditions = conditions
        self.takes: Shape | None = (
            read_shape(section, "takes", "fact") if section.has("takes") else None
        )
        self.tainted: tuple[Path, ...] = ()
        self.names: tuple[str, ...] = ()

    def request(self, name: str) -> Request:
        section = self.section
        within_ms = section.span_ms("answer_within", default=ANSWER_WITHIN_MS)
        hit = section.choice("hit", ("first", "only"), default="first")
        values = tuple(self._values())
        rows = section.sections("rows", "row")
        if not rows:
            section.error(
                "rows", "This request has no row.", "Add `rows:`, each with an `answer`."
            )
        sizes = any(row.text("answer", default="") != Answer.PERSON for row in rows)
        looks = dict(self._looks(sizes=sizes))
        asked = [self._tests(row, looks) for row in rows]
        columns = {
            one: self._column(one, expression, [tests.get(one) for tests in asked])
            for one, expression in looks.items()
        }
        ids = tuple(row.name("id") for row in rows)
        reader = RowReader(section, self.remedies, self.conditions, self._reads(), within_ms)
        made = tuple(
            reader.row(row, row_id, {one: test for one, (_, test) in tests.items()})
            for (row, row_id), tests in zip(without_repeats(rows, ids), asked, strict=True)
        )
        found = Request(
            id=name,
            title=read_texts(section, "title"),
            takes=self.takes,
            values=values,
            columns=columns,
            looks=looks,
            hit="only" if hit == "only" else "first",
            rows=made,
            boxes=tuple(
                tuple(
                    column.mask(row.tests[one]) if one in row.tests else column.every
                    for one, column in columns.items()
                )
                for row in made
            ),
            within_ms=within_ms,
            source=section.text("source", default=""),
            line=section.place.line,
        )
        section.text("allow_because", default="")
        section.done()
        return found

    def _reads(self) -> Reads:
        return Reads(
            roots=(*_ROOTS, "values"),
            request=self.takes,
            values=frozenset(self.names),
            tainted=self.tainted,
        )

    def _values(self) -> Iterator[tuple[str, Expression]]:
        """Read the named values in order; one that is made of a sensitive fact is one itself."""
        values = self.section.section("values", "list of values")
        for entry in self.section.named("values", "value"):
            if not NAME.fullmatch(entry.key):
                self.section.report.error(entry.place, f"`{entry.key}` is not a name.")
                continue
            made = self.conditions.read(values or self.section, entry.key, self._reads(), gives="")
            if made is not None:
                yield entry.key, made
                if self.conditions.tainted(made, self.tainted):
                    self.tainted = (*self.tainted, ("values", entry.key))
            self.names = (*self.names, entry.key)

    def _looks(self, *, sizes: bool) -> Iterator[tuple[str, Expression]]:
        for entry in self.section.named("looks_at", "column"):
            if not NAME.fullmatch(entry.key):
                self.section.report.error(entry.place, f"`{entry.key}` is not a name.")
                continue
            written = self._written(entry.value)
            if written is None:
                continue
            made = self.conditions.compile(
                self.section, entry.key, written, self._reads(), sizes=sizes
            )
            if made is not None:
                yield entry.key, made

    def _written(self, node: Node) -> Scalar | None:
        if isinstance(node, Fields):
            node = next((one.value for one in node.entries if one.key == "value"), node)
        if isinstance(node, Scalar) and node.value is not None:
            return node
        self.section.report.error(
            node.place, "A column is a condition or value.", "Write it, or `value:` and `one_of:`."
        )
        return None

    def _one_of(self, name: str) -> tuple[str, ...]:
        for entry in self.section.named("looks_at", "column"):
            if entry.key == name and isinstance(entry.value, Fields):
                column = Section(entry.value, "column", self.section.report)
                column.node("value")
                found = tuple(word for word, _ in column.texts("one_of", required=True))
                column.done()
                return found
        return ()

    def _tests(
        self, row: Section, looks: Mapping[str, Expression]
    ) -> dict[str, tuple[Node, Test]]:
        tests = {}
        for entry in row.named("when", "column"):
            if entry.key not in looks:
                row.report.error(
                    entry.place,
                    f"`looks_at` has no column `{entry.key}`.",
                    nearest(entry.key, looks),
                )
                continue
            only_words = self._kind(looks[entry.key]) == "word"
            known = self.conditions.vocabulary.parameters
            made = read_test(entry.value, row.report, known, only_words=only_words)
            if made is not None:
                tests[entry.key] = (entry.value, made)
        return tests

    def _column(
        self, name: str, made: Expression, asked: list[tuple[Node, Test] | None]
    ) -> Column:
        tests = [one for one in asked if one is not None]
        kind = self._kind(made) or likely_kind([test for _, test in tests])
        one_of = self._one_of(name)
        if one_of and kind != "word":
            self.section.report.error(
                self.section.at("looks_at"), f"`{name}` is no text, so it needs no `one_of`."
            )
        for node, test in tests:
            self._check_test(node, test, kind, one_of)
        if not tests:
            self.section.report.warn(
                self.section.at("looks_at"), f"No row asks for the column `{name}`."
            )
        fitting = tuple(test for _, test in tests if fits(test, kind))
        return make_column(name, kind, fitting, one_of)

    def _kind(self, made: Expression) -> Kind | None:
        """Say what a column is, from its expression or from what is declared."""
        found = _KINDS.get(made.result_type)
        if found is not None or made.text.strip() != ".".join(made.paths[0] if made.paths else ()):
            return found
        declared: Shape | str | None = self.takes if made.paths[0][0] == "request" else None
        for step in made.paths[0][1:]:
            declared = declared.get(step) if isinstance(declared, Mapping) else None
        return _KINDS.get(declared) if isinstance(declared, str) else None

    def _check_test(self, node: Node, test: Test, kind: Kind, one_of: tuple[str, ...]) -> None:
        if not fits(test, kind):
            wanted = {"flag": "true or false", "word": "a text", "number": "a number or range"}
            self.section.report.error(node.place, f"This should be {wanted[kind]}.")
        for word in test.words:
            if one_of and word not in one_of:
                self.section.report.error(
                    node.place, f"`{word}` is not one of its values.", nearest(str(word), one_of)
                )
