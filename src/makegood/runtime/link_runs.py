"""A run over guest lists becomes links, questions for people, and a report."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.errors import Refused
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.links import Candidate, LinkPair, LinkRun
from makegood.ports.store import Reading, Store
from makegood.runtime.intake import patiently
from makegood.runtime.joining import Joining
from makegood.runtime.link_age import outdated
from makegood.runtime.noting import note

_PAGE = 500  # candidates looked up, and questions written, at once
WORDS: Mapping[str, str] = {
    "shared": "a number that several customers have",
    "stuck": "a history that cannot be folded",
    "erased": "a person who was forgotten",
    "kept_apart": "customers whom somebody kept apart",
}
"""Why a pair is left out."""


class Sorted(Struct, kw_only=True):
    """Candidates by what is to be done with them.

    Attributes:
        known: One customer already.
        apart: Kept apart by somebody before.
        left_out: Others, by reason.
        answered: Of the asked, those that a link made meanwhile answers.
    """

    linked: list[LinkPair]
    asked: list[LinkPair]
    known: int = 0
    apart: int = 0
    left_out: Counter[str]
    answered: int = 0


class LinkRuns:
    """Takes what a run found."""

    def __init__(self, store: Store, joining: Joining, clock: Clock) -> None:
        self._store = store
        self._joining = joining
        self._clock = clock

    def sort(self, found: Sequence[Candidate]) -> Sorted:
        """Say what would be done with candidates; nothing is written."""
        sorted_ = Sorted(linked=[], asked=[], left_out=Counter())
        for start in range(0, len(found), _PAGE):
            with self._store.reading() as reading:
                self._sort(reading, found[start : start + _PAGE], sorted_)
        return sorted_

    def _sort(self, reading: Reading, found: Sequence[Candidate], into: Sorted) -> None:
        rows: list[tuple[Candidate, LinkPair]] = []
        meant = self._joining.meant(
            reading, {side for it in found for side in (it.left, it.right)}
        )
        for one in found:
            left, right = meant[one.left], meant[one.right]
            if left is None or right is None:
                into.left_out["shared"] += 1
            elif left == right:
                into.known += 1
            else:
                rows.append((one, self._joining.row_of(one, (left, right), 0)))
        own = [self._joining.own_id(one) for one, _ in rows]
        before = reading.links_by_id([*(row.id for _, row in rows), *own])
        apart = {id_ for id_, row in before.items() if row.status == "apart"}
        sides = sorted({side for _, row in rows for side in (row.left, row.right)})
        customers = reading.customers_of(sides)
        members = reading.profiles_of(sorted(set(customers.values())))
        persons = reading.persons([one for group in members.values() for one in group])
        erased = {it for it, group in members.items() if persons.keys().isdisjoint(group)}
        stuck = reading.stuck(10_000)
        for (one, row), own_id in zip(rows, own, strict=True):
            kept = before.get(row.id)
            whose = {customers[side] for side in (row.left, row.right) if side in customers}
            is_one = row.left in customers and customers[row.left] == customers.get(row.right)
            if row.id in apart or own_id in apart:
                into.apart += 1
            elif is_one:
                into.known += 1
            elif whose & erased:
                into.left_out["erased"] += 1
            elif not whose.isdisjoint(stuck):
                into.left_out["stuck"] += 1
            elif one.is_sure:
                into.linked.append(replace(row, turns=kept.turns if kept else 0))
            else:
                into.asked.append(replace(row, turns=kept.turns if kept else 0))

    def take(
        self,
        found: Sequence[Candidate],
        report: LinkRun,
        tell: Callable[[int, int], None],
        seen: Collection[str] = frozenset(),
    ) -> LinkRun:
        """Link what is sure, each pair in its own commit, and put the rest before people.

        Cut off and run again it goes on: what is linked is known, and a question is kept once.

        Args:
            found: What the run found.
            report: What is known of the run before anything is written.
            tell: Called with how many pairs are done, and of how many.
            seen: Every guest of the lists: what an earlier run found of two of them and this one
                did not, the lists no longer say.
        """
        sorted_ = self.sort(found)
        total = len(sorted_.linked) + len(sorted_.asked)
        with self._store.writing() as writing:
            numbered = writing.put_link_run(replace(report, at_ms=self._clock.now_ms()))
        linked = 0
        for done, row in enumerate(sorted_.linked, 1):
            answer = self._joining.link(replace(row, run=numbered.run))
            if isinstance(answer, Refused) and answer.code == "second":
                sorted_.asked.append(replace(row, why=answer.why))
            elif isinstance(answer, Refused):
                sorted_.left_out[answer.code] += 1
            else:
                linked += answer.changed
            tell(done, total)
        total = len(sorted_.linked) + len(sorted_.asked)
        for start in range(0, len(sorted_.asked), _PAGE):
            page = [replace(it, run=numbered.run) for it in sorted_.asked[start : start + _PAGE]]
            sorted_.answered += patiently(lambda page=page: self._ask(page))  # type: ignore[misc]
            tell(len(sorted_.linked) + start + len(page), total)
        named = {frozenset((one.left, one.right)) for one in found}
        withdrawn, doubted = outdated(self._store, numbered, seen, named)
        numbered = replace(numbered, withdrawn=withdrawn, doubted=doubted)
        return self._close(numbered, sorted_, linked)

    def _ask(self, page: Sequence[LinkPair]) -> int:
        """Put questions before people; those that links of this run answered are counted."""
        with self._store.writing() as writing:
            kept = writing.lock_links([row.id for row in page])
            whose = writing.customers_of([side for row in page for side in (row.left, row.right)])
            one = {
                row.id
                for row in page
                if row.left in whose and whose[row.left] == whose.get(row.right)
            }
            writing.put_links(
                [
                    row
                    for row in page
                    if row.id not in one
                    and (row.id not in kept or kept[row.id].status == "review")
                ]
            )
            writing.drop_links(
                [id_ for id_ in one if id_ in kept and kept[id_].status == "review"]
            )
        return len(one)

    def _close(self, run: LinkRun, sorted_: Sorted, linked: int) -> LinkRun:
        done = replace(
            run,
            linked=linked,
            asked=len(sorted_.asked) - sorted_.answered,
            known=sorted_.known + sorted_.answered,
            apart=sorted_.apart,
            left_out=dict(sorted(sorted_.left_out.items())),
        )
        with self._store.writing() as writing:
            writing.end_link_run(done)
            act = Act(
                what="links.made",
                at_ms=self._clock.now_ms(),
                who=run.by,
                about=f"run {run.run}",
                after={"linked": str(linked), "asked": str(done.asked)},
            )
            note(writing, act)
        return done
