"""A vendor on this machine: a JSON server in a thread that writes down what it was asked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Said:
    """One answer; `content` None is an empty body."""

    status: int = 200
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class LocalVendor:
    """Answers by `answer`, which a vendor's own server defines; use it in a `with` statement."""

    content_type = "application/json"

    def __init__(self, port: int = 0) -> None:
        self.asked: list[Asked] = []
        self.instead: Callable[[Asked], Said | None] = lambda _asked: None
        self.lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def begins(self) -> Said | None:
        """Called when a request comes in; an answer refuses it."""
        return None

    def ends(self) -> None:
        """Called when its answer is out."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> None:
        self._thread.join()

    def _respond(self, asked: Asked) -> Said:
        with self.lock:
            self.asked.append(asked)
        refused = self.begins()
        try:
            return refused or self.instead(asked) or self.answer(asked)
        finally:
            self.ends()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                content = self.rfile.read(size)
                parts = urlsplit(self.path)
                try:
                    body = json.loads(content) if content else None
                except ValueError:
                    body = content
                asked = Asked(
                    method=self.command,
                    path=parts.path,
                    params=dict(parse_qsl(parts.query)),
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=body,
                )
                said = vendor._respond(asked)
                out = b"" if said.content is None else json.dumps(said.content).encode()
                self.send_response(said.status)
                is_problem = said.status >= 400
                kind = vendor.content_type.replace("json", "problem+json")
                self.send_header("content-type", kind if is_problem else vendor.content_type)
                self.send_header("content-length", str(len(out)))
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(out)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815

            def log_message(self, *_: object) -> None:
                return

        return Handler
