"""What mails of one template have in common, without what is said to one person only.

A booking system sends one mail at a time. Names, dates and numbers differ, and every mail is a
text of its own. What a template leaves behind are its small words in their order: names, and all
nouns of a German text, begin with a capital letter, and numbers are numbers.
"""

from binascii import crc32
from collections.abc import Collection, Sequence
from hashlib import sha256
from itertools import pairwise

from msgspec import Struct

MOST_WORDS = 160  # of the text: what mails of one sender share (the small print) stands at the end
MOST_READ = 4 * MOST_WORDS
SKETCH = 64  # shingles kept: a mail of two short paragraphs is kept whole
ALIKE = 0.7  # share of shingles in common from which two mails are one kind; see docs
GAP = "…"


class Skeleton(Struct, frozen=True, kw_only=True):
    """The words that a template leaves behind.

    Attributes:
        subject: Of the subject, with a gap for what was left out.
        text: Of the beginning of the text, likewise.
    """

    subject: tuple[str, ...]
    text: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text, without the gaps: a name may be there or not."""
        return _without_gaps(self.text)

    @property
    def digest(self) -> str:
        """Names this skeleton; another mail with the same words has the same."""
        text = f"{' '.join(_without_gaps(self.subject))}\n{' '.join(self.words)}"
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def skeleton_of(subject: Sequence[str], text: Sequence[str], names: Collection[str]) -> Skeleton:
    """Leave out of a mail what is meant for one person.

    Args:
        subject: Its words as written.
        text: Its words as written, from the beginning.
        names: Words of the recipients' names and addresses, in small letters.
    """
    return Skeleton(
        subject=_gapped(subject[:MOST_WORDS], names, first=True),
        text=_gapped(text[:MOST_READ], names, first=False),
    )


def sketch_of(skeleton: Skeleton) -> frozenset[int]:
    """Give the least of the hashes of all neighbouring words; alike mails have most in common."""
    words = skeleton.words
    pairs = {crc32(f"{one} {two}".encode("utf-8", "replace")) for one, two in pairwise(words)}
    return frozenset(pairs if len(pairs) <= SKETCH else sorted(pairs)[:SKETCH])


def likeness(one: frozenset[int], other: frozenset[int], least: float = 0.0) -> float:
    """Estimate the share of neighbouring words that two mails have in common, 0 to 1.

    Args:
        one: Sketch of a mail.
        other: Sketch of the other.
        least: Less than this is of no use, and may be given as 0: nearly all mails have next to
            nothing in common, which is seen at once.
    """
    if not one or not other:
        return float(one == other)
    common = one & other
    known = min(SKETCH, len(one) + len(other) - len(common))
    if len(common) / known < least:
        return 0.0
    union = sorted(one | other)[:SKETCH]
    return len(common.intersection(union)) / len(union)


def marks_of(subject: Sequence[str]) -> frozenset[int]:
    """Give the hashes of the words of a subject, which are kept instead of the words."""
    return frozenset(crc32(word.encode("utf-8", "replace")) for word in subject if word != GAP)


def subjects_alike(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether subjects have at least half of their words in common; none is like none."""
    if not one or not other:
        return one == other
    return 2 * len(one & other) >= len(one | other)


def _gapped(words: Sequence[str], names: Collection[str], *, first: bool) -> tuple[str, ...]:
    """Put a gap for what a person's name, a proper noun or a number may be, in the first words.

    Args:
        words: As written.
        names: Words of the recipients' names, in small letters.
        first: The first word stays: a subject has its first capital from the sentence.
    """
    found: list[str] = []
    for at, word in enumerate(words):
        if len(found) == MOST_WORDS:
            break
        stays = word[0].islower() or (first and at == 0 and word[0].isalpha())
        small = word.casefold()
        if stays and small not in names:
            found.append(small)
        elif not found or found[-1] != GAP:
            found.append(GAP)
    return tuple(found)


def _without_gaps(words: Sequence[str]) -> tuple[str, ...]:
    return tuple([word for word in words if word != GAP])
