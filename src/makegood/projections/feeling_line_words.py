"""What is under the line of how a customer feels, in words."""

from collections.abc import Mapping, Sequence

from makegood.messages.ids import RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.feelings import Feeling
from makegood.ports.rows import RepRow
from makegood.projections.feelings import LET_DOWN as LET_DOWN_KINDS
from makegood.projections.feelings import PUT_RIGHT, Evidence, FeelingLine, Kind
from makegood.projections.figures import money_words
from makegood.projections.orders import failure_words, remedy_words
from makegood.projections.roster import rep_name
from makegood.projections.surveys import survey_of, survey_words
from makegood.projections.triage import chance_words, kind_words

FEELINGS: Mapping[Feeling, str] = {
    Feeling.HAPPY: "happy",
    Feeling.NEITHER: "neither",
    Feeling.UNHAPPY: "unhappy",
}
LET_DOWN, REMEDY = "let down", "remedy"
"""Names of the two lanes of what happened."""
_PLAIN: Mapping[Kind, str] = {
    "good_again": "Said that it is good again",
    "not_yet": "Said that it is not good yet",
    "late_call": "Let down: the call that was promised did not come in time",
}


class EvidenceTeller:
    """Tells what is under the line; knows the names."""

    def __init__(self, library: Library, reps: Sequence[RepRow]) -> None:
        self._library = library
        self._reps = reps

    def says(self, one: Evidence) -> str:
        """Say one in a sentence."""
        match one.kind:
            case "answer":
                return self._answer(one)
            case "let_down":
                return self._let_down(one)
            case "spoiled_call":
                who = self._name(one.by or one.met)
                what = f"{who} hung up on them" if one.by else f"the customer flagged {who}"
                return f"Let down: {what}."
            case "public":
                stars = f", {one.about}" if one.about else ""
                return f"Said in public ({one.name}{stars})."
            case "wrote":
                return f"Wrote to us ({one.name})." if one.name else "Wrote to us."
            case "remedy":
                money = Money(one.paid_cents, one.currency) if one.paid_cents else None
                paid = f", {money_words(money)}" if money is not None else ""
                return f"A remedy came: {remedy_words(one.name, self._library)}{paid}."
            case "call":
                return f"{self._name(one.by)} called and spoke with them."
            case "released":
                return f"{self._name(one.by)} released the hold; the customer said nothing."
        return f"{_PLAIN[one.kind]}{self._written(one)}."

    def _answer(self, one: Evidence) -> str:
        rule = survey_of(one.name, self._library)
        asked = rule.asks(one.question) if rule is not None else None
        title = asked.question["en"] if asked else survey_words(one.name, self._library)
        of = f" of {one.most}" if one.most else ""
        met = f", about {self._name(one.met)}" if one.met else ""
        says = f"Answered {one.score}{of} to “{title}”{met}{self._written(one)}."
        if one.taken_for:
            taken = failure_words(one.taken_for, self._library)
            says += f" That is taken for: {taken[:1].lower()}{taken[1:]}."
        return f"{says} A later answer took its place." if one.replaced else says

    def _let_down(self, one: Evidence) -> str:
        title = one.title
        if one.is_measured:
            read = f"{kind_words(one.read_as)} ({chance_words(one.sure)})"
            return f"Let down, as a model read their letter: {read}. It is taken for: {title}."
        return f"Let down: {title[:1].lower()}{title[1:]}{self._raised(one)}."

    def _raised(self, one: Evidence) -> str:
        return f" (raised by {self._name(one.by)})" if one.by else ""

    def _written(self, one: Evidence) -> str:
        return f" (written down by {self._name(one.by)})" if one.by else ""

    def _name(self, rep: RepId) -> str:
        return rep_name(self._reps, rep) if rep else "Somebody of us"


def drawn_as(one: Evidence) -> str:
    """Name the lane on which something that happened is drawn; empty for what is not drawn."""
    if one.kind in LET_DOWN_KINDS:
        return LET_DOWN
    return REMEDY if one.kind in PUT_RIGHT else ""


def now_words(line: FeelingLine, *, read_all: bool) -> str:
    """Say how they feel now, as far as they said; nothing is guessed.

    Args:
        line: The line.
        read_all: It is over all that is known of them.
    """
    if line.last is None or line.last.feeling is None:
        return (
            "Has never said how they feel." if read_all else "Has not said how they feel lately."
        )
    is_neither = line.last.feeling is Feeling.NEITHER
    said = "neither happy nor unhappy" if is_neither else FEELINGS[line.last.feeling]
    if line.since is None:
        return f"Last said: {said}."
    happened = "a remedy came" if line.since.kind == "remedy" else "we let them down"
    return f"Has not said since {happened}. Before that: {said}."
