"""Chance without a generator: each draw is the digest of a seed and of what is drawn for.

So a draw does not depend on the order of the others: adding a customer, or running an hour
twice, changes nobody else's fate.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_STEPS = 1 << 53  # every such fraction is exact in a float


class Chance:
    """A seeded source of draws."""

    def __init__(self, seed: int) -> None:
        self._key = str(seed).encode()

    def unit(self, *about: object) -> float:
        """A number from 0 up to, and not including, 1."""
        digest = blake2b(repr(about).encode(), digest_size=8, key=self._key).digest()
        return (int.from_bytes(digest, "big") >> 11) / _STEPS

    def within(self, least: float, most: float, *about: object) -> float:
        """A number between two others, all alike likely."""
        return least + (most - least) * self.unit(*about)

    def happens(self, share: float, *about: object) -> bool:
        """Whether something happens that happens to this share."""
        return self.unit(*about) < share

    def one_of(self, options: Sequence[T], *about: object) -> T:
        """One of some options, all alike likely."""
        return options[int(self.unit(*about) * len(options))]

    def weighted(self, options: Mapping[T, float], *about: object) -> T:
        """One of some options by weight; the last one takes what rounding leaves."""
        rest = self.unit(*about) * sum(options.values())
        for option, weight in options.items():
            rest -= weight
            if rest < 0:
                return option
        return tuple(options)[-1]
