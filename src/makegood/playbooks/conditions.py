"""The conditions and values of a book: compiled, with known facts only, and fair."""

import re

from msgspec import Struct

from makegood.playbooks.cel import CelError, Expression, Scope, compile_expression
from makegood.playbooks.mistakes import Place, Report
from makegood.playbooks.nodes import Scalar
from makegood.playbooks.reading import Section
from makegood.playbooks.vocabulary import Path, Shape, Vocabulary, overlaps, unknown_step

WAIVED = ("customer", "waived")
"""Where the conditions of requests read what was waived."""


class Reads(Struct, frozen=True, kw_only=True):
    """What one condition may read.

    Attributes:
        roots: Variables it may name.
        events: Events it hears, whose declared facts it may read.
        failure: Names it may read as `failure.*`.
        request: Declared facts it may read as `request.*`.
        values: Names it may read as `values.*`.
        arrival: Declared facts it may read as `arrival.*`.
        tainted: Further sensitive paths: details that were made of sensitive facts.
    """

    roots: tuple[str, ...]
    events: tuple[str, ...] = ()
    failure: frozenset[str] | None = None
    request: Shape | None = None
    values: frozenset[str] | None = None
    tainted: tuple[Path, ...] = ()
    arrival: Shape | None = None


class Conditions:
    """Compiles the expressions of one book.

    Attributes:
        vocabulary: What they may name.
    """

    def __init__(self, vocabulary: Vocabulary, report: Report, text: str) -> None:
        self.vocabulary = vocabulary
        self._report = report
        self._lines = text.splitlines()

    def over(self, vocabulary: Vocabulary) -> "Conditions":
        """Compile with other names: those of a text that is bound behind the book."""
        other = Conditions(vocabulary, self._report, "")
        other._lines = self._lines
        return other

    def read(
        self, section: Section, key: str, reads: Reads, *, gives: str, sizes: bool = False
    ) -> Expression | None:
        """Read the field of a section as an expression.

        Args:
            section: Where it stands.
            key: The field; absent gives None.
            reads: What it may read.
            gives: CEL type it should answer with.
            sizes: It decides whether or how much is given, so it must be fair.
        """
        written = section.scalar(key, "a condition or value", required=False)
        if written is None:
            return None
        return self.compile(section, key, written, reads, gives=gives, sizes=sizes)

    def compile(
        self,
        section: Section,
        key: str,
        written: Scalar,
        reads: Reads,
        *,
        gives: str = "",
        sizes: bool = False,
    ) -> Expression | None:
        """Compile one expression; every mistake is reported, and then there is None."""
        known = {"params": frozenset(self.vocabulary.parameters)}
        members = {"failure": reads.failure, "values": reads.values}
        known |= {root: names for root, names in members.items() if names is not None}
        scope = Scope(names=(*reads.roots, "params"), known=known)
        try:
            made = compile_expression(written.written, scope)
        except CelError as error:
            place = self._place(written, error.line, error.column)
            self._report.error(place, f"`{key}`: {error.why}")
            return None
        if gives and made.result_type not in (gives, "dyn"):
            self._report.error(
                written.place, f"`{key}` should give a {gives}, and gives a {made.result_type}."
            )
        for path in made.paths:
            self._check_declared(key, written, path, reads)
            if sizes:
                self._check_fair(section, key, written, path, reads)
        return made

    def tainted(self, made: Expression, further: tuple[Path, ...] = ()) -> bool:
        """Whether an expression reads a sensitive fact, or one that was made of such."""
        sensitive = (*self.vocabulary.sensitive, *further)
        return any(overlaps(path, sensitive) for path in made.paths)

    def _check_declared(self, key: str, written: Scalar, path: Path, reads: Reads) -> None:
        for event in reads.events or ("",):
            shape = self._shape_of(path[0], event, reads)
            if path[:2] == WAIVED and self.vocabulary.waivers and reads.values is not None:
                shape = {WAIVED[1]: dict.fromkeys(self.vocabulary.waivers, "bool")}
            wrong = unknown_step(path, shape) if shape is not None else None
            if wrong is None:
                continue
            where = f" of {event}" if path[0] == "event" else ""
            self._report.error(
                self._place_of(written, ".".join(path)),
                f"`{key}` reads {wrong[0]}, which is not a declared fact{where}.",
                wrong[1],
            )

    def _shape_of(self, root: str, event: str, reads: Reads) -> Shape | None:
        if root in ("request", "arrival"):
            return reads.request if root == "request" else reads.arrival
        return self.vocabulary.shape_of(root, event)

    def _check_fair(
        self, section: Section, key: str, written: Scalar, path: Path, reads: Reads
    ) -> None:
        touched = overlaps(path, (*self.vocabulary.sensitive, *reads.tainted))
        if touched is None:
            return
        dotted = ".".join(path)
        place = self._place_of(written, dotted)
        because = section.text("allow_because", default="")
        if because:
            self._report.warn(place, f"`{key}` reads {dotted}, allowed because: {because}")
            return
        self._report.error(
            place,
            f"`{key}` decides what is given and reads {dotted}: customer value and public voice "
            "may set urgency, never the size of a remedy.",
            "Leave it out, or say why in `allow_because`.",
        )

    def _place_of(self, written: Scalar, part: str) -> Place:
        found = re.search(rf"\b{re.escape(part)}\b", written.written)
        if found is None:
            return written.place
        before = written.written[: found.start()]
        line = before.count("\n")
        return self._place(written, line + 1, len(before) - (before.rfind("\n") + 1) + 1)

    def _place(self, written: Scalar, line: int, column: int) -> Place:
        """Where a place inside an expression stands in the book, as well as can be known."""
        start = written.place
        if written.style == "|":
            inside = written.written.split("\n")[line - 1 : line]
            row = start.line + line
            found = (
                self._lines[row - 1].find(inside[0]) if inside and row <= len(self._lines) else -1
            )
            return Place(row, max(found, 0) + column)
        if line > 1 or written.style == ">" or written.written not in self._line(start.line):
            return start
        return Place(start.line, start.column + column - 1 + (written.style in ("'", '"')))

    def _line(self, line: int) -> str:
        return self._lines[line - 1] if line <= len(self._lines) else ""
