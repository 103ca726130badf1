"""The section `advertised`: what the company says in public that it does.

It holds no rule of its own. What is measured against it is named by what the book has already:
kinds of failures, a queue of `waits`, and promises.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from urllib.parse import urlsplit

from msgspec import Struct

from makegood.playbooks.header import Header, check_brand
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.remedies import LANGUAGE, read_texts
from makegood.playbooks.triage import LEAST_SURE

MOST_ADVERTISED = 200
MOST_STARS = 4  # five of five is no complaint
_RATING = re.compile(r"\s*(\d{1,3}(?:\.\d+)?) of (\d{1,3})\s*")
_FIVE = 5
_BEGINS, _ENDS = r"(?<!\w)", r"(?!\w)"


class Advertised(Struct, frozen=True, kw_only=True):
    """One thing that is promised to everybody, in public.

    Attributes:
        says: What is promised, by language.
        url: Where it is said.
        brands: By which brands; empty for all.
        since_ms: It is said from then on; 0 for ever.
        until_ms: It is said no more from then on; 0 for no end.
        words: What a post says that is about it, by language.
        stars: A review about it with at most so many of five stars is against it; 0 for none.
        failures: Kinds of failure by which it is broken.
        waits: Queue whose waits keep or break it; empty for none.
        within_ms: So long a wait in that queue keeps it.
        promises: Promises to single customers that keep or break it.
        read_from: From this chance on a post is against it where a machine reads of one of its
            failures; 0 where no machine is believed.
        own: The one brand whose own book says so, where others say otherwise or nothing.
        line: Line in the book.
    """

    id: str
    says: Mapping[str, str]
    url: str = ""
    brands: tuple[str, ...] = ()
    since_ms: int = 0
    until_ms: int = 0
    words: Mapping[str, tuple[str, ...]] = {}
    stars: int = 0
    failures: tuple[str, ...] = ()
    waits: str = ""
    within_ms: int = 0
    promises: tuple[str, ...] = ()
    line: int = 0
    read_from: float = 0.0
    own: str = ""

    def is_said(self, brand: str, at_ms: int) -> bool:
        """Whether it was said at an instant, by a brand or, without one, by any.

        What has no brand is judged by the book of all brands, and so is never of a brand's own.
        """
        theirs = not self.brands or brand in self.brands or not (brand or self.own)
        return theirs and self.since_ms <= at_ms and (not self.until_ms or at_ms < self.until_ms)

    def is_named(self, text: str, language: str) -> bool:
        """Whether a text has one of the words about it.

        Args:
            text: What somebody wrote.
            language: As a BCP 47 tag. Words of this language count where there are any, else all.
        """
        own = self.words.get(language.partition("-")[0].casefold())
        found = own or tuple(word for words in self.words.values() for word in words)
        return bool(found) and _any_of(found).search(text.casefold()) is not None

    def is_against(self, rating: str) -> bool:
        """Whether the stars of a review about it say that it was not so."""
        found = stars_of(rating)
        return found is not None and self.stars > 0 and found <= self.stars


class Known(Struct, frozen=True, kw_only=True):
    """What an advertised promise can name: ids of the same book."""

    failures: Collection[str]
    waits: Collection[str]
    promises: Collection[str]


def stars_of(rating: str) -> float | None:
    """Read a rating such as `2 of 5`, or `4 of 10`, as stars of five; None for anything else."""
    found = _RATING.fullmatch(rating)
    if found is None or not int(found[2]):
        return None
    stars = float(found[1]) * _FIVE / int(found[2])
    return stars if stars <= _FIVE else None


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Find any of some words, and none as a part of another one.

    Scripts without capitals, as the Chinese, put no space between words: there a part counts.
    """
    parts = (_BEGINS * _is_apart(it[0]) + re.escape(it) + _ENDS * _is_apart(it[-1])
             for it in (word.casefold() for word in words))  # fmt: skip
    return re.compile("|".join(parts))


def _is_apart(letter: str) -> bool:
    return letter.isdecimal() or letter.upper() != letter.lower()


def read_advertised(top: Section, header: Header, known: Known) -> tuple[Advertised, ...]:
    """Read the section; without it nothing is said in public.

    Args:
        top: The book.
        header: Its brands.
        known: What else it names.
    """
    sections = top.sections("advertised", "advertised promise")
    if len(sections) > MOST_ADVERTISED:
        top.error("advertised", f"These are more than {MOST_ADVERTISED}.", "Leave some out.")
    ids = tuple(section.name("id") for section in sections)
    return tuple(
        _advertised(one, name, header, known) for one, name in without_repeats(sections, ids)
    )


def _advertised(section: Section, name: str, header: Header, known: Known) -> Advertised:
    brands = tuple(dict.fromkeys(brand for brand, _ in section.texts("brands")))
    for brand in brands:
        check_brand(section, "brands", brand, header)
    made = Advertised(
        id=name,
        says=read_texts(section, "says"),
        url=_url(section),
        brands=brands,
        since_ms=section.day_ms("since"),
        until_ms=section.day_ms("until"),
        words=_words(section),
        stars=section.whole("stars", default=0, most=MOST_STARS),
        failures=_named(section, "failures", known.failures),
        waits=next(iter(_named(section, "waits", known.waits)), ""),
        within_ms=section.span_ms("within", default=0),
        promises=_named(section, "promises", known.promises),
        line=section.place.line,
        read_from=section.ratio("read_from", default=0.0),
    )
    _check(section, made)
    section.done()
    return made


def _check(section: Section, made: Advertised) -> None:
    if made.until_ms and made.until_ms <= made.since_ms:
        section.error("until", "It ends before it begins.", "Write a day after `since`.")
    if len(section.texts("waits")) > 1:
        section.error("waits", "A promise is kept or broken in one queue.", "Name one.")
    if made.waits and not made.within_ms:
        section.error("waits", "It is not said how long a wait keeps it.", "Write `within: 2d`.")
    if section.has("within") and not (made.waits and made.within_ms):
        section.error("within", "No queue is named that is to keep it.", "Name one in `waits`.")
    if made.stars and not made.words:
        section.error("stars", "Stars count only of what is about it.", "Write its `words`.")
    if section.has("read_from"):
        _check_read(section, made)
    if not (made.words or made.failures or made.waits or made.promises):
        section.error(
            "id",
            "Nothing says whether it is kept.",
            "Write `words`, or name `failures`, `waits` or `promises`.",
        )


def _check_read(section: Section, made: Advertised) -> None:
    if not LEAST_SURE <= made.read_from <= 1:
        section.error(
            "read_from", f"A reading counts from {LEAST_SURE} to 1: less is a guess.", "Write 0.9."
        )
    if not made.failures:
        section.error("read_from", "It names no failure to be read of.", "Name its `failures`.")


def _named(section: Section, key: str, known: Collection[str]) -> tuple[str, ...]:
    found = []
    for name, place in section.texts(key):
        if name not in known:
            section.report.error(
                place, f"`{key}` names no `{name}` of this book.", nearest(name, known)
            )
        found.append(name)
    return tuple(dict.fromkeys(found))


def _words(section: Section) -> Mapping[str, tuple[str, ...]]:
    words = section.section("words", "words of an advertised promise")
    if words is None:
        return {}
    found = {}
    for entry in section.named("words", "language"):
        if not LANGUAGE.fullmatch(entry.key):
            section.report.error(
                entry.place, f"`{entry.key}` is not a language.", "Write it as in `en`."
            )
        texts = tuple(text for text, _ in words.texts(entry.key, required=True))
        found[entry.key.partition("-")[0].casefold()] = texts
    return {language: texts for language, texts in found.items() if texts}


def _url(section: Section) -> str:
    url = section.text("url", default="")
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.username
    except ValueError:
        is_good = False
    if url and not is_good:
        section.error("url", "`url` is no web address.", "Write https://www.example.com/promise.")
    return url
