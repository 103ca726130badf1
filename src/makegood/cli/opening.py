"""Open the deployment that the environment names, for the length of one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood, read_settings


@contextmanager
def opened(database: str = "") -> Iterator[Makegood]:
    """Open Makegood with the settings of the environment.

    Args:
        database: Instead of MAKEGOOD_DATABASE.
    """
    settings = read_settings()
    if database:
        settings = replace(settings, database=database)
    makegood = open_makegood(settings)
    try:
        yield makegood
    finally:
        makegood.close()
