"""What the outside world took, one JSON line each: mails, text messages, remedies."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

LINES_AT_ONCE = 512  # lines kept in memory before they are written


class Mail(Struct, frozen=True, kw_only=True, tag="mail"):
    """One mail as the mail server took it.

    Attributes:
        to: Recipients of the envelope, joined by a comma.
        headers: Names in lower case; folded lines are joined.
        text: The body as it was sent.
    """

    sender: str
    to: str
    headers: dict[str, str]
    text: str


class TextMessage(Struct, frozen=True, kw_only=True, tag="sms"):
    """One text message as the gateway took it."""

    id: str
    message: str
    to: str
    case: str
    message_class: str
    text: str


class Deed(Struct, frozen=True, kw_only=True, tag="deed"):
    """One thing a counterpart was asked for, and its answer.

    Attributes:
        asks: "offer.confirm" or "remedy.fulfil".
        owed: It is an entitlement, not goodwill.
        cents: What was paid; 0 for a question.
    """

    id: str
    provider: str
    asks: str
    remedy: str
    about: str
    cents: int
    owed: bool
    yes: bool


Kept = Mail | TextMessage | Deed


class Keeper:
    """Appends what is kept to a file, in chunks."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._encoder = msgspec.json.Encoder()
        self._lines: list[bytes] = []

    def keep(self, kept: Kept) -> None:
        self._lines.append(self._encoder.encode(kept))
        if len(self._lines) >= LINES_AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what is in memory."""
        if self._lines:
            self._file.write(b"\n".join(self._lines) + b"\n")
            self._lines.clear()
            self._file.flush()


def read_mail(sender: str, to: str, content: bytes) -> Mail:
    """Split a message at its empty line; enough for mail that programs wrote."""
    head, _, body = content.partition(b"\r\n\r\n")
    headers: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").split("\r\n"):
        if line[:1] in (" ", "\t") and name:
            headers[name] += line
        else:
            name, _, value = line.partition(":")
            name = name.lower()
            headers[name] = value.strip()
    return Mail(sender=sender, to=to, headers=headers, text=body.decode("utf-8", "replace"))


def read_kept(path: Path) -> Iterator[Kept]:
    """Read the file back, in the order in which it was taken."""
    decoder: msgspec.json.Decoder[Kept] = msgspec.json.Decoder(Kept)
    with path.open("rb") as lines:
        for line in lines:
            yield decoder.decode(line)
