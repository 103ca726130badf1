"""Faults of the store that a request may meet; each is answered with 503, never with 500."""

import traceback

from makegood.store.outages import ENGINE_FAULTS
from makegood.web.commit import NotStored

STORE_FAULTS: tuple[type[Exception], ...] = (*ENGINE_FAULTS, NotStored)


def place_of(fault: BaseException) -> str:
    """Say where a fault arose, without its words: they may quote what a customer sent."""
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
