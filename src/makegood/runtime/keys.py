"""What a key is and may do: 256 random bits, of which only the SHA-256 is kept."""

import secrets
from collections.abc import Mapping
from hashlib import sha256

from makegood.messages.errors import InputError
from makegood.ports.rows import KeyRow
from makegood.sources.limits import check_id
from makegood.sources.segment import check_source

PREFIX = "mg_"
SCOPES: Mapping[str, str] = {
    "ingest": "Send events: /v1/batch and the paths of each kind.",
    "gate": "Ask whether a message may go out: /v1/may-send.",
    "cases": "Read and change cases, customers, requests, proposals and dead letters, and raise "
    "failures by hand; includes cases.read.",
    "cases.read": "Read cases, customers, commands, budgets and what was said; change nothing.",
    "suppressions": "Fetch the list of who is held from marketing.",
    "send": "Send mail through the SMTP gate, with the key as the password.",
    "mail": "Say what the kinds of mail are that tools send through the SMTP gate: what is called "
    "a service message passes every hold.",
    "accounts": "List and change accounts, who has which role in them, and agreements; includes "
    "accounts.read.",
    "accounts.read": "List accounts and agreements; change nothing.",
    "webhooks": "List, change and replay endpoints that are told about holds and cases.",
    "metrics": "Read /metrics.",
}
"""What a key may do, each with its sentence; a scope that was given once keeps its meaning."""
INCLUDED: Mapping[str, tuple[str, ...]] = {
    "cases": ("cases.read",),
    "accounts": ("accounts.read",),
}


def check_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Give scopes that exist, each once.

    Raises:
        InputError: There is none, or one is unknown.
    """
    if not scopes or any(scope not in SCOPES for scope in scopes):
        raise InputError(f"A key has one or more scopes of {', '.join(SCOPES)}.")
    return tuple(dict.fromkeys(scopes))


def mint(
    name: str, scopes: tuple[str, ...], now_ms: int, *, strict: bool = False
) -> tuple[str, KeyRow]:
    """Make a new key.

    Args:
        name: Also the source name of the events it sends.
        scopes: Any of `SCOPES`.
        strict: Answer 4xx for a batch with a bad item, and store nothing of it.

    Returns:
        The key in clear, to be shown once, and the row to keep.

    Raises:
        InputError: The name is ours or empty, or a scope is unknown.
    """
    check_source(check_id(name, "name"))
    text = secret()
    row = KeyRow(
        sha256=digest(text),
        name=name.strip(),
        scopes=check_scopes(scopes),
        strict=strict,
        created_ms=now_ms,
    )
    return text, row


def secret() -> str:
    """Draw the text of a key."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(text: str) -> bytes:
    """Give what is kept of a key."""
    return sha256(text.encode()).digest()


def opens(key: KeyRow, scope: str) -> bool:
    """Whether a key has a scope, or one that includes it."""
    return scope in key.scopes or any(scope in INCLUDED.get(one, ()) for one in key.scopes)
