"""The part `searches` of the section `voice`: which searches are watched, and whose a page is."""

from collections.abc import Collection
from urllib.parse import urlsplit

from msgspec import Struct

from makegood.playbooks.mistakes import Place
from makegood.playbooks.reading import Section

DAY_MS = 86_400_000
KEEP_MS = 400 * DAY_MS
FIRST, MOST_FIRST = 10, 100  # people rarely look further than the first page
OURS, OTHERS = "ours", "others"
SIDES = (OURS, "reviews", "competitors", "press")
"""Whose a page can be by its address; what fits none is somebody else's (`others`)."""
KINDS = (*SIDES, OTHERS)


class Watched(Struct, frozen=True, kw_only=True):
    """A query that people search for us by.

    Attributes:
        words: As somebody types them.
        brand: Whose search it is; empty for the umbrella's.
    """

    words: str
    brand: str = ""


class SearchTerms(Struct, frozen=True, kw_only=True):
    """What a company watches of searches for it.

    Attributes:
        watch: Queries; results of others are not kept.
        pages: (beginning of an address without its scheme, whose it is), the longest first.
        keep_ms: For so long results are kept.
        first: The places that count, from the first one.
        owner: Who is told of a change; empty for nobody.
        tell: Of whose pages; of ours when one is no longer among the first, else when one is new.
    """

    watch: tuple[Watched, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
    keep_ms: int = KEEP_MS
    first: int = FIRST
    owner: str = ""
    tell: frozenset[str] = frozenset(KINDS)

    def watched(self, query: str) -> Watched | None:
        """Find a query, however it is written."""
        wanted = plain_query(query)
        return next((one for one in self.watch if plain_query(one.words) == wanted), None)

    def whose(self, url: str) -> str:
        """Say whose a page is: one of `KINDS`."""
        where = _address(url)
        fits = (kind for beginning, kind in self.pages if _begins(where, beginning))
        return next(fits, OTHERS)


def plain_query(words: str) -> str:
    """Write a query as engines see it: in small letters, with single blanks."""
    return " ".join(words.split()).casefold()


def read_searches(voice: Section, brands: Collection[str]) -> SearchTerms:
    """Read the part; without it no search is watched.

    Args:
        voice: The section it is in.
        brands: Those there are.
    """
    section = voice.section("searches", "part about searches")
    if section is None:
        return SearchTerms()
    pages = [pair for kind in SIDES for pair in _pages(section, kind)]
    terms = SearchTerms(
        watch=tuple(_watched(one, brands) for one in section.sections("watch", "watched search")),
        pages=tuple(sorted(pages, key=lambda pair: (-len(pair[0]), pair))),
        keep_ms=section.span_ms("keep", default=KEEP_MS),
        first=section.whole("first", default=FIRST),
        owner=section.text("owner", default=""),
        tell=_tell(section),
    )
    _check(section, terms)
    section.done()
    return terms


def _check(section: Section, terms: SearchTerms) -> None:
    if not terms.watch:
        section.error("watch", "No search is watched.", "Write `watch: [{words: our name}]`.")
    queries = [plain_query(one.words) for one in terms.watch]
    for query in sorted({one for one in queries if queries.count(one) > 1}):
        section.error("watch", f"`{query}` is watched twice.", "Leave one out.")
    if not 1 <= terms.first <= MOST_FIRST:
        section.error("first", f"`first` is from 1 to {MOST_FIRST}.", "Write 10: the first page.")
    if terms.keep_ms < DAY_MS:
        section.error("keep", "Results are kept for a day or longer.", "Write 400d.")
    begun = [beginning for beginning, _ in terms.pages]
    for one in sorted({it for it in begun if begun.count(it) > 1}):
        section.error(OURS, f"`{one}` is said to be of two sides.", "Name it once.")


def _watched(section: Section, brands: Collection[str]) -> Watched:
    brand = section.text("brand", default="")
    if brand and brand not in brands:
        section.error("brand", f"There is no brand `{brand}`.", "Name one of `brands:`.")
    made = Watched(words=" ".join(section.text("words").split()), brand=brand)
    section.done()
    return made


def _pages(section: Section, kind: str) -> list[tuple[str, str]]:
    return [
        (found, kind)
        for text, place in section.texts(kind)
        if (found := _beginning(section, text, place))
    ]


def _beginning(section: Section, text: str, place: Place) -> str:
    found = text.casefold().rstrip("/")
    host = found.partition("/")[0]
    is_host = "." in host.strip(".") and not set(host) & set(":*@?# ")
    if "://" in found or not is_host:
        section.report.error(
            place,
            f"`{text}` is no beginning of addresses.",
            "Write example.com (with what is below it), or example.com/page.",
        )
        return ""
    return found.removeprefix("www.")


def _tell(section: Section) -> frozenset[str]:
    found = section.texts("tell")
    for word, place in found:
        if word not in KINDS:
            section.report.error(place, f"`{word}` is nobody's side.", ", ".join(KINDS))
    return frozenset(word for word, _ in found) if section.has("tell") else frozenset(KINDS)


def host_of(url: str) -> str:
    """Give the host of an address, without a full stop at its end; empty for what is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _address(url: str) -> str:
    """Give an address without its scheme, query and what is small or large in it."""
    host = host_of(url)
    return f"{host}{urlsplit(url).path}".casefold().rstrip("/") if host else ""


def _begins(where: str, beginning: str) -> bool:
    """Whether an address is what a beginning names, or below it: a host, or a part of its path."""
    if "/" in beginning:
        plain = where.removeprefix("www.")
        return plain == beginning or plain.startswith(f"{beginning}/")
    host = where.partition("/")[0]
    return host == beginning or host.endswith(f".{beginning}")
