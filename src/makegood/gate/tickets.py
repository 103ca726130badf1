"""A ticket for the live stream: the desk's page carries it, because a stream has no session."""

from hashlib import sha256

from itsdangerous import BadSignature, Signer

from makegood.messages.ids import RepId
from makegood.ports.clock import Clock

TICKET_SECONDS = 12 * 3600  # as long as a shift; a page open longer is loaded again
_SALT = "makegood.live"


def issue_ticket(key: bytes, rep: RepId, clock: Clock) -> str:
    """Sign a ticket for a person who is signed in.

    Args:
        key: The deployment's secret.
    """
    return _signer(key).sign(f"{rep}/{clock.now_ms() // 1000}").decode()


def read_ticket(key: bytes, ticket: str, clock: Clock) -> RepId | None:
    """Give whose ticket it is; None when it is not ours or too old."""
    try:
        signed = _signer(key).unsign(ticket.encode()).decode()
    except (BadSignature, UnicodeError):
        return None
    rep, _, issued = signed.rpartition("/")
    age_seconds = clock.now_ms() // 1000 - int(issued)
    return RepId(rep) if age_seconds <= TICKET_SECONDS else None


def _signer(key: bytes) -> Signer:
    return Signer(key, salt=_SALT, key_derivation="hmac", digest_method=sha256)
