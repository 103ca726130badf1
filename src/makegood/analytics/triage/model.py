"""A model as plain arrays: read without trust, asked without side effects, refused if unfit."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import msgspec
import numpy as np
from msgspec import Struct

from makegood.analytics.triage.features import (
    LETTERS,
    LONGEST,
    WIDTH,
    WORDS,
    Array,
    counted,
    meant,
    weighed,
)
from makegood.messages.errors import MakegoodError

FORMAT = 1
_EVIDENCE = 4
_MOST_TRIED, _FEWEST_TRIED = 40, 8
_READ_AGAIN = 20_000  # letters, in all: a long letter is not read forty times
_LARGEST = 64_000_000
_LABEL = re.compile(r"[\w ?'.:-]{1,100}")
_WORD = re.compile(r"\w[\w'-]*")
_FALLS = 0.3  # in log-odds; a word whose absence changes less is no evidence


class ModelUnfit(MakegoodError):
    """The model cannot be used; train one anew with `makegood triage train`."""


class About(Struct, frozen=True, kw_only=True):
    """What a head says of itself.

    Attributes:
        labels: What it tells apart.
        sharpness: By which its scores are multiplied, so that its chances can be believed.
        texts: From how many texts it learned.
        right: Share of held-out texts it had right.
        off: How far its chances were off on them (expected calibration error).
        data: Digest of the texts and labels.
        source: Where those are from.
    """

    labels: tuple[str, ...]
    sharpness: float
    texts: int
    right: float
    off: float
    data: str
    source: str


class Head(Struct, frozen=True, kw_only=True, eq=False):
    """One question that a model answers of a text."""

    about: About
    weights: Array
    bias: Array
    rarity: Array


class Model(Struct, frozen=True, kw_only=True, eq=False):
    """Everything that was learned.

    Attributes:
        heads: By the question: `kind` of failure, `intent`, `urgency`.
        trained_ms: When.
    """

    heads: Mapping[str, Head]
    trained_ms: int

    @property
    def name(self) -> str:
        """Names it by what it learned from, and when: one trained again is another one."""
        heads = (f"{name}:{head.about.data}" for name, head in sorted(self.heads.items()))
        said = "/".join([str(self.trained_ms), *heads])
        return blake2b(said.encode(), digest_size=8).hexdigest()


class Guess(Struct, frozen=True, kw_only=True):
    """The likeliest answer to one question.

    Attributes:
        chance: From 0 to 1; of so many out of a hundred such answers it should be right.
        words: Without which it would be less sure.
    """

    label: str
    chance: float
    words: tuple[str, ...] = ()


class _Written(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    trained_ms: int
    heads: dict[str, About]


def chances(head: Head, counts: Array, meaning: Array) -> Array:
    """Give the chance of each label, a row for each text."""
    scores = weighed(counts, meaning, head.rarity) @ head.weights + head.bias
    return softmax(scores * head.about.sharpness)


def softmax(scores: Array) -> Array:
    """Turn scores into chances."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    found: Array = powers / powers.sum(axis=1, keepdims=True)
    return found


def guess(model: Model, text: str) -> dict[str, Guess]:
    """Answer every question about a text: a pure function of the two."""
    if not _WORD.search(text[:LONGEST]):
        return {}
    text = text[:LONGEST]
    most = max(_FEWEST_TRIED, min(_MOST_TRIED, _READ_AGAIN // len(text)))
    words = list(dict.fromkeys(one.casefold() for one in _WORD.findall(text)))[:most]
    texts = [text, *(_without(text, word) for word in words)]
    counts, meaning = counted(texts), meant(texts)
    found = {}
    for name, head in model.heads.items():
        rows = chances(head, counts, meaning)
        best = int(rows[0].argmax())
        chance = float(rows[0, best])
        odds = _log_odds(rows[:, best])
        falls = sorted(
            ((float(odds[0] - odds[n + 1]), word) for n, word in enumerate(words)),
            key=lambda one: (-one[0], one[1]),
        )
        shown = tuple(word for fall, word in falls[:_EVIDENCE] if fall >= _FALLS)
        found[name] = Guess(label=head.about.labels[best], chance=chance, words=shown)
    return found


def guesses(head: Head, texts: Sequence[str]) -> list[Guess]:
    """Answer one question about many texts, without the words."""
    rows = chances(head, counted(texts), meant(texts))
    best = rows.argmax(axis=1)
    labels = head.about.labels
    return [
        Guess(label=labels[at], chance=float(row[at])) for at, row in zip(best, rows, strict=True)
    ]


def _log_odds(chance: Array) -> Array:
    inside = np.clip(chance.astype(np.float64), 1e-9, 1 - 1e-9)
    found: Array = np.log(inside / (1 - inside))
    return found


def _without(text: str, word: str) -> str:
    return re.sub(rf"\b{re.escape(word)}\b", " ", text, flags=re.IGNORECASE)


def written(model: Model) -> bytes:
    """Write a model as arrays and JSON: reading it runs nothing."""
    heads = {name: head.about for name, head in model.heads.items()}
    said = _Written(format=FORMAT, trained_ms=model.trained_ms, heads=heads)
    arrays: dict[str, Array] = {"about": np.frombuffer(msgspec.json.encode(said), np.uint8)}
    for name, head in model.heads.items():
        arrays[f"{name}.weights"] = head.weights.astype(np.float16)
        arrays[f"{name}.bias"] = head.bias.astype(np.float32)
        arrays[f"{name}.rarity"] = head.rarity.astype(np.float16)
    into = io.BytesIO()
    np.savez_compressed(into, allow_pickle=False, **arrays)
    return into.getvalue()


def read(content: bytes) -> Model:
    """Read a model.

    Raises:
        ModelUnfit: It is damaged, of another format, or does not fit this program.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as whole:
            if sum(one.file_size for one in whole.infolist()) > _LARGEST:
                raise ModelUnfit("The model is larger than any that was trained here.")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            said = msgspec.json.decode(arrays["about"].tobytes(), type=_Written)
            if said.format != FORMAT:
                raise ModelUnfit(
                    f"The model has format {said.format} and this Makegood reads {FORMAT}; "
                    "train one anew with `makegood triage train`."
                )
            heads = {name: _head(name, about, arrays) for name, about in said.heads.items()}
    except ModelUnfit:
        raise
    except Exception as wrong:  # whatever a damaged archive makes zip, zlib or numpy stumble over
        raise ModelUnfit(
            f"The model cannot be read ({type(wrong).__name__}); train one anew with "
            "`makegood triage train`."
        ) from wrong
    return Model(heads=heads, trained_ms=said.trained_ms)


def _head(name: str, about: About, arrays: Mapping[str, Array]) -> Head:
    weights, bias, rarity = (
        arrays[f"{name}.{part}"].astype(np.float32) for part in ("weights", "bias", "rarity")
    )
    count = len(about.labels)
    fits = (
        weights.shape == (WIDTH, count)
        and bias.shape == (count,)
        and rarity.shape == (WORDS + LETTERS,)
        and all(_LABEL.fullmatch(label) for label in about.labels)
        and all(bool(np.isfinite(one).all()) for one in (weights, bias, rarity))
        and np.isfinite(about.sharpness)
    )
    if not fits:
        raise ModelUnfit(
            f"What the model says of `{name}` does not fit this program; train one anew with "
            "`makegood triage train`."
        )
    return Head(about=about, weights=weights, bias=bias, rarity=rarity)
