"""Keep secrets and customers' words out of the server's own log.

Django logs the path of every request that it refuses, and the words of every fault. A signed link
is a key to somebody's page, a path may hold what somebody typed, and a fault may quote it.
"""

import logging
import traceback

_LOGGERS = (
    "django.request",
    "django.security.csrf",
    "django.security.DisallowedHost",
    "django.security.RequestDataTooBig",
    "django.security.TooManyFieldsSent",
)
_NOWHERE = "a path that is none of ours"


class Discreet(logging.Filter):
    """Shortens what a record tells; lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take what was typed out of paths, and the words out of faults."""
        if isinstance(record.args, tuple):
            record.args = tuple(_without_words(value) for value in record.args)
        if record.name == "django.security.DisallowedHost":  # quotes the header as it came
            record.msg, record.args = "A Host header that is none of ours.", ()
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.format_tb(record.exc_info[2])
            record.exc_text = "".join((*frames, record.exc_info[0].__name__))
        return True


def _without_words(value: object) -> object:
    """Name a path by its route: what stands in it is a token, an id, or anything at all."""
    if not isinstance(value, str) or not value.startswith("/"):
        return value
    from django.urls import Resolver404, resolve

    try:
        return f"/{resolve(value).route}"
    except Resolver404:
        return _NOWHERE


def be_discreet() -> None:
    """Watch over Django's loggers; once is enough."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, Discreet) for one in logger.filters):
            logger.addFilter(Discreet())
