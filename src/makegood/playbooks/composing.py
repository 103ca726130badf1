"""Books compose: a brand's book builds on its umbrella's, and says only what is otherwise.

One text may hold a book, those it builds on, those of its brands, and their laws. Composing makes
one whole book of each chain, before anything is read; each value keeps the place where it stands.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from makegood.playbooks.binding import file_of, name_of, references_of
from makegood.playbooks.merging import field, merged
from makegood.playbooks.mistakes import Place, Report, nearest
from makegood.playbooks.nodes import Fields, Items, Scalar
from makegood.playbooks.weakening import check_may_change


class Composed(Struct, frozen=True, kw_only=True):
    """The documents of one text, put together.

    Attributes:
        top: The book, whole.
        laws: The documents that are laws.
        sources: The documents that are sources.
        brands: The whole book of each brand that has one, by brand.
        broken: A book that is built on is not there; to read what there is would help nobody.
    """

    top: Fields
    laws: tuple[Fields, ...] = ()
    sources: tuple[Fields, ...] = ()
    brands: Mapping[str, Fields] = {}
    broken: bool = False

    def laws_of(self, brand: str = "") -> tuple[Fields, ...]:
        """Give the laws that the book of a brand names; the book itself has what none names."""
        books = {"": self.top, **self.brands}
        return _named_by(brand, books, self.laws, ("laws", "law"))

    def sources_of(self, brand: str = "") -> tuple[Fields, ...]:
        """Give the sources that the book of a brand names; the book has what none names."""
        return _named_by(brand, {"": self.top, **self.brands}, self.sources, ("sources", "source"))


def _named_by(
    brand: str, books: Mapping[str, Fields], texts: tuple[Fields, ...], keys: tuple[str, str]
) -> tuple[Fields, ...]:
    named = {key: _names_in(one, *keys) for key, one in books.items()}
    by_any = frozenset[str]().union(*named.values())
    return tuple(
        text
        for text in texts
        if field(text, keys[1]) in named[brand]
        or (not brand and field(text, keys[1]) not in by_any)
    )


def laws_named(book: Fields) -> frozenset[str]:
    """Give the names of the laws that a book names."""
    return _names_in(book, "laws", "law")


def _names_in(book: Fields, key: str, inside: str) -> frozenset[str]:
    value = next((one.value for one in book.entries if one.key == key), None)
    items = value.items if isinstance(value, Items) else (value,)
    found = (field(one, inside) if isinstance(one, Fields) else one for one in items)
    return frozenset(one.written if isinstance(one, Scalar) else str(one) for one in found if one)


def compose(documents: tuple[Fields, ...], report: Report) -> Composed:
    """Put together the documents of one text.

    Args:
        documents: The book first, then what is bound to it.
        report: Takes every mistake.
    """
    top, *bound = documents
    books = [one for one in bound if field(one, "makegood") and not field(one, "law")]
    sources = tuple(one for one in bound if one not in books and _is_source(one))
    laws = tuple(one for one in bound if one not in books and one not in sources)
    chains = _Chains(top, books, laws, report)
    whole = chains.whole(top)
    brands = dict(chains.brands(whole))
    chains.check_named()
    check_may_change(whole, laws, report)
    return Composed(top=whole, laws=laws, sources=sources, brands=brands, broken=chains.broken)


class _Chains:
    """Follows the names from book to book."""

    def __init__(
        self, top: Fields, books: list[Fields], laws: tuple[Fields, ...], report: Report
    ) -> None:
        self.top = top
        self.laws = laws
        self.report = report
        self.books: dict[str, Fields] = {}
        for one in (top, *books):
            if self.books.setdefault(field(one, "name"), one) is not one:
                report.error(_start(one), f"Another book is called `{field(one, 'name')}`.")
        self.used = {field(top, "name")}
        self.broken = False

    def whole(self, book: Fields, above: tuple[str, ...] = ()) -> Fields:
        """Give a book with everything it builds on."""
        under, _ = references_of(book)
        bare = _without_reference(book)
        if any(entry.key == "builds_on" for entry in book.entries) and not under:
            place = next(one.value.place for one in book.entries if one.key == "builds_on")
            self.report.error(place, "`builds_on` is the name of a book.", "Write one name.")
        name = field(book, "name")
        base = self._find(under[0], (*above, name)) if under else None
        if base is None:
            self.broken = self.broken or bool(under)
            return bare
        return merged(self.whole(base, (*above, name)), bare, self.laws, self.report)

    def _find(self, reference: Scalar, above: tuple[str, ...]) -> Fields | None:
        name = name_of(reference.written)
        self.used.add(name)
        if name in above:
            chain = " -> ".join((*above[above.index(name) :], name))
            self.report.error(
                reference.place, f"A book cannot build on itself: {chain}.", "Take one step out."
            )
            return None
        if name not in self.books:
            file, _ = self.report.locate(reference.place)
            self.report.error(
                reference.place,
                f"There is no book `{name}`: {file_of(reference.written, file)} is not there or "
                f"does not say `name: {name}`, and no such book ships.",
                nearest(name, set(self.books) - {""}) if len(self.books) > 1 else "",
            )
        return self.books.get(name)

    def brands(self, whole: Fields) -> Iterator[tuple[str, Fields]]:
        """Give the whole book of each brand of this book that has one."""
        brands = next((one.value for one in whole.entries if one.key == "brands"), None)
        own = set(references_of(self.top)[1])
        for item in brands.items if isinstance(brands, Items) else ():
            if not isinstance(item, Fields):
                continue
            reference = next((one.value for one in item.entries if one.key == "book"), None)
            if not isinstance(reference, Scalar) or reference not in own:
                continue  # the brand of a book above: that book's affair
            book = self._find(reference, ())
            if book is not None and self._builds_on_top(book, reference):
                yield field(item, "id"), self.whole(book)

    def _builds_on_top(self, book: Fields, reference: Scalar) -> bool:
        name, wanted = field(book, "name"), field(self.top, "name")
        seen: list[str] = []
        while name in self.books and name not in seen and name != wanted:
            seen.append(name)
            under, _ = references_of(self.books[name])
            name = name_of(under[0].written) if under else ""
        if name == wanted and seen:
            return True
        self.report.error(
            reference.place,
            f"`{field(book, 'name')}` does not build on this book.",
            f"Write `builds_on: {wanted}` into it, or leave `book:` out.",
        )
        return False

    def check_named(self) -> None:
        """Report a book that is bound and that nobody names."""
        for name, book in self.books.items():
            if name not in self.used:
                self.report.error(
                    _start(book), f"No book here names the book `{name}`.", "Take it out."
                )


def _is_source(document: Fields) -> bool:
    """Whether a document is a source; a law has a field of that name, which says who wrote it."""
    return bool(field(document, "source")) and not field(document, "law")


def _start(book: Fields) -> Place:
    return next((one.value.place for one in book.entries if one.key == "name"), book.place)


def _without_reference(book: Fields) -> Fields:
    kept = tuple(entry for entry in book.entries if entry.key != "builds_on")
    return replace(book, entries=kept) if len(kept) != len(book.entries) else book
