"""Models of triage: made ready, trained on the firm's labels, put in use when not worse.

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
from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.playbooks.triage import TriageTerms
from makegood.ports.store import Store
from makegood.ports.triage import KeptModel, TriageRow
from makegood.runtime.triage import Guessed, Reader

if TYPE_CHECKING:
    from makegood.analytics.triage.model import Head, Model

QUESTIONS = ("kind", "intent", "urgency")
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


class Labelled(Struct, frozen=True, kw_only=True):
    """A letter that a person said something of.

    Attributes:
        held_out: Not learned from; the same letter always is, or never.
    """

    text: str
    row: TriageRow
    held_out: bool


class Answer(Struct, frozen=True, kw_only=True):
    """How the training of one question went.

    Attributes:
        question: `kind`, `intent` or `urgency`.
        learned: From so many labels.
        before: Share of held-out labels that the model in use had right.
        after: The same of the new one.
        put_in_use: Whether the new one is used from now on.
        why: In words.
        left_out: Labels that had too few letters.
    """

    question: str
    learned: int
    before: float
    after: float
    put_in_use: bool
    why: str
    left_out: tuple[str, ...] = ()


def labels(store: Store, most: int = MOST) -> tuple[Labelled, ...]:
    """Read the latest labels with the words of their letters; erased letters have none left."""
    rows = deque((row for page in _pages(store) for row in page), most)
    found: list[Labelled] = []
    for at in range(0, len(rows), _PAGE):
        part = tuple(islice(rows, at, at + _PAGE))
        with store.reading() as reading:
            letters = reading.letters_named([row.letter for row in part])
        for row in part:
            letter = letters.get(row.letter)
            if letter is not None:
                text = "\n\n".join(one for one in (letter.subject, letter.text) if one)
                held_out = _is_held_out(row.letter)
                found.append(Labelled(text=text[:_LONGEST], row=row, held_out=held_out))
    return tuple(found)


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


def train_anew(
    store: Store, terms: TriageTerms, now_ms: int, *, use: bool = True
) -> tuple[Answer, ...]:
    """Learn each question from the labels; a new answer is used only where it is not worse.

    Args:
        store: Has the labels, and the model in use.
        terms: What the book says of learning.
        now_ms: The present.
        use: Put what is not worse in use; else only say how it would be.

    Raises:
        InputError: The parts of triage are not installed.
    """
    try:
        from makegood.analytics.triage.model import Model, ModelUnfit, read, written
    except ModuleNotFoundError as missing:
        raise InputError(
            f"Triage needs {missing.name}: pip install 'makegood[triage]'."
        ) from missing
    with store.reading() as reading:
        kept = reading.triage_model()
    try:
        before, is_unfit = model_of(kept), False
    except ModelUnfit:  # that is why it is trained anew
        before, is_unfit = model_of(None), True
    found = labels(store)
    heads = dict(before.heads)
    answers = []
    for question in QUESTIONS:
        answer, head = _question(before, found, question, terms)
        answers.append(answer)
        if head is not None and answer.put_in_use:
            heads[question] = head
    after = Model(heads=heads, trained_ms=now_ms)
    if use and (is_unfit or _learned(after) != _learned(before)):
        content = written(after)
        read(content)  # what cannot be read again is never put in use
        with store.writing() as writing:
            writing.put_triage_model(KeptModel(name=after.name, at_ms=now_ms, content=content))
    return tuple(answers)


def _learned(model: "Model") -> Mapping[str, str]:
    return {name: head.about.data for name, head in model.heads.items()}


def _question(
    before: "Model", found: Sequence[Labelled], question: str, terms: TriageTerms
) -> tuple[Answer, "Head | None"]:
    from makegood.analytics.triage.training import sample, score, train

    kept, few = capped(found, question, terms)
    learn = [one for one in kept if not one.held_out]
    held = [one for one in kept if one.held_out]
    names = [getattr(one.row, question) for one in learn]
    count = Counter(names)
    empty = Answer(
        question=question, learned=len(learn), before=0, after=0, put_in_use=False, why="",
        left_out=few,
    )  # fmt: skip
    if len(count) < 2 or min(count.values()) < 2 or not held:
        return replace(empty, why="There are too few labels to tell anything apart yet."), None
    head = train(sample([one.text for one in learn]), names, "labels of this company")
    rest = sample([one.text for one in held])
    truth = [getattr(one.row, question) for one in held]
    old = score(before.heads[question], rest, truth) if question in before.heads else 0.0
    new = score(head, rest, truth)
    better = new >= old
    why = f"Of {len(held)} held-out labels it has {new:.0%} right; the one in use has {old:.0%}."
    return replace(empty, before=old, after=new, put_in_use=better, why=why), head
