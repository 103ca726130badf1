"""Where the log goes and what a line looks like: text for people, JSON lines for programs.

A line names requests, customers and commands by their ids. Names, addresses and what people wrote
have no place in it; faults are told by their kind and place.
"""

import logging
import re
import secrets
import sys
from contextvars import ContextVar
from typing import Any, Literal, TypeAlias

from pythonjsonlogger.json import JsonFormatter

from makegood.web.wire import Scope, header

Shape: TypeAlias = Literal["text", "json"]
_SANE = re.compile(r"[A-Za-z0-9._:/=+-]{8,100}")
_FIELDS = ("levelname", "name", "message")
_NAMES = {"levelname": "level", "name": "logger"}
_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s%(of_request)s"
_request: ContextVar[str] = ContextVar("makegood_request", default="")


def request_of(scope: Scope) -> str:
    """Give a request its id: what a proxy calls it when that is sane, else one of our own.

    It is written into logs and records, so that nothing but plain letters and digits passes.
    """
    given = header(scope, b"x-request-id")
    name = given if given and _SANE.fullmatch(given) else secrets.token_hex(8)
    _request.set(name)
    return name


class OfRequest(logging.Filter):
    """Adds the id of the request under way."""

    def filter(self, record: logging.LogRecord) -> bool:
        name = _request.get()
        record.of_request = f" request={name}" if name else ""
        if name:
            record.request_id = name
        return True


class Discreet(JsonFormatter):
    """JSON lines; of a fault only where it arose and its kind, never its words."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """Leave the words out."""
        return _places(ei)


class DiscreetText(logging.Formatter):
    """Lines for people; of a fault only where it arose and its kind."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """Leave the words out."""
        return _places(ei)


def _places(ei: Any) -> str:
    import traceback

    kind = ei[0].__name__ if ei[0] is not None else ""
    return "".join((*traceback.format_tb(ei[2]), kind))


def formatter(shape: Shape) -> logging.Formatter:
    """Make what turns a record into a line."""
    if shape == "text":
        return DiscreetText(_TEXT)
    return Discreet(
        _FIELDS,
        rename_fields=_NAMES,
        timestamp="time",
        reserved_attrs=_RESERVED,
    )


_RESERVED = [*logging.makeLogRecord({}).__dict__, "message", "asctime", "of_request", "taskName"]


class Stderr(logging.StreamHandler[Any]):
    """Writes to what standard error is at the time, as tests and services exchange it."""

    def __init__(self, shape: Shape) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(formatter(shape))
        self.addFilter(OfRequest())

    @property
    def stream(self) -> Any:
        return sys.stderr


def begin_log(shape: Shape) -> None:
    """Let everything that is logged in this process go to standard error; once is enough."""
    root = logging.getLogger()
    for one in [one for one in root.handlers if isinstance(one, Stderr)]:
        root.removeHandler(one)
    root.addHandler(Stderr(shape))
    logging.getLogger("makegood").setLevel(logging.INFO)


def server_log(shape: Shape) -> dict[str, Any]:
    """Say to the server how its own lines look, in the form of `logging.config`."""
    return {
        "handlers": {
            "console": {"()": Stderr, "shape": shape},
            "access": {"()": Stderr, "shape": shape},
        }
    }
