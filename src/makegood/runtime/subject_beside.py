"""What is kept of one person beside their events and letters: for the file of all that is kept.

Orders, public posts with their media, what was read in their letters, roles in accounts, mail that
waits at the gate for them, and mail of theirs that nobody could file.
"""

import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.messages.ids import ProfileId
from makegood.ports.attached import Attached
from makegood.ports.files import Files
from makegood.ports.parking import ParkedRow
from makegood.ports.store import Reading, Store
from makegood.ports.triage import TriageRow
from makegood.ports.unfit import Unfit
from makegood.ports.voice import Post
from makegood.runtime.mail_aside import SOURCE, raw_of
from makegood.sources.mail.reading import read_mail

_PAGE = 200
_MOST_POSTS = 100_000
_ENCODER = msgspec.json.Encoder()


class Beside:
    """Writes it into an archive; the counts go by the names of the parts."""

    def __init__(self, store: Store, files: Files, archive: zipfile.ZipFile) -> None:
        self._store = store
        self._files = files
        self._archive = archive

    def write(
        self, own: Sequence[ProfileId], addresses: Mapping[ProfileId, str]
    ) -> dict[str, int]:
        """Write every part.

        Args:
            own: The profiles of the customer.
            addresses: Every mail address that is theirs alone, by its pseudonym.
        """
        names, emails = {*own, *addresses}, frozenset(addresses.values())
        with self._store.reading() as reading:
            orders = [
                row
                for row in reading.outbox_of(own)
                if not row.command.to or row.command.to in names
            ]
            posts = reading.posts_of(own, _MOST_POSTS)
            attached = reading.attached_of(own)
            roles = reading.standing_of(sorted(names)).roles
        waits = [row for row in self._parked() if row.profile in names]
        aside = [row for row in self._aside() if _is_from(row, emails)]
        lines(self._archive, "orders.jsonl", orders)
        lines(self._archive, "public.jsonl", posts)
        lines(self._archive, "roles.jsonl", (one for row in roles.values() for one in row))
        lines(self._archive, "parked.jsonl", waits)
        lines(self._archive, "aside.jsonl", (replace(row, file="") for row in aside))
        lines(self._archive, "attached.jsonl", attached)
        self._mails(waits)
        for row in aside:
            if (raw := raw_of(row, self._files)) is not None:
                self._archive.writestr(f"aside/{row.id}.eml", raw)
        media, missing = self._media(posts)
        media += self._unsent(attached)
        return {
            "orders": len(orders), "posts": len(posts), "parked": len(waits),
            "aside": len(aside), "attachments": media, "missing": missing,
        }  # fmt: skip

    def _parked(self) -> Iterator[ParkedRow]:
        after: tuple[int, str] | None = None
        while True:
            with self._store.reading() as reading:
                page = reading.parked(after=after, limit=_PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            after = (page[-1].since_ms, page[-1].parked)

    def _mails(self, waits: Sequence[ParkedRow]) -> None:
        for mail in sorted({row.mail for row in waits}):
            with self._store.reading() as reading:
                found = reading.parked_mails([mail]).get(mail)
            if found is not None:  # it went out meanwhile
                self._archive.writestr(f"parked/{mail}.eml", found.content)

    def _aside(self) -> Iterator[Unfit]:
        after: tuple[int, str] | None = None
        while True:
            with self._store.reading() as reading:
                page = reading.unfit(SOURCE, after=after, limit=_PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            after = (page[-1].at_ms, page[-1].id)

    def _unsent(self, attached: Sequence[Attached]) -> int:
        """Write what is attached to drafts; what was sent stands with its letter."""
        kept = 0
        for row in attached:
            content = None if row.said else self._files.get(row.file, row.digest)
            if content is not None:
                self._archive.writestr(f"attachments/drafts/{row.file}-{row.name}", content)
                kept += 1
        return kept

    def _media(self, posts: Sequence[Post]) -> tuple[int, int]:
        kept = missing = 0
        for post in posts:
            for place, one in enumerate(post.media, 1):
                content = self._files.get(post.post, one.digest) if one.digest else None
                if content is not None:
                    self._archive.writestr(f"public/{post.post}/{place}", content)
                kept += content is not None
                missing += content is None and bool(one.digest)
        return kept, missing


def read_of(reading: Reading, own: Sequence[ProfileId]) -> list[TriageRow]:
    """Give what was read in what they wrote, also in public, by a model or a person."""
    posts = reading.triaged([one.post for one in reading.posts_of(own, _MOST_POSTS)])
    return [*reading.triaged_of(own), *(posts[one] for one in sorted(posts))]


def lines(archive: zipfile.ZipFile, name: str, rows: Iterable[object]) -> None:
    """Write a part, one row a line."""
    with archive.open(name, "w", force_zip64=True) as part:
        for row in rows:
            part.write(_ENCODER.encode(row) + b"\n")


def _is_from(row: Unfit, emails: Collection[str]) -> bool:
    """Whether a mail says to be of somebody: what only names them may be another's."""
    if not any(one in row.record.casefold() for one in emails):
        return False
    try:
        return read_mail(row.record.encode()).sender in emails
    except InputError:
        return False
