"""The section `waivers`: what a customer may be let off, and what it is called."""

from collections.abc import Mapping

from msgspec.structs import replace

from makegood.playbooks.reading import NAME, Section
from makegood.playbooks.remedies import read_texts
from makegood.playbooks.vocabulary import Vocabulary


def with_waivers(vocabulary: Vocabulary, top: Section) -> Vocabulary:
    """Read what may be waived; the tables of requests may then read whether it was."""
    found: dict[str, Mapping[str, str]] = {}
    waivers = top.section("waivers", "list of waivers")
    for entry in top.named("waivers", "waiver") if waivers is not None else ():
        if not NAME.fullmatch(entry.key):
            top.report.error(entry.place, f"`{entry.key}` is not a name.")
        elif waivers is not None:
            found[entry.key] = read_texts(waivers, entry.key, "title")
    if found and vocabulary.customer is not None and "waived" in vocabulary.customer:
        top.error(
            "facts",
            "`customer.waived` is what `waivers` says; it cannot be declared as a fact.",
            "Give the fact another name.",
        )
    return replace(vocabulary, waivers=found)
