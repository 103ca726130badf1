"""Probable links: taken from a run over guest lists, decided by people, and always taken back.

A link is an event of its own, in a commit of its own, after which every question to the gate finds
the one customer with the holds of both. What somebody kept apart is never asked about again.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.errors import InputError, Refused
from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import Body, Linked, Unlinked
from makegood.messages.identifiers import normal
from makegood.messages.ids import ProfileId, RepId, event_id
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.links import SECOND, Candidate, Evidence, LinkPair
from makegood.ports.rows import PersonRow
from makegood.ports.store import Reading, Store, Writing
from makegood.runtime.intake import Intake, patiently, text_ref
from makegood.runtime.noting import note
from makegood.runtime.told import Told

LINKAGE = f"{OWN_SOURCE}:linkage"
_EMAIL, _PHONE = "email:", "phone:"
_PHONE_DIGITS = 8  # the last ones: the same number with and without its country
_FEWEST_DIGITS = 5  # of a telephone number
NOBODY = RepId("")  # the threshold of a run
NO_SUCH = Refused(code="no_such_pair", why="There is no such pair.")


class Decided(Struct, frozen=True, kw_only=True):
    """What became of a pair.

    Attributes:
        pair: As it is kept now.
        changed: False when it was so before.
        still_one: The two are one customer by other links, and stay so.
    """

    pair: LinkPair
    changed: bool = True
    still_one: bool = False


def pair_id(left: ProfileId, right: ProfileId) -> str:
    """Name a pair; the order of the two does not matter."""
    both = "\x1f".join(sorted((left, right)))
    return "l" + blake2b(both.encode(), digest_size=16).hexdigest()


class Joining:
    """Joins two customers, keeps them apart, takes them apart again."""

    def __init__(self, store: Store, intake: Intake, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._clock = clock

    def meant(
        self, reading: Reading, identifiers: Collection[str]
    ) -> Mapping[str, ProfileId | None]:
        """Find the profiles that identifiers of lists mean.

        A loyalty number finds a customer by look-up; one that several have means nobody.
        """
        own = {name: self._intake.profile(name) for name in sorted(identifiers)}
        known = reading.customers_of(sorted(own.values()))
        return {
            name: self._found_by(reading, profile)
            if name.startswith("loyalty:") and profile not in known
            else profile
            for name, profile in own.items()
        }

    def _found_by(self, reading: Reading, own: ProfileId) -> ProfileId | None:
        records = reading.gate_records(own)
        if not records:
            return own
        if len(records) > 1:
            return None
        theirs = reading.profiles_of([records[0].customer])[records[0].customer]
        finds = reading.lookups_of(theirs)
        return next((one for one in theirs if own in finds.get(one, ())), None)

    def own_id(self, found: Candidate) -> str:
        """Name the pair of the two numbers themselves, whomever they mean by now."""
        return pair_id(self._intake.profile(found.left), self._intake.profile(found.right))

    def row_of(self, found: Candidate, sides: tuple[ProfileId, ProfileId], run: int) -> LinkPair:
        """Make the row of a pair that a run found."""
        return LinkPair(
            id=pair_id(*sides),
            left=sides[0],
            right=sides[1],
            left_brand=found.left_brand,
            right_brand=found.right_brand,
            status="review",
            weight=round(found.bits * 1000),
            probability=found.probability,
            run=run,
            found_ms=self._clock.now_ms(),
            left_said=found.left,
            right_said=found.right,
            why=found.why,
            evidence=found.evidence,
            named=tuple(sorted(self._intake.profile(it) for it in _names_in(found.evidence))),
        )

    def link(self, row: LinkPair, by: RepId = NOBODY, reason: str = "") -> Decided | Refused:
        """Make one customer of a pair.

        Args:
            row: As it was found; who has been asked about is read again under its lock.
            by: Who decided; empty for the threshold of a run, which never overrules a person.
            reason: Why.
        """
        return patiently(lambda: self._link(row, by, reason))

    def _link(self, row: LinkPair, by: RepId, reason: str) -> Decided | Refused:
        with self._store.writing() as writing:
            kept = writing.lock_links([row.id]).get(row.id, row)
            if kept.status == "linked":
                return Decided(pair=kept, changed=False)
            if not by and kept.status == "apart":
                return Refused(code="kept_apart", why="Somebody said that these are two people.")
            no = self._may_join(writing, kept, by)
            if no is not None:
                return no
            settled = self._settled(kept, "linked", by, reason)
            ref = text_ref(event_id(LINKAGE, _message(settled)), "reason") if reason else ""
            body = Linked(
                other=kept.right,
                by=by,
                reason=ref,
                probability=round(kept.probability, 6),
                run=kept.run,
            )
            self._record(writing, settled, body, {ref: (kept.left, reason)} if ref else {})
            _know(writing, settled)
            if by:
                self._note(writing, "customers.linked", settled)
        return Decided(pair=settled)

    def _may_join(self, writing: Writing, pair: LinkPair, by: RepId) -> Refused | None:
        """Say what stands against a link, with both customers locked."""
        sides = (pair.left, pair.right)
        known = writing.customers_of(sides)
        customers = sorted(set(known.values()))
        rows = writing.lock(customers)
        if any(row.stuck for row in rows.values()):
            why = "The history of one of them cannot be folded; repair it first."
            return Refused(code="stuck", why=why)
        members = writing.profiles_of(customers)
        persons = writing.persons([one for group in members.values() for one in group])
        for customer in customers:
            if not any(one in persons for one in members.get(customer, ())):
                why = "One of them was forgotten; nothing is joined with what is left."
                return Refused(code="erased", why=why)
        groups = [set(members.get(known[side], ())) if side in known else {side} for side in sides]
        for group in groups:  # a card that was nobody's when two were kept apart may be theirs now
            finds = writing.lookups_of(sorted(group))
            group.update(one for found in finds.values() for one in found)
        about = writing.links_of(sorted(groups[0] | groups[1]))
        for one in about:
            across = {one.left, one.right} != set(sides) and _across(one, groups)
            if one.status == "apart" and across:
                why = "It would make one customer of two whom somebody kept apart."
                return Refused(code="kept_apart", why=why)
        if not by and _has_second((pair, *(one for one in about if one.status == "linked"))):
            return Refused(code="second", why=SECOND)
        return None

    def keep_apart(self, pair: str, by: RepId, reason: str) -> Decided | Refused:
        """Remember that two customers are not one; nobody is asked again."""
        return patiently(lambda: self._keep_apart(pair, by, reason))

    def _keep_apart(self, pair: str, by: RepId, reason: str) -> Decided | Refused:
        with self._store.writing() as writing:
            kept = writing.lock_links([pair]).get(pair)
            if kept is None:
                return NO_SUCH
            if kept.status != "review":
                return Decided(pair=kept, changed=False)
            settled = _silent(self._settled(kept, "apart", by, reason))
            writing.put_links([settled])
            self._note(writing, "customers.kept_apart", settled)
        return Decided(pair=settled)

    def unlink(self, pair: str, by: RepId, reason: str) -> Decided | Refused:
        """Take two customers apart again; each is then the fold of its own history."""
        return patiently(lambda: self._unlink(pair, by, reason))

    def _unlink(self, pair: str, by: RepId, reason: str) -> Decided | Refused:
        with self._store.writing() as writing:
            kept = writing.lock_links([pair]).get(pair)
            if kept is None:
                return NO_SUCH
            if kept.status != "linked":
                return Decided(pair=kept, changed=False)
            writing.lock(sorted(set(writing.customers_of([kept.left, kept.right]).values())))
            settled = _silent(self._settled(kept, "apart", by, reason))
            ref = text_ref(event_id(LINKAGE, _message(settled)), "reason") if reason else ""
            body = Unlinked(other=kept.right, by=by, reason=ref)
            self._record(writing, settled, body, {ref: (kept.left, reason)} if ref else {})
            after = writing.customers_of([kept.left, kept.right])
            self._note(writing, "customers.unlinked", settled)
        still_one = len(set(after.values())) == 1
        return Decided(pair=settled, still_one=still_one)

    def _settled(self, row: LinkPair, status: str, by: RepId, reason: str) -> LinkPair:
        return replace(
            row,
            status=status,
            by=by,
            reason=reason,
            settled_ms=self._clock.now_ms(),
            turns=row.turns + 1,
        )

    def _record(
        self,
        writing: Writing,
        settled: LinkPair,
        body: Body,
        texts: dict[str, tuple[ProfileId, str]],
    ) -> None:
        told = Told(profile=settled.left, body=body, message_id=_message(settled), source=LINKAGE)
        self._intake.record(writing, [told], self._clock.now_ms())
        if texts:
            writing.put_texts(texts)
        writing.put_links([settled])

    def _note(self, writing: Writing, what: str, row: LinkPair) -> None:
        after = {"pair": row.id, "left": row.left, "right": row.right, "reason": row.reason}
        act = Act(what=what, at_ms=self._clock.now_ms(), who=row.by, about=row.left, after=after)
        note(writing, act)


def _message(row: LinkPair) -> str:
    """Name the event of a decision: the same one is stored once, the next turn is another."""
    return f"{row.id}/{row.turns}"


def _silent(row: LinkPair) -> LinkPair:
    """Keep who is kept apart, and nothing of what their lists say."""
    return replace(row, evidence=(), left_said="", right_said="", why="", named=())


def _has_second(linked: Iterable[LinkPair]) -> bool:
    """Whether one brand would have two guests in one customer, by links of other runs."""
    found: dict[str, ProfileId] = {}
    for one in linked:
        for brand, profile in ((one.left_brand, one.left), (one.right_brand, one.right)):
            if found.setdefault(brand, profile) != profile:
                return True
    return False


def _across(one: LinkPair, groups: Sequence[set[ProfileId]]) -> bool:
    left, right = groups
    return (one.left in left and one.right in right) or (one.left in right and one.right in left)


def _know(writing: Writing, row: LinkPair) -> None:
    """Let those be found by their identifier of whom nothing had come yet."""
    known = writing.persons([row.left, row.right])
    said = ((row.left, row.left_said), (row.right, row.right_said))
    new = [
        PersonRow(profile=profile, identifier=identifier)
        for profile, identifier in said
        if profile not in known and identifier
    ]
    if new:
        writing.put_persons(sorted(new, key=lambda person: person.profile))


def forget_links(writing: Writing, profiles: Sequence[ProfileId]) -> int:
    """Forget what pairs say of people who are erased; that they were kept apart stays.

    Returns:
        How many rows named them.
    """
    return _forget(writing, writing.links_of(profiles))


def forget_named(
    writing: Writing, identifiers: Collection[str], profile: Callable[[str], ProfileId]
) -> int:
    """Forget what pairs say of somebody whom their evidence alone names, by mail or telephone.

    Who shares an address is named as well: rather one question too many forgotten than one kept.

    Args:
        profile: Gives the pseudonym of a name.

    Returns:
        How many rows named them.
    """
    names = {it for it in identifiers if it.startswith(_EMAIL)}
    names |= {_end(it) for it in identifiers if it.startswith(_PHONE)}
    found = writing.links_named(sorted(profile(name) for name in names))
    return _forget(
        writing, [row for row in found if not names.isdisjoint(_names_in(row.evidence))]
    )


def _names_in(evidence: Sequence[Evidence]) -> Collection[str]:
    """Give the mail addresses of evidence, and the ends of its telephone numbers."""
    found: set[str] = set()
    for text in {side for one in evidence for side in (one.left, one.right) if side}:
        if "@" in text:
            with suppress(InputError):
                found.add(normal(_EMAIL + text))
        elif sum(map(str.isdecimal, text)) >= _FEWEST_DIGITS:
            found.add(_end(text))
    return found


def _end(text: str) -> str:
    """Name the end of a number, in whatever digits it is written."""
    digits = "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())
    return f"{_PHONE}{digits[-_PHONE_DIGITS:]}"


def _forget(writing: Writing, found: Sequence[LinkPair]) -> int:
    named = [row for row in found if row.evidence or row.left_said or row.right_said]
    writing.drop_links([row.id for row in named if row.status == "review"])
    writing.put_links(
        [replace(_silent(row), reason="") for row in named if row.status != "review"]
    )
    return len(named)
