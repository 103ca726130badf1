"""Local counterparts: a webhook receiver that checks signatures, and effects that only pretend."""

import json
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType

from msgspec import Struct
from standardwebhooks import Webhook

from makegood.effects.webhook import Counterpart
from makegood.messages.commands import Command
from makegood.messages.facts import Body, Carried, Facts
from makegood.messages.ids import CommandId
from makegood.ports.effect import Addressee

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1sb2NhbC1jb3VudGVycGFydA=="  # noqa: S105 - for local play only


class Received(Struct, frozen=True, kw_only=True):
    """One request that a local counterpart took.

    Attributes:
        headers: Names in lower case.
        is_signed: Whether the signature fits the secret, the time and the body.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes
    is_signed: bool

    @property
    def id(self) -> str:
        """The webhook-id, the same over all tries of a command."""
        return self.headers.get("webhook-id", "")

    @property
    def content(self) -> Facts:
        """The `data` of the message."""
        told = json.loads(self.body)
        return dict(told["data"])


class Reply(Struct, frozen=True, kw_only=True):
    """What a local counterpart answers."""

    status: int = 200
    content: Facts = {}
    headers: Mapping[str, str] = {}


Script = Callable[[Received], Reply]


class LocalCounterpart:
    """A webhook receiver on this machine, in a thread; use it in a `with` statement."""

    def __init__(
        self,
        script: Script | None = None,
        secret: str = SECRET,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.received: list[Received] = []
        self.script = script or (lambda _received: Reply())
        self._secret = secret
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def as_counterpart(self, name: str, shares: tuple[str, ...] = ("identifier",)) -> Counterpart:
        """Describe it as the settings of a deployment would."""
        return Counterpart(
            name=name, url=self.url, secret=self._secret, allow_private=True, shares=shares
        )

    def __enter__(self) -> "LocalCounterpart":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Note a request and answer it."""
        received = Received(
            path=path,
            headers=headers,
            body=body,
            is_signed=is_signed(headers, body, self._secret),
        )
        self.received.append(received)
        return self.script(received)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        counterpart = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                body = self.rfile.read(length)
                if len(body) < length:  # who asked died in the middle; nobody heard the question
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = counterpart.take(self.path, headers, body)
                with suppress(ConnectionError):  # who asked may be gone before the answer
                    self._answer(reply)

            def _answer(self, reply: Reply) -> None:
                content = b"" if reply.status == 204 else json.dumps(reply.content).encode()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(content)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                return None

        return Handler


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether a request carries the signature of Standard Webhooks; its age is not judged."""
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit():
        return False
    at = datetime.fromtimestamp(int(stamp), UTC)
    good = Webhook(secret).sign(headers.get("webhook-id", ""), at, body.decode())
    return good in headers.get("webhook-signature", "").split(" ")


class Attempt(Struct, frozen=True, kw_only=True):
    """One try that a pretended effect saw."""

    command: Command
    to: Addressee
    now_ms: int


class FakeEffect:
    """An effect that only notes what it was asked and answers by script; safe among threads."""

    def __init__(self, script: Callable[[Attempt], Body] | None = None) -> None:
        self.attempts: list[Attempt] = []
        self._script = script or _carried
        self._lock = Lock()

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Note the try; the script may raise `EffectFailed`."""
        attempt = Attempt(command=command, to=to, now_ms=now_ms)
        with self._lock:
            self.attempts.append(attempt)
        return self._script(attempt)

    def tries_of(self, command: CommandId) -> int:
        """Count the tries of one command."""
        return sum(attempt.command.id == command for attempt in self.attempts)


def _carried(attempt: Attempt) -> Body:
    return Carried(command=attempt.command.id, reference="pretended")
