"""Every rule book that ships passes its own check, examples included."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BOOKS = sorted(
    path
    for top in ("src", "examples", "docs")
    for path in (ROOT / top).rglob("*.y*ml")
    if re.search(r"^makegood: \d", path.read_text(encoding="utf-8"), re.MULTILINE)
)


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """Ask the command, as a person would."""
    return subprocess.run(
        [sys.executable, "-c", "from makegood.cli import main; main()", "check", str(path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_an_airline_and_a_car_rental_ship():
    names = " ".join(path.stem for path in BOOKS)
    assert "airline" in names
    assert "rental" in names


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: str(p.relative_to(ROOT)))
def test_shipped_rule_book_checks(path):
    checked = check(path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_broken_rule_book_is_refused_by_line(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("makegood: 1\nname: broken\nfailures:\n  - id: no_event_named\n")
    checked = check(broken)
    assert checked.returncode != 0
    assert re.search(r"broken\.yaml:\d+", (checked.stdout + checked.stderr).replace("\n", ""))
