"""Attachments go into a backup and come out of it byte for byte, piece by piece."""

import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from makegood.messages.errors import InputError
from makegood.runtime.archive_files import ATTACHMENTS, load_files, write_files
from makegood.store.files import DiskFiles, MemoryFiles

LETTER, OTHER = "ab" * 16, "cd" * 16
PHOTO, LARGE = b"\x89PNG photo", bytes(range(256)) * 12_001  # over two pieces


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def filled(folder: Path) -> DiskFiles:
    files = DiskFiles(folder)
    for letter, content in ((LETTER, PHOTO), (LETTER, LARGE), (OTHER, b""), (OTHER, PHOTO)):
        files.put(letter, digest(content), content)
    return files


def packed(files: DiskFiles, path: Path):
    with zipfile.ZipFile(path, "w") as archive:
        return write_files(archive, files)


def test_all_of_them_come_out_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    done = packed(filled(tmp_path / "old"), path)
    assert (done.files, done.size, done.damaged) == (4, 2 * len(PHOTO) + len(LARGE), 0)
    with zipfile.ZipFile(path) as archive:
        assert digest(archive.read(ATTACHMENTS)) == done.sha256
    new = DiskFiles(tmp_path / "new")
    assert load_files(path, new).files == load_files(path, new).files == 4
    assert list(new.names()) == list(filled(tmp_path / "old").names())
    for letter, content in ((LETTER, PHOTO), (LETTER, LARGE), (OTHER, b""), (OTHER, PHOTO)):
        assert new.get(letter, digest(content)) == content


def test_no_more_than_a_piece_is_in_memory_at_once(tmp_path: Path) -> None:
    taken: list[int] = []

    class Watching(MemoryFiles):
        def put_pieces(self, letter, named, pieces):
            taken.extend(len(one) for one in pieces)
            return True

    path = tmp_path / "a.zip"
    packed(filled(tmp_path / "old"), path)
    load_files(path, Watching())
    assert max(taken) <= 1 << 20
    assert sum(taken) == 2 * len(PHOTO) + len(LARGE)


def test_a_damaged_one_is_counted_left_out_and_harms_no_other(tmp_path: Path) -> None:
    files = filled(tmp_path / "old")
    (spoilt,) = (tmp_path / "old").glob(f"*/{LETTER}/{digest(PHOTO)}")
    spoilt.write_bytes(b"other")
    path = tmp_path / "a.zip"
    assert packed(files, path).damaged == 1
    new = DiskFiles(tmp_path / "new")
    done = load_files(path, new)
    assert (done.files, done.damaged) == (3, 1)
    assert new.get(LETTER, digest(PHOTO)) is None
    assert new.get(OTHER, digest(PHOTO)) == PHOTO
    assert not [one for one in (tmp_path / "new").rglob("*.*") if one.is_file()]


def test_what_was_erased_while_they_are_copied_is_left_out(tmp_path: Path) -> None:
    class Erasing(DiskFiles):
        def names(self):
            for letter, named in super().names():
                if letter == OTHER:
                    self.drop(OTHER)
                yield letter, named

    filled(tmp_path / "old")
    assert packed(Erasing(tmp_path / "old"), tmp_path / "a.zip").files == 2


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x00\x00\x02ab",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x24\x93\xa6../../\xb0" + b"0" * 16 + b"\x01x",
        b"\x00\x00\x00\x36\x93\xd9\x20" + b"ab" * 16 + b"\xb0" + b"0" * 16 + b"\x63x",
    ],
)
def test_a_part_of_another_form_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(ATTACHMENTS, content)
    with pytest.raises(InputError):
        load_files(path, DiskFiles(tmp_path / "new"))
    assert not [one for one in (tmp_path / "new").rglob("*") if one.is_file()]


def test_a_backup_without_any_gives_none(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", "{}")
    assert load_files(path, DiskFiles(tmp_path / "new")).files == 0


def test_the_same_that_comes_twice_at_once_is_kept_whole(tmp_path: Path) -> None:
    files, half = DiskFiles(tmp_path / "kept"), len(LARGE) // 2

    def pieces():
        yield LARGE[:half]
        assert files.put_pieces(LETTER, digest(LARGE), [LARGE])  # another one is quicker
        yield LARGE[half:]

    assert files.put_pieces(LETTER, digest(LARGE), pieces())
    assert files.get(LETTER, digest(LARGE)) == LARGE
    assert len(list((tmp_path / "kept").rglob("*"))) == 3  # two folders, one file
