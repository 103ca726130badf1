"""Small servers that ask of us what the vendors' published interfaces ask.

Mastodon: docs.joinmastodon.org/methods/timelines (limit 1 to 40, `min_id`), methods/accounts,
methods/notifications (Authorization: Bearer, scope read:notifications). Bluesky: the lexicons
app.bsky.feed.getAuthorFeed and searchPosts (limit 1 to 100), com.atproto.server.createSession; no
search without a session (bluesky-social/atproto, issue 3583). Feeds: RFC 9110, 13.1.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], bytes]
Asked = dict[str, str]


def as_json(found: object, status: int = 200) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(found).encode()


@contextmanager
def serving(answer: Callable[[str, Asked, Asked, bytes], Answer]) -> Iterator[str]:
    """Serve on this machine; `answer` is given the path, the query, the headers and the body."""

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            parts = urlsplit(self.path)
            query = {key: one[0] for key, one in parse_qs(parts.query).items()}
            headers = {key.lower(): value for key, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            status, more, content = answer(parts.path, query, headers, body)
            self.send_response(status)
            for key, value in {"content-length": str(len(content)), **more}.items():
                self.send_header(key, value)
            self.end_headers()
            try:
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # who asked had enough

        do_GET = do_POST = _any  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def dripping(begin: bytes) -> Iterator[tuple[str, threading.Event]]:
    """Serve an answer that never ends: after its beginning, a byte now and then.

    The event is set when whoever asked has hung up.
    """
    hung_up, stopped = threading.Event(), threading.Event()

    def drip() -> None:
        asked, _ = listener.accept()
        with asked:
            try:
                asked.recv(65_536)
                asked.sendall(begin)
                while not stopped.wait(0.01):
                    asked.sendall(b"x")
            except OSError:
                hung_up.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", hung_up
        finally:
            stopped.set()
            thread.join()


class Mastodon:
    """A server with statuses, numbered from 1."""

    def __init__(self, count: int, token: str = "") -> None:
        self.statuses = [status(n) for n in range(1, count + 1)]
        self.token = token

    def __call__(self, path: str, query: Asked, headers: Asked, _body: bytes) -> Answer:
        if path == "/api/v1/accounts/lookup":
            return as_json({"id": "77"} if query.get("acct") == "northwind" else {"error": "no"})
        needs_token = path == "/api/v1/notifications"
        if needs_token and headers.get("authorization") != f"Bearer {self.token}":
            return as_json({"error": "This action requires authentication"}, 401)
        if needs_token and query.get("types[]") != "mention":
            return as_json({"error": "types"}, 422)
        if (
            path
            not in (
                "/api/v1/timelines/tag/northwind",
                "/api/v1/accounts/77/statuses",
                "/api/v1/notifications",
            )
            or not 1 <= int(query.get("limit", "20")) <= 40
        ):
            return as_json({"error": "Record not found"}, 404)
        limit = int(query.get("limit", "20"))
        after = int(query.get("min_id", "0"))
        newer = [one for one in self.statuses if int(one["id"]) > after]
        page = newer[:limit] if after else newer[-limit:]
        rows = list(reversed(page))
        if needs_token:
            rows = [{"id": one["id"], "type": "mention", "status": one} for one in rows]
        return as_json(rows)


def status(number: int, **changed: object) -> dict[str, object]:
    """A status as the entity is published."""
    return {
        "id": str(number),
        "created_at": "2026-11-26T11:59:00.000Z",
        "in_reply_to_id": None,
        "visibility": "public",
        "language": "en",
        "spoiler_text": "",
        "url": f"https://example.social/@ana/{number}",
        "content": f"<p>No car {number}.<br>Again &amp; again.</p><script>x()</script>",
        "reblog": None,
        "account": {"id": "5", "acct": "ana", "bot": False, "avatar": "https://a/b.png"},
        "media_attachments": [
            {"type": "image", "url": "https://files.example/a.png", "description": "A desk"}
        ],
        **changed,
    }


class Bluesky:
    """A server of Bluesky with so many posts, the newest first, in pages of what is asked."""

    def __init__(self, count: int) -> None:
        self.posts = [view(n) for n in range(count, 0, -1)]

    def __call__(self, path: str, query: Asked, headers: Asked, body: bytes) -> Answer:
        if path == "/xrpc/com.atproto.server.createSession":
            given = json.loads(body)
            is_good = given == {"identifier": "northwind.example", "password": "app-pass-word"}
            jwt = {"accessJwt": "j" * 900}
            return as_json(jwt) if is_good else as_json({"error": "AuthenticationRequired"}, 401)
        if path == "/xrpc/app.bsky.feed.searchPosts":
            if headers.get("authorization") != f"Bearer {'j' * 900}":
                return as_json({}, 403)
            if not query.get("q") or query.get("sort") not in ("top", "latest"):
                return as_json({"error": "InvalidRequest"}, 400)
        elif path != "/xrpc/app.bsky.feed.getAuthorFeed" or not query.get("actor"):
            return as_json({"error": "InvalidRequest"}, 400)
        limit = int(query.get("limit", "50"))
        if not 1 <= limit <= 100:
            return as_json({"error": "InvalidRequest"}, 400)
        begin = int(query.get("cursor", "0"))
        page = self.posts[begin : begin + limit]
        more = {"cursor": str(begin + limit)} if begin + limit < len(self.posts) else {}
        if path.endswith("searchPosts"):
            return as_json({"posts": page, **more})
        feed = [{"post": one} for one in page]
        return as_json(
            {
                "feed": [
                    *feed,
                    {"post": view(999), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}},
                ],
                **more,
            }
        )


def view(number: int, **changed: object) -> dict[str, object]:
    """The view of a post, as the lexicon publishes it."""
    return {
        "uri": f"at://did:plc:ana/app.bsky.feed.post/{number}",
        "cid": "c",
        "author": {"did": "did:plc:ana", "handle": "ana.example", "avatar": "https://a/b.png"},
        "record": {
            "$type": "app.bsky.feed.post",
            "text": f"No car {number}.",
            "createdAt": "2001-01-01T00:00:00Z",
            "langs": ["en"],
        },
        "embed": {"images": [{"fullsize": "https://files.example/a.jpg", "alt": "A desk"}]},
        "indexedAt": f"2026-11-26T11:{number // 60:02}:{number % 60:02}.000Z",
        **changed,
    }
