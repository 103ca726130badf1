"""Open the deployment that the environment names, for the length of one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from makegood.bootstrap import Makegood, open_makegood, read_settings


@contextmanager
def opened(database: str = "") -> Iterator[Makegood]:
    """Open Makegood with the settings of the environment.

    Args:
        database: Instead of MAKEGOOD_DATABASE.
    """
    makegood = open_makegood(read_settings(database=database))
    try:
        yield makegood
    finally:
        makegood.close()
