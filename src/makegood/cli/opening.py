"""Open the deployment that the environment names, for the length of one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from makegood.bootstrap import Makegood, open_makegood
from makegood.settings import read_settings


@contextmanager
def opened(
    database: str = "", *, takes_up: bool = False, begins: bool = True
) -> Iterator[Makegood]:
    """Open Makegood with the settings of the environment.

    Args:
        database: Instead of MAKEGOOD_DATABASE.
        takes_up: A rule book that the settings name anew becomes the active one: for what serves.
        begins: A new deployment begins with a rule book.
    """
    makegood = open_makegood(read_settings(database=database), takes_up=takes_up, begins=begins)
    try:
        yield makegood
    finally:
        makegood.close()
