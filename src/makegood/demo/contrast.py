"""The same storm without Makegood: the same events and mailings, and nobody asks the gate."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from makegood.demo.flights import local_ms
from makegood.demo.mailings import Mailings
from makegood.demo.marketing import AT_HOUR, SLICE_MS, SLICES
from makegood.demo.refold import Past
from makegood.demo.report import WithoutMakegood
from makegood.messages.facts import Answered, Chosen, Opened, Wrote
from makegood.messages.ids import CustomerId


class Attempt(Struct, frozen=True, kw_only=True):
    """One mail that marketing wanted to send.

    Attributes:
        screened_ms: When the day's mailing began; a list screened then would be this old.
    """

    past: Past
    brand: str
    at_ms: int
    screened_ms: int


def attempts_to(
    past: Sequence[Past], mail: Mailings, brands: Mapping[str, str]
) -> tuple[Attempt, ...]:
    """Reconstruct what marketing wanted: everyone, in every campaign of which mail arrived.

    Marketing walks through its list in steps, by customer number; so the minute of an attempt
    is known also for a mail that the gate stopped.
    """
    return tuple(
        Attempt(
            past=one,
            brand=brands.get(sender, ""),
            at_ms=local_ms(day, AT_HOUR) + number_of(one) % SLICES * SLICE_MS,
            screened_ms=local_ms(day, AT_HOUR),
        )
        for day, sender in mail.campaigns.items()
        for one in past
        if one.person is not None
    )


def number_of(past: Past) -> int:
    """The number of a synthetic customer, from the identifier."""
    return int(past.person.identifier.rpartition("-")[2]) if past.person else 0


def without_makegood(
    past: Sequence[Past], attempts: Sequence[Attempt], window_ms: int
) -> WithoutMakegood:
    """Say what would have happened: each attempt would have been a mail."""
    cheery = [one for one in attempts if one.past.is_held(one.brand, one.at_ms)]
    fresh = [one for one in cheery if not one.past.is_held(one.brand, one.screened_ms)]
    cheered: set[CustomerId] = {one.past.customer for one in cheery}
    return WithoutMakegood(
        cheery_mails=len(cheery),
        cheered_customers=len(cheered),
        second_failures=sum(_twice(one, window_ms) for one in past),
        silent_customers=sum(bool(one.held) and not _was_heard(one) for one in past),
        began_during_the_run=len(fresh),
    )


def _twice(past: Past, window_ms: int) -> bool:
    times = sorted(f.at_ms for case in past.state.cases for f in case.failures)
    return any(after - before <= window_ms for before, after in pairwise(times))


def _was_heard(past: Past) -> bool:
    """Whether the customer did anything unasked: opened a page, chose, answered, wrote."""
    return any(
        isinstance(event.body, Opened | Wrote)
        or (isinstance(event.body, Chosen | Answered) and not event.body.by)
        for event in past.events
    )
