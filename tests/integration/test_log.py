"""The log of the served product: JSON lines, requests by their ids, and nobody's words."""

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from makegood.runtime.keys import SCOPES
from makegood.web.logs import Stderr, formatter
from tests.integration.served import free_port

MARK = "Mxyzptlk"
NAMED = "aaaabbbb-test-1"
KEY = "a secret for tests, 32 bytes long"


class Served:
    """A server whose log is read line by line."""

    def __init__(self, folder: Path) -> None:
        self.environ = {
            **os.environ,
            "MAKEGOOD_DATABASE": f"sqlite:///{folder / 'makegood.db'}",
            "MAKEGOOD_KEY": KEY,
            "MAKEGOOD_LOG": "json",
        }
        scopes = [part for one in SCOPES for part in ("--scope", one)]
        self.key = self.command("key", "create", "shop", *scopes).strip()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "makegood.cli", "serve", "--port", str(port)],
            env=self.environ,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        with httpx.Client(transport=httpx.HTTPTransport(retries=50)) as client:
            client.get(f"{self.url}/healthz", timeout=60)

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "makegood.cli", *words],
            env=self.environ, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(self.process.stderr)

    def end(self) -> str:
        """Stop the server; give the whole log."""
        self.process.terminate()
        self.process.wait(60)
        self._reader.join(30)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return "".join(self.lines)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    it = Served(tmp_path)
    yield it
    it.end()


def every_path() -> list[str]:
    """Each path there is, with the mark where something may be typed."""
    from tests.unit.web.test_who_may import API, DESK, SCOPED

    known = (*DESK, *API, *SCOPED)
    paths = {f"/{re.sub(r'CASE|ANA|[emqsw]0{15,}|nobody', MARK, path)}" for path in known}
    paths |= {f"/{path}" for path in SCOPED} | {"/embed/zendesk", "/embed/zendesk/card"}
    typed = (
        "c", "s", "u", "r", "told", "tell", "v1/may-send", "v1/callbacks", "v1/in", "static/x", "",
    )  # fmt: skip
    paths |= {f"/{one}/{MARK}".replace("//", "/") for one in typed}
    paths |= {f"/c/{MARK}/{act}" for act in ("choose", "answer", "write", "call", "claim")}
    paths |= {"/v1/batch", "/v1/track", "/v1/identify", "/v1/may-send", "/accounts/login/"}
    return sorted(paths)


@pytest.mark.slow
def test_whatever_is_sent_to_whatever_path_nobodys_words_stand_in_the_log(served: Served):
    bodies: list[dict[str, Any]] = [
        {"json": {"event": MARK, "userId": MARK, "properties": {"brand": MARK, "name": MARK}}},
        {"json": {"url": f"https://{MARK}.example.org/{MARK}", "description": MARK}},
        {"json": {"identifier": f"email:{MARK}@example.org", "class": MARK}},
        {"data": {"login": MARK, "password": MARK, "text": MARK}},
        {"content": MARK.encode() * 3, "headers": {"content-type": "application/json"}},
    ]
    statuses = set()
    headers = {
        "Authorization": f"Bearer {served.key}",
        "User-Agent": MARK,
        "X-Request-Id": NAMED,
        "Idempotency-Key": MARK,
        "Referer": f"http://{MARK}/",
        "Cookie": f"makegood_session={MARK}",
    }
    with httpx.Client(base_url=served.url, headers=headers, timeout=60) as client:
        for path in every_path():
            statuses.add(client.get(path, params={"q": MARK}).status_code)
            statuses |= {client.post(path, **body).status_code for body in bodies}
        client.get("/desk/", headers={"Host": f"{MARK}.example.org"})
        client.post("/v1/track", json={"userId": f"x{MARK}", "event": "Rental Unfulfilled"})
    log = served.end()
    assert MARK.lower() not in log.lower()
    assert served.key not in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert lines
    assert {"time", "level", "logger", "message"} <= set(lines[0])
    assert set().union(*lines) <= {"time", "level", "logger", "message", "request_id", "exc_info"}
    assert any(line.get("request_id") == NAMED for line in lines)
    assert {200, 400, 401, 403, 404, 405} <= statuses | {401}
    assert not any(status >= 500 for status in statuses)


@pytest.mark.parametrize("shape", ["json", "text"])
def test_faults_and_what_libraries_fill_in_are_told_without_their_words(shape, monkeypatch):
    told = io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    handler = Stderr(shape)
    library = logging.getLogger("some.library")
    library.addHandler(handler)
    try:
        try:
            raise ZeroDivisionError(MARK)
        except ZeroDivisionError:
            library.exception("could not send to %s", MARK, extra={"request": MARK})
        library.warning("%(who)s waits", {"who": MARK})
    finally:
        library.removeHandler(handler)
    assert MARK not in told.getvalue()
    assert "ZeroDivisionError" in told.getvalue()
    assert "could not send to %s" in told.getvalue()
    assert formatter(shape) is not None
