"""The one Makegood of this process, opened from the settings at first use."""

from threading import Lock

from makegood.bootstrap import Makegood, open_makegood
from makegood.settings import Settings, read_settings

_lock = Lock()
_held: list[Makegood] = []


def settings() -> Settings:
    """Give the settings of the Makegood in use, else those of the environment."""
    return _held[0].settings if _held else read_settings()


def use(makegood: Makegood) -> None:
    """Serve this Makegood from now on; whoever opened it closes it."""
    with _lock:
        _held[:] = [makegood]


def current() -> Makegood:
    """Give the Makegood in use; open it when this is the first question."""
    with _lock:
        if not _held:
            _held.append(open_makegood(read_settings()))
        return _held[0]
