"""What the JSON Schema says about letters."""

from collections.abc import Mapping

from makegood.playbooks.letters import MOST_FILES, MOST_MB
from makegood.playbooks.schema_parts import SPAN, Schema, ref, whole

KINDS: Mapping[str, Mapping[str, Schema]] = {
    "section about letters": {
        "set_aside": SPAN, "unsent": SPAN, "attachments": ref("section about attachments"),
    },
    "section about attachments": {
        "most": whole(MOST_FILES), "largest_mb": whole(MOST_MB, 1),
        "together_mb": whole(MOST_MB, 1),
    },
}  # fmt: skip
