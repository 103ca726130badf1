"""The section `claims`: what customers spent because we let them down, with receipt and cap."""

from collections.abc import Callable, Collection, Mapping

from makegood.messages.facts import Facts
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.remedies import read_texts
from makegood.playbooks.rulings import ClaimRule, RequestRule, Ruling
from makegood.playbooks.terms import Answer, Remedy
from makegood.playbooks.vocabulary import Shape

DAY_MS = 86_400_000
TAKES: Shape = {
    "cents": "int",
    "currency": "string",
    "kind": "string",
    "receipt": "string",
    "spent_on": "string",
}
"""What a claim carries: how much was spent on what, when, and the receipt's reference."""


def read_claims(
    top: Section,
    taken: Collection[str],
    kinds: Collection[str],
    remedies: Mapping[str, Remedy],
) -> tuple[RequestRule, ...]:
    """Read the claims; each is a request that carries a receipt.

    Args:
        top: The book.
        taken: Ids of requests.
        kinds: The failures of the book.
        remedies: What may be paid by.
    """
    sections = top.sections("claims", "claim")
    ids = tuple(section.name("id") for section in sections)
    found = []
    for section, name in without_repeats(sections, ids):
        if name in taken:
            section.error("id", f"`{name}` is already the name of a request.", "Rename one.")
        found.append(_claim(section, name, kinds, remedies))
        section.done()
    return tuple(found)


def _claim(
    section: Section, name: str, kinds: Collection[str], remedies: Mapping[str, Remedy]
) -> RequestRule:
    claim = ClaimRule(
        failures=_known(section, kinds),
        most_cents=section.whole("most_cents"),
        receipt_above_cents=section.whole("receipt_above_cents", default=0),
        within_ms=section.span_ms("within"),
        pays=_pays(section, remedies),
        not_payable=_not_payable(section),
        says=_says(section),
    )
    if section.has("most_cents") and claim.most_cents == 0:
        section.error("most_cents", "A claim that pays nothing is none.", "Raise `most_cents`.")
    return RequestRule(
        id=name,
        title=read_texts(section, "title"),
        takes=TAKES,
        rule=_asks_a_person(name, section.place.line),
        line=section.place.line,
        within_ms=section.span_ms("answer_within", default=DAY_MS),
        source=section.text("source", default=""),
        claim=claim,
    )


def _known(section: Section, kinds: Collection[str]) -> tuple[str, ...]:
    found = section.texts("for", required=True)
    for kind, place in found:
        if kind not in kinds:
            section.report.error(place, f"`{kind}` is not a failure.", nearest(kind, kinds))
    return tuple(kind for kind, _ in found)


def _pays(section: Section, remedies: Mapping[str, Remedy]) -> str:
    remedy = section.name("pays")
    known = remedies.get(remedy)
    if remedy and known is None:
        section.error("pays", f"`{remedy}` is not a remedy.", nearest(remedy, remedies))
    if known is not None and not known.provider:
        section.error("pays", f"Nobody provides `{remedy}`.", "Name one that moves money.")
    if known is not None and (known.cost_cents or known.cost_ratio or known.accepted_by):
        section.error(
            "pays",
            f"`{remedy}` has a cost of its own; a claim pays what was spent.",
            "Name a remedy without `cost` and without `redirects`.",
        )
    return remedy


def _not_payable(section: Section) -> tuple[str, ...]:
    return tuple(kind for kind, _ in section.texts("not_payable"))


def _says(section: Section) -> Mapping[str, str]:
    """Read why some kinds are not paid: a no needs a reason."""
    if section.has("not_payable") and not section.has("says"):
        section.error("not_payable", "This says no and not why.", "Add `says:` with a sentence.")
    return read_texts(section, "says") if section.has("says") else {}


def _asks_a_person(name: str, line: int) -> Callable[[Facts, Facts], Ruling]:
    """Without a customer nothing is known of a failure, and so a person is asked."""

    def rule(_asked: Facts, _customer: Facts, /) -> Ruling:
        missing = "a failure of the customer"
        return Ruling(request=name, answer=Answer.PERSON, line=line, missing=missing)

    return rule
