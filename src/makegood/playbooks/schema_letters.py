"""What the JSON Schema says about letters."""

from collections.abc import Mapping

from makegood.playbooks.example_talk import WRITERS, WROTE
from makegood.playbooks.letters import MOST_FILES, MOST_MB
from makegood.playbooks.schema_parts import SPAN, TEXT, Schema, choice, ref, whole

KINDS: Mapping[str, Mapping[str, Schema]] = {
    "section about letters": {
        "set_aside": SPAN, "unsent": SPAN, "attachments": ref("section about attachments"),
    },
    "given letter": {
        f"{WROTE}*": choice(WRITERS), "by*": TEXT, "brand": TEXT, "after": SPAN,
    },
    "section about attachments": {
        "most": whole(MOST_FILES), "largest_mb": whole(MOST_MB, 1),
        "together_mb": whole(MOST_MB, 1),
    },
}  # fmt: skip
