"""Does a webhook come from whom it says? Each system signs in its own way; all are checked here.

A signature is checked over the very bytes that came, before anything reads them. Where a scheme
signs the time as well, what is older or newer than five minutes is refused: it may be a replay.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha1, sha256

from standardwebhooks import Webhook, WebhookVerificationError

from makegood.messages.errors import InputError, MakegoodError
from makegood.playbooks.mappings import Signing

TOLERANCE_MS = 5 * 60_000  # as Standard Webhooks and Chatwoot say
_SHORTEST = 16  # characters of a secret; anything shorter can be guessed


class NotSigned(MakegoodError):
    """The request is not signed by whom it says."""


Headers = Callable[[str], str]
"""Name in small letters -> value; empty for none."""


def check_signature(
    signing: Signing, secrets: tuple[str, ...], headers: Headers, body: bytes, now_ms: int
) -> None:
    """Check a request against the secrets of its source; one that fits is enough (rotation).

    Raises:
        NotSigned: None fits, or the time that was signed is not now.
    """
    check = _CHECKS[signing]
    if not any(check(secret, headers, body, now_ms) for secret in secrets):
        raise NotSigned


def check_secret(name: str, secret: str) -> None:
    """Find a weak secret at the start.

    Raises:
        InputError: It is too short.
    """
    if len(secret) < _SHORTEST:
        raise InputError(f"A secret of the source {name!r} has fewer than {_SHORTEST} characters.")


def _same(said: str, made: str) -> bool:
    return hmac.compare_digest(said.encode("utf-8", "replace"), made.encode())


def _is_now(at_ms: int, now_ms: int) -> bool:
    return abs(now_ms - at_ms) <= TOLERANCE_MS


def _zendesk(secret: str, headers: Headers, body: bytes, now_ms: int) -> bool:
    """Base64 of HMAC-SHA256 over timestamp and body, without anything between.

    Source: developer.zendesk.com/documentation/webhooks/verifying ("base64(HMACSHA256(TIMESTAMP +
    BODY))"); the timestamp is ISO 8601, as in its example 2021-07-25T10:00:00Z.
    """
    at = headers("x-zendesk-webhook-signature-timestamp")
    made = hmac.new(secret.encode(), at.encode() + body, sha256).digest()
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return False
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    is_now = _is_now(int(aware.timestamp() * 1000), now_ms)
    return _same(headers("x-zendesk-webhook-signature"), b64encode(made).decode()) and is_now


def _chatwoot(secret: str, headers: Headers, body: bytes, now_ms: int) -> bool:
    """Write sha256= and the hexadecimal HMAC-SHA256 over timestamp, a dot and the body.

    Source: chatwoot/chatwoot, pull request 13573 (X-Chatwoot-Signature, X-Chatwoot-Timestamp in
    seconds, to be refused after five minutes).
    """
    at = headers("x-chatwoot-timestamp")
    made = hmac.new(secret.encode(), at.encode() + b"." + body, sha256).hexdigest()
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        return False
    is_now = _is_now(int(at) * 1000, now_ms)
    return _same(headers("x-chatwoot-signature"), f"sha256={made}") and is_now


def _zammad(secret: str, headers: Headers, body: bytes, now_ms: int) -> bool:  # noqa: ARG001
    """Write sha1= and the hexadecimal HMAC-SHA1 over the body; no time is signed.

    Source: zammad/zammad-admin-documentation, manage/webhook/add.rst ("HMAC SHA1 Signature Token",
    X-Hub-Signature as in WebSub). A replay is a delivery with the same key: a duplicate.
    """
    made = hmac.new(secret.encode(), body, sha1).hexdigest()
    return _same(headers("x-hub-signature"), f"sha1={made}")


def _standard(secret: str, headers: Headers, body: bytes, now_ms: int) -> bool:
    """Check as Standard Webhooks 1.0.0 says, by its library; but by our clock."""
    at = headers("webhook-timestamp")
    if not (at.isascii() and at.isdigit() and len(at) <= 12) or not _is_now(
        int(at) * 1000, now_ms
    ):
        return False
    moment = datetime.fromtimestamp(int(at), UTC)
    try:
        made = Webhook(secret).sign(headers("webhook-id"), moment, body.decode())
    except (ValueError, WebhookVerificationError):
        return False
    return any(_same(one, made) for one in headers("webhook-signature").split())


def _bearer(secret: str, headers: Headers, body: bytes, now_ms: int) -> bool:  # noqa: ARG001
    """Compare a plain bearer token: for systems that cannot sign; RFC 6750."""
    scheme, _, said = headers("authorization").partition(" ")
    return scheme.casefold() == "bearer" and _same(said.strip(), secret)


_CHECKS: Mapping[Signing, Callable[[str, Headers, bytes, int], bool]] = {
    Signing.ZENDESK: _zendesk,
    Signing.CHATWOOT: _chatwoot,
    Signing.ZAMMAD: _zammad,
    Signing.STANDARD: _standard,
    Signing.BEARER: _bearer,
}
