"""Fetch from the open internet: only what may be reached, so much, so long, and so far.

A name is looked up once, and the connection goes to the very address that was checked: it may
point elsewhere a moment later. Each redirect is checked like the first address.
"""

import copy
import time
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from msgspec import Struct

from makegood.messages.errors import EffectFailed
from makegood.sources.voice.heard import VoiceAway
from makegood.sources.voice.in_time import client_in_time

Guard = Callable[[str, str, int], str]
"""(scheme, host, port) -> the address to connect to; raises `EffectFailed` to refuse."""
MOST_BYTES = 2 * 1024 * 1024
_MOST_REDIRECTS = 3
_WHOLE_S, _PIECE_S, _LOOK_S = 20.0, 10.0, 120.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNCHANGED, _OK, _LATER, _GOOD_END = 304, 200, 429, 300
_AGENT = "makegood (+https://pypi.org/project/makegood/)"


class Fetched(Struct, frozen=True, kw_only=True):
    """What was answered.

    Attributes:
        content: Empty when nothing changed since.
        headers: Names in small letters.
        is_unchanged: The server says that it is what it was.
    """

    content: bytes
    headers: Mapping[str, str]
    is_unchanged: bool = False


class Fetching:
    """Fetches."""

    def __init__(
        self,
        guard: Guard,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = _WHOLE_S,
    ) -> None:
        """Say who may be asked.

        Args:
            guard: Chooses the address to connect to, or refuses.
            clock: Seconds that go forward.
            seconds: How long a whole fetch may last, with its redirects.
        """
        self._guard = guard
        self._clock = clock
        self._seconds = seconds
        self._end = float("inf")
        self._tls = httpx.create_ssl_context(trust_env=False)

    def one_look(self, seconds: float = _LOOK_S) -> "Fetching":
        """Give one for the pages of one look, which together have an end too."""
        made = copy.copy(self)
        made._end = self._clock() + seconds
        return made

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, most: int = MOST_BYTES
    ) -> Fetched:
        """Fetch an address.

        Args:
            url: With http or https.
            headers: Beside our own; a server that it is sent on to does not hear them.
            most: Bytes that are read.

        Raises:
            VoiceAway: There was no answer that can be used; says why.
        """
        return self._asked("GET", url, dict(headers or {}), most)

    def post(self, url: str, body: bytes) -> Fetched:
        """Post JSON to an address, for a session.

        Raises:
            VoiceAway: There was no answer that can be used; says why.
        """
        return self._asked("POST", url, {"content-type": "application/json"}, MOST_BYTES, body)

    def _asked(
        self, method: str, url: str, headers: dict[str, str], most: int, body: bytes = b""
    ) -> Fetched:
        end = min(self._end, self._clock() + self._seconds)
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                answer = self._once((method, url), headers, body, most, end)
                if isinstance(answer, Fetched):
                    return answer
                headers = headers if _origin(answer) == _origin(url) else {}
                url = answer
        except EffectFailed as error:
            raise VoiceAway(str(error)) from error
        except httpx.TimeoutException as error:
            why = "It took too long." if self._clock() >= end else "It did not answer in time."
            raise VoiceAway(why) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise VoiceAway(f"It did not answer ({type(error).__name__}).") from error
        raise VoiceAway(f"It sends us on more than {_MOST_REDIRECTS} times.")

    def _once(
        self, what: tuple[str, str], headers: dict[str, str], body: bytes, most: int, end: float
    ) -> Fetched | str:
        """Ask one server; give what it says, or where it sends us on."""
        method, url = what
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host or parts.username:
            raise VoiceAway("It is no web address that can be fetched.")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = self._guard(parts.scheme, host, port)
        there = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        pinned = urlunsplit((parts.scheme, there, parts.path or "/", parts.query, ""))
        sent = {"host": parts.netloc, "user-agent": _AGENT, "accept-encoding": "identity"}
        with (
            client_in_time(self._tls, lambda: end - self._clock(), _PIECE_S) as client,
            client.stream(
                method,
                pinned,
                headers={**headers, **sent},
                content=body or None,
                extensions={"sni_hostname": host},
            ) as response,
        ):
            if response.status_code in _REDIRECTS and "location" in response.headers:
                if method != "GET":
                    raise VoiceAway("It sends a session elsewhere.")
                return urljoin(url, response.headers["location"])
            return self._read(response, most)

    def _read(self, response: httpx.Response, most: int) -> Fetched:
        status = response.status_code
        headers = {name.lower(): value for name, value in response.headers.items()}
        if status == _UNCHANGED:
            return Fetched(content=b"", headers=headers, is_unchanged=True)
        if not _OK <= status < _GOOD_END:
            raise VoiceAway(f"It answered {status}.")
        if headers.get("content-encoding", "identity") != "identity":
            raise VoiceAway("It packs what it sends, though asked not to.")
        content = bytearray()
        for piece in response.iter_raw():
            content += piece
            if len(content) > most:
                raise VoiceAway(f"It is longer than {most // 1024} KiB.")
        return Fetched(content=bytes(content), headers=headers)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
