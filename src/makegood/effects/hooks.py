"""One webhook endpoint as a sink: a thin, signed message, and every request written down."""

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from msgspec import Struct

from makegood.core.holds import iso
from makegood.core.notices import NoticeKind
from makegood.effects.webhook import (
    GONE,
    Counterpart,
    Exchange,
    Webhooks,
    is_taken,
    signed_headers,
    wait_ms,
)
from makegood.messages.errors import EffectFailed
from makegood.messages.ids import ProfileId
from makegood.ports.notices import FeedNotice, Subject
from makegood.ports.webhooks import Delivery, Endpoint

SINK = "webhook:"
OLD_SECRET_MS = 24 * 3_600_000  # a rotated secret still signs for a day
MOST_ALSO = 100  # former and other ids of a customer in one message: it stays below 20 KB
KEPT_BYTES = 64 * 1024  # of one request, and of one answer
_GONE_MS = 60_000  # ends the round; by then everybody knows that it is switched off
_SAID = 200  # characters of an answer in a reason; all of it is in the log


def secret_of(key: bytes, endpoint: str, generation: int) -> str:
    """Derive the secret of an endpoint; nothing secret is stored.

    Args:
        key: The deployment's secret.
        endpoint: Its id.
        generation: Counted from 1; another one is another secret.
    """
    words = f"makegood/webhook/{endpoint}/{generation}".encode()
    return "whsec_" + b64encode(hmac.new(key, words, sha256).digest()).decode()


def secrets_of(key: bytes, endpoint: Endpoint, now_ms: int) -> tuple[str, ...]:
    """Give the secrets that sign now, the newest first: two of them for a day after a rotation."""
    newest = secret_of(key, endpoint.id, endpoint.generation)
    if endpoint.generation > 1 and now_ms < endpoint.rotated_ms + OLD_SECRET_MS:
        return newest, secret_of(key, endpoint.id, endpoint.generation - 1)
    return (newest,)


def body_of(said: FeedNotice, to: Subject, base_url: str) -> dict[str, object]:
    """Write a notice down for the outside: ids, words and times, and nothing personal.

    Args:
        said: What changed.
        to: Whom it is about, at the hand-over.
        base_url: Where this Makegood is reached.
    """
    notice = said.notice
    data: dict[str, object] = {
        "sequence": said.sequence,
        "customer": to.customer,
        "also": [one for one in to.profiles if one != ProfileId(to.customer)][:MOST_ALSO],
        "case": notice.case or None,
        "brand": notice.brand or None,
        "as_of": iso(notice.at_ms),
    }
    if notice.kind.is_hold:
        data |= {"scope": notice.scope, "held": list(notice.held)}
    else:
        data |= {"phase": notice.phase, "also_cases": list(notice.names)}
    data |= {"reason": notice.reason} if notice.reason else {}
    data |= {"into": notice.into} if notice.into else {}
    shown = notice.into or notice.case
    data["link"] = f"{base_url.rstrip('/')}/desk/cases/{shown}" if shown else None
    return {"type": notice.kind.value, "timestamp": iso(notice.at_ms), "data": data}


class Home(Struct, frozen=True, kw_only=True):
    """What a deployment lends to its endpoints.

    Attributes:
        key: Its secret, of which each endpoint's is derived.
        base_url: Where it is reached.
        private: Endpoints may be on private addresses, and http.
    """

    key: bytes
    base_url: str
    private: bool = False


class Notebook(Struct, frozen=True, kw_only=True):
    """Where a hook writes down what happened.

    Attributes:
        wrote: Keeps one request and its answer.
        gone: Switches an endpoint off that answered 410.
    """

    wrote: Callable[[Delivery], object]
    gone: Callable[[str], object]


class Hook:
    """An endpoint that is told."""

    def __init__(
        self, endpoint: Endpoint, webhooks: Webhooks, notebook: Notebook, home: Home
    ) -> None:
        self._endpoint = endpoint
        self._webhooks = webhooks
        self._notebook = notebook
        self._home = home

    @property
    def name(self) -> str:
        return SINK + self._endpoint.id

    @property
    def kinds(self) -> Sequence[NoticeKind]:
        return self._endpoint.kinds

    @property
    def brands(self) -> Sequence[str]:
        return self._endpoint.brands

    def tell(self, said: FeedNotice, to: Subject, now_ms: int) -> None:
        """Post it, and write down the request and whatever came back."""
        at = datetime.fromtimestamp(now_ms // 1000, UTC)
        body = json.dumps(body_of(said, to, self._home.base_url), ensure_ascii=False)
        newest, *old = secrets_of(self._home.key, self._endpoint, now_ms)
        headers = signed_headers(newest, said.notice.id, at, body, *old)
        began = time.monotonic()
        answer: Exchange | None = None
        try:
            answer = self._webhooks.exchange(self._counterpart(), body.encode(), headers, cut=True)
            failed = self._judged(answer, now_ms)
        except EffectFailed as error:
            said_of_it = str(error).replace(self.name, "It", 1)  # beside its own name on the page
            failed = EffectFailed(said_of_it)  # a wrong name or address may be put right
        took_ms = int((time.monotonic() - began) * 1000)
        self._write(said, now_ms, (headers, body), answer, took_ms, failed)
        if answer is not None and answer.status == GONE:
            self._notebook.gone(self._endpoint.id)
        if failed is not None:
            raise failed

    def _counterpart(self) -> Counterpart:
        return Counterpart(
            name=self.name, url=self._endpoint.url, secret="", allow_private=self._home.private
        )

    def _judged(self, answer: Exchange, now_ms: int) -> EffectFailed | None:
        """Say what is wrong with an answer; all but 410 may be put right while we try again."""
        if is_taken(answer.status):
            return None
        said = f"It answered {answer.status}"
        if answer.status == GONE:
            says = f"{said}: it takes no more, and was switched off."
            return EffectFailed(says, retry=False, after_ms=_GONE_MS)
        if answer.status in range(300, 400):
            return EffectFailed(f"{said}: redirects are not followed.")
        after_ms = wait_ms(answer.headers.get("retry-after", ""), now_ms)
        words = answer.content.decode("utf-8", "replace").strip()[:_SAID]
        return EffectFailed(f"{said}: {words}" if words else f"{said}.", after_ms=after_ms)

    def _write(
        self,
        said: FeedNotice,
        at_ms: int,
        sent: tuple[Mapping[str, str], str],
        answer: Exchange | None,
        took_ms: int,
        failed: EffectFailed | None,
    ) -> None:
        headers, body = sent
        found = cut(answer.headers) if answer is not None else {}
        self._notebook.wrote(
            Delivery(
                endpoint=self._endpoint.id,
                notice=said.notice.id,
                kind=said.notice.kind,
                at_ms=at_ms,
                attempt=0,
                request_headers=dict(headers),
                request_body=body,
                status=answer.status if answer is not None else 0,
                answer_headers=found,
                answer_body=_text(answer.content, found) if answer is not None else "",
                took_ms=took_ms,
                error=str(failed) if failed is not None else "",
            )
        )


def cut(headers: Mapping[str, str]) -> dict[str, str]:
    """Keep as many headers as there is room for."""
    kept: dict[str, str] = {}
    room = KEPT_BYTES
    for name, value in headers.items():
        room -= len(name) + len(value)
        if room < 0:
            break
        kept[name] = value
    return kept


def _text(content: bytes, headers: Mapping[str, str]) -> str:
    """Give the part of a body for which the headers leave room."""
    room = KEPT_BYTES - sum(len(name) + len(value) for name, value in headers.items())
    return content[: max(room, 0)].decode("utf-8", "replace")
