"""Models of triage, and the labels of the firm that they learn from.

What is heavy is imported when it is asked for: a deployment without triage carries none of it.
"""

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from makegood.playbooks.triage import TriageTerms
from makegood.ports.store import Reading, Store
from makegood.ports.triage import KeptModel, TriageRow
from makegood.runtime.own_words import plain_words
from makegood.runtime.triage import PUBLIC, Guessed, Reader

if TYPE_CHECKING:
    from makegood.analytics.triage.model import Model

MOST = 10_000
"""Of more labels the latest are learned from: so many take a training about a gigabyte."""
_PAGE = 500
_LONGEST = 4_000  # letters of a text that a model reads
_LABEL = re.compile(r"[\w ?'.:-]{1,100}")  # what a model can name
_EPSILON = 1e-9
_HELD_OUT = 4  # one label in four is not learned from, so that the model can be tried on it


class Ready:
    """A model that can be asked."""

    def __init__(self, model: "Model") -> None:
        self._model = model
        self.name = model.name

    def read(self, text: str) -> Mapping[str, Guessed]:
        """Answer each question about a text."""
        from makegood.analytics.triage.model import guess

        return guess(self._model, text)

    def language(self, text: str) -> str:
        """Say in which language a text is."""
        from makegood.analytics.triage.features import language_of

        return language_of(text)[0]


def reader_of(kept: KeptModel | None) -> Reader | None:
    """Make a model ready; None where its parts are not installed."""
    try:
        return Ready(model_of(kept))
    except ModuleNotFoundError:
        return None


def model_of(kept: KeptModel | None) -> "Model":
    """Read the model in use, or the one that ships."""
    from makegood.analytics.triage.model import read
    from makegood.analytics.triage.starter import starter

    return read(kept.content) if kept is not None else starter()


def unfit_or_model(content: bytes) -> "Model | None":
    """Read the model in use from its bytes; none for the one that ships, None for an unfit one."""
    from makegood.analytics.triage.model import ModelUnfit, read

    try:
        return read(content) if content else model_of(None)
    except ModelUnfit:
        return None


class Labelled(Struct, frozen=True, kw_only=True):
    """A letter that a person said something of.

    Attributes:
        held_out: Not learned from; the same letter always is, or never.
    """

    text: str
    row: TriageRow
    held_out: bool


def labels(store: Store, most: int = MOST) -> tuple[Labelled, ...]:
    """Read the latest labels with the words they are of; what was erased has none left."""
    rows = deque((row for page in _pages(store) for row in page), most)
    found: list[Labelled] = []
    for at in range(0, len(rows), _PAGE):
        part = tuple(islice(rows, at, at + _PAGE))
        with store.reading() as reading:
            words = texts_of(reading, part)
        for row in part:
            if text := words.get(row.letter, ""):
                held_out = _is_held_out(row.letter)
                found.append(Labelled(text=text[:_LONGEST], row=row, held_out=held_out))
    return tuple(found)


def texts_of(reading: Reading, rows: Sequence[TriageRow]) -> Mapping[str, str]:
    """Give the words of what was read, wherever it was written, by at most three questions."""
    letters = [row.letter for row in rows if not row.ref and row.channel != PUBLIC]
    posts = [row.letter for row in rows if row.channel == PUBLIC]
    kept = reading.texts([row.ref for row in rows if row.ref])
    found = {row.letter: plain_words(kept[row.ref]) for row in rows if row.ref in kept}
    for name, letter in reading.letters_named(letters).items():
        found[name] = "\n\n".join(one for one in (letter.subject, letter.text) if one)
    found.update((name, post.text) for name, post in reading.posts(posts).items())
    return found


def label_counts(store: Store) -> Mapping[str, int]:
    """Count the labels of each kind of failure."""
    return Counter(row.kind for page in _pages(store) for row in page)


def _pages(store: Store) -> Iterator[tuple[TriageRow, ...]]:
    after = (0, "")
    while True:
        with store.reading() as reading:
            rows = reading.triage_labels(after=after, limit=_PAGE)
        yield rows
        if len(rows) < _PAGE:
            return
        after = (rows[-1].labelled_ms, rows[-1].letter)


def _is_held_out(letter: str) -> bool:
    return blake2b(letter.encode(), digest_size=4).digest()[0] % _HELD_OUT == 0


def capped(
    found: Sequence[Labelled], question: str, terms: TriageTerms
) -> tuple[list[Labelled], tuple[str, ...]]:
    """Give what is learned of a question, and the labels that have too few letters.

    Of what is learned of a label no person gives more than their share, so that nobody alone
    teaches it; but each may give as many as make a label.
    """
    of_label: dict[str, list[Labelled]] = {}
    for one in found:
        label = getattr(one.row, question)
        if _LABEL.fullmatch(label):
            of_label.setdefault(label, []).append(one)
    kept: list[Labelled] = []
    few: list[str] = []
    for label, ones in sorted(of_label.items()):
        if len(ones) < terms.fewest_labels:
            few.append(label)
            continue
        by = Counter(one.row.rep for one in ones)
        most = max(terms.fewest_labels, most_of_each(by.values(), terms.most_of_one))
        given: Counter[str] = Counter()
        for one in sorted(ones, key=lambda it: (-it.row.labelled_ms, it.row.letter)):
            given[one.row.rep] += 1
            if given[one.row.rep] <= most:
                kept.append(one)
    return kept, tuple(few)


def most_of_each(given: Iterable[int], share: float) -> int:
    """Say how many each may give, so that nobody gives more than their share of what is taken.

    Args:
        given: How many each has.
        share: Of all that are taken.
    """
    counts = tuple(given)

    def is_too_much(limit: int) -> bool:  # once it is, every higher one is, too
        return limit > share * sum(min(one, limit) for one in counts) + _EPSILON

    return bisect_left(range(1, max(counts, default=0) + 1), True, key=is_too_much)
