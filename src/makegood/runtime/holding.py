"""The lock of one customer, for what is written beside the log and has to meet an erasure."""

from makegood.messages.errors import StoreBusy
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.store import Writing


def held(writing: Writing, profile: ProfileId) -> CustomerId | None:
    """Take the lock of whoever a profile is, as every intake does; None where nobody is known.

    What is read of them afterwards is as whoever had the lock before left it.

    Raises:
        StoreBusy: They were linked to another one just now; trying again helps.
    """
    customer = writing.customers_of([profile]).get(profile)
    if customer is None:
        return None
    if customer not in writing.lock([customer]):
        raise StoreBusy("The customer was linked to another one just now.")
    return customer


def is_somebody(writing: Writing, profile: ProfileId) -> bool:
    """Take the lock of whoever a profile is; whether anything names them, which erasing ends.

    Raises:
        StoreBusy: As when the lock is taken.
    """
    customer = held(writing, profile)
    if customer is None:
        return False
    own = writing.profiles_of([customer]).get(customer, ())
    lookups = writing.lookups_of(own)
    named = {*own, *(one for group in lookups.values() for one in group)}
    return bool(writing.persons(sorted(named)))
