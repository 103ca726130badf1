"""Put what a brand's book says over what its umbrella's book says.

Lists of things with an id (and plans, by the failures they are for) take more things, and one in
place of another where it says `replaces: true`. Names with values take more, and others of the
same name. What is owed by the umbrella's book, and how long it holds, is not made less.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from makegood.playbooks.mistakes import Place, Report, nearest
from makegood.playbooks.nodes import Entry, Fields, Items, Node, Scalar, plain
from makegood.playbooks.weakening import Guard

REPLACES = "replaces"
_OF_THE_UMBRELLA = {"umbrella": "firm", "currency": "currency"}
_OWN = frozenset({"makegood", "name", "timezone", "double_window"})
_KEYS = {"laws": "law", "sources": "source"}
_BY_NAME = frozenset({"goodwill", "people", "routing", "owners", "triage", "letters"})
_PLAIN_LISTS = frozenset({"sensitive", "look_up"})

_SENSITIVE = (
    ("tier", "from"),
    ("value", "cents"),
    ("partner", "reciprocal_cents"),
    ("public_voice", "from"),
)


def merged(base: Fields, over: Fields, laws: tuple[Fields, ...], report: Report) -> Fields:
    """Give one whole book.

    Args:
        base: What is built on, whole.
        over: What builds on it.
        laws: The laws that either names.
        report: Takes every mistake.
    """
    return _Merging(base, over, laws, report).whole()


def field(fields: Fields, key: str) -> str:
    """Give the words of a field; empty when it is not there."""
    node = _value(fields, key)
    return node.written if isinstance(node, Scalar) else ""


def _value(fields: Fields, key: str) -> Node | None:
    return next((entry.value for entry in fields.entries if entry.key == key), None)


class _Merging:
    def __init__(
        self, base: Fields, over: Fields, laws: tuple[Fields, ...], report: Report
    ) -> None:
        self.base = base
        self.over = over
        self.report = report
        self.guard = Guard(base, laws, report)

    def whole(self) -> Fields:
        entries = {entry.key: entry for entry in self.base.entries if entry.key != "examples"}
        for entry in self.over.entries:
            known = entries.get(entry.key)
            entries[entry.key] = self._over(known, entry) if known is not None else entry
        self._keep_sensitive(entries)
        return replace(self.over, entries=tuple(entries.values()))

    def _keep_sensitive(self, entries: dict[str, Entry]) -> None:
        """What the umbrella's standing makes sensitive stays so where a brand reads another."""
        was = dict(_sized_by(_value(self.base, "standing")))
        now = dict(_sized_by(entries["standing"].value)) if "standing" in entries else {}
        lost = tuple(node for fact, node in was.items() if fact not in now)
        if lost:
            known = entries.get("sensitive")
            items = (*(_items(known.value) if known is not None else ()), *lost)
            place = lost[0].place
            entries["sensitive"] = Entry(
                place=place, key="sensitive", value=Items(place=place, items=items)
            )

    def _over(self, known: Entry, entry: Entry) -> Entry:
        if entry.key in _OWN:
            return entry
        if entry.key in _OF_THE_UMBRELLA and plain(known.value) != plain(entry.value):
            what = _OF_THE_UMBRELLA[entry.key]
            self._error(entry.value.place, f"The {what} is the umbrella's to say.", "Take it out.")
            return known
        match known.value, entry.value:
            case Fields(), Fields():
                return replace(entry, value=self._names(entry.key, known.value, entry.value))
            case Scalar(), Scalar() if entry.key not in (*_KEYS, *_PLAIN_LISTS, "may_change"):
                return entry
        return replace(entry, value=self._list(entry.key, known.value, entry.value))

    def _names(self, key: str, base: Fields, over: Fields) -> Fields:
        """Put names with values over others; declared facts of one event add up."""
        entries = {entry.key: entry for entry in base.entries}
        for entry in over.entries:
            known = entries.get(entry.key)
            if key == "facts" and known is not None:
                entry = self._facts(known, entry)
            elif key == "parameters":
                self.guard.parameter(entry, known)
            elif key in _BY_NAME and known is not None:
                entry = self._part(known, entry)
            elif key == "calls" and entry.key == "hints" and known is not None:
                entry = replace(entry, value=self._list("hints", known.value, entry.value))
            elif key == "outgoing" and known is not None:
                entry = self._outgoing(known, entry)
            entries[entry.key] = entry
        return replace(over, entries=tuple(entries.values()))

    def _part(self, known: Entry, entry: Entry) -> Entry:
        """Put what a part of a section names over what it named before."""
        match known.value, entry.value:
            case Fields(), Fields():
                return replace(entry, value=self._names("", known.value, entry.value))
        return entry

    def _outgoing(self, known: Entry, entry: Entry) -> Entry:
        """Add senders, rules and wording to the umbrella's; its rules are asked first."""
        if entry.key in ("senders", "rules"):
            return replace(entry, value=self._list(entry.key, known.value, entry.value))
        match known.value, entry.value:
            case Fields(), Fields() if entry.key == "signals":
                return replace(entry, value=_with_wording(known.value, entry.value))
        self.guard.outgoing(entry, known)
        return entry

    def _facts(self, known: Entry, entry: Entry) -> Entry:
        if isinstance(known.value, Fields) and isinstance(entry.value, Fields):
            found = {one.key: one for one in known.value.entries}
            for one in entry.value.entries:
                found[one.key] = self._facts(found[one.key], one) if one.key in found else one
            return replace(entry, value=replace(entry.value, entries=tuple(found.values())))
        if plain(known.value) != plain(entry.value):
            where = self.report.where(known.place)
            self._error(
                entry.value.place,
                f"`{entry.key}` is {plain(known.value)} in {where}, and something else here.",
                "Declare it as it is there, or under another name.",
            )
        return known

    def _list(self, key: str, base: Node, over: Node) -> Items:
        items = list(_items(base))
        for item in _items(over):
            if key == "may_change":
                self._error(
                    item.place, "What may change is the umbrella's to say.", "Take it out."
                )
            elif key == "plans" and isinstance(item, Fields):
                items = self._with_plan(items, item)
            elif key in _PLAIN_LISTS:
                items.append(item)
            else:
                self._with_item(key, items, item)
        return Items(place=over.place, items=tuple(items))

    def _with_item(self, key: str, items: list[Node], item: Node) -> None:
        """Add a thing, or put it in the place of the one with its name."""
        name = _KEYS.get(key, "id")
        called = _called(item, name)
        bare, replaces = _without_mark(item)
        at = next(
            (n for n, one in enumerate(items) if called and _called(one, name) == called), None
        )
        if at is None:
            if replaces is not None:
                known = nearest(called, {_called(one, name) for one in items} - {""})
                self._error(replaces, f"There is no `{called}` to replace in `{key}`.", known)
            items.append(bare)
        elif replaces is None:
            where = self.report.where(items[at].place)
            self._error(
                item.place,
                f"`{called}` stands in {where} already.",
                "Say `replaces: true` to put this in its place, or rename it.",
            )
        else:
            self.guard.item(key, called, items[at], bare)
            items[at] = bare

    def _with_plan(self, items: list[Node], plan: Fields) -> list[Node]:
        """Add a plan; where it replaces, the failures it is for leave the plans they had."""
        bare, replaces = _without_mark(plan)
        if replaces is None:
            return [*items, bare]
        kinds = {one.written for one in _items(_value(plan, "for")) if isinstance(one, Scalar)}
        kept: list[Node] = []
        left = set(kinds)
        for item in items:
            theirs = _items(_value(item, "for")) if isinstance(item, Fields) else ()
            taken = {one.written for one in theirs if isinstance(one, Scalar)} & kinds
            if isinstance(item, Fields) and taken:
                self.guard.plan(taken, item, plan)
                left -= taken
            rest = tuple(one for one in theirs if getattr(one, "written", "") not in kinds)
            if isinstance(item, Fields) and taken and rest:
                item = _for_only(item, rest)
            if rest or not taken:
                kept.append(item)
        if left == kinds:
            self._error(replaces, "This plan replaces none.", "Leave `replaces` out.")
        return [*kept, bare]

    def _error(self, place: Place, message: str, hint: str) -> None:
        self.report.error(place, message, hint)


def _with_wording(base: Fields, over: Fields) -> Fields:
    """Add phrases to those that a book below has, by what they speak for and by language."""
    entries = {entry.key: entry for entry in base.entries}
    for entry in over.entries:
        known = entries.get(entry.key)
        match known, entry.value:
            case Entry(value=Fields() as under), Fields() as added:
                entry = replace(entry, value=_with_wording(under, added))
            case Entry(value=Items() as under), Items() as added:
                both = (*under.items, *added.items)
                entry = replace(entry, value=replace(added, items=both))
        entries[entry.key] = entry
    return replace(over, entries=tuple(entries.values()))


def _for_only(plan: Fields, kinds: tuple[Node, ...]) -> Fields:
    entries = (
        replace(entry, value=Items(place=entry.value.place, items=kinds))
        if entry.key == "for"
        else entry
        for entry in plan.entries
    )
    return replace(plan, entries=tuple(entries))


def _sized_by(standing: Node | None) -> Iterator[tuple[str, Node]]:
    """Give the facts of a standing that may never size a remedy, each with where it stands."""
    parts = standing if isinstance(standing, Fields) else None
    for name, key in _SENSITIVE:
        part = _value(parts, name) if parts is not None else None
        found = _value(part, key) if isinstance(part, Fields) else None
        if isinstance(found, Scalar):
            yield found.written, found


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, Items) else (node,)


def _called(item: Node, key: str) -> str:
    if isinstance(item, Fields):
        return field(item, key)
    return item.written if isinstance(item, Scalar) and key in _KEYS.values() else ""


def _without_mark(item: Node) -> tuple[Node, Place | None]:
    """Give a thing without `replaces: true`, and where that stands; None when it does not."""
    marks = [one for one in _entries(item) if one.key == REPLACES]
    if not isinstance(item, Fields) or not marks:
        return item, None
    if plain(marks[0].value) is not True:
        return item, None  # the reader says that there is no such field
    kept = tuple(entry for entry in item.entries if entry.key != REPLACES)
    return replace(item, entries=kept), marks[0].place


def _entries(item: Node) -> Iterator[Entry]:
    yield from item.entries if isinstance(item, Fields) else ()
