"""How well triage reads messages: `python -m benchmarks.triage [FOLDER] [--quick]`.

Measured on Banking77 and the hotel messages of NLU++, which lie outside of the project. What is
tried is never learned from: Banking77 has its own test part, and of the hotel messages one fold is
left out at a time. `--quick` leaves out the fifteen folds.
"""

import statistics
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.metrics import f1_score

from makegood.analytics.triage.model import Head, chances
from makegood.analytics.triage.starter import NONE, banking, hotels, kind_of
from makegood.analytics.triage.training import Sample, error, sample, train

DATA = Path(__file__).resolve().parents[2] / "shared/data"
SHOTS, SEEDS, FOLDS = 5, 5, 15
OPEN_FROM = 0.9
_SOURCE = "a benchmark"


class Tried(NamedTuple):
    """A part that was tried: how much was right, how far chances were off, and what opened."""

    right: float
    off: float
    precision: float
    coverage: float
    opened: int


def tried(head: Head, seen: Sample, labels: list[str], open_from: float = OPEN_FROM) -> Tried:
    """Try a head on texts that it has not seen."""
    rows = chances(head, seen.counts, seen.meaning)
    names, best, sure = np.array(head.about.labels), rows.argmax(axis=1), rows.max(axis=1)
    hits = names[best] == np.array(labels)
    opens = (names[best] != NONE) & (sure >= open_from)
    failures = np.array([one != NONE for one in labels])
    return Tried(
        right=float(hits.mean()),
        off=float(error(sure, hits)),
        precision=float(hits[opens].mean()) if opens.any() else float("nan"),
        coverage=float((opens & failures & hits).sum() / max(1, failures.sum())),
        opened=int(opens.sum()),
    )


def few(labels: list[str], seed: int) -> np.ndarray:
    """Choose so many examples of each label, by the seed."""
    chance, known = np.random.default_rng(seed), np.array(labels)
    rows = [
        chance.choice(np.flatnonzero(known == one), SHOTS, False) for one in sorted(set(labels))
    ]
    return np.concatenate(rows)


def five_shot(seen: Sample, labels: list[str], rest: Sample, truth: list[str]) -> list[float]:
    """Learn from few examples, several times over."""
    found = []
    for seed in range(SEEDS):
        rows = few(labels, seed)
        head = train(seen.part(rows), [labels[at] for at in rows], _SOURCE, calibrate=False)
        found.append(tried(head, rest, truth).right)
    return found


def hotel_folds(folder: Path) -> list[float]:
    """Give the macro-F1 of each fold; every intent is a yes or no of its own."""
    folds = [hotels(folder, one) for one in range(FOLDS)]
    seen = [sample([text for text, _ in rows]) for rows in folds]
    found = []
    for held in range(FOLDS):
        learn = [one for one in range(FOLDS) if one != held]
        joined = Sample(
            texts=tuple(text for one in learn for text in seen[one].texts),
            counts=np.vstack([seen[one].counts for one in learn]),
            meaning=np.vstack([seen[one].meaning for one in learn]),
        )
        own = [intents for one in learn for _, intents in folds[one]]
        truth = [intents for _, intents in folds[held]]
        count = Counter(one for intents in own for one in intents)
        scores = []
        for intent in sorted({one for intents in truth for one in intents}):
            if count[intent] < 2:
                scores.append(0.0)
                continue
            head = train(joined, ["yes" if intent in them else "no" for them in own], _SOURCE)
            rows = chances(head, seen[held].counts, seen[held].meaning)
            said = rows[:, head.about.labels.index("yes")] >= 0.35
            scores.append(float(f1_score([intent in them for them in truth], said)))
        found.append(statistics.mean(scores))
    return found


def main(folder: Path, *, quick: bool) -> None:
    """Measure and print."""
    learn, test = banking(folder, "train"), banking(folder, "test")
    seen, rest = sample([text for text, _ in learn]), sample([text for text, _ in test])
    labels, truth = [one for _, one in learn], [one for _, one in test]
    shots = five_shot(seen, labels, rest, truth)
    drawn = f"{statistics.mean(shots):.1%}, from {min(shots):.1%} to {max(shots):.1%}"
    print(f"Banking77, {SHOTS} examples of each intent, {SEEDS} draws: mean {drawn}", flush=True)
    whole = tried(train(seen, labels, _SOURCE, calibrate=not quick), rest, truth)
    print(f"Banking77, all {len(labels):,}: {whole.right:.2%} of {len(truth):,} right; chances "
          f"off by {whole.off:.3f}", flush=True)  # fmt: skip
    head = train(seen, [kind_of((one,)) for one in labels], _SOURCE)
    kinds = [kind_of((one,)) for one in truth]
    for open_from in (0.5, 0.8, 0.9, 0.95, 0.97):
        kind = tried(head, rest, kinds, open_from)
        print(f"Kind of failure, opened from {open_from}: {kind.opened:,} opened, precision "
              f"{kind.precision:.3f}, coverage {kind.coverage:.1%}; right {kind.right:.1%}, "
              f"chances off by {kind.off:.3f}", flush=True)  # fmt: skip
    if not quick:
        folds = hotel_folds(folder)
        print("Hotel messages, macro-F1 by fold: " + " ".join(f"{one:.2f}" for one in folds))
        print(f"mean {statistics.mean(folds):.3f}, spread {statistics.pstdev(folds):.3f}")


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if not one.startswith("--")]
    main(Path(given[0]) if given else DATA, quick="--quick" in sys.argv)
