"""Tell what is new in a text from what it quotes, and find the letter inside of a forwarded one.

One look at each line, so that no text, however it was made, takes long: a line begins a quote
("On ... wrote:"), begins a block of fields ("From:", "Sent:"), is quoted (">"), or is plain.
The libraries for this take 16 seconds and more for a hostile mail of 16 kB.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from makegood.sources.mail.shapes import Original

_LONGEST_INTRO = 400  # characters of a line that introduces a quote
_WRAPS = 3  # such a line may be broken into so many
# (how it begins, what it ends on); lower case. EN, DE, ES, FR, IT, NL, PT.
_INTROS = (
    ("on ", " wrote:"), ("am ", " schrieb"), ("el ", " escribió:"), ("le ", " a écrit :"),
    ("le ", " a écrit:"), ("il ", " ha scritto:"), ("op ", " schreef"), ("em ", " escreveu:"),
)  # fmt: skip
_MIDDLES = (" schrieb", " schreef")  # the name follows, and then the colon
_FORWARDS = (
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht",
    "weitergeleitete e-mail", "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail", "mensaje reenviado", "inicio del mensaje reenviado",
    "message transféré", "début du message transféré", "messaggio inoltrato",
    "doorgestuurd bericht", "mensagem encaminhada",
)  # fmt: skip
_ORIGINALS = (
    "original message", "ursprüngliche nachricht", "originalnachricht", "mensaje original",
    "message d'origine", "messaggio originale", "oorspronkelijk bericht", "mensagem original",
)  # fmt: skip
_FIELDS = {
    "from": "from", "von": "from", "de": "from", "da": "from", "van": "from",
    "to": "to", "an": "to", "para": "to", "à": "to", "a": "to", "aan": "to", "cc": "to",
    "sent": "date", "date": "date", "gesendet": "date", "datum": "date", "enviado": "date",
    "enviado el": "date", "fecha": "date", "envoyé": "date", "data": "date", "verzonden": "date",
    "subject": "subject", "betreff": "subject", "asunto": "subject", "objet": "subject",
    "oggetto": "subject", "onderwerp": "subject", "assunto": "subject",
}  # fmt: skip
_FIELD = re.compile(r"[ *>]{0,8}([A-Za-zÀ-ÿ][A-Za-zÀ-ÿ -]{0,20}):\*?[ \t]*(.{0,1000})")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']{1,64}@[A-Za-z0-9.-]{1,253}")
_FEWEST_FIELDS = 3
_MOST_LINES = 20_000


class Split(Struct, frozen=True, kw_only=True):
    """A text, told apart.

    Attributes:
        new: What the sender wrote now.
        quoted: What was there before.
        original: What was forwarded; None when nothing was.
    """

    new: str
    quoted: str = ""
    original: Original | None = None


def split(text: str) -> Split:
    """Tell what is new from what is quoted.

    Args:
        text: The plain text of a mail.

    Returns:
        The parts. Rather too much counts as new than too little: nothing a customer wrote may
        disappear behind a fold.
    """
    lines = text.split("\n")[:_MOST_LINES]
    at = _begin(lines)
    if at is None:
        new = [line for line in lines if not _is_quoted(line)]
        quoted = [line for line in lines if _is_quoted(line)]
        return Split(new=_joined(new), quoted=_joined(quoted))
    start, length, is_forward = at
    above, below = lines[:start], lines[start + length :]
    if is_forward:
        return _forwarded(above, lines[start : start + length], below)
    inside = [line for line in below if not _is_quoted(line)]
    if any(_is_quoted(line) for line in below):  # what stands between or below was written now
        new = _plain(above) + inside
        old = [line for line in (*above, *below) if _is_quoted(line)]
    else:
        new, old = _plain(above), below
    if not "".join(new).strip():  # nothing but a quote: then that is what they sent
        return Split(new=_joined([line.lstrip("> ") for line in below]))
    return Split(new=_joined(new), quoted=_joined([*lines[start : start + length], *old]))


def _begin(lines: Sequence[str]) -> tuple[int, int, bool] | None:
    """Find where something older begins: (line, lines of the introduction, it is forwarded)."""
    for n, line in enumerate(lines):
        bare = line.strip("-_=* \t>").rstrip(":").casefold()
        is_ruled = line.lstrip().startswith("--") or line.rstrip().endswith(":")
        if is_ruled and bare in _FORWARDS:
            return n, 1, True
        if is_ruled and bare in _ORIGINALS:
            return n, 1, False
        if length := _intro(lines, n):
            return n, length, False
        if _fields_at(lines, n):
            return n, 0, False
    return None


def _intro(lines: Sequence[str], n: int) -> int:
    """Say over how many lines "On ... wrote:" goes; 0 when it is not there."""
    first = lines[n].strip("> \t").casefold()
    begins = [end for begin, end in _INTROS if first.startswith(begin)]
    if not begins:
        return 0
    whole = ""
    for length in range(1, _WRAPS + 1):
        if n + length > len(lines):
            return 0
        whole = f"{whole} {lines[n + length - 1].strip('> ').casefold()}".strip()
        if len(whole) > _LONGEST_INTRO:
            return 0
        if whole.endswith(":") and any(_ends(whole, end) for end in begins):
            return length
    return 0


def _ends(whole: str, end: str) -> bool:
    return end in whole if end in _MIDDLES else whole.endswith(end)


def _fields_at(lines: Sequence[str], n: int) -> int:
    """Say how many lines of fields ("From:", "Sent:", "To:") begin here; 0 for no such block."""
    found = _FIELD.fullmatch(lines[n])
    if found is None or _FIELDS.get(found[1].strip().casefold()) != "from":
        return 0
    known: set[str] = set()
    length = 0
    for line in lines[n : n + 12]:
        found = _FIELD.fullmatch(line)
        name = _FIELDS.get(found[1].strip().casefold()) if found else None
        if name is None:
            break
        known.add(name)
        length += 1
    return length if len(known) >= _FEWEST_FIELDS else 0


def _forwarded(above: list[str], intro: list[str], below: list[str]) -> Split:
    """Read the letter inside; who forwarded it may have said something above."""
    first = next((n for n, line in enumerate(below) if line.strip("> \t")), len(below))
    fields: dict[str, str] = {}
    rest = first
    for rest, line in enumerate(below[first : first + 12], first):  # noqa: B007 - used after it
        found = _FIELD.fullmatch(line)
        name = _FIELDS.get(found[1].strip().casefold()) if found else None
        if found is None or name is None:
            break
        fields.setdefault(name, found[2].strip().strip("*"))
    written = fields.get("from", "")
    address = _ADDRESS.search(written)
    original = Original(
        sender=address[0].casefold().strip(".") if address else "",
        name=written.partition("<")[0].strip(" \"'")[:200] if "<" in written else "",
        subject=fields.get("subject", "")[:500],
        text=_joined([line.removeprefix("> ").removeprefix(">") for line in below[rest:]]),
    )
    return Split(new=_joined(_plain(above)), quoted=_joined([*intro, *below]), original=original)


def _plain(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if not _is_quoted(line)]


def _is_quoted(line: str) -> bool:
    return line.startswith(">")


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
