"""What all that handles public posts works with, and what the log is told of one."""

from collections.abc import Callable

from msgspec import Struct

from makegood.messages.events import OWN_SOURCE
from makegood.messages.facts import Facts, Touchpoint
from makegood.playbooks.book import Library
from makegood.playbooks.voice import VoiceTerms
from makegood.ports.clock import Clock
from makegood.ports.files import Files
from makegood.ports.store import Store
from makegood.ports.voice import Post
from makegood.runtime.intake import Intake
from makegood.runtime.told import Told

VOICE = f"{OWN_SOURCE}:voice"
SAID, ANSWERED, UNANSWERED = "Public Post", "Public Post Answered", "Public Post Unanswered"
"""Names of the events of a matched post, on which rules of the book may say what they mean."""
MINUTE_MS = 60_000


class Parts(Struct, frozen=True, kw_only=True):
    """What all that handles posts works with."""

    store: Store
    intake: Intake
    library_of: Callable[[], Library]
    clock: Clock
    files: Files

    def terms(self, brand: str) -> VoiceTerms:
        """Give what the active book sets for a brand."""
        return self.library_of().now(brand).voice


def facts_of(row: Post) -> list[Told]:
    """Give what the log is told of a post that is matched: that it was said, then how it ended."""
    if not row.profile or row.state in ("ours", "old", "gone"):
        return []
    told = [_told(row, SAID, row.at_ms)]
    if row.is_breached:
        told.append(_told(row, UNANSWERED, row.breach_ms))
    if row.answered_ms:
        told.append(_told(row, ANSWERED, row.answered_ms))
    return told


def _told(row: Post, name: str, at_ms: int) -> Told:
    facts: Facts = {"post": row.post, "source": row.source, "network": row.network}
    more = {"brand": row.brand, "language": row.language, "rating": row.rating}
    facts = {**facts, **{key: value for key, value in more.items() if value}}
    facts["minutes"] = (at_ms - row.at_ms) // MINUTE_MS
    return Told(
        profile=row.profile,
        body=Touchpoint(name=name, properties=facts),
        message_id=f"{row.post}/{name}",
        source=VOICE,
        brand=row.brand,
    )
