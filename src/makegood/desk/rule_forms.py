"""The rule book as forms to read and fill in: parts, rules with a sentence, and fields."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from makegood.desk.fields import Typed, shown
from makegood.desk.rule_words import ONE_CARD, card_words, field_words, group_words, section_words
from makegood.playbooks.mistakes import BookError, Report
from makegood.playbooks.nodes import Fields, plain, read_nodes
from makegood.playbooks.spots import Spot, SpotKind, spots_of

_HINTS: Mapping[SpotKind, str] = {
    "test": "a value, `< 3`, `4..7`, or a list in brackets",
}
_WORKED_OUT = "worked out by the rule, in cents: 7500 is 75.00"


class Field(Struct, frozen=True, kw_only=True):
    """One value of a rule.

    Attributes:
        id: For the label.
        path: Where it stands in the book.
        shown: What the field holds: what was typed, else what stands there.
        was: What stands there, as the text has it.
        before: What the active book says where that is another; else None.
        hint: What may be written.
        comment: What the text says beside it.
        line: Of the text.
        wrong: What is wrong with it.
        also: In how many other places the same value counts.
    """

    id: str
    path: str
    label: str
    kind: SpotKind
    shown: str
    was: str
    before: str | None
    hint: str
    comment: str
    line: int
    wrong: tuple[str, ...]
    also: int

    @property
    def is_long(self) -> bool:
        """Needs a field of several lines."""
        return self.kind == "condition"

    @property
    def rows(self) -> int:
        return self.shown.count("\n") + 1 + len(self.shown) // 70


class Group(Struct, frozen=True, kw_only=True):
    """Fields that belong together, such as those of one row of a table."""

    title: str
    fields: tuple[Field, ...]


class Card(Struct, frozen=True, kw_only=True):
    """One rule."""

    id: str
    title: str
    sentence: str
    groups: tuple[Group, ...]

    @property
    def fields(self) -> Iterator[Field]:
        return (field for group in self.groups for field in group.fields)

    @property
    def is_wrong(self) -> bool:
        return any(field.wrong for field in self.fields)

    @property
    def is_changed(self) -> bool:
        return any(field.before is not None for field in self.fields)


class Section(Struct, frozen=True, kw_only=True):
    """One part of the book."""

    id: str
    title: str
    intro: str
    cards: tuple[Card, ...]


class RuleForms(Struct, frozen=True, kw_only=True):
    """The whole book.

    Attributes:
        elsewhere: Mistakes that stand in no field.
        lost: What was typed for places that are not in the text any more: (path, value).
    """

    sections: tuple[Section, ...]
    elsewhere: tuple[BookError, ...]
    lost: tuple[tuple[str, str], ...]


class Change(Struct, frozen=True, kw_only=True):
    """A value that the draft says otherwise than the active book."""

    where: str
    old: str
    new: str
    card: str


def rule_forms(
    text: str,
    *,
    active: str,
    currency: str,
    errors: Sequence[BookError] = (),
    typed: Mapping[str, Typed] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> RuleForms:
    """Read a book part by part.

    Args:
        text: The book, without laws.
        active: The active book, to say what is changed.
        currency: Of its sums.
        errors: What the checker says about the text.
        typed: Fields that were sent and not taken.
        wrong: Why.
    """
    typed, wrong = typed or {}, wrong or {}
    spots = spots_of(text)
    before = {spot.path: spot.written for spot in spots_of(active)}
    at = {spot.path: tuple(one for one in errors if _is_at(spot, one)) for spot in spots}
    placed = {id(error) for found in at.values() for error in found}
    fields = [
        _field(
            spot,
            before.get(spot.path, spot.written),
            currency,
            typed.get(spot.path),
            (*_said(at[spot.path]), *filter(None, [wrong.get(spot.path)])),
        )
        for spot in spots
    ]
    paths = {spot.path for spot in spots}
    return RuleForms(
        sections=tuple(_sections(_values(text), fields)),
        elsewhere=tuple(error for error in errors if id(error) not in placed),
        lost=tuple((path, one.value) for path, one in typed.items() if path not in paths),
    )


def changes(text: str, active: str) -> tuple[Change, ...]:
    """Say which values a draft says otherwise than the active book."""
    before = {spot.path: spot for spot in spots_of(active)}
    values = _values(text)
    return tuple(
        Change(
            where=_where(spot.path, values),
            old=shown(before[spot.path]),
            new=shown(spot),
            card=_card_id(spot.path),
        )
        for spot in spots_of(text)
        if spot.path in before and before[spot.path].written != spot.written
    )


def _field(
    spot: Spot, before: str, currency: str, typed: Typed | None, wrong: tuple[str, ...]
) -> Field:
    stands = shown(spot)
    is_changed = before != spot.written
    old = shown(replace(spot, written=before)) if is_changed else None
    return Field(
        id=f"f-{spot.path.replace('/', '-')}",
        path=spot.path,
        label=field_words(_inside(spot.path)),
        kind=spot.kind,
        shown=typed.value if typed else stands,
        was=spot.written,
        before=old,
        hint=_hint(spot, currency),
        comment=spot.comment,
        line=spot.place.line,
        wrong=wrong,
        also=len(spot.also),
    )


def _hint(spot: Spot, currency: str) -> str:
    if spot.kind == "money":
        return currency
    if spot.kind == "condition" and spot.path.endswith(("cents", "charges")):
        return _WORKED_OUT
    return _HINTS.get(spot.kind, "")


def _is_at(spot: Spot, error: BookError) -> bool:
    """Whether a mistake of the checker is about this value."""
    if not spot.place.line <= error.line <= spot.last_line:
        return False
    first, last = spot.place.column, spot.place.column + spot.end - spot.start
    return spot.last_line > spot.place.line or first <= error.column <= last


def _said(errors: Iterable[BookError]) -> Iterator[str]:
    for error in errors:
        yield f"Line {error.line}, column {error.column}: {error.message} {error.hint}".rstrip()


@lru_cache(maxsize=8)
def _values(text: str) -> Mapping[str, Any]:
    """What the book says, as plain values, whatever mistakes it has."""
    documents = read_nodes(text, Report("draft"))
    if not documents or not isinstance(documents[0], Fields):
        return {}
    return {entry.key: plain(entry.value) for entry in documents[0].entries}


def _sections(values: Mapping[str, Any], fields: Sequence[Field]) -> Iterator[Section]:
    whole = [one for one in fields if "/" not in one.path]
    if whole:
        yield _section("", whole, values)
    for name, found in groupby(
        (one for one in fields if "/" in one.path), key=lambda one: one.path.partition("/")[0]
    ):
        yield _section(name, list(found), values)


def _section(name: str, fields: Sequence[Field], values: Mapping[str, Any]) -> Section:
    title, intro = section_words(name)
    cards = []
    for card, found in groupby(fields, key=lambda one: _card_id(one.path)):
        inside = list(found)
        heading, sentence = card_words(name, inside[0].path, values)
        cards.append(
            Card(id=card, title=heading, sentence=sentence, groups=tuple(_groups(inside, values)))
        )
    return Section(id=f"s-{name or 'whole'}", title=title, intro=intro, cards=tuple(cards))


def _groups(fields: Sequence[Field], values: Mapping[str, Any]) -> Iterator[Group]:
    for title, found in groupby(fields, key=lambda one: group_words(one.path, values)):
        yield Group(title=title, fields=tuple(found))


def _card_id(path: str) -> str:
    parts = path.split("/")
    return f"r-{parts[0]}" if parts[0] in ONE_CARD else f"r-{'-'.join(parts[:2])}"


def _inside(path: str) -> str:
    """The part of a path within its rule."""
    parts = path.split("/")
    if parts[0] in ONE_CARD or len(parts) < 3:
        return "/".join(parts[1:] or parts)
    if parts[0] == "requests" and parts[2] == "rows" and len(parts) > 4:
        return "/".join(parts[4:])
    return "/".join(parts[2:])


def _where(path: str, values: Mapping[str, Any]) -> str:
    heading, _ = card_words(path.partition("/")[0], path, values)
    group = group_words(path, values)
    return " · ".join(filter(None, (heading, group, field_words(_inside(path)))))
