"""Cut the text of a condition into tokens, each with its place."""

import re

from msgspec import Struct

from makegood.playbooks.cel.refusals import CelError, CelSyntaxError, Refusal

_STATEMENTS = ("break", "const", "continue", "else", "for", "if", "let", "return", "var", "while")
RESERVED = frozenset(
    (*_STATEMENTS, "as", "function", "import", "loop", "package", "namespace", "void")
)
KEYWORDS = frozenset(("true", "false", "null", "in"))

_TOKEN = re.compile(
    r"""
    (?P<space>(?:[\t\n\f\r ]+|//[^\n]*)+)
  | (?P<bytes>(?:[bB][rR]?|[rR][bB])["'])
  | (?P<raw>[rR](?:'''.*?'''|\"""(?s:.*?)\"""|'[^'\n\r]*'|"[^"\n\r]*"))
  | (?P<string>'''(?:[^\\]|\\.)*?'''|\"""(?:[^\\]|\\.)*?\"""
              |'(?:[^\\'\n\r]|\\.)*'|"(?:[^\\"\n\r]|\\.)*")
  | (?P<double>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+
              |\.[0-9]+(?:[eE][+-]?[0-9]+)?)
  | (?P<uint>(?:0x[0-9a-fA-F]+|[0-9]+)[uU])
  | (?P<int>0x[0-9a-fA-F]+|[0-9]+)
  | (?P<ident>[_a-zA-Z][_a-zA-Z0-9]*)
  | (?P<quoted>`[a-zA-Z0-9_.\-/\ ]+`)
  | (?P<op>&&|\|\||[!=<>]=|[-+*/%<>!?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})"
    r"|([0-3][0-7]{2})|(?P<wrong>.))",
    re.DOTALL,
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Token(Struct, frozen=True, kw_only=True):
    """One word of a condition.

    Attributes:
        kind: int, double, string, ident, quoted, keyword, op or end.
        text: As written; for a string its value, without quotes and escapes.
        pos: Offset in the condition, from 0.
    """

    kind: str
    text: str
    pos: int

    def shown(self) -> str:
        """Name the token in an error message."""
        return "the end of the condition" if self.kind == "end" else f"`{self.text}`"


def tokens_of(text: str) -> tuple[Token, ...]:
    """Cut a condition into tokens.

    Args:
        text: The condition.

    Returns:
        The tokens in order; the last one has kind `end`.

    Raises:
        CelSyntaxError: A character or an escape that the language does not know.
        CelError: A literal outside the subset (bytes, uint).
    """
    tokens = []
    pos = 0
    while pos < len(text):
        found = _TOKEN.match(text, pos)
        if found is None or found.lastgroup is None:
            quote = text[pos] in "\"'"
            expected = "a closing quote" if quote else "a word, a number or an operator"
            raise CelSyntaxError(expected, f"`{text[pos]}`", text, pos)
        if found.lastgroup != "space":
            tokens.append(_token(found.lastgroup, found.group(), text, pos))
        pos = found.end()
    tokens.append(Token(kind="end", text="", pos=len(text)))
    return tuple(tokens)


def _token(kind: str, word: str, text: str, pos: int) -> Token:
    if kind == "bytes":
        raise CelError(Refusal.BYTES, "bytes are not supported; use a string.", text, pos)
    if kind == "uint":
        raise CelError(Refusal.UINT, f"{word} is unsigned; write it without the u.", text, pos)
    if kind == "raw":
        return Token(kind="string", text=_unquoted(word[1:]), pos=pos)
    if kind == "string":
        return Token(kind="string", text=_unescaped(_unquoted(word), text, pos), pos=pos)
    if kind == "quoted":
        return Token(kind=kind, text=word[1:-1], pos=pos)
    if kind == "ident" and word in KEYWORDS:
        kind = "keyword"
    return Token(kind=kind, text=word, pos=pos)


def _unquoted(word: str) -> str:
    width = 3 if len(word) >= 6 and word[:3] in ("'''", '"""') else 1
    return word[width:-width]


def _unescaped(body: str, text: str, pos: int) -> str:
    def replace(found: re.Match[str]) -> str:
        simple, hex2, hex4, hex8, octal, wrong = found.groups()
        if simple is not None:
            return _SIMPLE.get(simple, simple)
        code = int(octal, 8) if octal else int(hex2 or hex4 or hex8 or "110000", 16)
        if wrong is not None or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise CelSyntaxError(
                "an escape such as \\n or \\u00e9", f"`{found.group()}`", text, pos
            )
        return chr(code)

    return _ESCAPE.sub(replace, body) if "\\" in body else body
