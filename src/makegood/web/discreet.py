"""Keep secrets and customers' words out of the server's own log.

Django logs the path of every request that it refuses, and the words of every fault. A signed link
is a key to somebody's page, and a fault may quote what somebody wrote.
"""

import logging
import re
import traceback

_LOGGERS = (
    "django.request",
    "django.security.csrf",
    "django.security.DisallowedHost",
    "django.security.RequestDataTooBig",
    "django.security.TooManyFieldsSent",
)
_LINK = re.compile(r"^(/(?:c|s|u|r|told)/)[^/]+")


class Discreet(logging.Filter):
    """Shortens what a record tells; lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the tokens out of paths and the words out of faults."""
        if isinstance(record.args, tuple):
            record.args = tuple(_without_token(value) for value in record.args)
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.format_tb(record.exc_info[2])
            record.exc_text = "".join((*frames, record.exc_info[0].__name__))
        return True


def _without_token(value: object) -> object:
    return _LINK.sub(r"\1...", value) if isinstance(value, str) else value


def be_discreet() -> None:
    """Watch over Django's loggers; once is enough."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, Discreet) for one in logger.filters):
            logger.addFilter(Discreet())
