"""The airline's other systems: they confirm seats, pay refunds and take text messages.

Each request is a webhook that Makegood signed; one with a wrong signature is refused. A repeat
with the same id gets the same answer and is done once.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
from msgspec import Struct

from makegood.demo.chance import Chance
from makegood.demo.kept import Deed, Kept, TextMessage
from makegood.effects.webhook import signed_headers
from makegood.messages.facts import Facts

FULL_SHARE = 0.12  # assumed: no seat, no car, no room can be had
_ASK = "offer.confirm"
_TEXT = "sms.send"
_NOT_SIGNED = HTTPStatus(401)


class Request(Struct, frozen=True, kw_only=True):
    """The body of a webhook."""

    type: str
    data: Facts


class Counterparts:
    """Answers webhooks; remembers each id."""

    def __init__(self, secret: str, seed: int, keep: Callable[[Kept], None]) -> None:
        self._secret = secret
        self._chance = Chance(seed)
        self._keep = keep
        self._answers: dict[str, bytes] = {}

    def is_signed(self, id_: str, stamp: str, signature: str, body: bytes) -> bool:
        """Check the signature; its time is the demo's, which runs faster than ours."""
        if not stamp.isdigit():
            return False
        at = datetime.fromtimestamp(int(stamp), UTC)
        good = signed_headers(self._secret, id_, at, body.decode())["webhook-signature"]
        return compare_digest(good.encode(), signature.encode())

    def answer(self, provider: str, id_: str, body: bytes) -> bytes:
        """Do it once and say what was done."""
        key = f"{provider} {id_}"
        if key not in self._answers:
            self._answers[key] = self._do(provider, id_, msgspec.json.decode(body, type=Request))
        return self._answers[key]

    def _do(self, provider: str, id_: str, asked: Request) -> bytes:
        if asked.type == _TEXT:
            self._keep(_text_message(id_, asked.data))
            return b"{}"
        is_question = asked.type == _ASK
        yes = not (is_question and self._chance.happens(FULL_SHARE, "full", id_))
        cents = 0 if is_question else _cents(asked.data)
        self._keep(
            Deed(
                id=id_,
                provider=provider,
                asks=asked.type,
                remedy=str(asked.data.get("remedy", "")),
                about=str(asked.data.get("about", "")),
                cents=cents,
                owed=asked.data.get("owed") is True,
                yes=yes,
            )
        )
        if is_question:
            return msgspec.json.encode({"confirmed": yes, "why": "" if yes else "fully booked"})
        return msgspec.json.encode({"reference": f"SYN-{id_[1:9]}", "paid_cents": cents})


def _cents(told: Facts) -> int:
    cents = told.get("amount_cents", 0)
    return cents if isinstance(cents, int) else 0


def _text_message(id_: str, told: Facts) -> TextMessage:
    return TextMessage(
        id=id_,
        message=str(told.get("message", "")),
        to=str(told.get("to", "")),
        case=str(told.get("case", "")),
        message_class=str(told.get("class", "")),
        text=str(told.get("text", "")),
    )


def http_server(counterparts: Counterparts) -> ThreadingHTTPServer:
    """Listen on a free port of this machine; the path names the provider."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open
        wbufsize = -1  # one packet for one answer

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            id_, stamp, signature = (
                self.headers.get(f"webhook-{name}", "")
                for name in ("id", "timestamp", "signature")
            )
            if not counterparts.is_signed(id_, stamp, signature, body):
                self._say(_NOT_SIGNED, b'{"error": "wrong signature"}')
            else:
                self._say(HTTPStatus.OK, counterparts.answer(self.path.strip("/"), id_, body))

        def _say(self, status: HTTPStatus, content: bytes) -> None:
            self.send_response_only(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Say nothing: the demo prints its own progress."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server
