"""Pairs of customers who may be one, in words: what speaks for it, what against, how strongly."""

from collections.abc import Iterable

from msgspec import Struct

from makegood.ports.links import Evidence, LinkPair, LinkRun

_STRONG, _CLEAR, _SLIGHT = 8.0, 3.0, 0.75  # bits: 250 times, 8 times, not twice as likely
_SURE = 0.9995
_REASON_FIELDS = 3


class Row(Struct, frozen=True, kw_only=True):
    """One field of a pair, as it is shown.

    Attributes:
        weight: What it says, in words.
        mark: `ok` for, `alarm` against, empty for neither.
    """

    title: str
    left: str
    right: str
    says: str
    weight: str
    mark: str


def rows_of(pair: LinkPair) -> tuple[Row, ...]:
    """Give the evidence of a pair, field by field, as the run wrote it."""
    return tuple(_row(one) for one in pair.evidence)


def _row(one: Evidence) -> Row:
    unknown = not one.says
    return Row(
        title=one.title,
        left=one.left or "not known",
        right=one.right or "not known",
        says="cannot be compared" if unknown else one.says,
        weight=weight_words(one.bits),
        mark="" if abs(one.bits) < _SLIGHT else "ok" if one.bits > 0 else "alarm",
    )


def weight_words(bits: float) -> str:
    """Say what a weight means."""
    size = abs(bits)
    if size < _SLIGHT:
        return "says little"
    how = "strongly" if size >= _STRONG else "clearly" if size >= _CLEAR else "slightly"
    return f"{how} {'for' if bits > 0 else 'against'} one person"


def chance_words(probability: float) -> str:
    """Say how likely it is that a pair is one person, by the model, without false precision."""
    if probability >= _SURE:
        return "more than 99.9 % likely"
    if probability >= 0.99:
        return f"{100 * probability:.1f} % likely"
    return f"{100 * probability:.0f} % likely"


def name_of(pair: LinkPair, side: str) -> str:
    """Name one side of a pair by what its list says; its number when there is no name."""
    said = {one.title: getattr(one, side) for one in pair.evidence}
    given, surname = said.get("Given name", ""), said.get("Surname", "")
    name = given if given == surname else f"{given} {surname}".strip()
    number: str = getattr(pair, f"{side}_said")
    return name or number or "forgotten"


def reason_of(evidence: Iterable[Evidence]) -> str:
    """Write the reason for a link that a person gave none for: what speaks for it most."""
    most = sorted(evidence, key=lambda one: -one.bits)[:_REASON_FIELDS]
    found = [f"{one.title}: {one.says}" for one in most if one.bits >= _SLIGHT and one.says]
    return "; ".join(found) or "Looked at, and taken for one person"


def precision_words(run: LinkRun) -> str:
    """Say how many of the linked are right, by the model's own reckoning, with its interval."""
    if not run.linked:
        return "nothing was linked"
    low, middle, high = (f"{100 * one:.1f}" for one in run.precision)
    about = f"{middle} %" if run.precision[1] < _SURE else "more than 99.9 %"
    return f"{about} right by the model's own reckoning ({low} to {high})"
