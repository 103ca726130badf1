"""Where the log goes and what a line looks like: text for people, JSON lines for programs.

A line names requests, customers and commands by their ids. Names, addresses and what people wrote
have no place in it: faults are told by their kind and place, and of what a library logs only the
words of the library are kept, not what it fills in.
"""

import logging
import re
import secrets
import sys
import traceback
from contextvars import ContextVar
from copy import copy
from typing import Any, Literal, TypeAlias

from pythonjsonlogger.json import JsonFormatter

from makegood.web.wire import Scope, header

Shape: TypeAlias = Literal["text", "json"]
_SANE = re.compile(r"[A-Za-z0-9._:/=+-]{8,100}")
_OURS = ("makegood", "django", "_granian")  # Django's are made discreet in a module of their own
_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s%(of_request)s"
_KEPT = ("time", "level", "logger", "message", "request_id", "exc_info")
_request: ContextVar[str] = ContextVar("makegood_request", default="")


def request_of(scope: Scope) -> str:
    """Give a request its id: what a proxy calls it when that is sane, else one of our own.

    It is written into logs and records, so that nothing but plain letters and digits passes.
    """
    given = header(scope, b"x-request-id")
    name = given if given and _SANE.fullmatch(given) else secrets.token_hex(8)
    _request.set(name)
    return name


def _told(record: logging.LogRecord) -> logging.LogRecord:
    """Copy a record as it may be told, with the id of the request under way."""
    told = copy(record)
    if not told.name.startswith(_OURS):
        told.msg, told.args = str(told.msg), ()
    told.exc_text = None  # whoever formatted it before may have kept the words of a fault
    name = _request.get()
    told.__dict__ |= {"request_id": name, "of_request": f" request={name}" if name else ""}
    return told


def _places(ei: Any) -> str:
    kind = ei[0].__name__ if ei[0] is not None else ""
    return "".join((*traceback.format_tb(ei[2]), kind))


class Lines(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line, and of a fault its kind and where it arose."""
        return super().format(_told(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """Leave the words out."""
        return _places(ei)


class Json(JsonFormatter):
    """JSON lines for programs: always the same few fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line, and of a fault its kind and where it arose."""
        return super().format(_told(record))

    def formatException(self, ei: Any) -> Any:  # noqa: N802 - the library's name
        """Leave the words out."""
        return _places(ei)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing that somebody hung on the record, such as a whole request."""
        return {name: log_data[name] for name in _KEPT if log_data.get(name)}


def formatter(shape: Shape) -> logging.Formatter:
    """Make what turns a record into a line."""
    if shape == "text":
        return Lines(_TEXT)
    names = {"levelname": "level", "name": "logger"}
    return Json(["levelname", "name", "message"], rename_fields=names, timestamp="time")


class Stderr(logging.StreamHandler[Any]):
    """Writes to what standard error is at the time, as tests and services exchange it."""

    def __init__(self, shape: Shape) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(formatter(shape))

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
    handler = {"()": Stderr, "shape": shape}
    return {"handlers": {"console": handler, "access": handler}}
