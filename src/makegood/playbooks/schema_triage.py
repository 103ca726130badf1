"""What the JSON Schema says about triage."""

from collections.abc import Mapping

from makegood.playbooks.schema_parts import TEXT, Schema, choice, map_of, ref, some, whole
from makegood.playbooks.triage import CHANNELS, FEWEST_LABELS, MOST_LABELS

_CHANCE: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}

KINDS: Mapping[str, Mapping[str, Schema]] = {
    "section about triage": {
        "channels": some(choice(CHANNELS)), "kinds": map_of(ref("kind of triage")),
        "urgent": some(TEXT), "fewest_labels": whole(MOST_LABELS, FEWEST_LABELS),
        "most_of_one": _CHANCE,
    },
    "kind of triage": {"failure*": TEXT, "ask_from": _CHANCE, "open_from": _CHANCE},
}  # fmt: skip
