"""The commands of "Try a changed rule book on last year" run as they are written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/howto/try-a-rule-book.md").read_text()
COMMANDS = re.findall(r"^ {4}(.+)$", PAGE, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the commands read, and `makegood` on the path."""
    for name in ("docs", "src"):
        (tmp_path / name).symlink_to(ROOT / name)
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    program = bin_folder / "makegood"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m makegood.cli "$@"\n')
    program.chmod(0o755)
    return tmp_path


def named(text: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)`", text))


def test_every_command_does_what_the_page_says(folder):
    said = {}
    environ = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "COLUMNS": "200"}
    for line in COMMANDS:
        if line.startswith("export "):
            name, value = line.removeprefix("export ").split("=", 1)
            environ[name] = value
            continue
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            input="a password that nobody guesses\n",
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == (1 if line.endswith("# no") else 0), f"{line}: {done.stderr}"
        said[line] = done.stdout
    assert len(said) == 9
    table = next(text for text in said.values() if "Double deviations" in text)
    assert re.search(r"Failures: no car +│ +2 │ +1 │ +-1", table)
    assert re.search(r"Double deviations +│ +1 │ +0 │ +-1", table)
    assert re.search(r"Call tasks: second failure +│ +1 │ +0 │ +-1", table)
    told = json.loads(next(text for text in said.values() if text.startswith("{")))
    compared, json_shape = (PAGE.split(f"## {head}")[1] for head in ("What is", "The JSON"))
    assert {one["group"] for one in told["figures"]} <= named(compared.split("- An")[0])
    assert set(told) == named(first_column(json_shape))
    assert "<svg" in (folder / "report.html").read_text()
    own = [text for line, text in said.items() if line == "makegood replay --rule-book new.yaml"]
    assert own == [table]


def first_column(table: str) -> str:
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return "\n".join(cell for cell in cells if "[]" not in cell)
