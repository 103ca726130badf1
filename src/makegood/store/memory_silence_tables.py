"""The memory engine's tables of what is silent."""

from collections.abc import MutableMapping

from makegood.messages.ids import CustomerId, EventId
from makegood.ports.silence import QueueNorms, SilentRow, Waited

SILENCE = ("silent", "waited", "wait_norms")


class SilenceTables:
    """Lists, samples and norms."""

    silent: MutableMapping[CustomerId, tuple[SilentRow, ...]]
    waited: MutableMapping[tuple[EventId, str], Waited]
    wait_norms: MutableMapping[tuple[str, str, str], QueueNorms]
