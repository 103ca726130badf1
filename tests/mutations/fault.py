"""What a seeded fault is."""

from typing import NamedTuple


class Fault(NamedTuple):
    """One exact replacement in one file, and the tests that have to notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
