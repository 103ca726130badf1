"""Rank who must go elsewhere, let a person decide, and record it: for each who goes, a failure.

The record keeps the ranking with its reasons, who decided, and why otherwise than it. It holds
reservations and pseudonyms; names are beside the log.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from math import isfinite
from typing import TextIO

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.walks import Arriving, Ranked, rank, suggested
from makegood.messages.errors import InputError, Refused
from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import Facts, Identified, Touchpoint
from makegood.messages.identifiers import normal
from makegood.messages.ids import ProfileId
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.placing import WalkRule
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.redirects import Walker, WalkRow
from makegood.ports.rows import PersonRow
from makegood.ports.store import Store, Writing
from makegood.runtime.intake import Intake
from makegood.runtime.noting import note
from makegood.runtime.told import Told
from makegood.sources.limits import check_text
from makegood.sources.personal import holds_address

SOURCE = f"{OWN_SOURCE}:walks"
IDENTIFIERS = ("user", "email", "phone", "loyalty")
"""Columns that say who somebody is, the surest first."""
OTHERS = ("volunteer", "name")
_ID = "reservation"
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
_MOST = 2_000  # arrivals of one night in one house
_LONGEST = 200
_LARGEST = 2**53  # exact in every reader


class Guest(Struct, frozen=True, kw_only=True):
    """One line of the list: an arrival, and who it is.

    Attributes:
        identifier: Typed and normalised; empty when nobody told.
    """

    arriving: Arriving
    identifier: str = ""
    person: PersonRow | None = None


class BadArrivals(InputError):
    """The list of arrivals has mistakes; nobody was ranked.

    Attributes:
        wrong: (line, what is wrong).
    """

    def __init__(self, wrong: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"line {line}: {why}" for line, why in wrong[:20]))
        self.wrong = tuple(wrong)


def read_arrivals(file: TextIO, rule: WalkRule) -> tuple[Guest, ...]:
    """Read a list of arrivals; an empty cell is a fact that nobody knows.

    Raises:
        BadArrivals: A line is wrong; all of them are told.
    """
    reader = csv.DictReader(file)
    try:
        return _read(reader, rule)
    except csv.Error as error:
        raise BadArrivals([(reader.line_num, f"cannot be read: {error}")]) from error


def _read(reader: "csv.DictReader[str]", rule: WalkRule) -> tuple[Guest, ...]:
    known = {_ID, *rule.takes, *IDENTIFIERS, *OTHERS}
    heads = [head.strip() for head in reader.fieldnames or ()]
    if _ID not in heads:
        raise BadArrivals([(1, f"there is no column {_ID}")])
    strange = [head for head in heads if head not in known]
    if strange:
        raise BadArrivals([(1, f"the rule takes no {strange[0][:40]!r}")])
    reader.fieldnames = heads
    found: dict[str, Guest] = {}
    wrong: list[tuple[int, str]] = []
    for cells in reader:
        try:
            guest = _guest(
                {key: (value or "").strip() for key, value in cells.items() if key}, rule
            )
        except (ValueError, InputError) as error:
            wrong.append((reader.line_num, str(error)))
            continue
        if guest.arriving.id in found:
            wrong.append((reader.line_num, f"{guest.arriving.id} stands here twice"))
        found[guest.arriving.id] = guest
        if len(found) > _MOST:
            raise BadArrivals([(reader.line_num, f"there are more than {_MOST} arrivals")])
    if wrong:
        raise BadArrivals(wrong)
    return tuple(found.values())


def _guest(cells: Mapping[str, str], rule: WalkRule) -> Guest:
    long = [name for name, value in cells.items() if len(value) > _LONGEST]
    if long or not cells.get(_ID):
        raise ValueError(f"{long[0]} is too long" if long else f"{_ID} is empty")
    for name, value in cells.items():
        check_text(value, name)
        if name in (_ID, *rule.takes) and holds_address(value):
            raise ValueError(f"{name} holds an address; it goes into a column of its own")
    facts: Facts = {}
    for name, kind in rule.takes.items():
        if cells.get(name):
            facts[name] = _fact(name, cells[name], kind)
    identifier = _identifier(cells)
    person = PersonRow(
        profile=ProfileId(""),
        name=cells.get("name", ""),
        email=cells.get("email", ""),
        phone=cells.get("phone", ""),
    )
    volunteer = _fact("volunteer", cells.get("volunteer") or "no", "bool")
    return Guest(
        arriving=Arriving(id=cells[_ID], facts=facts, volunteer=bool(volunteer)),
        identifier=identifier,
        person=person if identifier else None,
    )


def _fact(name: str, written: str, kind: str) -> object:
    try:
        match kind:
            case "bool":
                if written.lower() not in _YES | _NO:
                    raise ValueError
                return written.lower() in _YES
            case "int":
                return _bounded(int(written))
            case "double":
                return _bounded(float(written))
    except ValueError:
        raise ValueError(f"{name} is {written[:20]!r}, and no {kind}") from None
    return written


def _bounded(number: float) -> float:
    """Give a number that the log can hold.

    Raises:
        ValueError: It is too large, or none.
    """
    if not isfinite(number) or abs(number) > _LARGEST:
        raise ValueError
    return number


def _identifier(cells: Mapping[str, str]) -> str:
    named = next((kind for kind in IDENTIFIERS if cells.get(kind)), None)
    return normal(f"{named}:{cells[named]}") if named is not None else ""


class Walks:
    """Ranks, keeps what was ranked, and records what a person decided."""

    def __init__(
        self, store: Store, intake: Intake, library_of: Callable[[], Library], clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._library_of = library_of
        self._clock = clock

    def rule_of(self, wanted: str, brand: str = "") -> WalkRule:
        """Find a rule of the active book; the only one when none is named.

        Raises:
            InputError: There is no such rule, or more than one to choose from.
        """
        rules = self._book(brand).walks
        if not wanted and len(rules) == 1:
            return next(iter(rules.values()))
        if wanted not in rules:
            known = ", ".join(rules) or "none"
            raise InputError(f"The rule book has no walk {wanted!r}; it has {known}.")
        return rules[wanted]

    def _book(self, brand: str) -> RuleBook:
        return self._library_of().now(brand)

    def propose(
        self, rule: WalkRule, guests: Sequence[Guest], need: int, brand: str, by: str
    ) -> WalkRow:
        """Rank a list and keep the ranking; nobody is told anything.

        Raises:
            InputError: Nobody has to go, or more than there are.
        """
        if not 0 < need <= len(guests):
            raise InputError(f"Of {len(guests)} arrivals, {need} cannot go elsewhere.")
        now_ms = self._clock.now_ms()
        ranked = rank(rule, [one.arriving for one in guests])
        by_id = {one.arriving.id: one for one in guests}
        walkers = tuple(self._walker(one, by_id[one.id]) for one in ranked)
        row = WalkRow(
            walk=_name(rule.id, brand, now_ms, [one.arrival for one in walkers]),
            rule=rule.id,
            book=self._book(brand).hash,
            brand=brand,
            at_ms=now_ms,
            need=need,
            walkers=walkers,
            by=by,
        )
        with self._store.writing() as writing:
            writing.put_walk(row)
            self._introduce(writing, row, guests, now_ms)
        return row

    def _introduce(
        self, writing: Writing, row: WalkRow, guests: Sequence[Guest], now_ms: int
    ) -> None:
        """Know who is on the list as customers, so that what is kept of them can be erased."""
        persons = [self._person(one) for one in guests if one.person is not None]
        told = [
            Told(
                profile=person.profile,
                body=Identified(),
                message_id=f"{row.walk}:{person.profile}",
                source=SOURCE,
            )
            for person in {one.profile: one for one in persons}.values()
        ]
        self._intake.record(writing, told, now_ms)
        if persons:
            writing.put_persons(persons)

    def _person(self, guest: Guest) -> PersonRow:
        person = guest.person or PersonRow(profile=ProfileId(""))
        return replace(
            person,
            profile=self._intake.profile(guest.identifier),
            identifier=guest.identifier,
        )

    def _walker(self, one: Ranked, guest: Guest) -> Walker:
        known = bool(guest.identifier)
        return Walker(
            arrival=one.id,
            profile=self._intake.profile(guest.identifier) if known else ProfileId(""),
            facts=guest.arriving.facts,
            points=one.points,
            reasons=one.reasons,
            never=one.never,
            volunteer=one.volunteer,
        )

    def decide(
        self, walk: str, chosen: Sequence[str], by: str, because: str = ""
    ) -> WalkRow | Refused:
        """Record who goes, as a person decided: once, with a reason where it is not the ranking.

        Each who goes and is known by an identifier has a failure from now on, and a Plan B.
        """
        now_ms, library = self._clock.now_ms(), self._library_of()
        wanted = set(chosen)
        with self._store.writing() as writing:
            row = writing.walk(walk)
            refused = _wrong(row, wanted, by, because)
            if row is None or refused is not None:
                return refused or Refused(code="no_such_walk", why="There is no such walk.")
            rule = library.now(row.brand).walks.get(row.rule)
            if rule is None:
                why = "The rule book no longer has the rule that ranked this; rank them anew."
                return Refused(code="rule_gone", why=why)
            decided = replace(
                row,
                walkers=tuple(replace(one, chosen=one.arrival in wanted) for one in row.walkers),
                decided_by=by,
                decided_ms=now_ms,
                because=because,
            )
            if not writing.put_walk(decided):
                return Refused(code="decided_already", why="This was decided already.")
            self._record(writing, decided, rule.event, library)
            note(writing, Act(what="walk.decided", at_ms=now_ms, who=by, about=walk))
        return decided

    def _record(self, writing: Writing, row: WalkRow, event: str, library: Library) -> None:
        """Let what happens to those who go happen; who is known by nothing has no case."""
        told = [
            Told(
                profile=one.profile,
                body=Touchpoint(name=event, properties=_facts(row, one)),
                message_id=f"{row.walk}:{one.arrival}",
                source=SOURCE,
            )
            for one in row.walkers
            if one.chosen and one.profile
        ]
        self._intake.record(writing, told, row.decided_ms, library)


def _facts(row: WalkRow, one: Walker) -> Facts:
    facts = {**one.facts, "reservation": one.arrival, "walk": row.walk}
    return {**facts, "brand": row.brand} if row.brand else facts


def _wrong(row: WalkRow | None, wanted: set[str], by: str, because: str) -> Refused | None:
    if row is None:
        return Refused(code="no_such_walk", why="There is no such walk.")
    if row.decided_ms:
        return Refused(code="decided_already", why="This was decided already.")
    if not by:
        return Refused(code="nobody_named", why="Say who decides.")
    known = {one.arrival for one in row.walkers}
    if not wanted or wanted - known:
        return Refused(code="no_such_arrival", why="Choose who goes, from this list.")
    if wanted != set(suggestion(row)) and not because:
        why = "This is another choice than the ranking's; say why."
        return Refused(code="reason_needed", why=why)
    return None


def suggestion(row: WalkRow) -> tuple[str, ...]:
    """Give who goes by the ranking."""
    ranked = [
        Ranked(id=one.arrival, points=one.points, reasons=one.reasons, never=one.never)
        for one in row.walkers
    ]
    return suggested(ranked, row.need)


def _name(rule: str, brand: str, now_ms: int, arrivals: Sequence[str]) -> str:
    words = "\x1f".join((rule, brand, str(now_ms), *sorted(arrivals)))
    return "w" + blake2b(words.encode(), digest_size=8).hexdigest()
