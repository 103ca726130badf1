"""Letters, what is attached to them, and mail that was set aside come back from a backup."""

from pathlib import Path

import pytest

from makegood.bootstrap import Makegood, open_makegood
from makegood.engines import open_archive
from makegood.runtime.archive import Written, load_archive, verify, write_archive
from makegood.runtime.archive_files import load_files
from makegood.runtime.mail_aside import raw_of
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.conformance.archives import SECRET, WAYS

WITH_PHOTO = Path("tests/mails/eml/html_only.eml").read_bytes()
LARGE = b"From: a@example.com\n\n" + b"Help me.\n" * 9_000


def made(address: str, folder: Path) -> Makegood:
    settings = Settings(database=address, key=SECRET, attachments=str(folder))
    return open_makegood(settings, clock=FakeClock())


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_mail_and_its_files_come_back(place, tmp_path, source, target):
    old, new, path = place(source), place(target), tmp_path / "b.backup"
    it = made(old, tmp_path / "old")
    try:
        took = it.post.room.take(WITH_PHOTO)
        it.post.room.set_aside(LARGE, "It could not be taken.")
        names = list(it.post.files.names())
        what = Written(version="1", at_ms=5, accounts=b"[]", key=SECRET, files=it.post.files)
        write_archive(path, open_archive(old), what)
    finally:
        it.close()
    load_archive(path, verify(path), open_archive(new))
    it = made(new, tmp_path / "new")
    try:
        assert load_files(path, it.post.files).damaged == 0
        assert list(it.post.files.names()) == names
        with it.store.reading() as reading:
            own = reading.profiles_of([took.customer])[took.customer]
            (letter,) = reading.letters_of(own)
            (row,) = reading.unfit("mail")
        assert letter.files
        assert all(it.post.files.get(letter.letter, one.digest) for one in letter.files)
        assert raw_of(row, it.post.files) == LARGE
        assert it.post.room.take(WITH_PHOTO).became == "known"
    finally:
        it.close()
