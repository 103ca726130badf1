"""The rule book's draft: what it says, what the checker makes of it, and how it is saved."""

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from makegood.books.opening import shipped_laws, shipped_sources
from makegood.desk.access import Desk
from makegood.desk.fields import Typed, as_written, shown
from makegood.messages.errors import InputError
from makegood.playbooks.binding import bind, bound_books, bound_laws, bound_sources, unbound
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import CheckedBook, check_book
from makegood.playbooks.mistakes import BookError
from makegood.playbooks.spots import Spot, changed, spots_of
from makegood.ports.acts import Act
from makegood.ports.drafts import Draft, DraftEnd
from makegood.ports.store import Store
from makegood.replay.examples import Mismatch, run_examples
from makegood.runtime.noting import note

MOST_TRIES = 5  # saves of others that may come between reading and saving


class Checked(Struct, frozen=True, kw_only=True):
    """What came of checking a text.

    Attributes:
        mismatches: Examples that come out otherwise.
    """

    book: RuleBook | None
    errors: tuple[BookError, ...]
    warnings: tuple[BookError, ...]
    mismatches: tuple[Mismatch, ...]

    @property
    def holds(self) -> bool:
        """Whether it could be activated."""
        return self.book is not None and not self.mismatches


class Work(Struct, frozen=True, kw_only=True):
    """The book as somebody sees it at work.

    Attributes:
        active: The book that judges new events.
        draft: Where there is one.
        text: Of the draft, else of the active book; without laws.
        whole: The same with the laws it names.
        revision: Of the newest draft, ended or not; a save adds the next one.
    """

    active: RuleBook
    draft: Draft | None
    text: str
    whole: str
    revision: int

    @property
    def active_text(self) -> str:
        """The active book without its laws."""
        return unbound(self.active.text)

    @property
    def checked(self) -> Checked:
        """What the checker and the examples say."""
        return checked(self.whole, self.active.name)


def work_of(desk: Desk, *, sees_draft: bool) -> Work:
    """Read the active book, and the draft for whoever may see it."""
    newest = desk.reading.draft()
    draft = newest if newest and not newest.end and sees_draft else None
    active = active_book(desk)
    text = draft.text if draft else unbound(active.text)
    return Work(
        active=active,
        draft=draft,
        text=text,
        whole=whole(text, active),
        revision=newest.revision if newest else 0,
    )


def active_book(desk: Desk) -> RuleBook:
    """Give the book that is active now, also when another process has just activated it."""
    library = desk.makegood.library
    wanted = desk.reading.active_book() or library.active
    return library.books[wanted]


def whole(text: str, active: RuleBook) -> str:
    """Bind the laws a text names: as the active book has them, else as they ship."""
    laws = {**shipped_laws(), **bound_laws(active.text)}
    sources = {**shipped_sources(), **bound_sources(active.text)}
    return bind(text, laws, bound_books(active.text), sources)


@lru_cache(maxsize=16)
def checked(text: str, name: str) -> Checked:
    """Check a book with its laws, and run its examples."""
    found: CheckedBook = check_book(
        text, name=name, laws=tuple(shipped_laws()), sources=tuple(shipped_sources())
    )
    missed = run_examples(found.book, found.examples) if found.book else ()
    return Checked(
        book=found.book, errors=found.errors, warnings=found.warnings, mismatches=missed
    )


class Edited(Struct, frozen=True, kw_only=True):
    """What came of the fields of a form.

    Attributes:
        text: The draft with what could be written.
        paths: Which values changed.
        wrong: Why a field was not taken, by path.
    """

    text: str
    paths: tuple[str, ...]
    wrong: Mapping[str, str]


def edited(work: Work, typed: Mapping[str, Typed], drafter: str = "Somebody") -> Edited:
    """Write fields into the draft; one that somebody else changed meanwhile is not taken.

    All or nothing: with one wrong field the text stays as it is, and the form keeps the rest.

    Args:
        work: What was read just now.
        typed: The fields by path.
        drafter: The name of who saved last.
    """
    spots = {spot.path: spot for spot in spots_of(work.text)}
    wanted: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for path, field in typed.items():
        spot = spots.get(path)
        if spot is None:
            wrong[path] = "This is not in the text any more."
            continue
        try:
            value = as_written(spot, field.value)
        except InputError as error:
            wrong[path] = str(error)
            continue
        if value == field.was or value == spot.written:
            continue
        if spot.written != field.was:
            wrong[path] = _meanwhile(drafter, spot)
            continue
        wanted[path] = value
    text = work.text if wrong else changed(work.text, wanted)
    return Edited(text=text, paths=() if wrong else tuple(wanted), wrong=wrong)


def _meanwhile(who: str, spot: Spot) -> str:
    return f"{who} made this `{shown(spot)}` while you typed. Save again to write yours over it."


class Saving(Struct, frozen=True, kw_only=True):
    """A revision to be added, and who adds it."""

    text: str
    by: str
    now_ms: int
    says: str
    end: DraftEnd = ""


def save(store: Store, work: Work, saving: Saving) -> bool:
    """Add a revision; False when somebody else has saved since `work` was read."""
    row = Draft(
        revision=work.revision + 1,
        text=saving.text,
        base=work.draft.base if work.draft else work.active.hash,
        by=saving.by,
        at_ms=saving.now_ms,
        says=saving.says,
        end=saving.end,
    )
    with store.writing() as writing:
        is_added = writing.put_draft(row)
        if is_added and row.end == "discarded":
            about = f"revision {row.revision}"
            note(writing, Act(what="draft.discarded", at_ms=row.at_ms, who=row.by, about=about))
        return is_added
