"""The pure rooms open nothing, print nothing, and keep nothing between two calls."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/makegood"
PURE = sorted(
    p for room in ("core", "messages", "playbooks") for p in (SOURCE / room).rglob("*.py")
)
REACHING_OUT = {"open", "print", "input", "breakpoint", "globals", "__import__"}


def breaches(source: str) -> list[str]:
    """Name each call that reaches out and each statement that changes what a module remembers."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in REACHING_OUT:
                found.append(f"line {node.lineno}: {name}()")
            case ast.Global():
                found.append(f"line {node.lineno}: {', '.join(node.names)} is changed from inside")
            case ast.Call(func=ast.Name(id="hash")):
                found.append(f"line {node.lineno}: hash() differs from one run to the next")
    return found


def test_the_check_sees_a_breach():
    source = "def f():\n    global n\n    n = hash('a')\n    return open('x')\n"
    assert [text.split(":")[0] for text in breaches(source)] == ["line 2", "line 3", "line 4"]


def test_there_are_pure_modules():
    assert len(PURE) > 10


@pytest.mark.parametrize("path", PURE, ids=lambda p: str(p.relative_to(SOURCE)))
def test_pure_room_reaches_for_nothing(path):
    assert breaches(path.read_text()) == []
