"""The section `laws`: rules of a state, a court or an industry, which no book copies.

A law is a text of its own. Binding puts the laws that a book names behind its text, as further
YAML documents, before anything is read: what is checked, hashed, stored and judged by is one text,
and whoever reads a stored book reads the law that was in force in it.
"""

import re
from collections.abc import Collection, Iterator, Mapping

import yaml
from msgspec import Struct
from msgspec.structs import replace

from makegood.playbooks.cel import Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.entitlements import (
    OWN_FACTS,
    Entitlement,
    Ground,
    Values,
    read_entitlements,
)
from makegood.playbooks.examples import Example
from makegood.playbooks.failures import Detector
from makegood.playbooks.law_examples import read_law_examples
from makegood.playbooks.mistakes import Place, Report, nearest
from makegood.playbooks.nodes import Fields, Node, Scalar, plain
from makegood.playbooks.reading import NAME, Section
from makegood.playbooks.silence import Promise
from makegood.playbooks.vocabulary import Path

_NAMES_LAWS = re.compile(r"^laws\s*:", re.MULTILINE)
_IS_LAW = re.compile(r"^law\s*:\s*([a-z][a-z0-9_]*)", re.MULTILINE)
_DOCUMENT = re.compile(r"^---[ \t]*\n", re.MULTILINE)
_ROOTS = ("failure", "values")


def bind(text: str, laws: Mapping[str, str]) -> str:
    """Put the laws that a book names behind its text.

    Args:
        text: The book; laws that are bound to it already stay as they are.
        laws: The text of every law that can be had, by name.

    Returns:
        One text; a law that cannot be had is left out, and the check says so.
    """
    there = set(_IS_LAW.findall(text))
    for name in _named(text):
        if name in laws and name not in there:
            there.add(name)
            text = f"{text.rstrip()}\n---\n{laws[name].rstrip()}\n"
    return text


def unbound(text: str) -> str:
    """Give a book without the laws that are bound behind it."""
    return _parted(text)[0]


def bound_laws(text: str) -> Mapping[str, str]:
    """Give the laws that are bound behind a book, by name."""
    return {_IS_LAW.findall(part)[0]: part for part in _parted(text)[1:]}


def _parted(text: str) -> list[str]:
    """Cut a text where laws begin: the book first."""
    parts = _DOCUMENT.split(text)
    first = next((n for n, part in enumerate(parts) if n and _IS_LAW.search(part)), len(parts))
    book = "---\n".join(parts[:first])
    return [book, *(part for part in parts[first:] if _IS_LAW.search(part))]


def _named(text: str) -> tuple[str, ...]:
    """Give the laws that a book names, as far as its text can be read."""
    if not _NAMES_LAWS.search(text):
        return ()
    try:
        root = next(iter(yaml.compose_all(text, Loader=yaml.SafeLoader)), None)
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()
    entries = root.value if isinstance(root, yaml.MappingNode) else ()
    named = next((value for key, value in entries if key.value == "laws"), None)
    items = named.value if isinstance(named, yaml.SequenceNode) else (named,)
    return tuple(name for item in items if (name := _name_in(item)))


def _name_in(item: yaml.Node | None) -> str:
    if isinstance(item, yaml.MappingNode):
        item = next((value for key, value in item.value if key.value == "law"), None)
    return str(item.value) if isinstance(item, yaml.ScalarNode) else ""


class Naming(Struct, frozen=True, kw_only=True):
    """How a book names a law.

    Attributes:
        kinds: Failure as the law calls it -> what the book calls it, where it differs.
        remedies: Remedy as the law calls it -> what the book calls it, where it differs.
    """

    law: str
    place: Place
    kinds: Mapping[str, tuple[str, ...]] = {}
    remedies: Mapping[str, str] = {}


class LawText(Struct, frozen=True, kw_only=True, eq=False):
    """A law before its rules are compiled.

    Attributes:
        section: Its fields.
        naming: How the book names it.
        parameters: Its own, which a book may set otherwise.
    """

    id: str
    section: Section
    naming: Naming
    parameters: Mapping[str, object]


class Law(Struct, frozen=True, kw_only=True, eq=False):
    """A law, ready to judge."""

    rules: tuple[Entitlement, ...]
    examples: tuple[Example, ...]


def bound_files(text: str, documents: tuple[Fields, ...]) -> tuple[tuple[int, str], ...]:
    """Say behind which line of the whole text each bound law starts, and what it is called."""
    lines = text.splitlines()
    found = []
    for root in documents[1:]:
        above = range(min(root.place.line, len(lines)) - 1, -1, -1)
        before = next((n + 1 for n in above if lines[n].startswith("---")), 0)
        name = next((entry.value for entry in root.entries if entry.key == "law"), None)
        found.append((before, f"law {name.written if isinstance(name, Scalar) else '?'}"))
    return tuple(found)


def read_law_texts(
    top: Section, bound: tuple[Fields, ...], known: Collection[str]
) -> tuple[LawText, ...]:
    """Read which laws a book names, and open their texts.

    Args:
        top: The book.
        bound: The documents behind it.
        known: Every law that could have been bound, for the nearest right name.
    """
    report = top.report
    namings = {one.law: one for one in _namings(top)}
    opened = {}
    for root in bound:
        section = Section(root, "law", report)
        name = section.name("law")
        if name and (name not in namings or name in opened):
            report.error(root.place, f"The book does not name the law `{name}`.", "Take it out.")
        opened[name] = section
    for name, naming in namings.items():
        if name not in opened:
            there = {*known, *opened} - {""}
            hint = nearest(name, there) if there else "Bind its text to the book."
            report.error(naming.place, f"There is no law `{name}`.", hint)
    return tuple(
        LawText(id=name, section=section, naming=namings[name], parameters=_parameters(section))
        for name, section in opened.items()
        if name in namings
    )


def parameters_of(laws: tuple[LawText, ...], report: Report) -> Mapping[str, object]:
    """Give the parameters of all laws; two that share a name must agree on its value."""
    found: dict[str, object] = {}
    for law in laws:
        for name, value in law.parameters.items():
            if found.setdefault(name, value) != value:
                place = law.section.at("parameters")
                report.error(place, f"Another law has a parameter `{name}` of another value.")
    return found


def read_law(
    text: LawText,
    detectors: tuple[Detector, ...],
    promises: tuple[Promise, ...],
    remedies: Collection[str],
    conditions: Conditions,
) -> Law:
    """Read the rules of a law into a book, and check that the book gives what they need."""
    section = text.section
    section.text("title")
    needs = _needs(section)
    mine = _Joining(text, needs, detectors, promises)
    facts = frozenset(name for told in needs.values() for name in told)
    facts |= _told(section, "may_have").keys()
    tainted = mine.tainted(detectors)
    values = _values(
        section, Reads(roots=_ROOTS, failure=OWN_FACTS | facts, tainted=tainted), conditions
    )
    defaults = {key: section.text(key, default="") for key in ("jurisdiction", "basis", "source")}
    ground = Ground(
        kinds=mine.kinds,
        remedies=mine.remedies_of(remedies),
        detectors=detectors,
        roots=_ROOTS,
        facts=facts,
        values=values,
        defaults={key: said for key, said in defaults.items() if said},
    )
    rules = read_entitlements(section, ground, conditions)
    mine.check_remedies(rules, remedies)
    examples = read_law_examples(section, rules, needs.keys(), text.parameters)
    section.done()
    return Law(rules=tuple(rule for rule in rules if rule.failures), examples=examples)


class _Joining:
    """Joins the names of a law to those of a book, and reports what the book lacks."""

    def __init__(
        self,
        text: LawText,
        needs: Mapping[str, Mapping[str, str]],
        detectors: tuple[Detector, ...],
        promises: tuple[Promise, ...],
    ) -> None:
        self.law, self.naming = text.id, text.naming
        self.report = text.section.report
        self.details = {one.rule.id: (one.rule.line, one.details.keys()) for one in detectors}
        nothing: dict[str, object] = {}
        self.details |= {one.rule.id: (one.rule.line, nothing.keys()) for one in promises}
        self.kinds = {name: tuple(self._kinds(name, told)) for name, told in needs.items()}
        for name in self.naming.kinds.keys() - needs.keys():
            self._error(f"speaks of no failure `{name}`.", nearest(name, needs))
        if needs and not any(self.kinds.values()):
            self._error("applies to nothing in this book.", "Leave it out, or say which: `for:`.")

    def _error(self, what: str, hint: str) -> None:
        self.report.error(self.naming.place, f"The law `{self.law}` {what}", hint)

    def _kinds(self, name: str, told: Mapping[str, str]) -> Iterator[str]:
        said = self.naming.kinds.get(name)
        for kind in said if said is not None else (name,):
            if kind in self.details:
                yield kind
                self._check_details(kind, told)
            elif said is not None:
                self._error(f"is to be for `{kind}`, which is not a failure.", self._near(kind))
            else:
                self.report.warn(
                    self.naming.place,
                    f"The law `{self.law}` is also for `{name}`, which is not a failure here.",
                    f"Say which of yours it is, as in `for: {{{name}: yours}}`; `[]` for none.",
                )

    def _near(self, kind: str) -> str:
        return nearest(kind, self.details)

    def _check_details(self, kind: str, told: Mapping[str, str]) -> None:
        line, details = self.details[kind]
        for fact, meaning in told.items():
            if fact not in details:
                self._error(
                    f"needs failure.{fact}, and `{kind}` (line {line}) has no such detail.",
                    f"Add `{fact}:` to its `details`: {meaning}",
                )

    def tainted(self, detectors: tuple[Detector, ...]) -> tuple[Path, ...]:
        """Give the facts of its failures that are made of who the customer is."""
        mine = {kind for kinds in self.kinds.values() for kind in kinds}
        names = {name for one in detectors if one.rule.id in mine for name in one.tainted}
        return tuple(("failure", name) for name in sorted(names))

    def remedies_of(self, remedies: Collection[str]) -> Mapping[str, str]:
        """Give every remedy a law may name; whether the book has it is asked afterwards."""
        return _Same({**{name: name for name in remedies}, **self.naming.remedies})

    def check_remedies(self, rules: tuple[Entitlement, ...], remedies: Collection[str]) -> None:
        """Report a remedy that the book does not have."""
        for name in dict.fromkeys(rule.remedy for rule in rules if rule.failures):
            if name not in remedies:
                self._error(
                    f"pays by `{name}`, which is not a remedy.",
                    f"{nearest(name, remedies)} Add it, or say `pays: {{{name}: yours}}`.",
                )


class _Same(dict[str, str]):
    """A name that nobody renamed is itself."""

    def __contains__(self, _: object) -> bool:
        return True


def _namings(top: Section) -> Iterator[Naming]:
    node = top.node("laws")
    if node is None:
        return
    items: tuple[Node, ...] = getattr(node, "items", (node,))
    seen: set[str] = set()
    for item in items:
        naming = _naming(item, top.report)
        if naming is None:
            continue
        if naming.law in seen:
            top.report.error(item.place, f"The law `{naming.law}` stands here twice.", "Keep one.")
        seen.add(naming.law)
        yield naming


def _naming(item: Node, report: Report) -> Naming | None:
    if isinstance(item, Scalar) and NAME.fullmatch(item.written):
        return Naming(law=item.written, place=item.place)
    if not isinstance(item, Fields):
        report.error(item.place, "`laws` lists names of laws.", "Write `laws: [eu261]`.")
        return None
    section = Section(item, "law of the book", report)
    kinds, pays = section.section("for", "list of failures"), section.section("pays", "list")
    names = [entry.key for entry in section.named("for", "failure")] if kinds else []
    paid = [entry.key for entry in section.named("pays", "remedy")] if pays else []
    naming = Naming(
        law=section.name("law"),
        place=item.place,
        kinds={key: tuple(one for one, _ in kinds.texts(key)) for key in names} if kinds else {},
        remedies={key: pays.name(key) for key in paid} if pays else {},
    )
    section.done()
    return naming


def _parameters(section: Section) -> Mapping[str, object]:
    return {entry.key: plain(entry.value) for entry in section.named("parameters", "parameter")}


def _needs(section: Section) -> Mapping[str, Mapping[str, str]]:
    """Read which facts each failure has to bring: failure -> fact -> what it means."""
    found: dict[str, dict[str, str]] = {}
    for one in section.sections("needs", "need"):
        facts = _told(one, "facts")
        for name, _ in one.texts("for", required=True):
            found.setdefault(name, {}).update(facts)
        one.done()
    if not found:
        section.error("needs", "The law speaks of no failure.", "Add `needs:`.")
    return found


def _told(section: Section, key: str) -> Mapping[str, str]:
    opened = section.section(key, "list of facts")
    entries = section.named(key, "fact") if opened is not None else ()
    return {entry.key: opened.text(entry.key) for entry in entries} if opened is not None else {}


def _values(section: Section, reads: Reads, conditions: Conditions) -> Values:
    """Read the named values, each of which may read those before it; all may size what is owed."""
    opened = section.section("values", "list of values")
    found: list[tuple[str, Expression]] = []
    for entry in section.named("values", "value") if opened is not None else ():
        known = replace(reads, values=frozenset(name for name, _ in found))
        made = conditions.read(opened, entry.key, known, gives="", sizes=True) if opened else None
        if made is not None:
            found.append((entry.key, made))
    return tuple(found)
