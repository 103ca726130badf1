"""`makegood backup` and `restore` as a person types them: keys, people, secrets, refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

PASSWORD = "a bad day ends well"
SIGNS_IN = """
from makegood.web.setup import prepare
prepare()
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
user = authenticate(username="kathy", password="a bad day ends well")
print(sorted(user.groups.values_list("name", flat=True)) if user else None)
print(User.objects.create(username="next").pk > user.pk)
"""


class Box:
    """A deployment on a file, spoken to on the command line."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.address = f"sqlite:///{folder / 'm.db'}"

    def run(
        self, *words: str, typed: str = "", code: int = 0, key: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        environ = {k: v for k, v in os.environ.items() if not k.startswith("MAKEGOOD_")}
        environ |= {"MAKEGOOD_DATABASE": self.address} | ({"MAKEGOOD_KEY": key} if key else {})
        done = subprocess.run(
            [sys.executable, *words] if words[0] == "-c" else
            [sys.executable, "-m", "makegood.cli", *words],
            env=environ, input=typed, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    @property
    def secret(self) -> str:
        return (self.folder / "m.db.key").read_text()


@pytest.fixture
def old(tmp_path: Path) -> Box:
    box = Box(tmp_path / "old")
    box.run("key", "create", "shop", "--scope", "ingest")
    box.run("user", "create", "kathy", "--role", "rep", "--rules", typed=f"{PASSWORD}\n")
    return box


def acts(box: Box) -> list[str]:
    told = json.loads(box.run("acts", "--format", "json").stdout)
    return [act["what"] for act in told]


@pytest.mark.slow
def test_a_drill_with_the_secret_inside_needs_nothing_but_the_file(old: Box, tmp_path: Path):
    file = tmp_path / "all.backup"
    old.run("backup", str(file), "--with-key")
    new = Box(tmp_path / "new")
    said = new.run("restore", str(file))
    assert "1 people may sign in" in said.stdout
    assert new.secret == old.secret
    assert "shop" in new.run("key", "list").stdout
    assert acts(new)[:2] == ["backup.restored", "backup.made"]
    assert "whole" in new.run("acts", "--verify").stdout
    assert new.run("-c", SIGNS_IN).stdout.split("\n")[:2] == ["['rep', 'rule book']", "True"]
    assert "not empty" in new.run("restore", str(file), code=2).stderr


@pytest.mark.slow
def test_without_the_right_secret_nothing_is_restored(old: Box, tmp_path: Path):
    old.run("backup", str(tmp_path))  # into a folder, under a name with the time
    (file,) = tmp_path.glob("*.backup")
    with ZipFile(file) as archive:
        assert "key" not in archive.namelist()
    new = Box(tmp_path / "new")
    assert "Set MAKEGOOD_KEY" in new.run("restore", str(file), code=2).stderr
    wrong = "no" * 20
    assert "no customer would" in new.run("restore", str(file), code=2, key=wrong).stderr
    assert list(new.folder.iterdir()) == []
    new.run("restore", str(file), "--as-it-was", key=old.secret)
    assert acts(new)[0] == "backup.restored"


@pytest.mark.slow
def test_a_file_is_checked_without_restoring_it(old: Box, tmp_path: Path):
    file = tmp_path / "all.backup"
    old.run("backup", str(file))
    assert "not inside" in old.run("restore", str(file), "--check").stdout
    file.write_bytes(file.read_bytes()[:-40])
    assert "no backup" in old.run("restore", str(file), "--check", code=2).stderr
    assert "there already" in old.run("backup", str(file), code=2).stderr


@pytest.mark.slow
def test_attachments_of_letters_come_back_byte_for_byte(old: Box, tmp_path: Path):
    mail = str(Path("tests/mails/eml/html_only.eml").resolve())
    assert "1 taken" in old.run("mail", "take", mail).stdout
    (kept,) = [one for one in (old.folder / "m.db.attachments").rglob("*") if one.is_file()]
    file = tmp_path / "all.backup"
    assert "attachments" in old.run("backup", str(file), "--with-key").stdout
    new = Box(tmp_path / "new")
    new.run("restore", str(file))
    beside = new.folder / "m.db.attachments" / kept.relative_to(old.folder / "m.db.attachments")
    assert beside.read_bytes() == kept.read_bytes()
    assert "1 known" in new.run("mail", "take", mail).stdout
