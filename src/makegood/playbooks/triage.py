"""The section `triage`: what is read, what opens a failure, and what a person is asked about."""

from collections.abc import Collection, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.playbooks.failures import OTHER
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields
from makegood.playbooks.reading import NAME, Section
from makegood.playbooks.training import TrainTerms, read_training

CHANNELS = ("mail", "told", "line", "help_desk", "survey", "public")
"""Where customers write in their own words: letters, their own page, to their person, at the help
desk, beside an answer to a survey, and in public."""
NONE = "none"
FEWEST_LABELS = 5
LEAST_SURE = 0.5  # less than even is no reason to open anything
MOST_LABELS = 10_000
Verdict: TypeAlias = Literal["open", "ask", "nothing"]


class KindTerms(Struct, frozen=True, kw_only=True):
    """What becomes of a letter that tells of one kind of failure.

    Attributes:
        failure: Which failure of the book it is.
        open_from: From this chance on it is opened by itself; 0 for never.
        ask_from: From this chance on a person is asked.
    """

    failure: str
    ask_from: float
    open_from: float = 0.0

    def verdict(self, chance: float) -> Verdict:
        """Say what becomes of a letter."""
        if self.open_from and chance >= self.open_from:
            return "open"
        return "ask" if chance >= self.ask_from else "nothing"


class TriageTerms(Struct, frozen=True, kw_only=True):
    """What a company sets about triage; a book without the section has none.

    Attributes:
        channels: Which messages are looked at; empty for none.
        kinds: By the kind of failure, as the model names it.
        urgent: Words that make a letter urgent, whatever a model says.
        fewest_labels: With fewer, a label is not learned.
        most_of_one: Share of what is learned of a label that may come from one person.
        train: When a model is trained anew, and when it is taken.
    """

    channels: frozenset[str] = frozenset()
    kinds: Mapping[str, KindTerms] = {}
    urgent: tuple[str, ...] = ()
    fewest_labels: int = FEWEST_LABELS
    most_of_one: float = 0.5
    train: TrainTerms = TrainTerms()


def read_triage(top: Section, failures: Collection[str]) -> TriageTerms:
    """Read the section.

    Args:
        top: The book.
        failures: Ids of its failures.
    """
    section = top.section("triage", "section about triage")
    if section is None:
        return TriageTerms()
    fewest = section.whole("fewest_labels", default=FEWEST_LABELS, most=MOST_LABELS)
    if fewest < FEWEST_LABELS:
        section.error(
            "fewest_labels",
            f"From fewer than {FEWEST_LABELS} labels nothing is learned that can be believed.",
            f"Write {FEWEST_LABELS}, or more.",
        )
    terms = TriageTerms(
        channels=_channels(section),
        kinds={
            entry.key: _kind(entry.key, Section(node, "kind of triage", top.report), failures)
            for entry in section.named("kinds", "kind")
            if (node := _fields(entry.value, section)) is not None
        },
        urgent=tuple(text.casefold() for text, _ in section.texts("urgent")),
        fewest_labels=max(fewest, FEWEST_LABELS),
        most_of_one=_chance(section, "most_of_one", 0.5),
        train=read_training(section),
    )
    section.done()
    return terms


def _fields(node: object, section: Section) -> Fields | None:
    if isinstance(node, Fields):
        return node
    section.error(
        "kinds", "A kind says what becomes of it.", "Write {failure: other, ask_from: 0.5}."
    )
    return None


def _channels(section: Section) -> frozenset[str]:
    if not section.has("channels"):
        return frozenset(CHANNELS)
    found = section.texts("channels")
    for text, place in found:
        if text not in CHANNELS:
            section.report.error(
                place, f"Nothing is looked at in `{text}`.", nearest(text, CHANNELS)
            )
    return frozenset(text for text, _ in found)


def _kind(name: str, section: Section, failures: Collection[str]) -> KindTerms:
    if name == NONE:
        section.report.error(
            section.at("failure"), "`none` is a letter without a failure.", "Leave it out."
        )
    if not NAME.fullmatch(name):
        section.report.error(
            section.at("failure"), f"`{name}` is not a name.", "Write it as in not_working."
        )
    failure = section.choice("failure", {*failures, OTHER})
    terms = KindTerms(
        failure=failure,
        ask_from=_chance(section, "ask_from", 0.5),
        open_from=_chance(section, "open_from", 0.0),
    )
    if terms.open_from and not max(terms.ask_from, LEAST_SURE) <= terms.open_from:
        section.error(
            "open_from",
            "A letter opens a failure by itself only where it is surer than what a person is "
            "asked about, and surer than even.",
            "Write 0.97, or leave it out: then a person is always asked.",
        )
    section.done()
    return terms


def _chance(section: Section, key: str, usual: float) -> float:
    found = section.ratio(key, default=usual)
    if found > 1 or (section.has(key) and found == 0):
        section.error(key, f"`{key}` is more than 0, and at most 1.", "Write 0.5.")
    return min(found, 1.0)
