"""Seed each known fault in a copy of the tree and insist that its tests go red.

    make mutations                      every fault
    make mutations ARGS="cached-gate"   one, by name

A fault that leaves its tests green is a hole in the tests, and so is one whose text is no
longer in the file.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.mutations.fault import Fault
from tests.mutations.faults import FAULTS

ROOT = Path(__file__).parents[2]
COPIED = (
    "src",
    "tests",
    "benchmarks",
    "examples",
    "docs",
    "pyproject.toml",
    "Makefile",
    "README.md",
)
TESTS_FAILED = 1  # pytest's exit code for red tests; 2 to 5 mean that it could not judge
TIME_LIMIT_S = 900
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache")


def copy_tree(root: Path, to: Path) -> None:
    """Copy what the tests read; the real tree is never touched."""
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=LEFT_OUT)
        elif source.is_file():
            shutil.copy2(source, to / name)


def seed(tree: Path, fault: Fault) -> None:
    """Replace the one place the fault names.

    Raises:
        ValueError: The text is not in the file exactly once, so the fault means nothing any more.
    """
    path = tree / fault.file
    text = path.read_text(encoding="utf-8")
    if (found := text.count(fault.old)) != 1:
        raise ValueError(f"{fault.file} holds the text of {fault.name!r} {found} times, not once.")
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def run_tests(tree: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the named tests in the copy, with its own source first on the path."""
    environment = dict(
        os.environ,
        PYTHONPATH=str(tree / "src"),
        PYTHONDONTWRITEBYTECODE="1",
        MAKEGOOD_SEEDED_FAULT="1",
    )
    arguments = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", *tests]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=tree,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT_S,
    )


def judge(fault: Fault, root: Path = ROOT) -> str:
    """Say what is wrong with a fault's tests; an empty answer means that they noticed it."""
    with tempfile.TemporaryDirectory(prefix="makegood-fault-") as folder:
        tree = Path(folder)
        copy_tree(root, tree)
        try:
            seed(tree, fault)
        except ValueError as error:
            return str(error)
        outcome = run_tests(tree, fault.tests)
    if outcome.returncode == TESTS_FAILED:
        return ""
    if outcome.returncode == 0:
        return "the tests stayed green"
    return f"pytest could not judge (exit {outcome.returncode}):\n{outcome.stdout[-2000:]}"


def main(
    names: Sequence[str], faults: Sequence[Fault] = FAULTS, say: Callable[[str], None] = print
) -> int:
    """Judge the faults asked for, or all; 0 only when every one was noticed."""
    if unknown := set(names) - {fault.name for fault in faults}:
        say(f"no such fault: {', '.join(sorted(unknown))}")
        return 2
    chosen = [fault for fault in faults if not names or fault.name in names]
    problems = 0
    for fault in chosen:
        problem = judge(fault)
        problems += bool(problem)
        say(
            f"{'NOT NOTICED' if problem else 'noticed':12}{fault.name}{problem and ': ' + problem}"
        )
    say(f"{len(chosen) - problems} of {len(chosen)} seeded faults noticed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
