"""What a rep is to say of a person's own accord sells nothing: the book's own words decide.

The phrases by which the book knows an offer in the mail of other tools (`outgoing.signals.offer`)
must not stand in a hello, in thanks, or in a message about the customer's own person: those pass
every hold. Whoever wants to offer something has `then_offer`, which waits for the gate.
Source: evidence (9: perceived greed).
"""

from collections.abc import Iterator, Mapping

from makegood.playbooks.mistakes import Place, Report
from makegood.playbooks.outgoing_terms import Wording, as_words, words_of
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.terms import MessageTemplate

_HINT = "Say it without selling, or make it an offer of a plan (`then_offer`), which waits."


def check_no_offers(
    people: PeopleRules, messages: Mapping[str, MessageTemplate], wording: Wording, report: Report
) -> None:
    """Check what is said about a customer's person and in their name.

    Args:
        people: What the book says of people.
        messages: Its messages.
        wording: What speaks for an offer, by the book's own word; a book without it checks none.
        report: Takes the mistakes.
    """
    for what, line, text in _said(people, messages):
        sold = wording.found(as_words(words_of(text))).get("offer", ())
        if sold:
            why = f"{what} says “{sold[0]}”, which is an offer by this book's `outgoing.signals`."
            report.error(Place(line, 1), why, _HINT)


def _said(
    people: PeopleRules, messages: Mapping[str, MessageTemplate]
) -> Iterator[tuple[str, int, str]]:
    """Give (what it is, its line, its text)."""
    for thing in people.hello.things:
        yield f"The hello `{thing.id}`", thing.line, thing.says
    if people.thanks.years:
        yield "The thanks", people.thanks.line, people.thanks.says
    leaving = people.leaving
    said = (leaving.introduction, leaving.gone, leaving.stays)
    for name in (people.room, people.unsure, *said):
        template = messages.get(name)
        for text in template.texts.values() if template is not None else ():
            yield (
                f"The message `{name}`",
                template.line if template else 0,
                (f"{text.subject}\n{text.text}"),
            )
