"""Every command and every path of the interface that the documents name exists."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
NAMED = re.compile(r"(?:`|^ {4}(?:\.venv/bin/)?|^\$ )makegood ([a-z][a-z-]*)", re.MULTILINE)

OPENAPI = ROOT / "docs" / "reference" / "openapi.json"
PATH = re.compile(r"(?:(GET|POST|PUT|DELETE) )?(/v1/[a-z{][a-z0-9_/{}.<>-]*)")


def _plain(path: str) -> str:
    """A path without the names of its parts; which sources there are is for a rule book to say."""
    path = re.sub(r"^/v1/in/[a-z_]+", "/v1/in/*", path)
    return re.sub(r"[{<][a-z_]+[}>]?", "*", path).rstrip("/.")


def test_every_path_in_the_documents_exists_and_the_page_names_every_path():
    known = {
        (_plain(path), method.upper())
        for path, methods in json.loads(OPENAPI.read_text())["paths"].items()
        for method in methods
    } | {("/v1/openapi.json", "GET")}
    named = {
        (_plain(path), method, document.name)
        for document in DOCUMENTS
        for method, path in PATH.findall(document.read_text())
    }
    paths = {path for path, _ in known if path.startswith("/v1/")}
    assert {one for one in named if (one[0], one[1]) not in known and one[0] not in paths} == set()
    assert {one for one in named if one[1] and (one[0], one[1]) not in known} == set()
    assert paths - {path for path, _, document in named if document == "http-api.md"} == set()


def test_every_command_in_the_documents_exists():
    listed = subprocess.run(
        [sys.executable, "-c", "from makegood.cli import main; main()", "--help"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    known = set(re.findall(r"^\W*([a-z][a-z-]*) ", listed.stdout, re.MULTILINE))
    named = {
        (str(path.relative_to(ROOT)), command)
        for path in DOCUMENTS
        for command in NAMED.findall(path.read_text())
    }
    assert len({command for _, command in named}) >= 5
    assert {(path, command) for path, command in named if command not in known} == set()
