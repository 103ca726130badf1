"""Mails that nobody can file: kept with the reason, for a person to see and to decide."""

from collections.abc import Callable, Sequence
from hashlib import blake2b, sha256
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.clock import Clock
from makegood.ports.files import Files
from makegood.ports.store import Store
from makegood.ports.unfit import Unfit
from makegood.runtime.letter_rows import DIGEST, erased_aside

SOURCE = "mail"
"""Where mails are set aside that nobody can file."""
_LONGEST_RECORD = 60_000
ERASED = (
    "It came before, was erased with the person it is of, and came again: nothing of it is kept "
    "here. Where it came from (the mailbox) it may still be."
)
Became: TypeAlias = Literal["taken", "known", "passed over", "returned", "set aside"]


class Took(Struct, frozen=True, kw_only=True):
    """What became of a mail.

    Attributes:
        why: In a few words, without personal data.
        customer: Whose it is.
        thread: Its conversation, where it belongs to one.
    """

    became: Became
    why: str
    customer: CustomerId = CustomerId("")
    thread: str = ""


class Aside:
    """Sets mails aside."""

    def __init__(
        self,
        store: Store,
        profile: Callable[[str], ProfileId],
        clock: Clock,
        files: Files | None,
    ) -> None:
        """Join the parts.

        Args:
            profile: Makes digests with the deployment's secret.
            files: Keep what is too long for a row; None where nothing does.
        """
        self._files = files
        self._store = store
        self._profile = profile
        self._clock = clock

    def put(self, raw: bytes, why: str) -> Took:
        """Keep a mail, with the reason; nothing of one that was erased.

        One that is too long, or no text, is a file; its row has how it begins. The row is first:
        whoever brings the mail lets go of it only when both are durable, and brings it again.
        """
        digest = blake2b(raw, digest_size=DIGEST).hexdigest()
        if self.erased([erased_aside(digest)]):
            return self._kept(digest, "", ERASED)
        record = raw[:_LONGEST_RECORD].decode("utf-8", "replace").replace("\0", "")
        if self._files is None or record.encode() == raw:
            return self._kept(digest, record, why)
        file = sha256(raw).hexdigest()
        took = self._kept(digest, record, why, file)
        self._files.put(file, file, raw)
        return took

    def say_erased(self, key: str) -> Took:
        """Say, without a word of it, that a mail came again that was erased."""
        return self._kept(self._profile(f"came again:{key}"), "", ERASED)

    def erased(self, names: Sequence[str]) -> frozenset[str]:
        """Say under which names something is remembered as erased."""
        marks = {name: self._profile(name) for name in names}
        with self._store.reading() as reading:
            found = reading.erased_letters(sorted(marks.values()))
        return frozenset(name for name, mark in marks.items() if mark in found)

    def _kept(self, name: str, record: str, why: str, file: str = "") -> Took:
        now_ms = self._clock.now_ms()
        row = Unfit(id=name, source=SOURCE, at_ms=now_ms, reason=why, record=record, file=file)
        with self._store.writing() as writing:
            writing.put_unfit((row,))
            writing.drop_gone([file] if file else [])  # it came again before its file went
        return Took(became="set aside", why=why)


def raw_of(row: Unfit, files: Files) -> bytes | None:
    """Give a mail that was set aside, byte for byte; None when only its beginning is kept."""
    if row.file:
        return files.get(row.file, row.file)
    return row.record.encode() if is_text(row) else None


def is_text(row: Unfit) -> bool:
    """Whether the record of a mail is all of it."""
    digest = blake2b(row.record.encode(), digest_size=DIGEST).hexdigest()
    return bool(row.record) and digest == row.id
