"""All that is kept of one person, in one file, for whoever asks what a firm knows of them.

Nothing of anybody else is in it: an address that is a customer of its own is left out, and so is
what was written of others.
"""

import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, ProfileId
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.files import Files
from makegood.ports.letters import Letter
from makegood.ports.rows import PersonRow
from makegood.ports.store import Reading, Store
from makegood.runtime.erasing import EMAIL
from makegood.runtime.intake import Intake
from makegood.runtime.noting import note
from makegood.runtime.raising import customer_meant
from makegood.runtime.subject_beside import Beside, lines, read_of

_PAGE = 50
_ENCODER = msgspec.json.Encoder()


class Disclosed(Struct, kw_only=True):
    """What was written; `missing` counts attachments that are kept no more.

    Attributes:
        parked: Mails to them that wait at the gate.
        aside: Mails of theirs that nobody could file.
    """

    events: int = 0
    texts: int = 0
    letters: int = 0
    drafts: int = 0
    attachments: int = 0
    orders: int = 0
    posts: int = 0
    parked: int = 0
    aside: int = 0
    missing: int = 0


class SubjectAccess:
    """Writes all that is kept of a person."""

    def __init__(self, store: Store, intake: Intake, files: Files, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._files = files
        self._clock = clock

    def write(self, identifier: str, path: Path) -> Disclosed:
        """Write a ZIP of JSON lines and attachments; the file appears whole or not at all.

        Raises:
            InputError: Nobody, or no one customer, is known by it; or there is such a file.
        """
        customer = customer_meant(self._store, self._intake, normal(identifier))
        if customer is None:
            raise InputError(f"No one customer is known as {identifier}.")
        if path.exists():
            raise InputError(f"{path} is there already; choose another name.")
        with self._store.writing() as writing:  # before the first line leaves
            now_ms = self._clock.now_ms()
            note(writing, Act(what="person.exported", at_ms=now_ms, about=customer))
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    written = self._written(archive, customer)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
        finally:
            with suppress(OSError):
                part.unlink()
        return written

    def _written(self, archive: zipfile.ZipFile, customer: CustomerId) -> Disclosed:
        with self._store.reading() as reading:
            own = reading.profiles_of([customer]).get(customer, ())
            persons = _persons(reading, own)
            texts = reading.texts_of(own)
            drafts = reading.jottings_of(own)
            events = reading.history(customer)
        lines(archive, "person.jsonl", persons)
        lines(archive, "events.jsonl", events)
        lines(archive, "texts.jsonl", ({"ref": ref, "text": it} for ref, it in texts.items()))
        lines(archive, "drafts.jsonl", drafts)
        done = Disclosed(events=len(events), texts=len(texts), drafts=len(drafts))
        kept = self._letters(archive, own, done)
        emails = self._addresses(customer, persons)
        beside = Beside(self._store, self._files, archive).write(own, emails)
        for name, count in beside.items():
            setattr(done, name, getattr(done, name) + count)
        for letter in kept:
            self._attached(archive, letter, done)
        return done

    def _addresses(
        self, customer: CustomerId, persons: Sequence[PersonRow]
    ) -> dict[ProfileId, str]:
        """Give the addresses that mean this customer and nobody else, by their pseudonyms."""
        said = {it for one in persons for it in (EMAIL + one.email, one.identifier)}
        found: dict[ProfileId, str] = {}
        for one in sorted(said):
            try:
                named = normal(one)
            except InputError:
                continue
            if not named.startswith(EMAIL):
                continue
            if customer_meant(self._store, self._intake, named) == customer:
                found[self._intake.profile(named)] = named.removeprefix(EMAIL)
        return found

    def _letters(
        self, archive: zipfile.ZipFile, own: Sequence[ProfileId], done: Disclosed
    ) -> list[Letter]:
        """Write the letters page by page; give those with something attached, without words."""
        kept: list[Letter] = []
        after: tuple[int, str] | None = None
        with archive.open("letters.jsonl", "w", force_zip64=True) as part:
            while True:
                with self._store.reading() as reading:
                    page = reading.letters_of(own, after=after, limit=_PAGE)
                for one in page:
                    part.write(_ENCODER.encode(one) + b"\n")
                done.letters += len(page)
                kept += [_bare(one) for one in page if one.files]
                if len(page) < _PAGE:
                    break
                after = (page[-1].at_ms, page[-1].letter)
        with self._store.reading() as reading:
            said = read_of(reading, own)
        lines(archive, "triage.jsonl", said)
        return kept

    def _attached(self, archive: zipfile.ZipFile, letter: Letter, done: Disclosed) -> None:
        for place, one in enumerate(letter.files, 1):
            content = self._files.get(one.holder or letter.letter, one.digest)
            if content is None:
                done.missing += 1
                continue
            archive.writestr(f"attachments/{letter.letter}/{place}-{one.name}", content)
            done.attachments += 1


def _bare(letter: Letter) -> Letter:
    return msgspec.structs.replace(letter, text="", quoted="", page="")


def _persons(reading: Reading, own: Sequence[ProfileId]) -> list[PersonRow]:
    """Give what is known of the person; of an address that is somebody of its own, nothing."""
    lookups = {one for group in reading.lookups_of(own).values() for one in group}
    others = set(reading.customers_of(sorted(lookups))) - set(own)
    known = reading.persons(sorted({*own, *lookups} - others))
    return [known[profile] for profile in sorted(known)]
