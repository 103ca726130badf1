"""The section `sources`: how records of other systems become events, without a line of code.

A source stands in the book, or is a text of its own (a pack) that any book may name and that is
bound behind it, as laws are.
"""

import codecs
from collections.abc import Collection, Iterator, Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from makegood.playbooks.cel import Expression, Scope, compile_expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import check_event
from makegood.playbooks.mappings import (
    WORDS,
    Cell,
    Column,
    Form,
    Mapped,
    Raises,
    Signing,
    Source,
    TableForm,
    When,
)
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields, Items, Node, Scalar, plain
from makegood.playbooks.reading import NAME, Section
from makegood.playbooks.vocabulary import kind_of

PERSON = ("name", "email", "phone", "language")
KINDS_OF_CUSTOMER = ("user", "email", "phone")
LOYALTY = "loyalty"
TIMES = ("iso", "seconds", "milliseconds")
DELIMITERS = (",", ";", "|", "tab")
DECIMALS = (".", ",")
_RECORD = Reads(roots=("record",))
_OWN = "makegood"
_NOTHING = compile_expression('""', Scope(names=("record",)))


class Ground(Struct, frozen=True, kw_only=True):
    """What sources are read with.

    Attributes:
        conditions: Of the book; its parameters are not those of a source.
        packs: The documents that are sources, bound behind the book.
        known: Every pack that could be had, for the nearest right name.
        zone: The book's time zone.
    """

    conditions: Conditions
    packs: tuple[Fields, ...]
    known: Collection[str]
    zone: str


def read_sources(top: Section, ground: Ground) -> Mapping[str, Source]:
    """Read the sources of a book; a pack that is named is opened."""
    opened: dict[str, Section] = {}
    for root in ground.packs:
        pack = Section(root, "source", top.report)
        opened.setdefault(pack.name("source"), pack)
    found: dict[str, Source] = {}
    for name, node in _items(top):
        if name in found:
            top.report.error(node.place, f"The source `{name}` stands here twice.", "Rename one.")
        made = _one(top, node, name, ground, opened)
        if made is not None:
            found[made.id] = made
    for name in opened.keys() - {name for name, _ in _items(top)}:
        pack = opened[name]
        top.report.error(
            pack.place, f"The book does not name the source `{name}`.", "Take it out."
        )
    return found


def _items(top: Section) -> Iterator[tuple[str, Node]]:
    node = top.node("sources")
    if node is None:
        return
    for item in node.items if isinstance(node, Items) else (node,):
        if isinstance(item, Scalar) and NAME.fullmatch(item.written):
            yield item.written, item
        elif isinstance(item, Fields):
            named = next((one.value for one in item.entries if one.key == "source"), None)
            yield (named.written if isinstance(named, Scalar) else ""), item
        else:
            top.report.error(
                item.place, "A source is a name or a mapping.", "Write `- source: x`."
            )


def _one(
    top: Section, node: Node, name: str, ground: Ground, opened: Mapping[str, Section]
) -> Source | None:
    if isinstance(node, Fields) and any(one.key == "form" for one in node.entries):
        return _Reading(Section(node, "source", top.report), ground, None).source()
    given: dict[str, object] = {}
    if isinstance(node, Fields):
        naming = Section(node, "source of the book", top.report)
        naming.name("source")
        given = {one.key: plain(one.value) for one in naming.named("with", "parameter")}
        naming.done()
    pack = opened.get(name)
    if pack is None:
        there = {*ground.known, *opened} - {""}
        hint = nearest(name, there) if there else "Bind its text to the book."
        top.report.error(node.place, f"There is no source `{name}`.", hint)
        return None
    return _Reading(pack, ground, given).source()


class _Reading:
    """Reads one source."""

    def __init__(
        self, section: Section, ground: Ground, given: Mapping[str, object] | None
    ) -> None:
        self.section = section
        self.is_inline = given is None
        given = given or {}
        self.ground = ground
        own = {one.key: plain(one.value) for one in section.named("parameters", "parameter")}
        for name, value in given.items():
            if name not in own:
                section.error("parameters", f"There is no `{name}` to set.", nearest(name, own))
            elif kind_of(value) != kind_of(own[name]):
                section.error("parameters", f"`{name}` is a {kind_of(own[name])}.")
        self.parameters = {**own, **{key: given[key] for key in given if key in own}}
        vocabulary = replace(ground.conditions.vocabulary, parameters=self.parameters)
        self.conditions = ground.conditions.over(vocabulary)

    def source(self) -> Source | None:
        section = self.section
        name = section.name("source")
        if name.startswith(_OWN):
            section.error("source", f"Names that begin with `{_OWN}` are ours.", "Rename it.")
        form = Form(section.choice("form", tuple(Form)))
        key = self.value(section, "key", "dyn", required=True)
        source = Source(
            id=name,
            title=section.text("title"),
            form=form,
            signed=self.signing(form),
            table=self.table(form),
            key=key if key is not None else _NOTHING,
            at=self.at(),
            customer=dict(self.customer()),
            person=dict(self.person()),
            ignore=tuple(self.ignored()),
            events=tuple(self.events()),
            parameters=self.parameters,
            line=section.place.line,
        )
        section.done()
        return source if key is not None else None

    def value(
        self, section: Section, key: str, gives: str, *, required: bool = False
    ) -> Expression | None:
        if required:
            section.node(key, required=True)
        wanted = "" if gives == "dyn" else gives
        return self.conditions.read(section, key, _RECORD, gives=wanted)

    def signing(self, form: Form) -> Signing | None:
        if form is Form.WEBHOOK:
            if not self.section.has("signed"):
                self.section.error("form", "A webhook has to say how it is `signed`.", _SIGNED)
                return None
            return Signing(self.section.choice("signed", tuple(Signing)))
        if self.section.has("signed"):
            self.section.error("signed", "Only a webhook is signed.", "Leave it out.")
        return None

    def table(self, form: Form) -> TableForm | None:
        if form is not Form.CSV:
            if self.section.has("table"):
                self.section.error("table", "Only `form: csv` has a table.", "Leave it out.")
            return None
        table = self.section.section("table", "table", required=True)
        if table is None:
            return None
        encoding = table.text("encoding", default="utf-8")
        try:
            codecs.lookup(encoding)
        except LookupError:
            table.error("encoding", f"`{encoding}` is no encoding.", "Write utf-8 or latin-1.")
        delimiter = table.choice("delimiter", DELIMITERS, default=",")
        flags = {key: tuple(one for one, _ in table.texts(key)) for key in ("yes", "no")}
        made = TableForm(
            columns=tuple(_columns(table)),
            delimiter="\t" if delimiter == "tab" else delimiter,
            encoding=encoding,
            decimal=table.choice("decimal", DECIMALS, default="."),
            **{key: said for key, said in flags.items() if said},
        )
        table.done()
        return made

    def at(self) -> When | None:
        section = self.section.section("at", "time")
        if section is None:
            return None
        value = self.value(section, "value", "dyn", required=True)
        zone = section.text("zone", default=self.ground.zone)
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            section.error("zone", f"`{zone}` is no time zone.", "Write it as in Europe/Berlin.")
        made = section.text("format", default=TIMES[0])
        if made not in TIMES and "%" not in made:
            section.error(
                "format",
                f"`{made}` is no form of a time.",
                f"Write {', '.join(TIMES)}, or a pattern as in %d.%m.%Y %H:%M.",
            )
        section.done()
        return When(value=value, format=made, zone=zone) if value is not None else None

    def customer(self) -> Iterator[tuple[str, Expression]]:
        section = self.section.section("customer", "list of identifiers", required=True)
        if section is None:
            return
        found = {kind: self.value(section, kind, "dyn") for kind in KINDS_OF_CUSTOMER}
        loyalty = section.section(LOYALTY, "list of loyalty numbers")
        numbers = {
            f"{LOYALTY}:{entry.key}": self.value(loyalty, entry.key, "dyn")
            for entry in (section.named(LOYALTY, "brand") if loyalty is not None else ())
            if loyalty is not None
        }
        # The one that names the customer best comes first: an address may be an agency's.
        ordered = {"user": found.pop("user"), **numbers, **found}
        yield from ((kind, value) for kind, value in ordered.items() if value is not None)
        section.done()
        if not any(section.has(kind) for kind in (*KINDS_OF_CUSTOMER, LOYALTY)):
            section.report.error(section.place, "Nobody is named.", "Say `email:` or `user:`.")

    def person(self) -> Iterator[tuple[str, Expression]]:
        section = self.section.section("person", "list of personal data")
        if section is None:
            return
        for name in PERSON:
            if (value := self.value(section, name, "dyn")) is not None:
                yield name, value
        section.done()

    def ignored(self) -> Iterator[Expression]:
        node = self.section.node("ignore")
        for item in node.items if isinstance(node, Items) else (node,) if node else ():
            if not isinstance(item, Scalar):
                self.section.report.error(item.place, "`ignore` is a list of conditions.")
                continue
            made = self.conditions.compile(self.section, "ignore", item, _RECORD, gives="bool")
            if made is not None:
                yield made

    def events(self) -> Iterator[Mapped]:
        self.section.node("events", required=True)
        sections = self.section.sections("events", "mapped event")
        if not sections and self.section.has("events"):
            self.section.error("events", "No record becomes an event.", "Add `events:`.")
        seen: set[str] = set()
        for section in sections:
            made = self.mapped(section)
            if made.id in seen:
                section.error("id", f"Another event is called `{made.id}`.", "Rename one.")
            seen.add(made.id)
            yield made

    def mapped(self, section: Section) -> Mapped:
        name = section.name("id")
        when = self.value(section, "when", "bool")
        event, raises = section.text("event", default=""), self.raised(section)
        if bool(event) == section.has("raises"):
            section.report.error(
                section.place, "A record becomes an `event` or `raises` a failure.", "Say one."
            )
        if event and self.is_inline:  # a pack is for every book, also for one that hears less
            check_event(section, "event", event, self.ground.conditions)
        facts, words = self.facts(section), self.value(section, "words", "dyn")
        if words is not None and (not event or WORDS in facts):
            section.error(
                "words",
                f"An `event` has `words`, and keeps them as its fact `{WORDS}`.",
                f"Say `raises/words`, or give the fact `{WORDS}` another name.",
            )
        section.done()
        return Mapped(id=name, when=when, event=event, facts=facts, raises=raises, words=words)

    def raised(self, section: Section) -> Raises | None:
        inner = section.section("raises", "raised failure")
        if inner is None:
            return None
        failure = self.value(inner, "failure", "string", required=True)
        about = self.value(inner, "about", "string", required=True)
        brand, words = (self.value(inner, key, "string") for key in ("brand", "words"))
        inner.done()
        if failure is None or about is None:
            return None
        return Raises(failure=failure, about=about, brand=brand, words=words)

    def facts(self, section: Section) -> Mapping[str, Expression]:
        inner = section.section("facts", "list of facts told")
        found = {}
        for entry in section.named("facts", "fact") if inner is not None else ():
            if inner is not None and (value := self.value(inner, entry.key, "dyn")) is not None:
                found[entry.key] = value
        return found


def _columns(table: Section) -> Iterator[Column]:
    inner = table.section("columns", "list of columns", required=True)
    for entry in table.named("columns", "column") if inner is not None else ():
        if not isinstance(entry.value, Fields):
            table.report.error(entry.place, "A column is a mapping.", "Write `{heads: [...]}`.")
            continue
        if not NAME.fullmatch(entry.key):
            table.report.error(entry.place, f"`{entry.key}` is not a name.")
        section = Section(entry.value, "column of a table", table.report)
        heads = tuple(text for text, _ in section.texts("heads", required=True))
        yield Column(
            name=entry.key,
            heads=heads,
            cell=Cell(section.choice("as", tuple(Cell), default=Cell.TEXT)),
            format=section.text("format", default=""),
            required=section.flag("required"),
        )
        section.done()


_SIGNED = f"Write `signed:` and one of {', '.join(Signing)}."
