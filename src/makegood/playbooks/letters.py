"""The section `letters`: how long mail is kept that nobody filed, and what reps may attach."""

from msgspec import Struct

from makegood.playbooks.reading import Section
from makegood.playbooks.spans import DAY_MS

SET_ASIDE_MS = 14 * DAY_MS  # long enough to be seen after a holiday; the mails hold personal data
UNSENT_MS = 30 * DAY_MS
LONGEST_MS = 366 * DAY_MS
FILES, LARGEST_MB, TOGETHER_MB = 10, 10, 20
MOST_FILES = 50
MOST_MB = 20  # as a mail it is longer by a third, and many servers take 30 at most
MB = 1_000_000


class LetterTerms(Struct, frozen=True, gc=False, kw_only=True):
    """What a company sets about letters; a book without the section has the usual.

    Attributes:
        set_aside_ms: How long a mail is kept that nobody could file.
        unsent_ms: How long what is attached to a draft waits for it to go out.
        files: At most so many attachments in one letter of ours.
        largest: The longest attachment, in bytes.
        together: All attachments of a letter, in bytes.
    """

    set_aside_ms: int = SET_ASIDE_MS
    unsent_ms: int = UNSENT_MS
    files: int = FILES
    largest: int = LARGEST_MB * MB
    together: int = TOGETHER_MB * MB

    @property
    def largest_mb(self) -> int:
        """The longest attachment, in megabytes."""
        return self.largest // MB

    @property
    def together_mb(self) -> int:
        """All attachments of a letter, in megabytes."""
        return self.together // MB


def read_letters(top: Section) -> LetterTerms:
    """Read the section."""
    section = top.section("letters", "section about letters")
    if section is None:
        return LetterTerms()
    attached = section.section("attachments", "section about attachments")
    files, largest, together = FILES, LARGEST_MB, TOGETHER_MB
    if attached is not None:
        files = attached.whole("most", default=FILES, most=MOST_FILES)
        largest = attached.whole("largest_mb", default=LARGEST_MB, most=MOST_MB)
        together = attached.whole("together_mb", default=TOGETHER_MB, most=MOST_MB)
        _check_sizes(attached, largest, together)
        attached.done()
    terms = LetterTerms(
        set_aside_ms=_days(section, "set_aside", SET_ASIDE_MS),
        unsent_ms=_days(section, "unsent", UNSENT_MS),
        files=files,
        largest=largest * MB,
        together=together * MB,
    )
    section.done()
    return terms


def _check_sizes(section: Section, largest: int, together: int) -> None:
    for key, found in (("largest_mb", largest), ("together_mb", together)):
        if found < 1:
            section.error(key, "Nothing is as small as that.", "Write 1, or `most: 0` for none.")
    if largest > together:
        section.error(
            "largest_mb",
            "One attachment cannot be longer than all of a letter together.",
            f"Write {together}, or more for `together_mb`.",
        )


def _days(section: Section, key: str, usual: int) -> int:
    """Read how long something is kept: a person has to come by, and it is not for ever."""
    found = section.span_ms(key, default=usual)
    if not DAY_MS <= found <= LONGEST_MS:
        section.error(
            key,
            "It is kept for a day at least, so that somebody can see it, and for a year at most.",
            f"Write {usual // DAY_MS}d.",
        )
        return usual
    return found
