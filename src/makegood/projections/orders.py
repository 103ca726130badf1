"""Commands in plain words: what Makegood told the outside to do."""

from makegood.core.state import Failure
from makegood.messages.commands import (
    AskOwner,
    AskPlace,
    Command,
    ConfirmOffer,
    FindPlaces,
    Fulfil,
    MessageClass,
    SendMessage,
    SendReply,
    TellManagement,
)
from makegood.playbooks.book import Library, RuleBook
from makegood.projections.figures import money_words


def order_words(command: Command, library: Library) -> str:
    """Say what a command is, as the beginning of a sentence: "Refund of $182.40"."""
    order = command.order
    match order:
        case SendMessage():
            return message_words(order, library)
        case ConfirmOffer():
            return f"Question whether we can give {remedy_words(order.remedy, library).lower()}"
        case SendReply(letter=letter):
            return "Answer to a letter" if letter else "Letter to the customer"
        case FindPlaces():
            return f"Search for {remedy_words(order.remedy, library).lower()}"
        case AskPlace():
            return _PLACES[order.what]
        case TellManagement():
            return f"Letter to management {order.letter}"
        case AskOwner():
            if order.about == "search":
                return f"Word of what a search for “{order.title}” shows"
            return f"Question to who answers for “{order.title}”"
        case Fulfil():
            amount = f" ({money_words(order.amount)})" if order.amount.cents else ""
            owed = ", owed" if order.owed else ""
            return f"{remedy_words(order.remedy, library)}{amount}{owed}"


def message_words(order: SendMessage, library: Library) -> str:
    """Say which message it is: its subject, else its id."""
    for book in _books(library):
        template = book.messages.get(order.message)
        if template is not None:
            kind = _CLASSES[order.message_class]
            return f"{kind} “{_short(template.texts['en'].subject or order.message)}”"
    return f"Message {order.message.replace('_', ' ')}"


_PLACES = {
    "ask": "Question to a place whether it takes them in",
    "expect": "Word to the place that they come",
    "free": "Word to the place that the room is free again",
}
_CLASSES = {
    MessageClass.PROMOTIONAL: "Offer",
    MessageClass.SURVEY: "Question",
    MessageClass.MIXED: "Offer",
    MessageClass.SERVICE: "Message",
    MessageClass.RECEIPT: "Receipt",
    MessageClass.SAFETY: "Safety message",
    MessageClass.LEGAL: "Notice",
}


def _short(subject: str) -> str:
    # Variables are filled in at delivery; the rep reads the shape of the subject.
    return subject.replace("$", "")


def remedy_words(remedy: str, library: Library, language: str = "en") -> str:
    """Give a remedy's title in a language; its id in words when no book has it."""
    for book in _books(library):
        if remedy in book.remedies:
            titles = book.remedies[remedy].title
            return titles.get(language) or titles.get("en") or remedy
    return remedy.replace("_", " ").capitalize()


OTHER = "other"


def failure_words(failure: str, library: Library) -> str:
    """Give a failure's title, from a rule or a silence; "other" was raised by hand."""
    if failure in ("", OTHER):
        return "Something went wrong"
    for book in _books(library):
        if failure in book.failures:
            return book.failures[failure].title.rstrip(".")
        for silence in book.silences:
            if silence.id == failure:
                return silence.title.rstrip(".")
    return failure.replace("_", " ").capitalize()


def _books(library: Library) -> tuple[RuleBook, ...]:
    active = library.books.get(library.active)
    others = tuple(book for book in library.books.values() if book is not active)
    return (active, *others) if active is not None else others


def failed_words(failure: Failure, library: Library) -> str:
    """Give a failure's title; what we owed an answer or a promise for says so."""
    if failure.rule == OTHER and "redirected_to" in failure.details:
        return "Whoever they were sent to did not take them in"
    if failure.rule == OTHER and "promised_by" in failure.details:
        return "What was promised did not come"
    if failure.rule == OTHER and "request" in failure.details:
        kept = failure.about.startswith("promise/")
        return "What was allowed did not come" if kept else "No answer came in time"
    book = library.books.get(failure.book)
    if book is not None and failure.rule != OTHER and failure.rule in book.failures:
        return book.failures[failure.rule].title.rstrip(".")  # as the brand's own book has it
    return failure_words(failure.rule, library)
