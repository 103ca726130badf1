"""Learn from labels: one linear model for each question, its chances set right on held-out texts.

The same texts give the same model: nothing in it is left to chance.
"""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from msgspec import Struct
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from makegood.analytics.triage.features import Array, counted, meant, rarity_of, weighed
from makegood.analytics.triage.model import About, Head, chances, softmax
from makegood.messages.errors import InputError

FEWEST = 2
_FOLDS = 3
_BINS = 10
_SEED = 20261126
_SHARPNESSES = np.geomspace(0.5, 40, 60)


class Sample(Struct, frozen=True, kw_only=True):
    """Texts as a model sees them, worked out once."""

    texts: tuple[str, ...]
    counts: Array
    meaning: Array

    def part(self, rows: Array) -> "Sample":
        """Take some of them."""
        return Sample(
            texts=tuple(self.texts[int(at)] for at in rows),
            counts=self.counts[rows],
            meaning=self.meaning[rows],
        )


def sample(texts: Sequence[str]) -> Sample:
    """Look at texts."""
    return Sample(texts=tuple(texts), counts=counted(texts), meaning=meant(texts))


def train(seen: Sample, labels: Sequence[str], source: str, *, calibrate: bool = True) -> Head:
    """Learn one question.

    Args:
        seen: The texts.
        labels: One for each text.
        source: Where they are from, in words.
        calibrate: Set the chances right; without it they only have the right order.

    Raises:
        InputError: There are not two labels with two texts each.
    """
    count = Counter(labels)
    if len(count) < FEWEST or min(count.values()) < FEWEST:
        raise InputError("To tell labels apart takes two of them, and two texts of each.")
    known = np.array(labels)
    sharpness, right, off = 1.0, 0.0, 0.0
    if calibrate:
        scores, names = _held_out(seen, known)
        sharpness = _sharpness(scores, known, names)
        rows = softmax(scores * sharpness)
        hits = np.array(names)[rows.argmax(axis=1)] == known
        right, off = float(hits.mean()), error(rows.max(axis=1), hits)
    rarity = rarity_of(seen.counts)
    weights, bias, names = _fit(weighed(seen.counts, seen.meaning, rarity), known)
    about = About(
        labels=names,
        sharpness=sharpness,
        texts=len(labels),
        right=round(right, 4),
        off=round(float(off), 4),
        data=_digest(seen.texts, labels),
        source=source,
    )
    return Head(about=about, weights=weights, bias=bias, rarity=rarity)


def _fit(rows: Array, labels: Array) -> tuple[Array, Array, tuple[str, ...]]:
    made = LinearSVC(C=0.5, tol=1e-2, random_state=_SEED, class_weight=None).fit(rows, labels)
    weights, bias = made.coef_.T, made.intercept_
    if weights.shape[1] == 1:
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    return weights.astype(np.float32), bias.astype(np.float32), tuple(map(str, made.classes_))


def _held_out(seen: Sample, labels: Array) -> tuple[Array, tuple[str, ...]]:
    """Score each text by a model that has not seen it."""
    folds = min(_FOLDS, min(Counter(labels.tolist()).values()))
    cut = StratifiedKFold(folds, shuffle=True, random_state=_SEED)
    names: tuple[str, ...] = ()
    scores = np.zeros((len(labels), len(set(labels.tolist()))), np.float32)
    for learn, held in cut.split(seen.counts, labels):
        part, rest = seen.part(learn), seen.part(held)
        rarity = rarity_of(part.counts)
        weights, bias, names = _fit(weighed(part.counts, part.meaning, rarity), labels[learn])
        scores[held] = weighed(rest.counts, rest.meaning, rarity) @ weights + bias
    return scores, names


def _sharpness(scores: Array, labels: Array, names: tuple[str, ...]) -> float:
    """Find the one number that makes held-out labels likeliest.

    Each label counts as if it had been wrong once (Platt 1999): that a few texts were all right
    does not make the next one certain.
    """
    at = {name: n for n, name in enumerate(names)}
    own = np.array([at[label] for label in labels.tolist()])
    rows = np.arange(len(own))
    seen = np.bincount(own, minlength=len(names))
    sure = ((seen + 1) / (seen + 2))[own]
    rest = (1 - sure) / (len(names) - 1)

    def loss(sharpness: float) -> float:
        logs = np.log(np.maximum(softmax(scores * sharpness), 1e-12))
        right = logs[rows, own]
        return float(-(sure * right + rest * (logs.sum(axis=1) - right)).mean())

    return float(min(_SHARPNESSES, key=loss))


def error(chance: Array, hits: Array) -> float:
    """How far chances are off: the mean distance between said and found, over ten equal bins."""
    bins = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    off = 0.0
    for one in range(_BINS):
        inside = bins == one
        if inside.any():
            off += inside.mean() * abs(float(chance[inside].mean() - hits[inside].mean()))
    return off


def score(head: Head, seen: Sample, labels: Sequence[str]) -> float:
    """Give the share of texts that a head has right."""
    if not labels:
        return 0.0
    best = chances(head, seen.counts, seen.meaning).argmax(axis=1)
    return float(
        np.mean([head.about.labels[at] == one for at, one in zip(best, labels, strict=True)])
    )


def _digest(texts: Sequence[str], labels: Sequence[str]) -> str:
    digest = blake2b(digest_size=16)
    for one in sorted(zip(labels, texts, strict=True)):
        digest.update("\0".join(one).encode("utf-8", "replace") + b"\1")
    return digest.hexdigest()
