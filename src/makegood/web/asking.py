"""The gate's paths: one question, one fresh answer, never from a cache."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

import msgspec

from makegood.api.forms import Asked, Told
from makegood.api.problems import Problem, brand_closed
from makegood.core.holds import Answer, Question
from makegood.gate.service import Gate
from makegood.messages.commands import MessageClass
from makegood.messages.errors import InputError
from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.rows import KeyRow
from makegood.web.entry import Entry, Reads
from makegood.web.wire import Receive, Scope, Send, Stopped, query, read_body, respond

PATH = "/v1/may-send"
BY_ID = "/v1/may-send/"
_MOST_BYTES = 16 * 1024  # a question is a line
_CUSTOMER_ID = re.compile(r"p[0-9a-f]{32}")


_ASKED = msgspec.json.Decoder(Asked)
_CLASSES = ", ".join(one.value for one in MessageClass)
_WHAT_TO_DO = (
    'Send {"identifier": "email:ana@example.org", "brand": "...", "class": "promotional", '
    f'"channel": "mail"}}; class is one of {_CLASSES}.'
)


Count: TypeAlias = Callable[[Answer, Question, float], None]


class Asking:
    """Answers whether a message may go out."""

    def __init__(self, entry: Entry, gate: Gate, reads: Reads, count: Count) -> None:
        """Join the parts.

        Args:
            count: Told of each answer and the seconds it took, which costs no write.
        """
        self._entry = entry
        self._count = count
        self._gate = gate
        self._reads = reads

    async def post(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by typed identifier; addresses stay out of URLs and logs."""
        key = await self._entry.admit(scope, "gate")
        asked = _read(await read_body(scope, receive, _MOST_BYTES))
        _must_be_for(key, asked.brand)
        question = Question(
            brand=asked.brand,
            message_class=asked.message_class,
            channel=asked.channel,
            case=CaseId(asked.case),
        )
        since = time.perf_counter()
        try:
            answer = await self._reads.run(self._gate.ask, asked.identifier, question, key.brands)
        except InputError as error:
            raise Stopped(400, _problem(str(error), "identifier")) from None
        self._count(answer, question, time.perf_counter() - since)
        await respond(send, 200, msgspec.json.encode(_told(answer)))

    async def get(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer by opaque customer id."""
        key = await self._entry.admit(scope, "gate")
        customer = scope["path"].removeprefix(BY_ID)
        if not _CUSTOMER_ID.fullmatch(customer):
            raise Stopped(400, _problem("This is not a customer id: p and 32 hex digits.", "path"))
        given = query(scope)
        for name in ("brand", "class", "channel"):
            if name not in given:
                raise Stopped(400, _problem(f"{name} is missing.", f"query {name}"))
        _must_be_for(key, given["brand"])
        try:
            message_class = MessageClass(given["class"])
        except ValueError:
            raise Stopped(
                400, _problem(f"class is not one of {_CLASSES}.", "query class")
            ) from None
        question = Question(
            brand=given["brand"], message_class=message_class, channel=given["channel"]
        )
        ask, since = self._gate.ask_customer, time.perf_counter()
        answer = await self._reads.run(ask, CustomerId(customer), question, key.brands)
        self._count(answer, question, time.perf_counter() - since)
        await respond(send, 200, msgspec.json.encode(_told(answer)))


def _must_be_for(key: KeyRow, brand: str) -> None:
    if not key.may_speak_for(brand):
        raise Stopped(403, brand_closed(key.brands))


def _read(body: bytes) -> Asked:
    try:
        return _ASKED.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Stopped(400, _problem(f"The question cannot be read: {error}.", "body")) from None


def _problem(message: str, where: str) -> Problem:
    return Problem(code="bad_question", message=message, where=where, what_to_do=_WHAT_TO_DO)


def _told(answer: Answer) -> Told:
    return Told(
        allowed=answer.allowed,
        reason=answer.reason,
        says=answer.says,
        since=_instant(answer.since_ms) if answer.since_ms else None,
        until=answer.until or None,
        case=answer.case or None,
    )


def _instant(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
