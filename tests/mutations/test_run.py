"""The fault runner itself: a toy fault is noticed; a blind test or a stale fault is told."""

from pathlib import Path

import pytest

from tests.mutations.fault import Fault
from tests.mutations.faults import FAULTS
from tests.mutations.run import ROOT, judge, main

TOY = "def add(a, b):\n    return a + b\n"
WATCHING = "from toy import add\n\n\ndef test_adds():\n    assert add(2, 3) == 5\n"
BLIND = "from toy import add\n\n\ndef test_adds():\n    assert add(0, 0) == 0\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("src", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.pytest]\ntestpaths = ["tests"]\n')
    (tmp_path / "src/toy.py").write_text(TOY)
    (tmp_path / "tests/test_watching.py").write_text(WATCHING)
    (tmp_path / "tests/test_blind.py").write_text(BLIND)
    return tmp_path


def fault(test: str, old: str = "a + b") -> Fault:
    return Fault("toy", "src/toy.py", old, "a - b", (f"tests/{test}",))


def test_a_fault_is_noticed_by_the_test_that_watches(tree):
    assert judge(fault("test_watching.py"), tree) == ""


def test_the_tree_itself_is_never_touched(tree):
    judge(fault("test_watching.py"), tree)
    assert (tree / "src/toy.py").read_text() == TOY


def test_a_test_that_stays_green_is_told(tree):
    assert judge(fault("test_blind.py"), tree) == "the tests stayed green"


def test_a_stale_fault_is_told(tree):
    assert "0 times, not once" in judge(fault("test_watching.py", old="a * b"), tree)


def test_a_missing_test_is_no_notice(tree):
    assert "could not judge" in judge(fault("test_gone.py"), tree)


def test_an_unknown_name_is_refused():
    said: list[str] = []
    assert main(["nothing"], (), said.append) == 2
    assert said == ["no such fault: nothing"]


@pytest.mark.parametrize("seeded", FAULTS, ids=lambda f: f.name)
def test_every_seeded_fault_still_fits_its_file(seeded):
    assert (ROOT / seeded.file).read_text().count(seeded.old) == 1
    assert seeded.tests
    assert seeded.old != seeded.new
