"""The import contracts hold, and know every room."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_contract_is_kept():
    """In a process of its own: the linter switches off every logger that is there before it."""
    lint = (
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    )
    said = subprocess.run(
        [sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr


def test_rooms_and_core_are_exhaustive():
    contracts = SETTINGS["tool"]["importlinter"]["contracts"]
    exhaustive = {tuple(c["containers"]) for c in contracts if c.get("exhaustive")}
    assert exhaustive == {("makegood",), ("makegood.core",)}


def test_core_may_not_reach_for_the_outside():
    (pure,) = (
        c for c in SETTINGS["tool"]["importlinter"]["contracts"] if c["name"] == "The core is pure"
    )
    assert {"makegood.core", "makegood.messages", "makegood.playbooks"} <= set(
        pure["source_modules"]
    )
    assert {"time", "random", "os", "pathlib", "logging", "threading", "asyncio", "socket"} <= set(
        pure["forbidden_modules"]
    )
    assert {"subprocess", "sqlite3", "psycopg", "django"} <= set(pure["forbidden_modules"])
