"""The Segment paths: read, store in a group, answer for each item."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from makegood.api.forms import Result, Results
from makegood.api.problems import BUSY, Problem
from makegood.messages.errors import InputError
from makegood.messages.facts import Touchpoint
from makegood.ports.arrivals import Acknowledged
from makegood.ports.clock import Clock
from makegood.ports.rows import KeyRow, Taken
from makegood.sources.batch import Outcome, Rejected, read_batch, read_one
from makegood.sources.limits import MAX_BATCH_BYTES
from makegood.sources.segment import KINDS, Envelope
from makegood.web.commit import GroupCommit, QueueFull
from makegood.web.entry import Entry
from makegood.web.metrics import Metrics
from makegood.web.origins import Origins
from makegood.web.wire import (
    JSON,
    Receive,
    Scope,
    Send,
    Stopped,
    query,
    read_body,
    respond,
    retry_after,
)

PATHS = {"/v1/batch": "", **{f"/v1/{kind}": kind for kind in KINDS}}


_STATUS: dict[Taken, Literal["accepted", "duplicate", "conflict", "rejected"]] = {
    Taken.NEW: "accepted",
    Taken.DUPLICATE: "duplicate",
    Taken.CONFLICT: "conflict",
    Taken.REFUSED: "rejected",
}
_CONFLICT = "Another event with this message id says something else; give this one its own id."


class Ingest:
    """Answers the Segment paths."""

    def __init__(
        self,
        entry: Entry,
        commit: GroupCommit,
        clock: Clock,
        origins: Origins,
        metrics: Metrics,
    ) -> None:
        self._entry = entry
        self._commit = commit
        self._clock = clock
        self._origins = origins
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = (*JSON, *self._origins.headers(scope))
        try:
            status, results = await self._take(scope, receive)
        except Stopped as stopped:
            body = msgspec.json.encode(_refused(stopped.problem))
            await respond(send, stopped.status, body, (*headers, *stopped.headers))
        else:
            await respond(send, status, msgspec.json.encode(results), headers)

    async def _take(self, scope: Scope, receive: Receive) -> tuple[int, Results]:
        key = await self._entry.admit(scope, "ingest")
        self._origins.check(scope, key)
        body = await read_body(scope, receive, MAX_BATCH_BYTES)
        received = time.perf_counter()
        outcomes = self._read(scope["path"], body, key)
        strict = key.strict or query(scope).get("strict") == "1"
        status, results = await self._answer(outcomes, received, strict=strict)
        self._count(results.results)
        return status, results

    def _read(self, path: str, body: bytes, key: KeyRow) -> tuple[Outcome, ...]:
        kind = PATHS[path]
        envelope = Envelope(source=key.name, received_ms=self._clock.now_ms(), kind=kind)
        if kind:
            return _of_its_brands(key, (read_one(body, envelope),))
        try:
            return _of_its_brands(key, read_batch(body, envelope))
        except InputError as error:
            raise Stopped(400, _no_batch(str(error))) from None

    def _count(self, results: Sequence[Result]) -> None:
        self._metrics.batch(len(results))
        for status, count in Counter([one.status for one in results]).items():
            self._metrics.events(status, count)

    async def _answer(
        self, outcomes: Sequence[Outcome], received: float, *, strict: bool
    ) -> tuple[int, Results]:
        rejected = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, Rejected)]
        if rejected and (strict or len(rejected) == len(outcomes)):
            problem = _refusal(outcomes, rejected)
            told = _results(outcomes, ())
            return 400, Results(
                results=told, error=problem, code=problem.code, message=problem.message
            )
        arrivals = [outcome.arrival for outcome in outcomes if not isinstance(outcome, Rejected)]
        try:
            answers = await self._commit.store(arrivals, received)
        except QueueFull:
            raise Stopped(503, BUSY, retry_after(1)) from None
        results = _results(outcomes, answers)
        refused = [one for one in results if one.status == "rejected"]
        stored = len(answers) - sum(answer.taken is Taken.REFUSED for answer in answers)
        if len(refused) > len(rejected) and (strict or not stored):
            problem = _refusal_late(refused, stored)
            return 400, Results(
                results=results, error=problem, code=problem.code, message=problem.message
            )
        # 200, not 202: it is done, not merely accepted, and older libraries know only 200.
        return 200, Results(results=results)


def _of_its_brands(key: KeyRow, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Reject what names a brand that is not the key's; what names none is everybody's to tell."""
    if not key.brands:
        return outcomes
    return tuple(_of_its_brand(key, one) for one in outcomes)


def _of_its_brand(key: KeyRow, outcome: Outcome) -> Outcome:
    if isinstance(outcome, Rejected) or not isinstance(outcome.arrival.body, Touchpoint):
        return outcome  # who somebody is, and how they are called, is of no brand
    brand = outcome.arrival.body.properties.get("brand", "")
    if not isinstance(brand, str) or key.may_see(brand):
        # The rule book may find another brand in it; only the fold can tell, and is asked.
        return replace(outcome, arrival=replace(outcome.arrival, brands=key.brands))
    error = f"This key is only for what is of {', '.join(key.brands)}; send it with another one."
    return Rejected(message_id=outcome.arrival.message_id, error=error)


def _results(outcomes: Sequence[Outcome], answers: Sequence[Acknowledged]) -> tuple[Result, ...]:
    """Join what could not be read with what the log said; without answers only the former."""
    told = iter(answers)
    results: list[Result] = []
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome, Rejected):
            results.append(_rejected(index, outcome))
        elif answers:
            results.append(_stored(index, outcome.arrival.message_id, next(told), outcome.warning))
    return tuple(results)


def _rejected(index: int, outcome: Rejected) -> Result:
    return Result(
        index=index, message_id=outcome.message_id, status="rejected", error=outcome.error
    )


def _stored(index: int, message_id: str, answer: Acknowledged, warning: str) -> Result:
    is_conflict = answer.taken is Taken.CONFLICT
    return Result(
        index=index,
        message_id=message_id,
        status=_STATUS[answer.taken],
        error=(answer.error or _CONFLICT) if is_conflict else answer.error,
        warning=warning,
    )


def _refusal(outcomes: Sequence[Outcome], rejected: Sequence[int]) -> Problem:
    first = outcomes[rejected[0]]
    return Problem(
        code="item_rejected",
        message=first.error if isinstance(first, Rejected) else "",
        where=f"batch[{rejected[0]}]",
        what_to_do=f"{len(rejected)} of {len(outcomes)} items cannot be taken and nothing of the "
        "request was stored; see results, repair them and send it again.",
    )


def _refusal_late(refused: Sequence[Result], stored: int) -> Problem:
    """Say no to what only the rule book could tell; its neighbours are durable by then."""
    first = refused[0]
    return Problem(
        code="item_rejected",
        message=first.error,
        where=f"batch[{first.index}]",
        what_to_do=f"{len(refused)} items were not taken; see results. The other {stored} are "
        "stored, and sending them again changes nothing.",
    )


def _refused(problem: Problem) -> Results:
    """Say no to a whole request, so that the libraries understand it too.

    RudderStack's and Segment's for Python look for `code` and `message` at the top, and take a no
    without them for a broken line: they would send a request again that nobody will ever take.
    """
    return Results(results=(), error=problem, code=problem.code, message=problem.message)


def _no_batch(message: str) -> Problem:
    return Problem(
        code="not_a_batch",
        message=message,
        where="body",
        what_to_do='Send JSON of the form {"batch": [...], "sentAt": "2026-01-31T09:30:00Z"}.',
    )
