"""A server that checks what Zendesk's published API requires, and sends what its webhooks send.

It knows tickets, their tags and comments, and triggers that call a webhook, and it is strict: what
the documentation does not allow is refused as Zendesk refuses it. The sources, by short names:

TICKETS    developer.zendesk.com/api-reference/ticketing/tickets/tickets
UPDATING   developer.zendesk.com/documentation/ticketing/managing-tickets/
           creating-and-updating-tickets
TAGS       developer.zendesk.com/api-reference/ticketing/ticket-management/tags
COMMENTS   developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments
AUTH       developer.zendesk.com/api-reference/introduction/security-and-auth
LIMITS     developer.zendesk.com/api-reference/introduction/rate-limits
VERIFYING  developer.zendesk.com/documentation/webhooks/verifying
WEBHOOKS   developer.zendesk.com/documentation/webhooks/creating-and-monitoring-webhooks
"""

import hmac
import json
import re
import sys
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

EMAIL, TOKEN = "agent@northwind.example.com", "an API token of the test"
SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3RoZV90ZXN0c19vbmx5"  # as Zendesk makes them: looks like base64
# UPDATING: what of a ticket may be set; anything else in the body is our mistake and not its.
SETTABLE = {
    "comment", "tags", "status", "priority", "safe_update", "updated_stamp", "custom_fields",
    "assignee_id", "external_id",
}  # fmt: skip
# TAGS: no blanks and few signs; Zendesk keeps tags in small letters.
TAG = re.compile(r"[a-z0-9_\-/:.]+")


@dataclass
class Ticket:
    """A ticket with its comments."""

    id: int
    requester: dict[str, str]
    status: str = "open"
    tags: list[str] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    updated_at: datetime = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)

    def users(self) -> list[dict[str, Any]]:
        person = {"name": "", "phone": None, "external_id": None, **self.requester}
        return [{"id": 1, "email": EMAIL, "name": "An agent"}, {"id": 900 + self.id, **person}]

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "requester_id": 900 + self.id,
            "url": f"https://northwind.zendesk.com/api/v2/tickets/{self.id}.json",
            "status": self.status,
            "tags": self.tags,
            "priority": "high",
            "updated_at": stamp(self.updated_at),
            "external_id": None,
        }


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Refusal(Exception):
    """Zendesk says no."""

    def __init__(self, status: int, body: dict[str, Any], **headers: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body, self.headers = status, body, headers


@dataclass
class Account:
    """One account: its tickets, its triggers, and what was asked of it.

    Attributes:
        endpoint: Where its webhook goes; empty for none.
        triggers: Conditions on a ticket that was changed, by the word in the body they send.
        broken: Gives an answer instead of the real one, in order, for the next requests.
        asked: Method and path of each request that was let in.
        heard: What the webhook answered.
    """

    endpoint: str = ""
    triggers: dict[str, Callable[[Ticket, str], bool]] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    broken: list[Refusal] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    heard: list[httpx.Response] = field(default_factory=list)
    app_url: str = ""
    app_token: Callable[[], str] = str
    before_put: Callable[[Ticket], None] | None = None
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, id_: int, email: str, *tags: str) -> Ticket:
        self.tickets[id_] = Ticket(id_, {"email": email}, tags=list(tags))
        return self.tickets[id_]

    def agent_tags(self, id_: int, *tags: str) -> None:
        """An agent, or a macro, adds tags in the web interface."""
        ticket = self.tickets[id_]
        ticket.tags += [tag for tag in tags if tag not in ticket.tags]
        self.changed(ticket, "agent")

    def changed(self, ticket: Ticket, by: str) -> None:
        """Let the clock of the ticket move, and the triggers look (WEBHOOKS)."""
        ticket.updated_at += timedelta(seconds=1)
        for what, holds in self.triggers.items():
            if holds(ticket, by):
                self.send(what, ticket, by)

    def body(self, what: str, ticket: Ticket, by: str) -> dict[str, str]:
        """Fill in the body that the guide gives to the triggers."""
        return {
            "what": what,
            "ticket": str(ticket.id),
            "at": stamp(ticket.updated_at),
            "tags": " ".join(ticket.tags),
            "priority": "High",
            "channel": "Mail",
            "by": by,
            "words": "Where is my car?" if by == "end-user" else "We look into it.",
            "requester_email": ticket.requester["email"],
            "requester_external_id": ticket.requester.get("external_id", ""),
            "requester_phone": "",
            "requester_language": "en-US",
        }

    def send(self, what: str, ticket: Ticket, by: str) -> None:
        """Send the body of docs/howto/zendesk.md, signed (VERIFYING)."""
        body = json.dumps(self.body(what, ticket, by)).encode()
        at = stamp(datetime.now(UTC))
        made = hmac.new(SECRET.encode(), at.encode() + body, sha256).digest()
        headers = {
            "X-Zendesk-Account-Id": "1",
            "X-Zendesk-Webhook-Id": "01HXXXX",
            "X-Zendesk-Webhook-Invocation-Id": f"{ticket.id}-{what}-{at}",
            "X-Zendesk-Webhook-Signature": b64encode(made).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": at,
            "Content-Type": "application/json; charset=utf-8",
        }
        # WEBHOOKS: a webhook waits for ten seconds, no longer.
        self.heard.append(httpx.post(self.endpoint, content=body, headers=headers, timeout=10))

    def answer(self, method: str, path: str, headers: Any, raw: bytes) -> dict[str, Any]:
        """Answer a request, or refuse it."""
        self._check_who(headers.get("Authorization", ""))
        with self.lock:
            self.asked.append((method, path))
            if self.broken:
                raise self.broken.pop(0)
            split = urlsplit(path)
            found = re.fullmatch(r"/api/v2/tickets/(\d+)(/comments)?(\.json)?", split.path)
            if found is None:
                raise Refusal(404, {"error": "InvalidEndpoint", "description": "Not found"})
            ticket = self.tickets.get(int(found[1]))
            if ticket is None:  # TICKETS: a deleted ticket is not found
                raise Refusal(404, {"error": "RecordNotFound", "description": "Not found"})
            if found[2]:
                return self._comments(method, ticket, parse_qs(split.query))
            if method == "PUT":
                self._put(ticket, headers, raw)
            elif method != "GET":
                raise Refusal(405, {"error": "MethodNotAllowed"})
            # TICKETS, side-loading: the users that a ticket names come beside it when asked for
            users = {"users": ticket.users()} if "include=users" in split.query else {}
            return {"ticket": ticket.shown(), **users}

    def _check_who(self, authorization: str) -> None:
        """AUTH: `{email}/token:{token}` as Basic; a bare password is no longer accepted."""
        scheme, _, said = authorization.partition(" ")
        try:
            known = scheme == "Basic" and b64decode(said).decode() == f"{EMAIL}/token:{TOKEN}"
        except ValueError:
            known = False
        if not known:
            raise Refusal(401, {"error": "Couldn't authenticate you"})

    def _comments(
        self, method: str, ticket: Ticket, asked: dict[str, list[str]]
    ) -> dict[str, Any]:
        """COMMENTS: a list only; it has no endpoint to create one."""
        if method != "GET":
            raise Refusal(405, {"error": "MethodNotAllowed"})
        size = int(asked.get("page[size]", ["100"])[0])
        if not 1 <= size <= 100:
            raise Refusal(400, {"error": "InvalidPaginationParameter"})
        newest_first = asked.get("sort", ["created_at"])[0] == "-created_at"
        found = ticket.comments[::-1] if newest_first else ticket.comments
        return {"comments": found[:size], "meta": {"has_more": len(found) > size}}

    def _put(self, ticket: Ticket, headers: Any, raw: bytes) -> None:
        if not headers.get("Content-Type", "").startswith("application/json"):
            raise Refusal(415, {"error": "UnsupportedMediaType"})
        try:
            change = json.loads(raw)["ticket"]
        except (ValueError, KeyError, TypeError):
            raise Refusal(400, {"error": "Unprocessable", "description": "no ticket"}) from None
        unknown = set(change) - SETTABLE
        assert not unknown, f"nothing of a ticket is called {unknown}"
        if self.before_put is not None:
            do, self.before_put = self.before_put, None
            do(ticket)
        self._check_stamp(ticket, change)
        if ticket.status == "closed":  # UPDATING: once closed, a ticket cannot be changed
            raise Refusal(422, invalid("Status: closed prevents ticket update"))
        tags = change.get("tags", ticket.tags)
        wrong = [tag for tag in tags if not TAG.fullmatch(tag)]
        if wrong:
            raise Refusal(422, invalid(f"Tags: {wrong[0]} is not valid"))
        comment = change.get("comment")
        if comment is not None:
            if not comment.get("body", "").strip():  # COMMENTS: body or html_body is there
                raise Refusal(422, invalid("Comment: cannot be blank"))
            # COMMENTS: without `public` a comment is public on most tickets: the customer reads it
            shown = {"body": comment["body"], "public": comment.get("public", True)}
            ticket.comments.append({"id": len(ticket.comments) + 1, **shown})
        ticket.tags = list(dict.fromkeys(tags))
        ticket.status = change.get("status", ticket.status)
        self.changed(ticket, "agent")

    def _check_stamp(self, ticket: Ticket, change: dict[str, Any]) -> None:
        """UPDATING, "Protecting against ticket update collisions": both go together, else 409."""
        if not change.get("safe_update"):
            raise AssertionError("tags that are set without safe_update may cost somebody theirs")
        if change.get("updated_stamp") != stamp(ticket.updated_at):
            raise Refusal(
                409,
                {"error": "UpdateConflict", "description": "Safe Update prevented the update."},
            )


def invalid(why: str) -> dict[str, Any]:
    return {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {"base": [{"description": why}]},
    }


_AGENT = """<!doctype html><html lang="en"><title>A ticket</title><body style="margin:0">
<iframe name="app" title="Makegood" width="320" height="760" style="border:0"></iframe>
<form method="post" action="{url}" target="app"><input type="hidden" name="token" value="{token}">
</form><script>document.forms[0].submit()</script>"""


def too_fast(seconds: int) -> Refusal:
    """LIMITS: 429, and Retry-After in seconds."""
    return Refusal(429, {"error": "APIRateLimitExceeded"}, **{"Retry-After": str(seconds)})


@contextmanager
def serving(account: Account, port: int = 0) -> Iterator[Account]:
    """Serve an account on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.startswith("/agent/"):
                return self._agent()
            return self._do()

        def _agent(self) -> None:
            """The agent's page: it opens the app in a frame, by POST, with a signed token."""
            content = _AGENT.format(url=account.app_url, token=account.app_token()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_PUT(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def _do(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            more: dict[str, str] = {}
            try:
                status, body = 200, account.answer(self.command, self.path, self.headers, raw)
            except Refusal as refusal:
                status, body, more = refusal.status, refusal.body, refusal.headers
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**more, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    account.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield account
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _try(port: int, endpoint: str) -> None:
    """Hold one ticket; each line that is read becomes a tag of it, and what it has is shown."""
    account = Account(endpoint=endpoint)
    mine = {"makegood_open", "makegood_whole", "makegood_closed"}
    account.triggers["tagged"] = lambda it, _by: "makegood" in it.tags and not mine & {*it.tags}
    ticket = account.add(7, "ana@example.org")
    with serving(account, port):
        sys.stdout.write(f"Ticket 7 of ana@example.org, at {account.url}. A line is a tag.\n")
        for line in sys.stdin:
            if tag := line.strip():
                try:
                    account.agent_tags(7, tag)
                except httpx.HTTPError as error:
                    sys.stdout.write(f"{endpoint} does not answer: {error}\n")
            answers = [f"{one.status_code} {one.text}" for one in account.heard[-1:]]
            notes = [one["body"] for one in ticket.comments]
            sys.stdout.write(
                "\n".join((f"Tags: {' '.join(ticket.tags)}", *answers, *notes)) + "\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":  # to try the guide: python -m tests.vendors.zendesk 8908 <address>
    _try(int(sys.argv[1]), sys.argv[2])
