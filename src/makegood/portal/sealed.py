"""What a page or a mail carries for us and brings back: nobody else reads it, and it ends.

A signed text can be read by whoever sees the address: a proxy, the history of a shared browser.
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import TypeVar

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from makegood.effects.links import LinkExpired, LinkForged

T = TypeVar("T")
_FORGED = (InvalidToken, ValueError, zlib.error, msgspec.DecodeError)


class Sealed:
    """Seals values for one purpose; what is sealed for another does not open."""

    def __init__(self, key: bytes, purpose: str) -> None:
        """Derive a key of its own.

        Args:
            key: The deployment's secret.
        """
        derived = sha256(b"makegood.sealed." + purpose.encode() + b"\x00" + key).digest()
        self._fernet = Fernet(urlsafe_b64encode(derived))

    def seal(self, value: object, now_ms: int) -> str:
        """Write a value so that only we can read it."""
        packed = zlib.compress(msgspec.json.encode(value))
        sealed = self._fernet.encrypt_at_time(packed, now_ms // 1000)
        return sealed.decode().rstrip("=")  # mail programs leave a last = out of a link

    def open(self, text: str, now_ms: int, longest_ms: int, as_type: type[T]) -> T:
        """Read what `seal` wrote.

        Raises:
            LinkExpired: Ours, but too old.
            LinkForged: Not ours, or for another purpose.
        """
        try:
            token = _token_of(text)
            sealed_s = self._fernet.extract_timestamp(token)
            packed = self._fernet.decrypt(token)
            value = msgspec.json.decode(zlib.decompress(packed), type=as_type)
        except _FORGED as error:
            raise LinkForged from error
        if now_ms - sealed_s * 1000 > longest_ms:
            raise LinkExpired
        return value


def _token_of(text: str) -> bytes:
    """Take one spelling only: base64 skips signs it does not know, and repeats are told by it."""
    padded = text.encode() + b"=" * (-len(text) % 4)
    if "=" in text or urlsafe_b64encode(urlsafe_b64decode(padded)) != padded:
        raise InvalidToken
    return padded
