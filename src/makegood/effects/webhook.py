"""Outgoing webhooks, signed as Standard Webhooks says; the id is the command's over all tries."""

import re
import ssl
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct
from standardwebhooks import Webhook

from makegood.effects.addresses import Guard, public_only
from makegood.effects.posting import FAULTS, Posts, where
from makegood.messages.commands import Command
from makegood.messages.errors import EffectFailed, InputError
from makegood.messages.facts import Facts
from makegood.ports.rows import PersonRow

_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
_ANSWER_SECONDS = 20.0  # the standard recommends 15 to 30
_LONGEST_ANSWER_BYTES = 64 * 1024
_LONGEST_WAIT_MS = 24 * 3_600_000  # no Retry-After may park a command for longer
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429})
GONE = 410
_SHORTEST_SECRET, _LONGEST_SECRET = 24, 64  # bytes; Standard Webhooks 1.0.0
_OK, _REDIRECTS, _REFUSALS, _SERVER_FAULT = 200, 300, 400, 500


class Counterpart(Struct, frozen=True, kw_only=True):
    """Somebody outside who is asked to do something.

    Attributes:
        name: What rule books call it: the `provider` of a remedy, or "sms".
        url: Where it listens; https unless `allow_private`.
        secret: whsec_ and base64 of 24 to 64 bytes.
        allow_private: The deployment itself runs it: private addresses and http are fine.
        shares: Personal data it needs, of identifier, name, email, phone, language.
    """

    name: str
    url: str
    secret: str
    allow_private: bool = False
    shares: tuple[str, ...] = ("identifier",)


class Answer(Struct, frozen=True, kw_only=True):
    """A 2xx answer.

    Attributes:
        status: 200 to 299; 202 says "taken, not done yet".
        content: The raw body, at most 64 KiB.
    """

    status: int
    content: bytes


class Exchange(Struct, frozen=True, kw_only=True):
    """Whatever was answered, taken or not.

    Attributes:
        headers: As received, names in lower case.
        content: The raw body, at most 64 KiB of it.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


class Webhooks:
    """Posts signed messages to the counterparts of a deployment."""

    def __init__(
        self,
        counterparts: Mapping[str, Counterpart],
        guard: Guard = public_only,
        tls: ssl.SSLContext | None = None,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        """Keep who may be asked.

        Args:
            guard: Chooses the address to connect to, or refuses.
            tls: Whom to trust; the certificates that httpx ships when not given.
            answer_seconds: How long a whole exchange may last.

        Raises:
            InputError: A counterpart's secret or address cannot be used.
        """
        for counterpart in counterparts.values():
            check_counterpart(counterpart)
        self._counterparts = counterparts
        self._guard = guard
        trusted = tls or httpx.create_ssl_context(trust_env=False)
        trusted.set_alpn_protocols(["http/1.1"])
        self._posts = Posts(trusted, answer_seconds)

    def close(self) -> None:
        self._posts.close()

    def counterpart(self, name: str) -> Counterpart:
        """Find a counterpart.

        Raises:
            EffectFailed: The deployment has none of this name.
        """
        found = self._counterparts.get(name)
        if found is None:
            raise EffectFailed(
                f"No counterpart is called {name!r}; name it in the settings and retry.",
                retry=False,
            )
        return found

    def post(self, name: str, command: Command, kind: str, content: Facts, now_ms: int) -> Answer:
        """Post one signed message.

        Args:
            name: The counterpart.
            command: Gives the webhook-id.
            kind: Dotted type, for example "remedy.fulfil".
            content: The `data` of the message.
            now_ms: Time of this try; part of the signature.

        Raises:
            EffectFailed: Anything but a 2xx. Redirects, 410 and other refusals are not retried.
        """
        counterpart = self.counterpart(name)
        at = datetime.fromtimestamp(now_ms // 1000, UTC)
        body = msgspec.json.encode({"type": kind, "timestamp": at.isoformat(), "data": content})
        headers = signed_headers(counterpart.secret, command.id, at, body.decode())
        return self._send(counterpart, body, headers, now_ms)

    def post_plain(
        self, counterpart: Counterpart, body: bytes, headers: Mapping[str, str], now_ms: int
    ) -> Answer:
        """Post a body as it is, under the same guards, for receivers that know no signatures."""
        return self._send(counterpart, body, headers, now_ms)

    def _send(
        self, counterpart: Counterpart, body: bytes, headers: Mapping[str, str], now_ms: int
    ) -> Answer:
        return _judged(counterpart, self.exchange(counterpart, body, headers), now_ms)

    def exchange(
        self,
        counterpart: Counterpart,
        body: bytes,
        headers: Mapping[str, str],
        *,
        cut: bool = False,
    ) -> Exchange:
        """Post a body and give whatever is answered, under the same guards.

        Args:
            counterpart: Where to; `name` keeps its connections apart.
            body: As it is sent.
            headers: Beside the content type.
            cut: A long answer is read in part; else it counts as none.

        Raises:
            EffectFailed: There was no answer, or the address is not one we may reach.
        """
        try:
            there = where(counterpart.url)
            # Connect to the very address that is checked: a name may point elsewhere a moment
            # later.
            address = (
                there.host
                if counterpart.allow_private
                else self._guard(there.scheme, there.host, there.port)
            )
            to = (counterpart.name, there, address)
            found = self._posts.post(to, headers, body, _LONGEST_ANSWER_BYTES, cut=cut)
        except FAULTS as error:
            said = _ERRNO.sub("", str(error)) or type(error).__name__
            raise EffectFailed(f"{counterpart.name} did not answer: {said}.") from error
        return Exchange(status=found.status, headers=found.headers, content=found.content)


def check_counterpart(counterpart: Counterpart) -> None:
    """Find a wrong setting at the start, and not in the first refund.

    Raises:
        InputError: The secret or the address cannot be used; says what to write.
    """
    name, url = counterpart.name, urlsplit(counterpart.url)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise InputError(f"The URL of the counterpart {name!r} is not an http address.")
    if url.scheme == "http" and not counterpart.allow_private:
        raise InputError(f"The counterpart {name!r} needs https, or `allow_private`.")
    try:
        size = len(b64decode(counterpart.secret.removeprefix("whsec_") + "==", validate=False))
    except ValueError:
        size = 0
    if not _SHORTEST_SECRET <= size <= _LONGEST_SECRET:
        raise InputError(
            f"The secret of the counterpart {name!r} is not whsec_ and base64 of 24 to 64 bytes."
        )


def signed_headers(secret: str, id_: str, at: datetime, body: str, *old: str) -> dict[str, str]:
    """Give the three headers of Standard Webhooks.

    Args:
        secret: Signs.
        id_: The same over all tries.
        at: Time of this try.
        body: As it is sent.
        old: Secrets that were rotated and still sign, so that a receiver may change in peace.
    """
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(id_, at, body) for one in (secret, *old)),
    }


def shared(person: PersonRow, fields: tuple[str, ...]) -> dict[str, str]:
    """Give the personal data that a counterpart needs, and nothing else."""
    everything = {
        "identifier": person.identifier,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "language": person.language,
    }
    return {name: everything[name] for name in fields if everything.get(name)}


def is_taken(status: int) -> bool:
    """Whether an answer says yes."""
    return _OK <= status < _REDIRECTS


def _judged(counterpart: Counterpart, answer: Exchange, now_ms: int) -> Answer:
    status, content = answer.status, answer.content
    if is_taken(status):
        return Answer(status=status, content=content)
    said = f"{counterpart.name} answered {status}"
    if _REDIRECTS <= status < _REFUSALS:
        raise EffectFailed(f"{said}: redirects are not followed; correct its URL.", retry=False)
    if status == GONE:
        raise EffectFailed(f"{said}: it no longer takes messages.", retry=False)
    retry = status >= _SERVER_FAULT or status in _WORTH_ANOTHER_TRY
    raise EffectFailed(
        f"{said}: {content[:200].decode('utf-8', 'replace')}",
        retry=retry,
        after_ms=wait_ms(answer.headers.get("retry-after", ""), now_ms),
    )


def wait_ms(retry_after: str, now_ms: int) -> int:
    """Read Retry-After, seconds or an HTTP date; 0 when there is none, at most a day."""
    text = retry_after.strip()
    if not text:
        return 0
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * 1000, _LONGEST_WAIT_MS)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, min(int(until.timestamp() * 1000) - now_ms, _LONGEST_WAIT_MS))
