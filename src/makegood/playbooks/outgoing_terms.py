"""What a rule book says of mail that other tools send: whose, which class, and what if held."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.commands import MessageClass
from makegood.messages.facts import Facts
from makegood.playbooks.spans import DAY_MS

Purpose: TypeAlias = Literal["survey", "offer", "receipt", "service"]
PURPOSES: tuple[Purpose, ...] = ("survey", "offer", "receipt", "service")
"""What wording may speak for."""

NUMBER = "#"
"""Stands for any number, in texts that are compared."""
_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d[\d.,:/-]*|[%#]")
_PLAIN_WORDS = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*|[0-9][0-9.,:/-]*|[%#]")  # the same in ASCII
_PREFIX = 4  # letters by which words with an open end are found; a shorter one has no open end


class OutgoingTerms(Struct, frozen=True, kw_only=True):
    """What is done with a brand's outgoing mail.

    Attributes:
        unclassified: Mail without a class is passed on, or waits for a person.
        held: Mail that a hold stops is parked, or refused where every recipient is held.
        parked_ms: How long it is parked; asked again when a hold lifts, then expired.
    """

    unclassified: Literal["pass", "park"] = "pass"
    held: Literal["park", "refuse"] = "park"
    parked_ms: int = 2 * DAY_MS  # an offer two days late is stale; a choice


class Senders(Struct, frozen=True, kw_only=True):
    """How mail of one brand is known.

    Attributes:
        brand: Whose mail it is.
        addresses: Senders, in small letters.
        domains: With everything below them.
        users: Names with which a tool signs in.
        ports: Ports on which a tool connects.
        terms: What this brand does otherwise; None for what the book says.
    """

    brand: str
    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset()
    terms: OutgoingTerms | None = None


class MailRule(Struct, frozen=True, kw_only=True, eq=False):
    """One rule of the book about outgoing mail; the first that fits counts.

    Attributes:
        id: Its name.
        message_class: What a mail is that fits.
        judge: (`mail.*`) -> whether it fits; the dotted name of a fact that is missing for it.
        line: Line in the book.
    """

    id: str
    message_class: MessageClass
    judge: Callable[[Facts], bool | str]
    line: int = 0


class _Phrase(Struct, frozen=True, kw_only=True, eq=False):
    says: str
    purpose: Purpose
    words: frozenset[str]
    pattern: re.Pattern[str] | None
    padded: str

    def is_in(self, padded: str, seen: frozenset[str]) -> bool:
        if not self.words <= seen:
            return False
        return self.padded in padded if self.pattern is None else bool(self.pattern.search(padded))


class Compared(Struct, frozen=True, kw_only=True, eq=False):
    """A text as it is compared.

    Attributes:
        text: As `as_words` gives it.
        seen: Its words.
        starts: Their first letters.
    """

    text: str = ""
    seen: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()


class Wording(Struct, frozen=True, kw_only=True, eq=False):
    """Phrases that speak for a purpose, found in a text in one pass over its words.

    Attributes:
        by_word: Phrases by their first word.
        by_start: Phrases whose first word has an open end, by its first letters.
    """

    by_word: Mapping[str, tuple[_Phrase, ...]] = {}
    by_start: Mapping[str, tuple[_Phrase, ...]] = {}

    def found(self, text: str | Compared) -> Mapping[Purpose, tuple[str, ...]]:
        """Give the phrases that a text holds, by what they speak for.

        Args:
            text: As `as_words` gives it, or taken apart already.
        """
        said = compared(text) if isinstance(text, str) else text
        padded = f" {said.text} "
        hits: dict[Purpose, dict[str, None]] = {}
        for phrase in self._near(said):
            if phrase.is_in(padded, said.seen):
                hits.setdefault(phrase.purpose, {})[phrase.says] = None
        return {purpose: tuple(sorted(hits[purpose])) for purpose in PURPOSES if purpose in hits}

    def _near(self, said: Compared) -> Iterable[_Phrase]:
        for word in self.by_word.keys() & said.seen:
            yield from self.by_word[word]
        if self.by_start:
            for start in self.by_start.keys() & said.starts:
                yield from self.by_start[start]


class Outgoing(Struct, frozen=True, kw_only=True, eq=False):
    """The section `outgoing` of a book.

    Attributes:
        terms: What is done with mail.
        senders: How the mail of each brand is known.
        rules: In order.
        wording: What speaks for a class where no rule fits.
    """

    terms: OutgoingTerms = OutgoingTerms()
    senders: tuple[Senders, ...] = ()
    rules: tuple[MailRule, ...] = ()
    wording: Wording = Wording()

    def terms_of(self, brand: str) -> OutgoingTerms:
        """Give what is done with the mail of a brand."""
        own = (one.terms for one in self.senders if brand and one.brand == brand)
        return next((terms for terms in own if terms is not None), self.terms)


def words_of(text: str) -> list[str]:
    """Part a text into its words and numbers as written."""
    if text.isascii():
        return _PLAIN_WORDS.findall(text)
    return _WORDS.findall(unicodedata.normalize("NFKC", text).replace("\xad", ""))


def as_words(words: Iterable[str]) -> str:
    """Write words so that texts compare: small letters, and `#` for every number."""
    known = " ".join([NUMBER if word[0].isdecimal() else word for word in words])
    return known.casefold().replace("\u2019", "'")


def compared(text: str) -> Compared:
    """Take a text apart that `as_words` gave."""
    seen = frozenset(text.split())
    return Compared(text=text, seen=seen, starts=frozenset([word[:_PREFIX] for word in seen]))


def make_wording(phrases: Iterable[tuple[Purpose, str]]) -> Wording:
    """Prepare phrases to be found.

    Args:
        phrases: (what it speaks for, the phrase as written): `#` is any number, and a word that
            ends in `*` any word that begins so.
    """
    by_word: dict[str, list[_Phrase]] = {}
    by_start: dict[str, list[_Phrase]] = {}
    for purpose, written in phrases:
        pieces = phrase_words(written)
        phrase = _phrase(purpose, written, pieces)
        if pieces[0].endswith("*"):
            by_start.setdefault(pieces[0][:_PREFIX], []).append(phrase)
        else:
            by_word.setdefault(pieces[0], []).append(phrase)
    return Wording(
        by_word={word: tuple(found) for word, found in by_word.items()},
        by_start={start: tuple(found) for start, found in by_start.items()},
    )


def phrase_words(written: str) -> list[str]:
    """Part a phrase into words; one with an open end keeps its `*`."""
    pieces = []
    for piece in written.split():
        found = as_words(words_of(piece)).split()
        if found and piece.endswith("*"):
            found[-1] += "*"
        pieces += found
    return pieces


def is_too_open(word: str) -> bool:
    """Whether so few letters stand before the open end that it would find anything."""
    return word.endswith("*") and len(word) <= _PREFIX


def _phrase(purpose: Purpose, written: str, pieces: list[str]) -> _Phrase:
    whole = frozenset(piece for piece in pieces if not piece.endswith("*"))
    pattern = None
    if len(whole) < len(set(pieces)):
        parts = (
            re.escape(one[:-1]) + r"\S*" if one[-1] == "*" else re.escape(one) for one in pieces
        )
        pattern = re.compile(f" {' '.join(parts)} ")
    return _Phrase(
        says=written, purpose=purpose, words=whole, pattern=pattern, padded=f" {' '.join(pieces)} "
    )
