"""The import contracts hold, and know every room."""

import tomllib
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_contract_is_kept(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


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
