"""How a model is trained from labels, and when it is taken: a function of what it is given.

What is tried was never learned from. A new answer is taken where it is not worse beyond noise than
the one in use, and where the failures it would open are right as often as the rule book asks.
Source: McNemar 1947, the exact test of paired answers.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from makegood.playbooks.triage import TriageTerms
from makegood.ports.training import Figures
from makegood.runtime.triage_models import Labelled, capped, model_of, unfit_or_model
from makegood.runtime.triage_words import share_words

if TYPE_CHECKING:
    from makegood.analytics.triage.model import Head, Model

QUESTIONS = ("kind", "intent", "urgency")
LEVEL = 0.05  # of the test: as often two that are alike would be told apart
FEWEST_PAIRED = 30  # of fewer a test finds nothing, so the new one has to be at least as good


class Job(Struct, frozen=True, kw_only=True):
    """What is learned from.

    Attributes:
        found: Labels with their texts.
        model: The one in use; empty for the one that ships.
        terms: What the book says of learning.
        now_ms: When; a part of the new model's name.
    """

    found: tuple[Labelled, ...]
    model: bytes
    terms: TriageTerms
    now_ms: int


class Learned(Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        figures: For each question.
        name: Of the new model; empty where nothing in it is new.
        content: The new model; empty where nothing in it is new.
    """

    figures: tuple[Figures, ...]
    name: str = ""
    content: bytes = b""


def learn(job: Job) -> Learned:
    """Learn each question anew, and put what is not worse into one model.

    Raises:
        ModuleNotFoundError: The parts of triage are not installed.
    """
    from makegood.analytics.triage.model import Model, read, written

    before = unfit_or_model(job.model)
    is_unfit = before is None  # that is why it is trained anew
    before = before or model_of(None)
    heads, figures = dict(before.heads), []
    for question in QUESTIONS:
        told, head = _question(before, job.found, question, job.terms)
        figures.append(told)
        if head is not None and told.is_taken:
            heads[question] = head
    after = Model(heads=heads, trained_ms=job.now_ms)
    if not is_unfit and _data_of(after) == _data_of(before):
        return Learned(figures=tuple(figures))
    content = written(after)
    read(content)  # what cannot be read again is never put in use
    return Learned(figures=tuple(figures), name=after.name, content=content)


def _data_of(model: "Model") -> dict[str, str]:
    return {name: head.about.data for name, head in model.heads.items()}


def _question(
    before: "Model", found: Sequence[Labelled], question: str, terms: TriageTerms
) -> tuple[Figures, "Head | None"]:
    from makegood.analytics.triage.training import sample, train

    kept, few = capped(found, question, terms)
    learned = [one for one in kept if not one.held_out]
    held = [one for one in kept if one.held_out]
    names = [getattr(one.row, question) for one in learned]
    count = Counter(names)
    told = Figures(
        question=question, learned=len(learned), is_taken=False, held=len(held), left_out=few,
        why="There are too few labels to tell anything apart yet.",
    )  # fmt: skip
    if len(count) < 2 or min(count.values()) < 2 or not held:
        return told, None
    head = train(sample([one.text for one in learned]), names, "labels of this company")
    truth = [getattr(one.row, question) for one in held]
    answers = _answers(head, before.heads.get(question), [one.text for one in held])
    told = paired(told, truth, *answers)
    if question == "kind":
        told = opening(told, truth, answers[1], terms)
    return judged(told, terms.train.precision), head


def _answers(
    head: "Head", before: "Head | None", texts: Sequence[str]
) -> tuple[list[str], list[tuple[str, float]]]:
    """Ask both about what neither has learned; the new one also says how sure it is."""
    from makegood.analytics.triage.model import guesses

    old = (
        [one.label for one in guesses(before, texts)] if before is not None else [""] * len(texts)
    )
    return old, [(one.label, one.chance) for one in guesses(head, texts)]


def paired(
    told: Figures, truth: Sequence[str], old: Sequence[str], new: Sequence[tuple[str, float]]
) -> Figures:
    """Count what either has right, and what it has right alone."""
    rows = list(zip(truth, old, [label for label, _ in new], strict=True))
    return replace(
        told,
        before=sum(right == mine for right, mine, _ in rows),
        after=sum(right == mine for right, _, mine in rows),
        only_before=sum(right == mine != other for right, mine, other in rows),
        only_after=sum(right == other != mine for right, mine, other in rows),
    )


def opening(
    told: Figures, truth: Sequence[str], new: Sequence[tuple[str, float]], terms: TriageTerms
) -> Figures:
    """Count the failures that the new one would open by itself, and those rightly."""
    opened = [
        right == label
        for right, (label, chance) in zip(truth, new, strict=True)
        if label in terms.kinds and terms.kinds[label].verdict(chance) == "open"
    ]
    return replace(told, opened=len(opened), opened_right=sum(opened))


def worse_by_chance(only_before: int, only_after: int) -> float:
    """Say how likely so much worse is where both are alike: one side of McNemar's exact test."""
    count = only_before + only_after
    as_bad = sum(comb(count, one) for one in range(only_before, count + 1))
    return float(Fraction(as_bad, 1 << count))  # of many labels both are beyond what a float holds


def judged(told: Figures, precision: float) -> Figures:
    """Say whether the new answer is taken, and why.

    Args:
        told: The counts.
        precision: Of the failures it would open, the least share that is right.
    """
    shares = (
        f"Of {told.held} held-out labels the new model has "
        f"{share_words(told.after, told.held)} right, the one in use {told.before}."
    )
    if told.opened and told.opened_right < precision * told.opened:
        right = share_words(told.opened_right, told.opened)
        why = (
            f"Of {told.opened} failures that it would open, {right} are right, and the rule book "
            f"asks for {precision:.0%}."
        )
        return replace(told, why=f"{shares} {why}")
    if told.held < FEWEST_PAIRED:
        is_taken = told.after >= told.before
        why = "" if is_taken else " That is less, and too few to call it chance."
        return replace(told, is_taken=is_taken, why=f"{shares}{why}")
    chance = worse_by_chance(told.only_before, told.only_after)
    is_worse = told.only_before > told.only_after and chance < LEVEL
    why = f" That is worse beyond chance (p {chance:.3f})." if is_worse else ""
    return replace(told, is_taken=not is_worse, why=f"{shares}{why}")
