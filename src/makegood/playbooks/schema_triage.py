"""What the JSON Schema says about triage."""

from collections.abc import Mapping

from makegood.playbooks.schema_parts import SPAN, TEXT, Schema, choice, map_of, ref, some, whole
from makegood.playbooks.training import (
    LEAST_MEMORY_MB,
    MOST_AFTER,
    MOST_KEEP,
    MOST_MEMORY_MB,
)
from makegood.playbooks.triage import CHANNELS, FEWEST_LABELS, MOST_LABELS

_CHANCE: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}

KINDS: Mapping[str, Mapping[str, Schema]] = {
    "section about triage": {
        "channels": some(choice(CHANNELS)), "kinds": map_of(ref("kind of triage")),
        "urgent": some(TEXT), "fewest_labels": whole(MOST_LABELS, FEWEST_LABELS),
        "most_of_one": _CHANCE, "train": ref("part about training"),
    },
    "part about training": {
        "after": whole(MOST_AFTER, 1), "between": TEXT, "timezone": TEXT, "precision": _CHANCE,
        "longest": SPAN, "memory_mb": whole(MOST_MEMORY_MB, LEAST_MEMORY_MB),
        "keep": whole(MOST_KEEP, 1),
    },
    "kind of triage": {"failure*": TEXT, "ask_from": _CHANCE, "open_from": _CHANCE},
}  # fmt: skip
