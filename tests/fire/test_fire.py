"""Three minutes of fire in CI, two on PostgreSQL and one on SQLite; by hand: `make fire`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEED = os.environ.get("MAKEGOOD_FIRE_SEED", "7")
LONGEST_S = 840  # for a machine on which much else runs; nothing is judged by it

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("fire"),
    pytest.mark.timeout(LONGEST_S + 30),
]


def burn(engine: str, minutes: str) -> str:
    """Burn in a process of its own; give its report."""
    words = ("--engine", engine, "--minutes", minutes, "--seed", SEED)
    done = subprocess.run(
        [sys.executable, "-m", "tests.fire", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4_000:]}"
    return done.stdout


@pytest.mark.postgres
@pytest.mark.usefixtures("postgres_server_url")  # skipped with its reason where there is none
def test_a_deployment_on_postgresql_keeps_every_law_under_fire():
    assert "every law held" in burn("postgres", "2")


def test_a_deployment_on_sqlite_keeps_every_law_under_fire():
    assert "every law held" in burn("sqlite", "1")
