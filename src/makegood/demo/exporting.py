"""Write the log and the persons as JSON lines, for anyone who wants to count again.

An event is one line as it stands in the log: source, message_id, profile, time_ms, received_ms,
body with its type, and so on. A person is a line {"person": {...}} with the profile it belongs
to; it is the only line with personal data, and can be left out.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from makegood.messages.ids import ProfileId
from makegood.ports.store import Store

PAGE = 5_000  # events read at once
PROFILES = 500


def export_log(store: Store, path: Path, *, with_persons: bool = True) -> int:
    """Write everything; give how many events there were."""
    events = 0
    with path.open("wb") as out:
        for line, is_event in _lines(store, with_persons):
            out.write(line + b"\n")
            events += is_event
    return events


def _lines(store: Store, with_persons: bool) -> Iterator[tuple[bytes, bool]]:
    encode = msgspec.json.Encoder(order="deterministic").encode
    profiles: set[ProfileId] = set()
    position = 0
    with store.reading() as reading:
        while page := reading.log(position, PAGE):
            position = page[-1][0]
            for _, event in page:
                profiles.add(event.profile)
                yield encode(event), True
        named = sorted(profiles) if with_persons else []
        for start in range(0, len(named), PROFILES):
            persons = reading.persons(named[start : start + PROFILES])
            for profile in sorted(persons):
                yield encode({"person": persons[profile]}), False
