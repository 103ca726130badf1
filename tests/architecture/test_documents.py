"""Every command that the documents name exists."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
NAMED = re.compile(r"(?:`|^ {4}(?:\.venv/bin/)?|^\$ )makegood ([a-z][a-z-]*)", re.MULTILINE)


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
