"""What corrected lists no longer say: questions are withdrawn, links are doubted and stay."""

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from makegood.ports.links import LinkPair, LinkRun, LinkStatus
from makegood.ports.store import Store
from makegood.runtime.intake import patiently

DOUBTED = "The lists of a later run no longer speak for it."
_PAGE = 500


def outdated(
    store: Store, run: LinkRun, seen: Collection[str], found: Collection[frozenset[str]]
) -> tuple[int, int]:
    """Withdraw questions, and mark links by a threshold, that the lists of a run do not bear out.

    Only of guests who are in the lists: a list of new guests alone says nothing of the others.
    A link stays until a person takes it apart, and what a person decided is not doubted.

    Args:
        run: With its number.
        seen: Every guest of its lists.
        found: Both sides of each pair that it found.

    Returns:
        How many questions were withdrawn, and how many links are newly doubted.
    """
    counts: dict[LinkStatus, int] = {"review": 0, "linked": 0}
    if not seen:
        return 0, 0
    for status in counts:
        for page in _pages(store, status, tuple(sorted(run.lists))):
            old = [
                row.id
                for row in page
                if row.run < run.run
                and row.left_said in seen
                and row.right_said in seen
                and frozenset((row.left_said, row.right_said)) not in found
            ]
            counts[status] += patiently(lambda old=old, status=status: _mark(store, old, status))  # type: ignore[misc]
    return counts["review"], counts["linked"]


def _pages(
    store: Store, status: LinkStatus, brands: tuple[str, ...]
) -> Iterator[tuple[LinkPair, ...]]:
    after: tuple[int, str] | None = None
    while True:
        with store.reading() as reading:
            page = reading.link_pairs(status, brands=brands, after=after, limit=_PAGE)
        if not page:
            return
        yield page
        after = page[-1].weight, page[-1].id


def _mark(store: Store, ids: list[str], status: LinkStatus) -> int:
    if not ids:
        return 0
    with store.writing() as writing:
        kept = [row for row in writing.lock_links(ids).values() if row.status == status]
        if status == "review":
            return writing.drop_links([row.id for row in kept])
        fresh = [replace(row, why=DOUBTED) for row in kept if not row.by and row.why != DOUBTED]
        writing.put_links(fresh)
        return len(fresh)
