"""Calls of a vendor's JSON interface: bounded, patient, and silent about keys and addresses."""

import json
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from threading import BoundedSemaphore, Lock
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from makegood.effects.patience import Patience, patient_client
from makegood.effects.webhook import wait_ms
from makegood.messages.errors import EffectFailed, InputError
from makegood.ports.marking import KeyRefused, NotTaken

Shape = TypeVar("Shape")
_ANSWER_SECONDS = 30.0
_CONNECT_SECONDS = 5.0
_LONGEST_ANSWER_BYTES = 16 * 1024 * 1024  # a page of 1,000 contacts has some 100 KiB
_LONGEST_TITLE = 80
_SERVER_FAULT = 500
_TOO_MANY = 429
_NOT_TAKEN = frozenset({400, 422})
_REFUSES_KEY = frozenset({401, 403})
_WORTH_ANOTHER_TRY = frozenset({408, 409, 423, 425, _TOO_MANY, 477})


class Answered(Struct, frozen=True, kw_only=True):
    """An answer that was not a fault of the vendor's.

    Attributes:
        content: The whole answer.
    """

    status: int
    content: bytes

    def read(self, form: type[Shape]) -> Shape:
        """Read the content.

        Raises:
            EffectFailed: It is not of this form.
        """
        try:
            return msgspec.json.decode(self.content, type=form)
        except msgspec.MsgspecError as error:
            raise EffectFailed("The vendor's answer cannot be read.") from error


def check_base_url(url: str, setting: str) -> str:
    """Give an address that calls may begin with.

    Raises:
        InputError: It is not https (http is for a server on this machine), or says too much.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if not host or not is_plain or parts.scheme not in ("http", "https"):
        raise InputError(f"{setting}: `base_url` is not an address: write https://host.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise InputError(f"{setting}: `base_url` needs https: the key goes with every call.")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class VendorApi:
    """One vendor's interface with one key; safe to use from many threads."""

    def __init__(
        self,
        name: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        connections: int,
        pause_ms: Callable[[bytes], int] = lambda _content: 0,
    ) -> None:
        """Keep where and as whom to call.

        Args:
            name: The vendor, for messages.
            connections: Calls at the same time, at most.
            pause_ms: Reads from a 429 how long to wait, where no Retry-After says it.
        """
        self._name = name
        self._base = base_url
        self._headers = {**headers, "content-type": "application/json"}
        self._turns = BoundedSemaphore(connections)
        self._pause_ms = pause_ms
        self._patience = Patience(_ANSWER_SECONDS)
        timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        tls = httpx.create_ssl_context(trust_env=False)
        self._client = patient_client(tls, self._patience, timeout)
        self._resumes_s = 0.0
        self._resuming = Lock()

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        fine: tuple[int, ...] = (),
    ) -> Answered:
        """Make one call.

        Args:
            path: With what varies in it quoted.
            fine: Statuses that are an answer as well, beside 2xx.

        Raises:
            EffectFailed: It was not done; `after_ms` when the vendor asks for a pause.
            KeyRefused: The key is not, or no longer, good for this.
        """
        self._wait_until_asked_for()
        content = b"" if body is None else json.dumps(body).encode()
        try:
            with self._turns, self._patience.one_exchange():
                answer = self._exchange(method, path, params, content)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            said = type(error).__name__
            raise EffectFailed(f"{self._name} did not answer: {said}.") from error
        status, headers, text = answer
        if httpx.codes.is_success(status) or status in fine:
            return Answered(status=status, content=text)
        raise self._fault(status, headers, text)

    def _exchange(
        self, method: str, path: str, params: Mapping[str, str] | None, content: bytes
    ) -> tuple[int, httpx.Headers, bytes]:
        request = self._client.build_request(
            method,
            self._base + path,
            params=params,
            content=content,
            headers=self._headers,
        )
        response = self._client.send(request, stream=True)
        try:
            return response.status_code, response.headers, _read(response)
        finally:
            response.close()

    def _wait_until_asked_for(self) -> None:
        """Make no call while the vendor asked for a pause: others would only lengthen it."""
        with self._resuming:
            left_ms = int((self._resumes_s - time.monotonic()) * 1000)
        if left_ms > 0:
            raise EffectFailed(f"{self._name} asked for a pause.", after_ms=left_ms)

    def _fault(self, status: int, headers: httpx.Headers, content: bytes) -> EffectFailed:
        said = f"{self._name} answered {status}{_title(content)}"
        if status in _REFUSES_KEY:
            return KeyRefused(f"{said}: it refuses the key, or the key may not do this.")
        if status in _NOT_TAKEN:
            return NotTaken(f"{said}.")
        retry = status >= _SERVER_FAULT or status in _WORTH_ANOTHER_TRY
        after_ms = wait_ms(headers.get("retry-after", ""), 0) if retry else 0
        if status == _TOO_MANY:
            after_ms = after_ms or self._pause_ms(content)
            with self._resuming:
                self._resumes_s = max(self._resumes_s, time.monotonic() + after_ms / 1000)
        return EffectFailed(f"{said}.", retry=retry, after_ms=after_ms)


def _read(response: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in response.iter_raw():
        size += len(part)
        if size > _LONGEST_ANSWER_BYTES:
            raise httpx.ReadError("the answer is too long")
        parts.append(part)
    return b"".join(parts)


class _Problem(Struct, frozen=True):
    """What both vendors call a fault: a problem document's title, or a category."""

    title: str = ""
    category: str = ""


def _title(content: bytes) -> str:
    """Give the kind of a fault. Its details may name somebody, and are left out."""
    try:
        problem = msgspec.json.decode(content, type=_Problem)
    except msgspec.MsgspecError:
        return ""
    title = (problem.title or problem.category)[:_LONGEST_TITLE]
    return f" ({title})" if title and "@" not in title else ""
