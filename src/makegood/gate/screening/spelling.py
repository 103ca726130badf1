"""The one normal form of identifiers, for whole columns.

What is plain ASCII, which nearly everything is, is spelt by the table engine; the rest goes
through `messages.identifiers.normal` itself, one by one. A property holds both to one result.
"""

import polars as pl

from makegood.messages.errors import InputError
from makegood.messages.identifiers import KINDS, normal

TYPED = ""
"""Kind of a column that holds whole identifiers, such as "email:ana@example.org"."""
_PLAIN = r"^[ -~]*[!-~][ -~]*$"  # printable ASCII, and more than blanks
_EMAIL = r"^ *[!-?A-~]+@[!-?A-~]+ *$"
_PHONE_NOISE = r"[ ().\-/]"
_PHONE = r"^\+?[0-9]{5,15}$"


def kind_of(named: str) -> str:
    """Check what a column holds: a kind, or `loyalty:<brand>` for bare numbers of one brand.

    Raises:
        InputError: It is not a kind.
    """
    kind, _, rest = named.partition(":")
    if kind in KINDS and (not rest or kind == "loyalty"):
        return named
    raise InputError(
        f"{named[:40]!r} is no kind of identifier: write one of {', '.join(KINDS)}, "
        "or loyalty:<brand>."
    )


def keys_of(texts: pl.Series, kind: str = TYPED) -> pl.Series:
    """Spell a column of identifiers; null where there is none that can be read.

    Args:
        texts: Text, as it stands in the file.
        kind: What the column holds; `TYPED` for whole identifiers. A value that begins with its
            kind all the same is taken as a whole identifier of that kind.
    """
    texts = texts.alias("text")
    whole = texts if kind == TYPED else _whole(texts, kind)
    spelt = whole.to_frame("text").select(_fast(kind)).to_series()
    odd = (spelt.is_null() & whole.is_not_null()).arg_true()
    if odd.is_empty():
        return spelt
    slow = pl.Series([_slow(text) for text in whole.gather(odd)], dtype=pl.String)
    return spelt.scatter(odd, slow)


def _whole(texts: pl.Series, kind: str) -> pl.Series:
    bare = pl.col("text").str.strip_prefix(f"{kind}:")
    return texts.to_frame("text").select(pl.lit(f"{kind}:") + bare).to_series()


def _slow(text: str) -> str | None:
    try:
        return normal(text)
    except InputError:
        return None


def _fast(named: str) -> pl.Expr:
    """Spell what is plain; null for what `normal` has to see."""
    if named != TYPED:
        return _of_kind(named.partition(":")[0])
    text = pl.col("text")
    spelt = pl.lit(None, dtype=pl.String)
    for kind in KINDS:
        spelt = pl.when(text.str.starts_with(f"{kind}:")).then(_of_kind(kind)).otherwise(spelt)
    return spelt


def _of_kind(kind: str) -> pl.Expr:
    value = pl.col("text").str.slice(len(kind) + 1)
    match kind:
        case "email":
            return _spelt(kind, value.str.strip_chars(" ").str.to_lowercase(), _EMAIL)
        case "phone":
            digits = value.str.replace_all(_PHONE_NOISE, "").str.replace("^00", "+")
            is_plain = value.str.contains(_PLAIN) & digits.str.contains(_PHONE)
            return pl.when(is_plain).then(pl.lit("phone:") + digits)
        case "loyalty":
            plain = _spelt(kind, value.str.strip_chars(" "), _PLAIN)
            return pl.when(value.str.contains(":", literal=True)).then(plain)
    return _spelt(kind, value.str.strip_chars(" "), _PLAIN)


def _spelt(kind: str, value: pl.Expr, form: str) -> pl.Expr:
    return pl.when(value.str.contains(form)).then(pl.lit(f"{kind}:") + value)
