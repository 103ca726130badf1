"""Accept only patterns that Python's `re` and RE2 understand alike, and compile them."""

import re

_ATOM = re.compile(
    r"""
    (?P<escape>\\(?:[dDwWsSb]|[tnrfv]|x[0-9a-fA-F]{2}|[^\w\s]))
  | (?P<set>\[\^?(?:\\(?:[dws]|[tnrf]|[^\w\s])|[^\]\[\\])+\])
  | (?P<open>\((?:\?:)?(?!\?))
  | (?P<close>\))
  | (?P<alternative>\|)
  | (?P<anchor>[\^$])
  | (?P<repeat>(?:[*+?]|\{[0-9]{1,3}(?:,(?:[0-9]{1,3})?)?\})\??)
  | (?P<plain>[^\\\[\](){}*+?|^$])
    """,
    re.VERBOSE | re.DOTALL,
)
_DOUBTFUL_SET = re.compile(r"--|&&|\|\||~~|\\[dws]-|-\\[dws]")
_SPACE = r"\t\n\f\r "  # what \s means to RE2; Python would add \v
_PYTHON = {"$": r"\Z", r"\s": f"[{_SPACE}]", r"\S": f"[^{_SPACE}]"}


class PatternError(ValueError):
    """The pattern does not mean the same in RE2 and in Python."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern with the meaning that RE2 gives it.

    Args:
        pattern: The second operand of `matches`.

    Returns:
        A pattern to `search` with.

    Raises:
        PatternError: The pattern uses something outside the common part, or could take
            exponential time in Python.
    """
    parts = [_portable(found) for found in _atoms(pattern)]
    try:
        return re.compile("".join(parts), re.ASCII)
    except (re.error, OverflowError) as error:
        raise PatternError(str(error)) from error


def _atoms(pattern: str) -> list[re.Match[str]]:
    atoms = []
    pos = 0
    before = "open"
    loops = [False]  # for each open group: does it hold an unbounded repeat?
    closed_loop = False
    while pos < len(pattern):
        found = _ATOM.match(pattern, pos)
        if found is None:
            raise PatternError(f"`{pattern[pos:]}` is not understood")
        kind = found.lastgroup or ""
        if kind == "repeat":
            if before in ("open", "alternative", "anchor", "repeat"):
                raise PatternError(f"`{found.group()}` has nothing to repeat")
            unbounded = found.group()[0] in "*+" or ",}" in found.group()
            if unbounded and before == "close" and closed_loop:
                raise PatternError("a repeat inside a repeat may take for ever")
            loops[-1] = loops[-1] or unbounded or (before == "close" and closed_loop)
        elif kind == "open":
            loops.append(False)
        elif kind == "close":
            if len(loops) == 1:
                raise PatternError("`)` closes nothing")
            closed_loop = loops.pop()
            loops[-1] = loops[-1] or closed_loop
        atoms.append(found)
        before = "anchor" if found.group() in (r"\b",) else kind
        pos = found.end()
    return atoms


def _portable(found: re.Match[str]) -> str:
    text = found.group()
    if found.lastgroup != "set":
        return _PYTHON.get(text, text)
    if _DOUBTFUL_SET.search(text):
        raise PatternError(f"`{text}` may mean different things; write it another way")
    return text.replace(r"\s", _SPACE)
