"""Webhooks of other systems: the signature first, then the book's mapping, then the log.

POST /v1/in/{source} answers 2xx only after the commit; a delivery that comes again is a duplicate.
What cannot be taken is kept with its reason and still answered with 2xx: a help desk that hears
errors switches its webhook off, and then nothing comes any more.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec

from makegood.api.forms import CameIn
from makegood.api.limits import RateLimit
from makegood.api.problems import BUSY, TOO_MANY, Problem
from makegood.messages.errors import InputError
from makegood.playbooks.mappings import Form, Source
from makegood.playbooks.voice import Listening
from makegood.ports.arrivals import Acknowledged
from makegood.ports.clock import Clock
from makegood.ports.rows import Taken
from makegood.runtime.public_voice import PublicVoice
from makegood.runtime.receiving import Came, Receiving, records_in
from makegood.settings import SourceSecrets
from makegood.sources.limits import MAX_BATCH_BYTES, MAX_BATCH_ITEMS
from makegood.sources.signatures import NotSigned, check_signature
from makegood.web.commit import GroupCommit, QueueFull
from makegood.web.wire import (
    JSON,
    Receive,
    Scope,
    Send,
    Stopped,
    header,
    read_body,
    respond,
    retry_after,
)

PREFIX = "/v1/in/"
_CONFLICT = "The same delivery came before and said something else; the first one stands."


class Incoming:
    """Answers the paths of the sources."""

    def __init__(
        self,
        receiving: Receiving,
        secrets: Mapping[str, SourceSecrets],
        commit: GroupCommit,
        limit: RateLimit,
        clock: Clock,
        voice: PublicVoice | None = None,
    ) -> None:
        self._voice = voice
        self._receiving = receiving
        self._secrets = secrets
        self._commit = commit
        self._limit = limit
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].removeprefix(PREFIX)
        listening = await asyncio.to_thread(self._listening, name)
        source = None if listening else await asyncio.to_thread(self._source, name)
        signed = listening.signed if listening is not None else source and source.signed
        secrets = self._secrets_of(name)
        body = await read_body(scope, receive, MAX_BATCH_BYTES)
        try:
            check_signature(
                signed,  # type: ignore[arg-type]  # a webhook has one
                secrets,
                lambda wanted: header(scope, wanted.encode()),
                body,
                self._clock.now_ms(),
            )
        except NotSigned:
            raise Stopped(401, _NOT_SIGNED) from None
        wait = self._limit.wait_seconds(sha256(f"source {name}".encode()).digest())
        if wait:
            raise Stopped(429, TOO_MANY, retry_after(wait))
        if listening is not None:
            heard = await asyncio.to_thread(self._heard, listening, body)
            await respond(send, 200, msgspec.json.encode(heard), JSON)
        elif source is not None:
            await self._mapped(source, body, send)

    async def _mapped(self, source: Source, body: bytes, send: Send) -> None:
        came = await asyncio.to_thread(self._turned, source, body)
        answers = await self._stored(came)
        told, left = _told(came, answers)
        await asyncio.to_thread(self._receiving.keep, source, left)
        await respond(send, 200, msgspec.json.encode(told), JSON)

    def _listening(self, name: str) -> Listening | None:
        """Find a source of what is said in public."""
        return self._voice.webhook(name) if self._voice is not None else None

    def _heard(self, source: Listening, body: bytes) -> CameIn:
        if self._voice is None:
            raise Stopped(404, _NO_SOURCE)
        try:
            told = self._voice.take(source, body)
        except InputError as error:
            raise Stopped(400, _no_posts(str(error))) from None
        return CameIn(
            accepted=told.accepted,
            duplicate=told.duplicate,
            rejected=told.rejected,
            ignored=told.ignored,
            reasons=told.reasons,
        )

    def _source(self, name: str) -> Source:
        """Find a source. Whoever asks has proved nothing yet, and hears no names of others."""
        try:
            found = self._receiving.source(name)
        except InputError:
            raise Stopped(404, _NO_SOURCE) from None
        if found.form is not Form.WEBHOOK:
            raise Stopped(404, _NO_SOURCE)
        return found

    def _secrets_of(self, name: str) -> tuple[str, ...]:
        found = self._secrets.get(name)
        if found is None:
            raise Stopped(403, _NO_SECRET)
        return found.secrets

    def _turned(self, source: Source, body: bytes) -> tuple[Came, ...]:
        try:
            records = records_in(body)
        except InputError as error:
            text = body[:MAX_BATCH_BYTES].decode("utf-8", "backslashreplace")
            self._receiving.keep(source, [(text.replace("\0", ""), str(error))])
            raise Stopped(400, _not_json(str(error))) from None
        if len(records) > MAX_BATCH_ITEMS:
            raise Stopped(413, _too_many(len(records)))
        return self._receiving.turn(source, records)

    async def _stored(self, came: Sequence[Came]) -> Sequence[Acknowledged]:
        arrivals = [arrival for one in came for arrival in one.turned.arrivals]
        try:
            return await self._commit.store(arrivals)
        except QueueFull:
            raise Stopped(503, BUSY, retry_after(1)) from None


def _told(
    came: Sequence[Came], answers: Sequence[Acknowledged]
) -> tuple[CameIn, list[tuple[str, str]]]:
    """Count what became of the records; give those that have to be kept, with why."""
    taken: Counter[Taken] = Counter()
    left: list[tuple[str, str]] = []
    each = iter(answers)
    for one in came:
        said = [next(each) for _ in one.turned.arrivals]
        taken.update(answer.taken for answer in said)
        reasons = list(one.turned.reasons)
        reasons += [answer.error or _CONFLICT for answer in said if answer.taken is Taken.CONFLICT]
        if reasons:
            left.append((one.record, " ".join(dict.fromkeys(reasons))))
    told = CameIn(
        accepted=taken[Taken.NEW],
        duplicate=taken[Taken.DUPLICATE],
        conflict=taken[Taken.CONFLICT],
        rejected=sum(1 for one in came if one.turned.reasons),
        ignored=sum(1 for one in came if one.turned.ignored),
        reasons=tuple(dict.fromkeys(why for _, why in left))[:20],
    )
    return told, left


_NOT_SIGNED = Problem(
    code="not_signed",
    message="The request is not signed as the source says, or its time is not now.",
    where="signature",
    what_to_do="Compare the webhook's secret with the one in MAKEGOOD_SOURCES, and the clocks.",
)
_NO_SOURCE = Problem(
    code="unknown_source",
    message="The active rule book has no webhook source of this name.",
    where="path",
    what_to_do="Name the source in `sources:` of the active rule book; files come by `ingest`.",
)
_NO_SECRET = Problem(
    code="no_secret",
    message="This source has no secret here, so nobody can be believed.",
    where="MAKEGOOD_SOURCES",
    what_to_do='Write {"<source>": {"secrets": ["..."]}} into the file of MAKEGOOD_SOURCES.',
)


def _not_json(message: str) -> Problem:
    return Problem(
        code="not_json",
        message=message,
        where="body",
        what_to_do="Send one JSON object, or a list of them. This body is kept to be looked at.",
    )


def _no_posts(message: str) -> Problem:
    return Problem(
        code="not_posts",
        message=message,
        where="body",
        what_to_do='Send {"posts": [...]}, as the page about the public voice shows.',
    )


def _too_many(count: int) -> Problem:
    return Problem(
        code="too_many",
        message=f"{count:,} records in one request; the limit is {MAX_BATCH_ITEMS:,}.",
        where="body",
        what_to_do="Send them in several requests.",
    )
