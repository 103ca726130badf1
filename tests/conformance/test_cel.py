"""The conformance tests of the CEL specification: answered rightly, or refused with a code."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from makegood.playbooks.cel import (
    CelError,
    CelEvaluationError,
    Duration,
    Scope,
    Timestamp,
    compile_expression,
)
from tests.conformance.textproto import Message, read

FOLDER = Path(__file__).resolve().parents[2].parent / "shared/data/cel_conformance"
WANTED_PASSES = 600
# Kinds of value the language has; a test that is about another must have been refused.
FOREIGN = frozenset(("uint64_value", "bytes_value", "type_value", "enum_value"))


class ForeignValueError(Exception):
    """The test is about a value that the condition language does not have."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How one test went."""

    name: str
    expression: str
    kind: str
    detail: str


def plain(value: Message) -> object:
    """Turn a value of the files into a value of the condition language."""
    (kind,) = value
    content = value.one(kind)
    if kind in FOREIGN:
        raise ForeignValueError(kind)
    if kind == "object_value":
        return _object(value.child(kind))
    if kind == "list_value":
        return [plain(item) for item in value.child(kind).children("values")]
    if kind == "map_value":
        entries = value.child(kind).children("entries")
        return {plain(entry.child("key")): plain(entry.child("value")) for entry in entries}
    if isinstance(content, bytes):
        return content.decode()
    if kind in ("bool_value", "null_value"):
        return content == "true" if kind == "bool_value" else None
    return int(str(content)) if kind == "int64_value" else float(str(content))


def _object(value: Message) -> object:
    ((url, (content,)),) = value.items()
    kinds = {"google.protobuf.Duration": Duration, "google.protobuf.Timestamp": Timestamp}
    kind = kinds.get(url.rpartition("/")[2])
    if kind is None or not isinstance(content, Message):
        raise ForeignValueError(url)
    seconds, nanos = (int(str(content.one(name) or 0)) for name in ("seconds", "nanos"))
    return kind(seconds * 10**9 + nanos)


def same(answer: Any, wanted: Any) -> bool:
    """Compare answer and expectation, types included."""
    if type(answer) is not type(wanted):
        return False
    if isinstance(answer, list):
        return len(answer) == len(wanted) and all(map(same, answer, wanted))
    if isinstance(answer, dict):
        alike = answer.keys() == wanted.keys()
        return alike and all(same(answer[key], wanted[key]) for key in wanted)
    return repr(answer) == repr(wanted)  # tells -0.0 from 0.0, and NaN is NaN


def run(test: Message) -> tuple[str, str]:
    """Run one test: passed, refused or failed, with the code or the difference."""
    names = dict.fromkeys(entry.text("name") for entry in test.children("type_env"))
    bound = {entry.text("key"): entry.child("value") for entry in test.children("bindings")}
    scope = Scope(names=(*names, *(key for key in bound if key not in names)))
    try:
        expression = compile_expression(test.text("expr"), scope)
    except CelError as error:
        return "refused", error.code.value
    try:
        env = {key: plain(value.child("value")) for key, value in bound.items()}
        answer = expression.evaluate(env)
    except CelEvaluationError as error:
        return ("passed" if "eval_error" in test else "failed"), f"error {error}"
    except ForeignValueError as error:
        return "failed", f"accepted, though it is about {error}"
    if "eval_error" in test:
        return "failed", f"no error but {answer!r}"
    wanted = plain(test.child("value")) if "value" in test else True
    return ("passed" if same(answer, wanted) else "failed"), f"{answer!r}, not {wanted!r}"


def outcomes() -> Iterator[Outcome]:
    """Run every test of every file."""
    for file in sorted(FOLDER.glob("*.textproto")):
        for section in read(file.read_text()).children("section"):
            for test in section.children("test"):
                kind, detail = run(test)
                name = f"{file.stem}/{section.text('name')}/{test.text('name')}"
                yield Outcome(name=name, expression=test.text("expr"), kind=kind, detail=detail)


@pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the CEL conformance files are not beside the tree"
)
def test_every_conformance_test_passes_or_is_refused_with_a_code():
    done = list(outcomes())
    counts = Counter(outcome.kind for outcome in done)
    codes = Counter(outcome.detail for outcome in done if outcome.kind == "refused")
    print(f"CEL conformance: {dict(counts)} of {len(done)}; refused: {dict(codes)}")
    failed = [
        f"{outcome.name}: {outcome.expression} -> {outcome.detail}"
        for outcome in done
        if outcome.kind == "failed"
    ]
    assert not failed, "\n".join(failed)
    assert counts["passed"] >= WANTED_PASSES
