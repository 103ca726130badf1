"""The fact of triage: what a model made of a letter, and what followed; a replay asks no model."""

from typing import Literal

from makegood.messages.body import FactBody, TextRef


def opened_by(letter: str) -> str:
    """Name the failure that a letter opens by itself."""
    return f"letter/{letter}/opened"


class Triaged(FactBody, frozen=True, kw_only=True, tag="triaged"):
    """A model read a letter; the rule book said what follows from how sure it was.

    Attributes:
        letter: Which, or the event that brought the words; they are kept beside the log.
        kind: Of failure, as the model names it; `none` for no failure.
        sure: How likely that is, in thousandths.
        verdict: `open` when the failure was opened by itself, `ask` when a person is asked.
        failure: Which failure of the book the kind is; empty for none.
        intent: What the letter is about.
        intent_sure: How likely that is, in thousandths.
        urgent: Whether it cannot wait.
        language: In which language it is; empty when nobody can tell.
        model: Name of the model.
        brand: For whom it was written.
        words: The words it rests on.
        channel: Where it was written, as `triage` of the rule book calls it.
    """

    letter: str
    kind: str
    sure: int
    verdict: Literal["open", "ask", "nothing"]
    failure: str = ""
    intent: str = ""
    intent_sure: int = 0
    urgent: bool = False
    language: str = ""
    model: str = ""
    brand: str = ""
    words: TextRef = ""
    channel: str = "mail"
