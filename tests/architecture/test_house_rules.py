"""The rules of the house that no tool knows: sizes, lock files, what the words may speak of."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 400  # lines of a module; above it, it has more than one idea
MODULES = sorted(p for top in ("src", "benchmarks") for p in (ROOT / top).rglob("*.py"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Joined here so that this file does not name what it forbids.
FORBIDDEN = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"), ("/.lib", "rary"), ("sub", "agent"), ("file://", "/"), ("extra-", "index"),
        ("/opt/", "pypi"), ("/opt/", "wheels"), ("clau", "de"), ("anthro", "pic"),
        ("issues ", "show"),
    )
)  # fmt: skip


def tracked() -> list[Path]:
    """Every file that a clone would hold."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    except UnicodeDecodeError:
        return ""


def test_there_are_modules_to_check():
    assert len(MODULES) > 10
    assert len(LOCKS) >= 4


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_fits_in_the_limit(path):
    assert path.read_text().count("\n") <= LIMIT


@pytest.mark.parametrize("path", LOCKS, ids=lambda p: p.name)
def test_lock_file_pins_by_hash_and_names_no_registry(path):
    text = path.read_text()
    assert not re.search(r"https?:|file:|--(index|extra|find|trusted)|@ ", text)
    pinned = re.findall(r"^[a-zA-Z0-9._-]+==\S+[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE)) > 0


def test_run_and_dev_locks_agree():
    run, dev = (_versions(ROOT / "requirements" / name) for name in ("run.txt", "dev.txt"))
    assert run <= dev


def _versions(path: Path) -> set[str]:
    return {line.split(" ")[0] for line in path.read_text().splitlines() if "==" in line}


def test_product_speaks_of_the_product_only():
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked()
        for word in FORBIDDEN
        if word in text_of(path).lower()
    ]
    assert found == []


def test_no_module_is_a_drawer():
    drawers = {"utils", "helpers", "common", "misc", "models_common"}
    assert [str(p.relative_to(ROOT)) for p in MODULES if p.stem in drawers] == []


def test_every_make_target_in_the_documents_exists():
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [p for p in tracked() if p.suffix == ".md"]
    pattern = r"`make ([a-z-]+)[^`\n]*`|^ {4}make ([a-z-]+)\b|^make ([a-z-]+)\b"
    named = {
        (str(path.relative_to(ROOT)), next(filter(None, hit)))
        for path in documents
        for hit in re.findall(pattern, text_of(path), re.MULTILINE)
    }
    assert documents
    assert {(path, target) for path, target in named if target not in known} == set()


def test_every_make_target_says_what_it_does():
    makefile = (ROOT / "Makefile").read_text()
    phony = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    described = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert {name for line in phony for name in line.split()} == described
