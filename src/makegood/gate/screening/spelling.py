"""The one normal form of identifiers, for whole columns.

What is plain ASCII, which nearly everything is, is spelt by the table engine; the rest goes
through `messages.identifiers.normal` itself, one by one. A property holds both to one result.
"""

import polars as pl

from makegood.messages.errors import InputError
from makegood.messages.identifiers import KINDS, normal

TYPED = ""
"""Kind of a column that holds whole identifiers, such as "email:ana@example.org"."""
# Printable ASCII, and no blank at an end: what `normal` takes as it stands, but for capitals.
_PLAIN = r"^[!-~]([ -~]*[!-~])?$"
# No dot at the end, and no colon before the @, so that "email:" in front is seen as odd.
_EMAIL = r"^[!-9;-?A-~]+@[!-?A-~]*[!-\-/-?A-~]$"
_EMAILS = "email"
_PHONE_NOISE = r"[ ().\-/]"
_PHONE = r"^\+?[0-9]{5,15}$"
_FEW = 0.02  # a larger share of blanks around texts is taken off them all at once


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


def prefix_of(named: str) -> str:
    """Give what stands before the keys of such a column to make them whole identifiers."""
    return "" if named == TYPED else named.partition(":")[0] + ":"


def keys_of(texts: pl.Series, named: str = TYPED) -> pl.Series:
    """Spell a column of identifiers; null where there is none that can be read.

    Args:
        texts: Text, as it stands in the file.
        named: What the column holds; `TYPED` for whole identifiers. A value that begins with its
            kind all the same is taken as a whole identifier of that kind.

    Returns:
        Normal forms, without `prefix_of` the column.
    """
    bare = texts.alias("text")
    is_bare = named != _EMAILS  # there a kind in front is odd, and seen without a look for it
    if is_bare:
        bare = _bare(bare, named)
    spelt, odd = _fast(bare, named)
    if len(odd) > _FEW * len(texts):
        bare, is_bare = bare if is_bare else _bare(bare, named), True
        spelt, odd = _fast(bare.str.strip_chars(" "), named)
    if odd.is_empty():
        return spelt
    some = bare.gather(odd)
    prefix = prefix_of(named)
    slow = [_slow(text, prefix) for text in (some if is_bare else _bare(some, named))]
    return spelt.scatter(odd, pl.Series(slow, dtype=pl.String))


def _bare(texts: pl.Series, named: str) -> pl.Series:
    """Take off a kind that stands there all the same; put the brand before bare numbers."""
    if named == TYPED:
        return texts
    if texts.str.starts_with(f"{named}:").any():
        texts = texts.str.strip_prefix(f"{named}:")
    _, _, brand = named.partition(":")
    return texts.to_frame().select(pl.lit(f"{brand}:") + texts).to_series() if brand else texts


def _slow(text: str | None, prefix: str) -> str | None:
    if text is None:
        return None
    try:
        return normal(prefix + text).removeprefix(prefix)
    except InputError:
        return None


def _fast(texts: pl.Series, named: str) -> tuple[pl.Series, pl.Series]:
    """Spell what is plain, and say which rows `normal` has to see."""
    if named == TYPED:
        return _fast_typed(texts)
    spelt, plain = _of_kind(pl.col("text"), prefix_of(named)[:-1])
    found = texts.to_frame("text").select_seq(spelt.alias("spelt"), plain.alias("plain"))
    is_plain = found["plain"]
    if is_plain.has_nulls():
        is_plain = is_plain.fill_null(False)
    return found["spelt"], (~is_plain).arg_true()


def _fast_typed(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    found = texts.to_frame("text").select(_typed(pl.col("text"))).to_series()
    return found, found.is_null().arg_true()


def plainly(text: pl.Expr, named: str = TYPED) -> pl.Expr:
    """Spell what is plain as `keys_of` does, without calling Python; null is for `keys_of`."""
    if named == TYPED:
        return _typed(text)
    kind, _, brand = named.partition(":")
    value = pl.lit(f"{brand}:") + text if brand else text
    spelt, plain = _of_kind(value, kind)
    if named != _EMAILS:  # there a kind in front is not plain
        plain &= ~text.str.starts_with(f"{named}:")
    return pl.when(plain).then(spelt)


def _typed(text: pl.Expr) -> pl.Expr:
    spelt = pl.lit(None, dtype=pl.String)
    for kind in KINDS:
        prefix = f"{kind}:"
        value, plain = _of_kind(text.str.slice(len(prefix)), kind)
        fits = text.str.starts_with(prefix) & plain
        spelt = pl.when(fits).then(pl.lit(prefix) + value).otherwise(spelt)
    return spelt


def _of_kind(value: pl.Expr, kind: str) -> tuple[pl.Expr, pl.Expr]:
    """Give the spelling of plain values of a kind, and which values are plain."""
    match kind:
        case "email":
            return value.str.to_lowercase(), value.str.contains(_EMAIL)
        case "phone":
            digits = value.str.replace_all(_PHONE_NOISE, "").str.replace("^00", "+")
            return digits, value.str.contains(_PLAIN) & digits.str.contains(_PHONE)
        case "loyalty":
            return value, value.str.contains(_PLAIN) & value.str.contains(":", literal=True)
    return value, value.str.contains(_PLAIN)
