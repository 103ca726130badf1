"""Finds texts among a million others, for whole columns, without building a table each time."""

import polars as pl

_BITS_EACH = 16  # about six texts in a hundred that are not there need a second look
_SLOTS_EACH = 2  # with so many, three hashes in four stand first in their slot
_SEEDS = range(8)


class Index:
    """Exact look-up of texts; every text has a number.

    A text is hashed. One bit says of most that they are not here. For the rest, the upper bits of
    the hash name a slot, and a table says where in the sorted hashes that slot begins. Only where
    the hash that stands there is a lesser one is the right place searched for.

    Attributes:
        keys: The texts, in no order that means anything.

    Places are taken with brackets, not by `gather`, which makes a plan of its own for each call.
    """

    def __init__(self, keys: pl.Series, numbers: pl.Series) -> None:
        """Index texts.

        Args:
            keys: Different from each other.
            numbers: What each stands for, as 32-bit numbers from 0.
        """
        for seed in _SEEDS:
            hashes = keys.hash(seed)
            if hashes.n_unique() == len(keys):
                break
        else:  # never seen: eight hashes of 64 bits that all meet
            raise RuntimeError("These texts cannot be told apart.")
        order = hashes.arg_sort()
        self._seed = seed
        self._hashes = hashes.gather(order)
        self.keys = keys.gather(order)
        self._numbers = numbers.gather(order)
        bits = _power_above(len(keys) * _BITS_EACH)
        self._mask = bits - 1
        taken = (self._hashes & self._mask).cast(pl.UInt32).unique()
        self._taken = pl.repeat(False, bits, dtype=pl.Boolean, eager=True).scatter(taken, True)
        slots = _power_above(len(keys) * _SLOTS_EACH)
        self._a_slot = (1 << 64) // slots
        self._begins = _beginnings(self._slot_of(self._hashes), slots)

    def __len__(self) -> int:
        return len(self.keys)

    def _slot_of(self, hashes: pl.Series) -> pl.Series:
        return (hashes // self._a_slot).cast(pl.UInt32)

    def find(self, keys: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Give the rows whose text is here, rising, and the number of each; null is nowhere."""
        none = pl.Series(dtype=pl.UInt32)
        if not len(self) or keys.is_empty():
            return none, none
        hashes = keys.hash(self._seed)
        maybe = self._taken[(hashes & self._mask).cast(pl.UInt32)]
        if keys.has_nulls():
            maybe &= keys.is_not_null()
        rows = maybe.arg_true()
        if rows.is_empty():
            return none, none
        hashes = hashes.filter(maybe)
        place = self._place(hashes)
        alike = self._hashes[place] == hashes  # few others are left to be compared
        rows, place = rows.filter(alike), place.filter(alike)
        same = self.keys[place] == keys[rows]
        rows, place = rows.filter(same), place.filter(same)
        return rows.cast(pl.UInt32), self._numbers[place]

    def _place(self, hashes: pl.Series) -> pl.Series:
        """Say where each hash stands, if it stands anywhere."""
        place = self._begins[self._slot_of(hashes)]
        is_further = self._hashes[place] < hashes
        if not is_further.any():
            return place
        sought = self._hashes.search_sorted(hashes.filter(is_further)).clip(0, len(self) - 1)
        return place.scatter(is_further.arg_true(), sought.cast(pl.UInt32))


def _power_above(least: int) -> int:
    return 1 << max(10, (least - 1).bit_length())


def _beginnings(rising: pl.Series, slots: int) -> pl.Series:
    """Give for each slot the first place whose slot is not a lesser one; the last one at most."""
    if rising.is_empty():
        return pl.Series(dtype=pl.UInt32)
    first = (rising != rising.shift(1)).fill_null(True).arg_true().cast(pl.UInt32)
    blank = pl.repeat(None, slots, dtype=pl.UInt32, eager=True)
    begins = blank.scatter(rising.gather(first), first).fill_null(strategy="backward")
    return begins.fill_null(len(rising) - 1)
