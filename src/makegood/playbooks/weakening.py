"""What a brand's book may not make less: what the umbrella owes, and how long it holds.

An umbrella's promise is worth what its weakest brand makes of it. Where the umbrella's book names
a thing in `may_change`, its brands may do with it as they like.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from makegood.messages.commands import HELD_CLASSES
from makegood.playbooks.mistakes import Place, Report, nearest
from makegood.playbooks.nodes import Entry, Fields, Items, Node, Scalar, plain
from makegood.playbooks.spans import DAY_MS, day_ms, span_ms

_PARAMETER = re.compile(r"\bparams\.(\w+)")
_DECIDES: Final = (
    "on", "when", "about", "price", "cause", "inferred_cause", "brand", "details",
    "after", "unless", "within",
)  # fmt: skip
_NAMED: Final = (
    "entitlements", "failures", "silence", "remedies", "claims", "promises", "disclosures",
    "walks", "waits",
)  # fmt: skip
_BINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "promises": ("on", "kept_by", "about", "by", "who", "within", "binds", "cause"),
    "disclosures": ("on", "about", "amount", "who", "channel"),
}
_WORDS: Final = frozenset({"source", "jurisdiction", "boundary", "form", "allow_because"})


class Guard:
    """Knows what one umbrella's book promises, and reports what would make it less.

    Attributes:
        may: What its brands may change nevertheless.
        owing: Failures for which something is owed.
        remedies: Remedies by which it is paid.
        parameters: Parameters on which it depends.
    """

    def __init__(self, base: Fields, laws: tuple[Fields, ...], report: Report) -> None:
        self.report = report
        self.may = frozenset(_words(_value(base, "may_change")))
        rules = list(_sections(base, "entitlements"))
        claims = list(_sections(base, "claims"))
        self.owing = {kind for rule in (*rules, *claims) for kind in _words(_value(rule, "for"))}
        self.remedies = {str(_plain(_value(rule, "pays"), "remedy")) for rule in rules}
        self.remedies |= {_word(claim, "pays") for claim in claims}
        self.parameters: set[str] = set()
        named = {_word(one, "law"): one for one in _nodes(_value(base, "laws"))}
        for law in laws:
            if (name := _word(law, "law")) in named:
                self._take_law(law, named[name])
        failures = [one for one in _sections(base, "failures") if _word(one, "id") in self.owing]
        stays = [one for walk in _sections(base, "walks") for one in _sections(walk, "never")]
        for one in (*rules, *failures, *stays):
            self.parameters |= set(_PARAMETER.findall(str(plain(one))))

    def _take_law(self, law: Fields, naming: Node) -> None:
        kinds = {kind for need in _sections(law, "needs") for kind in _words(_value(need, "for"))}
        renamed = _value(naming, "for") if isinstance(naming, Fields) else None
        paid = _value(naming, "pays") if isinstance(naming, Fields) else None
        for kind in kinds:
            said = _value(renamed, kind) if isinstance(renamed, Fields) else None
            self.owing |= {kind} if said is None else set(_words(said))
        for rule in _sections(law, "entitlements"):
            remedy = str(_plain(_value(rule, "pays"), "remedy"))
            self.remedies.add(str(_plain(paid, remedy) or remedy))
        parameters = _value(law, "parameters")
        if isinstance(parameters, Fields):
            self.parameters |= {entry.key for entry in parameters.entries}

    def parameter(self, entry: Entry, known: Entry | None) -> None:
        """Check a parameter that a brand sets: none on which depends what is owed."""
        same = known is not None and plain(known.value) == plain(entry.value)
        if entry.key in self.parameters and not same:
            self._less(entry.key, entry.value.place, "what is owed depends on this parameter", "")

    def item(self, key: str, name: str, base: Node, over: Node) -> None:
        """Check one thing that a brand puts in the place of the umbrella's."""
        if not isinstance(base, Fields) or not isinstance(over, Fields):
            if key == "laws":
                self._less(name, over.place, "it says what this law is for", "")
            return
        why = self._less_by(key, name, base, over)
        if why is not None:
            self._less(name, over.place, "it protects the customer", f" (`{why}`)", base.place)
        if key == "budgets" and not _word(over, "brand"):
            self.report.error(
                over.place,
                f"`{name}` is one purse in {self.report.where(base.place)} and here.",
                "Say whose it is, with `brand:`, or give it an id of its own.",
            )

    def _less_by(self, key: str, name: str, base: Fields, over: Fields) -> str | None:
        """Give the field by which one thing may be less than another; None when it is not."""
        why: Iterator[str] = iter(())
        match key:
            case "entitlements":
                why = _less_owed(base, over)
            case "claims":
                why = _less_paid(base, over)
            case "promises" | "disclosures":
                why = _otherwise(base, over, _BINDS[key])
            case "failures" | "silence" if name in self.owing:
                why = _otherwise(base, over, _DECIDES)
            case "remedies" if name in self.remedies and _changed(base, over, "kind"):
                why = iter(("kind",))
            case "laws":
                why = iter(("for",))
            case "rules":
                why = _less_stopped(base, over)
            case "walks":
                why = _less_kept(base, over)
            case "waits":
                why = _less_awaited(base, over)
        return next(why, None)

    def plan(self, kinds: set[str], base: Fields, over: Fields) -> None:
        """Check the plan that a brand puts in the place of the umbrella's: its hold."""
        why = next(_less_held(base, over), None)
        if why is not None:
            for kind in sorted(kinds - self.may):
                self._less(kind, over.place, "its plan holds longer", f" (`{why}`)", base.place)

    def outgoing(self, entry: Entry, known: Entry) -> None:
        """Check a word about outgoing mail: what the umbrella makes wait, waits."""
        changes = entry.key == "unclassified" and not _same(known.value, entry.value)
        if changes and plain(known.value) == "park":
            why = "mail without a class waits"
            self._less("outgoing", entry.value.place, why, "", known.value.place)

    def _less(
        self, name: str, place: Place, why: str, what: str, base: Place | None = None
    ) -> None:
        if name in self.may:
            return
        where = f" in {self.report.where(base)}" if base is not None else ""
        self.report.error(
            place,
            f"`{name}` is the umbrella's to lower: {why}{where}, and this may be less{what}.",
            f"Leave that as it is, or let the umbrella's book say `may_change: [{name}]`.",
        )


def check_may_change(book: Fields, laws: tuple[Fields, ...], report: Report) -> None:
    """Report a name in `may_change` that the book does not have."""
    listed = _value(book, "may_change")
    if listed is None:
        return
    known = {
        _word(one, key)
        for name, key in (*((one, "id") for one in _NAMED), ("laws", "law"))
        for one in _nodes(_value(book, name))
    }
    known |= {_word(one, "id") for one in _sections_of(_value(book, "outgoing"), "rules")}
    known |= {"outgoing"}
    for one in (book, *laws):
        parameters = _value(one, "parameters")
        known |= (
            {entry.key for entry in parameters.entries}
            if isinstance(parameters, Fields)
            else set()
        )
    for node in _nodes(listed):
        name = node.written if isinstance(node, Scalar) else ""
        if name not in known:
            report.error(node.place, f"There is no `{name}` here to change.", nearest(name, known))


def _less_owed(base: Fields, over: Fields) -> Iterator[str]:
    """Give the fields by which one rule may owe less than another, as far as can be seen."""
    keys = dict.fromkeys(entry.key for entry in (*base.entries, *over.entries))
    for key in keys:
        before, after = _value(base, key), _value(over, key)
        check = _CHECKS.get(key, _same)
        if key not in _WORDS and not check(before, after):
            yield key


def _same(before: Node | None, after: Node | None) -> bool:
    return (plain(before) if before else None) == (plain(after) if after else None)


def _all_of(before: Node | None, after: Node | None) -> bool:
    return set(_words(before)) <= set(_words(after))


def _no_later(before: Node | None, after: Node | None) -> bool:
    first, second = _day(before), _day(after)
    return _same(before, after) or after is None or (bool(first) and 0 < second <= first)


def _no_earlier(before: Node | None, after: Node | None) -> bool:
    first, second = _day(before), _day(after)
    return _same(before, after) or after is None or 0 < first <= second


def _no_longer(before: Node | None, after: Node | None) -> bool:
    first, second = _span(before), _span(after)
    return _same(before, after) or (first is not None and second is not None and second <= first)


def _as_much(before: Node | None, after: Node | None) -> bool:
    """Whether a payment is at least what it was: the same remedy, and no smaller number."""
    if not isinstance(before, Fields) or not isinstance(after, Fields):
        return _same(before, after)
    keys = {entry.key for entry in (*before.entries, *after.entries)}
    for key in keys:
        old, new = _value(before, key), _value(after, key)
        if _same(old, new) or (key == "most_cents" and new is None):
            continue
        if key not in ("cents", "ratio", "most_cents") or not _no_smaller(old, new):
            return False
    return True


def _no_smaller(before: Node | None, after: Node | None) -> bool:
    first, second = (plain(one) if one else None for one in (before, after))
    numbers = isinstance(first, int | float) and isinstance(second, int | float)
    return numbers and second >= first  # type: ignore[operator]


def _less_paid(base: Fields, over: Fields) -> Iterator[str]:
    """Give the fields by which a claim may pay less, later, or for less."""
    for key, check in _PAID.items():
        if not check(_value(base, key), _value(over, key)):
            yield key


def _no_shorter(before: Node | None, after: Node | None) -> bool:
    first, second = _span(before), _span(after)
    return _same(before, after) or (first is not None and second is not None and second >= first)


def _answered_no_later(before: Node | None, after: Node | None) -> bool:
    first, second = (DAY_MS if one is None else _span(one) for one in (before, after))
    return first is not None and second is not None and second <= first


def _receipts_for_no_more(before: Node | None, after: Node | None) -> bool:
    first, second = (0 if one is None else plain(one) for one in (before, after))
    return isinstance(first, int) and isinstance(second, int) and second >= first


def _none_besides(before: Node | None, after: Node | None) -> bool:
    return set(_words(after)) <= set(_words(before))


def _otherwise(base: Fields, over: Fields, keys: tuple[str, ...]) -> Iterator[str]:
    """Give the fields by which something may be another, or told with other facts."""
    for key in keys:
        check = _MORE.get(key, _same)
        if not check(_value(base, key), _value(over, key)):
            yield key


def _no_narrower(before: Node | None, after: Node | None) -> bool:
    return after is None or _same(before, after)


def _with_all(before: Node | None, after: Node | None) -> bool:
    """Whether all that was told is told as it was."""
    entries = before.entries if isinstance(before, Fields) else ()
    return all(_same(entry.value, _value(after, entry.key)) for entry in entries)


def _changed(base: Fields, over: Fields, key: str) -> bool:
    return not _same(_value(base, key), _value(over, key))


def _less_held(base: Fields, over: Fields) -> Iterator[str]:
    before, after = _value(base, "hold"), _value(over, "hold")
    if not isinstance(after, Fields):
        return  # the reader says so
    if _plain(after, "scope") == "brand" and _plain(before, "scope") != "brand":
        yield "scope"
    first = _span(_value(before, "cool_off")) if isinstance(before, Fields) else 0
    if (first or 0) > (_span(_value(after, "cool_off")) or 0):
        yield "cool_off"
    ends = (_plain(_value(one, "made_whole"), "or") for one in (base, over))
    if [one == "least_delivered" for one in ends] == [False, True]:
        yield "made_whole"


def _less_stopped(base: Fields, over: Fields) -> Iterator[str]:
    """Give the fields by which a rule about mail may stop less than another."""
    if _word(base, "class") not in HELD_CLASSES:
        return
    if _word(over, "class") not in HELD_CLASSES:
        yield "class"
    if _changed(base, over, "when"):
        yield "when"


def _less_kept(base: Fields, over: Fields) -> Iterator[str]:
    """Give the fields by which somebody may be walked who stays by the umbrella's rule."""
    stay = {_word(one, "id"): _value(one, "when") for one in _sections(over, "never")}
    for one in _sections(base, "never"):
        name = _word(one, "id")
        if name not in stay or not _same(_value(one, "when"), stay[name]):
            yield "never"
    if _changed(base, over, "event"):
        yield "event"


def _less_awaited(base: Fields, over: Fields) -> Iterator[str]:
    """Give the fields by which a wait may be found too long later, or for fewer customers."""
    for key, check in _AWAITED.items():
        if not check(_value(base, key), _value(over, key)):
            yield key


def _usual_no_later(before: Node | None, after: Node | None) -> bool:
    """Whether what is usual is learned as it was; that only shortens what `at_most` says."""
    pairs = [(_value(before, key), _value(after, key)) for key in ("share", "waits")]
    same = all(_same(old, new) or _no_smaller(new, old) for old, new in pairs)
    return before is None or (after is not None and same)


def _value(fields: Node | None, key: str) -> Node | None:
    entries = fields.entries if isinstance(fields, Fields) else ()
    return next((entry.value for entry in entries if entry.key == key), None)


def _plain(fields: Node | None, key: str) -> object:
    found = _value(fields, key)
    return plain(found) if found is not None else None


def _nodes(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, Items) else (node,)


def _sections_of(node: Node | None, key: str) -> Iterator[Fields]:
    if isinstance(node, Fields):
        yield from _sections(node, key)


def _sections(fields: Fields, key: str) -> Iterator[Fields]:
    yield from (one for one in _nodes(_value(fields, key)) if isinstance(one, Fields))


def _words(node: Node | None) -> Iterator[str]:
    yield from (one.written for one in _nodes(node) if isinstance(one, Scalar))


def _word(node: Node, key: str) -> str:
    found = _value(node, key) if isinstance(node, Fields) else node
    return found.written if isinstance(found, Scalar) else ""


def _day(node: Node | None) -> int:
    return (day_ms(node.written) or 0) if isinstance(node, Scalar) else 0


def _span(node: Node | None) -> int | None:
    return span_ms(node.written) if isinstance(node, Scalar) else None


_CHECKS: Mapping[str, Callable[[Node | None, Node | None], bool]] = {
    "for": _all_of,
    "from": _no_later,
    "to": _no_earlier,
    "before": _no_earlier,
    "deadline": _no_longer,
    "pays": _as_much,
}
_MORE: Mapping[str, Callable[[Node | None, Node | None], bool]] = {
    "on": _all_of,
    "when": _no_narrower,
    "details": _with_all,
    "within": _no_longer,
    "binds": _with_all,
}
_PAID: Mapping[str, Callable[[Node | None, Node | None], bool]] = {
    "for": _all_of,
    "most_cents": _no_smaller,
    "receipt_above_cents": _receipts_for_no_more,
    "within": _no_shorter,
    "not_payable": _none_besides,
    "pays": _same,
    "answer_within": _answered_no_later,
}
_AWAITED: Mapping[str, Callable[[Node | None, Node | None], bool]] = {
    "channels": _all_of,
    "begins": _same,
    "ends": _none_besides,
    "given_up": _none_besides,
    "about": _same,
    "at_most": _no_longer,
    "at_least": lambda before, after: after is None or _no_longer(before, after),
    "norm": _usual_no_later,
}
