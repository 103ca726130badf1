"""Let an example of a rule book say what the book does now: a decision of a person, never ours."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import yaml

from makegood.messages.errors import InputError
from makegood.playbooks.nodes import BookLoader


def example_saying(text: str, line: int, found: Mapping[str, object]) -> str:
    """Write into the `expect` of an example what came; comments and layout stay.

    Args:
        text: The book.
        line: Where the example begins.
        found: What came, by what was expected, such as `failures` or `held`.

    Raises:
        InputError: The example does not say it in a place of its own; mend it in the text.
    """
    expected = _expected(text, line)
    spots = []
    for what, value in found.items():
        node = expected.get(what)
        if value is None or node is None:
            raise InputError("This example has to be mended in the text.")
        end = node.end_mark.index
        raw = text[node.start_mark.index : end]
        spots.append((node.start_mark.index, end - len(raw) + len(raw.rstrip()), value))
    for start, end, value in sorted(spots, key=lambda one: -one[0]):
        text = text[:start] + _flow(value) + text[end:]
    return text


def _expected(text: str, line: int) -> dict[str, yaml.Node]:
    """Give what an example expects, as far as it is written in the example itself."""
    try:
        root = next(iter(yaml.compose_all(text, Loader=BookLoader)), None)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        root = None
    for example in getattr(_field(root, "examples"), "value", ()):
        if isinstance(example, yaml.MappingNode) and example.start_mark.line + 1 == line:
            expect = _field(example, "expect")
            fields = expect.value if isinstance(expect, yaml.MappingNode) else ()
            first, last = example.start_mark.index, example.end_mark.index
            return {
                str(key.value): value
                for key, value in fields
                if first <= value.start_mark.index < last
                and text[value.start_mark.index] not in "&*!"
            }
    return {}


def _field(node: yaml.Node | None, name: str) -> yaml.Node | None:
    fields = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in fields if key.value == name), None)


def _flow(value: object) -> str:
    """Write a value in one line, as examples are written."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name}: {_flow(one)}" for name, one in value.items())
        return f"{{{inside}}}"
    if isinstance(value, AbstractSet):
        return f"[{', '.join(sorted(str(one) for one in value))}]"
    if isinstance(value, tuple | list):
        return f"[{', '.join(_flow(one) for one in value)}]"
    return str(value) if isinstance(value, str) else json.dumps(value)
