"""The section `owners`: who answers for a rule or a place, and by when."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from makegood.playbooks.mistakes import Place, Report, nearest
from makegood.playbooks.nodes import Entry, Fields, Scalar, plain
from makegood.playbooks.reading import Section
from makegood.playbooks.remedies import check_languages

DAY_MS = 86_400_000
USUAL_ANSWER_MS = 14 * DAY_MS


class OwnerTerms(Struct, frozen=True, kw_only=True):
    """Who is asked when a rule or a place made days bad, or customers find a rule worse.

    Attributes:
        answer_ms: How long an owner has for an answer.
        rules: Sign-in name of who answers for a rule, by its id.
        places: Sign-in name of who answers for a place, by its id.
        otherwise: Who answers for everything else, and for what an owner let the time pass of;
            empty for the supervisors together.
        language: In which owners are written to whose languages the roster does not say.
    """

    answer_ms: int = USUAL_ANSWER_MS
    rules: Mapping[str, str] = {}
    places: Mapping[str, str] = {}
    otherwise: str = ""
    language: str = ""

    def owner_of(self, kind: str, name: str) -> str:
        """Give who answers for a rule, a place or something else; empty for nobody by name."""
        known = {"rule": self.rules, "place": self.places}.get(kind, {})
        return known.get(name, self.otherwise)


def read_owners(top: Section) -> OwnerTerms:
    """Read the section; without it supervisors answer within the usual time."""
    section = top.section("owners", "section about owners")
    if section is None:
        return OwnerTerms()
    answer_ms = section.span_ms("answer_within", default=USUAL_ANSWER_MS)
    if section.has("answer_within") and answer_ms < DAY_MS:
        section.error("answer_within", "`answer_within` is a day or longer.", "Write 14d.")
    terms = OwnerTerms(
        answer_ms=max(answer_ms, DAY_MS),
        rules=_people(section, "rules", "rule"),
        places=_people(section, "places", "place"),
        otherwise=section.text("otherwise", default=""),
        language=section.text("language", default=""),
    )
    check_languages(section, "language", ("en", terms.language) if terms.language else ("en",))
    section.done()
    return terms


def _people(section: Section, key: str, what: str) -> Mapping[str, str]:
    found = {}
    for entry in section.named(key, what):
        value = getattr(entry.value, "value", None)
        if isinstance(value, str) and value.strip():
            found[entry.key] = value.strip()
        else:
            section.report.error(
                entry.value.place, f"Nobody answers for `{entry.key}`.", "Write a sign-in name."
            )
    return found


def check_owned(top: Section, rules: Collection[str]) -> None:
    """Warn of an owner of a rule that no book knows.

    Args:
        top: The book, read.
        rules: Names of the rules of all books together: an owner is one for all brands.
    """
    section = top.section("owners", "section about owners")
    for entry in section.named("rules", "rule") if section is not None else ():
        if entry.key not in rules:
            top.report.warn(
                entry.place,
                f"No rule of this book is called `{entry.key}`.",
                nearest(entry.key, rules),
            )


def joined(terms: OwnerTerms, brands: Iterable[OwnerTerms]) -> OwnerTerms:
    """Add whom brands name to whom the umbrella names: what has an owner has the same for all."""
    rules, places = dict(terms.rules), dict(terms.places)
    for one in brands:
        rules = {**one.rules, **rules}
        places = {**one.places, **places}
    return replace(terms, rules=rules, places=places)


def check_agreed(umbrella: Fields, brands: Iterable[Fields], report: Report) -> None:
    """Report where the books of two brands, or one and the umbrella's, name different owners.

    A root cause is one for all brands, and so is who answers for it.
    """
    said = dict(_said_in(umbrella))
    for brand in brands:
        for path, place, value in ((path, *rest) for path, rest in _said_in(brand)):
            known = said.get(path)
            key = path[-1]
            if known is None and len(path) > 1:
                said[path] = (place, value)
            elif known is None or known[1] != value:
                where = f" It is in {report.where(known[0])}." if known is not None else ""
                report.error(
                    place,
                    f"`{key}` is one for all brands, and something else here.{where}",
                    "Say it in the umbrella's book alone.",
                )


def _said_in(book: Fields) -> Iterator[tuple[tuple[str, ...], tuple[Place, object]]]:
    """Give what a book says of owners, by key and name, with where it stands."""
    section = next((one.value for one in book.entries if one.key == "owners"), None)
    for entry in section.entries if isinstance(section, Fields) else ():
        below: tuple[Entry, ...] = entry.value.entries if isinstance(entry.value, Fields) else ()
        for one in below:
            yield (entry.key, one.key), (one.value.place, plain(one.value))
        if isinstance(entry.value, Scalar):
            yield (entry.key,), (entry.value.place, plain(entry.value))
