"""What reps attach: uploaded to a draft, sent with it, back in it when it is undone, swept.

The row comes before the file, so that a crash in between leaves something that is found again: a
draft whose file is missing says so, and what nobody sent is swept when its time is over. Bytes go
from the upload to the file piece by piece.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b, sha256
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.errors import Refused
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.playbooks.letters import MB, LetterTerms
from makegood.ports.attached import Attached
from makegood.ports.clock import Clock
from makegood.ports.files import Files
from makegood.ports.letters import KeptFile
from makegood.ports.store import Reading, Store
from makegood.runtime.holding import is_somebody
from makegood.runtime.intake import patiently
from makegood.runtime.letter_rows import DIGEST
from makegood.sources.mail.parts import safe_name

PIECE = 1 << 16
_AT_ONCE = 100
_KIND = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
_ANY = "application/octet-stream"
_GONE = "{name} is not there any more. Attach it once more."
_ERASED = "Nobody is known here any more: this person was erased."
_NOT_KEPT = "{name} could not be kept: the folder of attachments takes nothing just now."


class Upload(Struct, frozen=True, kw_only=True):
    """A file that a browser sent.

    Attributes:
        pieces: Gives its bytes, from the beginning each time it is called.
    """

    name: str
    kind: str
    pieces: Callable[[], Iterable[bytes]]


class Draft(Struct, frozen=True, kw_only=True):
    """A letter that is being written: by whom, to whom, in which conversation."""

    profile: ProfileId
    rep: RepId
    thread: str

    def has(self, row: Attached) -> bool:
        """Whether something is attached to it."""
        return (row.profile, row.rep, row.thread) == (self.profile, self.rep, self.thread)


class Attaching:
    """Keeps what is attached to letters of ours."""

    def __init__(self, store: Store, files: Files, clock: Clock, *, with_files: bool) -> None:
        """Join the parts.

        Args:
            with_files: Files are kept as long as the store keeps letters.
        """
        self._store = store
        self._files = files
        self._clock = clock
        self.with_files = with_files

    def attach(
        self, draft: Draft, uploads: Sequence[Upload], terms: LetterTerms, token: str
    ) -> tuple[str, ...] | Refused:
        """Attach files to a draft; the same again, from the same form, is one.

        Args:
            draft: The letter.
            uploads: The files.
            terms: How many and how long they may be.
            token: Of the form they came in.

        Returns:
            The names they are kept under; or why the first that cannot be attached cannot.
        """
        if not self.with_files:
            return Refused(code="no_files", why="No folder for attachments is set up here.")
        found: list[str] = []
        for upload in uploads:
            kept = self._attach(draft, upload, terms, token)
            if isinstance(kept, Refused):
                return kept
            found.append(kept)
        return tuple(dict.fromkeys(found))

    def _attach(
        self, draft: Draft, upload: Upload, terms: LetterTerms, token: str
    ) -> str | Refused:
        digest, size = _measured(upload.pieces())
        named = _row(draft, upload, digest, size, token)
        row = patiently(lambda: self._put(draft, named, terms))
        if isinstance(row, Refused) or row.said:
            return row if isinstance(row, Refused) else row.file
        try:
            if not self.is_there(row):
                self._files.put_pieces(row.file, digest, upload.pieces())
        except OSError:  # the disk is full, or is not there
            with self._store.writing() as writing:
                writing.drop_attached([row.file])
            self.sweep_gone()
            return Refused(code="not_kept", why=_NOT_KEPT.format(name=row.name))
        with self._store.reading() as reading:
            erased = row.file not in reading.attached([row.file])
        if erased:  # with the person, while the file was written
            self._files.drop(row.file)
            return Refused(code="erased", why=_GONE.format(name=row.name))
        return row.file

    def _put(self, draft: Draft, row: Attached, terms: LetterTerms) -> Attached | Refused:
        """Write the row, under the lock that an erasure takes: it is before us, or finds it."""
        with self._store.writing() as writing:
            if not is_somebody(writing, draft.profile):
                return Refused(code="erased", why=_ERASED)
            before = writing.attached([row.file]).get(row.file)
            if before is not None and before.said:
                return before  # the form was sent twice, and the letter is written
            own = [one for one in writing.unsent_of([draft.profile]) if draft.has(one)]
            same = next((one for one in own if one.digest == row.digest), None)
            row = replace(same or row, at_ms=self._clock.now_ms())
            if same is None and (why := _too_much([*own, row], terms)):
                return Refused(code="too_much", why=why)
            writing.put_attached(row)
            writing.drop_gone([row.file])  # of the same, taken out before a crash
        return row

    def detach(self, draft: Draft, file: str) -> None:
        """Take something out of a draft."""
        with self._store.writing() as writing:
            row = writing.attached([file]).get(file)
            if row is not None and draft.has(row) and not row.said:
                writing.drop_attached([file])
        self.sweep_gone()

    def enclosed(
        self, draft: Draft, files: Sequence[str], terms: LetterTerms, event: EventId
    ) -> tuple[Attached, ...] | Refused:
        """Give what goes out with a letter, or say why it cannot.

        Args:
            draft: The letter.
            files: What its form names: what was seen is what is sent.
            terms: How many and how long they may be.
            event: Of the letter; what went with it already may go with it again.
        """
        wanted = tuple(dict.fromkeys(files))
        with self._store.reading() as reading:
            known = reading.attached(wanted)
        rows = [known[one] for one in wanted if one in known]
        if len(rows) < len(wanted) or not all(draft.has(one) or one.said == event for one in rows):
            return Refused(code="not_attached", why=_GONE.format(name="Something attached"))
        for row in rows:
            if row.said not in ("", event) or not self.is_there(row):
                return Refused(code="not_attached", why=_GONE.format(name=row.name))
        if why := _too_much(rows, terms):
            return Refused(code="too_much", why=why)
        return tuple(rows)

    def sent(self, files: Sequence[str], event: EventId, profile: ProfileId) -> None:
        """Write down that these went out with a letter of somebody: they are no draft's any more.

        Of those who are linked it is whose letter it is, also when they are parted.
        """
        if not files:
            return
        with self._store.writing() as writing:
            for row in writing.attached(files).values():
                if row.said != event:
                    writing.put_attached(replace(row, said=event, profile=profile))

    def back(self, files: Sequence[str], event: EventId, draft: Draft) -> None:
        """Make what was attached part of a draft again: the letter was undone."""
        now_ms = self._clock.now_ms()
        with self._store.writing() as writing:
            for row in writing.attached(files).values():
                if row.said == event:
                    again = replace(row, said=EventId(""), rep=draft.rep, at_ms=now_ms)
                    writing.put_attached(
                        replace(again, thread=draft.thread, profile=draft.profile)
                    )

    def opened(self, row: Attached) -> BinaryIO | None:
        """Open what is attached, to be read piece by piece."""
        return self._files.opened(row.file, row.digest)

    def sweep(self, unsent_ms: int) -> None:
        """Delete what was attached so long ago and never went out."""
        before_ms = self._clock.now_ms() - unsent_ms
        while True:
            with self._store.writing() as writing:
                rows = writing.unsent_before(before_ms, _AT_ONCE)
                writing.drop_attached([one.file for one in rows])
            if len(rows) < _AT_ONCE:
                return

    def sweep_gone(self) -> None:
        """Delete the files of what is forgotten; what a crash left of it is deleted at a start."""
        while True:
            with self._store.reading() as reading:
                gone = reading.gone_letters(_AT_ONCE)
            for letter in gone:
                self._files.drop(letter)
            if not gone:
                return
            with self._store.writing() as writing:
                writing.drop_gone(gone)

    def is_there(self, row: Attached) -> bool:
        """Whether the bytes are kept: a crash may have come before the last of them."""
        file = self.opened(row)
        if file is None:
            return False
        with file:
            return file.seek(0, os.SEEK_END) == row.size


def drafted(reading: Reading, draft: Draft) -> tuple[Attached, ...]:
    """Give what is attached to a draft."""
    return tuple(one for one in reading.unsent_of([draft.profile]) if draft.has(one))


def kept_files(rows: Sequence[Attached]) -> tuple[KeptFile, ...]:
    """Say of a letter of ours what is attached."""
    return tuple(
        KeptFile(name=one.name, kind=one.kind, digest=one.digest, size=one.size, holder=one.file)
        for one in rows
    )


def pieces_of(attaching: Attaching, row: Attached) -> Iterator[bytes]:
    """Read what is attached piece by piece; it is opened when the first is asked for."""
    file = attaching.opened(row)
    if file is None:
        raise FileNotFoundError
    with file:
        while piece := file.read(PIECE):
            yield piece


def _measured(pieces: Iterable[bytes]) -> tuple[str, int]:
    found, size = sha256(), 0
    for piece in pieces:
        found.update(piece)
        size += len(piece)
    return found.hexdigest(), size


def _row(draft: Draft, upload: Upload, digest: str, size: int, token: str) -> Attached:
    named = "\x1f".join((draft.profile, draft.rep, draft.thread, token, digest))
    kind = upload.kind.casefold()
    return Attached(
        file=blake2b(named.encode(), digest_size=DIGEST).hexdigest(),
        profile=draft.profile,
        rep=draft.rep,
        thread=draft.thread,
        name=safe_name(upload.name, 1),
        kind=kind if _KIND.fullmatch(kind) else _ANY,
        digest=digest,
        size=size,
        at_ms=0,
    )


def _too_much(rows: Sequence[Attached], terms: LetterTerms) -> str:
    """Say what is too much, and what may be; empty when nothing is."""
    if not rows:
        return ""
    if not terms.files:
        return "The rule book lets nothing be attached."
    if len(rows) > terms.files:
        return f"A letter takes {terms.files} attachments at most."
    for row in rows:
        if not row.size:
            return f"{row.name} is empty."
        if row.size > terms.largest:
            return f"{row.name} is longer than {terms.largest // MB} megabytes."
    if sum(row.size for row in rows) > terms.together:
        return f"Together they are longer than {terms.together // MB} megabytes."
    return ""
