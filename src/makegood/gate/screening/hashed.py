"""Finds identifiers of which only the pseudonym is known, in a list of millions.

After an erasure the gate still knows a customer by the keyed digest of an identifier, and so
must a screening. A digest cannot be turned round, so the list's identifiers are digested instead,
by as many processes as there are cores; only when such a customer stands in the way.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context

from makegood.messages.ids import profile_id

ALONE = 50_000  # identifiers; starting processes takes as long as digesting so many


def found_in(
    batches: Iterable[Sequence[str]], wanted: frozenset[str], key: bytes
) -> dict[str, str]:
    """Give which identifiers of a list have a pseudonym that is looked for.

    Args:
        batches: Normalised identifiers.
        wanted: Pseudonyms.
        key: The deployment's secret.

    Returns:
        Identifier -> pseudonym.
    """
    digest = partial(_digested, wanted=wanted, key=key)
    some = iter(batches)
    first: list[Sequence[str]] = []
    while sum(map(len, first)) <= ALONE:
        more = list(islice(some, 1))
        if not more:
            return dict(chain.from_iterable(map(digest, first)))
        first += more
    return dict(_in_processes(chain(first, some), wanted, key))


def _in_processes(
    batches: Iterable[Sequence[str]], wanted: frozenset[str], key: bytes
) -> Iterator[tuple[str, str]]:
    many = os.cpu_count() or 1
    with ProcessPoolExecutor(
        many, mp_context=get_context("spawn"), initializer=_begin, initargs=(wanted, key)
    ) as pool:
        waiting = []
        for batch in batches:
            waiting.append(pool.submit(_digested_there, batch))
            if len(waiting) > 2 * many:  # so that a list is never in memory as a whole
                yield from waiting.pop(0).result()
        for one in waiting:
            yield from one.result()


def _digested(batch: Sequence[str], wanted: frozenset[str], key: bytes) -> list[tuple[str, str]]:
    pairs = ((one, profile_id(one, key)) for one in batch)
    return [pair for pair in pairs if pair[1] in wanted]


_HERE: dict[str, tuple[frozenset[str], bytes]] = {}


def _begin(wanted: frozenset[str], key: bytes) -> None:
    _HERE["wanted"] = (wanted, key)


def _digested_there(batch: Sequence[str]) -> list[tuple[str, str]]:
    return _digested(batch, *_HERE["wanted"])
