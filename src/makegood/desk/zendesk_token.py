"""Does Zendesk itself ask for the card? Its token says so; ours lets the page come back for it.

With `signedUrls: true` Zendesk loads the first page of an app by POST, with a token in the field
`token`: a JWT signed RS256 with the app's key, for the audience of this installation.
Source: developer.zendesk.com, "Building a server-side app, part 5: securing the app".
"""

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import jwt
from msgspec import Struct

from makegood.effects.zendesk import ZendeskSettings
from makegood.messages.errors import MakegoodError

SKEW_MS = 60_000  # how far two clocks may stand apart
LONGEST_MS = 15 * 60_000  # a token that says it is older is none of the page that is being opened
PASS_MS = 10 * 60_000  # for so long an open page may ask for cards; then it is loaded anew
_OURS = "makegood-card"
_UNTIMED = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


class NotZendesk(MakegoodError):
    """The token is not one of this Zendesk, or its time is over."""


class Agent(Struct, frozen=True, kw_only=True):
    """Who looks: an agent of the help desk, as Zendesk names them."""

    subject: str


def agent_of(token: str, settings: ZendeskSettings, now_ms: int) -> Agent:
    """Check the token that Zendesk sends along.

    Raises:
        NotZendesk: It proves nothing.
    """
    app = settings.app
    if app is None:
        raise NotZendesk
    claims = _decoded(token, app.public_key, "RS256", app.audience)
    _check_time(claims, now_ms, LONGEST_MS)
    host = urlsplit(settings.url).hostname or ""
    if str(claims.get("iss", "")).removeprefix("https://") != host:
        raise NotZendesk
    context = claims.get("context")
    product = context.get("product", "support") if isinstance(context, dict) else "support"
    if product != "support":
        raise NotZendesk
    return Agent(subject=str(claims.get("sub", ""))[:255])


def new_pass(agent: Agent, key: bytes, now_ms: int) -> str:
    """Write what the page brings back when it asks for a card; no cookie is needed."""
    seconds = now_ms // 1000
    claims = {
        "aud": _OURS,
        "sub": agent.subject,
        "iat": seconds,
        "exp": seconds + PASS_MS // 1000,
    }
    return jwt.encode(claims, _key_of(key), algorithm="HS256")


def check_pass(text: str, key: bytes, now_ms: int) -> Agent:
    """Check what `new_pass` wrote.

    Raises:
        NotZendesk: It is not ours, or its time is over.
    """
    claims = _decoded(text, _key_of(key), "HS256", _OURS)
    _check_time(claims, now_ms, PASS_MS)
    return Agent(subject=str(claims.get("sub", "")))


def _decoded(token: str, key: str | bytes, algorithm: str, audience: str) -> dict[str, Any]:
    options: Any = {**_UNTIMED, "require": ["exp", "iat", "aud"]}  # by our clock, below
    try:
        return jwt.decode(token, key, algorithms=[algorithm], audience=audience, options=options)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise NotZendesk from error


def _check_time(claims: dict[str, Any], now_ms: int, longest_ms: int) -> None:
    times = [claims.get("iat"), claims.get("exp"), claims.get("nbf", claims.get("iat"))]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in times):
        raise NotZendesk
    issued, ends, begins = (int(one) * 1000 for one in times)  # type: ignore[arg-type]
    is_over = ends + SKEW_MS <= now_ms or now_ms - issued > longest_ms + SKEW_MS
    if is_over or max(issued, begins) - SKEW_MS > now_ms:
        raise NotZendesk


def _key_of(key: bytes) -> bytes:
    return sha256(b"makegood.zendesk.card\x00" + key).digest()
