"""Read the text form of protocol buffers, as far as the CEL conformance files use it."""

import re
from collections.abc import Iterator

_WORD = re.compile(
    r"""
    (?P<space>(?:\s+|\#[^\n]*)+)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<mark>[{}<>\[\]:;,])
  | (?P<atom>[^\s{}<>\[\]:;,"'\#]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(
    rb"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))",
    re.DOTALL,
)
_SIMPLE = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


class Message(dict[str, list[object]]):
    """The fields of a message, each with all its values."""

    def one(self, name: str) -> object:
        """Return the only value of a field, or None."""
        values = self.get(name, [])
        return values[-1] if values else None

    def text(self, name: str) -> str:
        """Return a string field, or nothing."""
        value = self.one(name)
        return value.decode() if isinstance(value, bytes) else ""

    def child(self, name: str) -> "Message":
        """Return a message field, or an empty one."""
        value = self.one(name)
        return value if isinstance(value, Message) else Message()

    def children(self, name: str) -> "list[Message]":
        """Return a repeated message field."""
        return [value for value in self.get(name, []) if isinstance(value, Message)]


def read(text: str) -> Message:
    """Read a file: strings become bytes, messages become Message, the rest stays a word."""
    words = [
        (found.lastgroup or "", found.group())
        for found in _WORD.finditer(text)
        if found.lastgroup != "space"
    ]
    return _fields(iter([*words, ("mark", "}")]))


def _fields(words: Iterator[tuple[str, str]]) -> Message:
    message = Message()
    pending: tuple[str, str] | None = None
    while True:
        _, word = pending or next(words)
        pending = None
        if word in "}>":
            return message
        if word in ";,":
            continue
        name = _extension(words) if word == "[" else word
        values, pending = _values(words)
        message.setdefault(name, []).extend(values)


def _extension(words: Iterator[tuple[str, str]]) -> str:
    return "".join(iter(lambda: next(words)[1], "]"))


def _values(words: Iterator[tuple[str, str]]) -> tuple[list[object], tuple[str, str] | None]:
    kind, word = next(words)
    if word == ":" and kind == "mark":
        kind, word = next(words)
    if kind == "mark" and word in "{<":
        return [_fields(words)], None
    if kind == "mark" and word == "[":
        return _list(words), None
    if kind == "string":
        value = _bytes(word)
        for kind, word in words:
            if kind != "string":
                return [value], (kind, word)
            value += _bytes(word)
    return [word], None


def _list(words: Iterator[tuple[str, str]]) -> list[object]:
    values: list[object] = []
    for kind, word in words:
        if word == "]" and kind == "mark":
            break
        if kind == "string":
            values.append(_bytes(word))
        elif kind == "mark" and word in "{<":
            values.append(_fields(words))
        elif kind == "atom":
            values.append(word)
    return values


def _bytes(word: str) -> bytes:
    def replace(found: "re.Match[bytes]") -> bytes:
        octal, hex2, hex4, hex8, simple = found.groups()
        if octal:
            return bytes([int(octal, 8) & 255])
        if hex2:
            return bytes([int(hex2, 16)])
        if hex4 or hex8:
            return chr(int(hex4 or hex8, 16)).encode()
        return _SIMPLE.get(simple, simple)

    return _ESCAPE.sub(replace, word[1:-1].encode())
