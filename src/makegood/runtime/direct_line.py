"""A mail address of one's own for each rep: readable, and not to be guessed by a machine.

The part behind the plus is made from the deployment's key, so no table is needed, and whoever
knows one address knows no other. It is no secret: it stands on the customer's page, and is the
same for all customers of a rep, so it says nothing of any of them. One that got into wrong hands
is called off by the next number in the rep's row of the roster.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from hashlib import sha256

from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow

_LENGTH = 10  # fifty bits: nobody tries that many addresses at a mail server
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_PLAIN = re.compile(r"[^a-z0-9]+")


class Lines:
    """Makes and reads the addresses."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def address(self, rep: RepId, domain: str, number: int = 0) -> str:
        """Give somebody's own address at a domain; empty where the book names none.

        Args:
            rep: Whose.
            domain: Where mail comes in.
            number: How many of theirs were called off before.
        """
        return f"{self._local(rep, number)}@{domain}" if domain else ""

    def _local(self, rep: RepId, number: int) -> str:
        counted = f"{rep}\0{number}" if number else rep
        digest = hmac.digest(self._key, b"makegood.line\0" + counted.encode(), sha256)
        mark = b32encode(digest)[:_LENGTH].decode().lower()
        name = _PLAIN.sub(".", rep.casefold())[: _LONGEST_LOCAL - _LENGTH - 1].strip(".")
        return f"{name or 'line'}+{mark}"

    def rep_of(self, address: str, reps: Iterable[RepRow]) -> RepId:
        """Say whose address it is, at whatever domain it came in; empty for nobody's."""
        local = address.strip().casefold().rpartition("@")[0]
        if "+" not in local:
            return RepId("")
        own = (row.rep for row in reps if hmac.compare_digest(
            self._local(row.rep, row.line).encode(), local.encode("utf-8", "replace")
        ))  # fmt: skip
        return next(own, RepId(""))
