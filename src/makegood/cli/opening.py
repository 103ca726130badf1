"""Open the deployment that the environment names, for the length of one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from makegood.bootstrap import Makegood, open_makegood, read_settings


@contextmanager
def opened(database: str = "", *, takes_up: bool = True) -> Iterator[Makegood]:
    """Open Makegood with the settings of the environment.

    Args:
        database: Instead of MAKEGOOD_DATABASE.
        takes_up: A rule book that the settings name anew becomes the active one; not for what
            only looks.
    """
    makegood = open_makegood(read_settings(database=database), takes_up=takes_up)
    try:
        yield makegood
    finally:
        makegood.close()
