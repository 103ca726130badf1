"""Faults of the store that a request may meet; each is answered with 503, never with 500."""

from makegood.store.outages import ENGINE_FAULTS
from makegood.web.commit import NotStored

STORE_FAULTS: tuple[type[Exception], ...] = (*ENGINE_FAULTS, NotStored)
