"""The sentence about a person: the first thing on a case, written from the facts, never a form."""

from collections.abc import Sequence

from msgspec import Struct

from makegood.core.owed import to_pay
from makegood.core.state import Case, Failure, OfferStatus
from makegood.messages.events import Event
from makegood.messages.facts import Answered, Called, Touchpoint, Wrote
from makegood.playbooks.book import Library
from makegood.playbooks.terms import Remedy
from makegood.projections.cases import bookings_of
from makegood.projections.figures import listed, moment_words, money_words, times_words
from makegood.projections.orders import failed_words
from makegood.projections.planb import latest_offers

_PLACES = ("branch", "station", "location", "place", "airport", "hotel", "origin", "shop")
_TOLD_US = ("call", "contact", "ticket", "complain", "question", "chat", "message")


class Part(Struct, frozen=True, array_like=True):
    """A run of words.

    Attributes:
        words: The words, with their own spaces.
        strong: What a hurried reader must not miss.
    """

    words: str
    strong: bool = False


def sentence_about(
    case: Case,
    name: str,
    history: Sequence[Event],
    library: Library,
    now_ms: int | None = None,
) -> tuple[Part, ...]:
    """Tell the case as one would tell a colleague.

    Args:
        case: The case.
        name: How we speak of the customer: a first name, or "The customer".
        history: The customer's events, for how often the story was told.
        library: Words of the rules.
        now_ms: When it is read: what went wrong on another day is told with its day.
    """
    parts = [*_what_went_wrong(case, name, library, now_ms)]
    parts += [*_what_was_done(case, library), *_told(case, history)]
    return tuple(parts)


def _what_went_wrong(case: Case, name: str, library: Library, now_ms: int | None) -> list[Part]:
    if not case.failures:
        count = len(case.unclear)
        often = f", {times_words(count)}" if count > 1 else ""
        words = f"Something happened to {name} that the rules could not judge{often}."
        return [Part(words, strong=True), Part(" Please say what it was.")]
    count = len(case.failures)
    often = f" {times_words(count)}" if count > 1 else ""
    parts = [Part(f"{name} was let down{often}: ")]
    for index, failure in enumerate(case.failures):
        parts += [Part(", then ")] if index else []
        parts += _failed(failure, library, failure.at_ms if now_ms is None else now_ms)
    return [*parts, Part(".")]


def _failed(failure: Failure, library: Library, now_ms: int) -> list[Part]:
    book = library.books.get(failure.book)
    zone = book.timezone if book else "UTC"
    words = failed_words(failure, library)
    if not words[:2].isupper():
        words = words[:1].lower() + words[1:]
    at = f" at {place}" if (place := place_of(failure)) else ""
    named = f" ({booking})" if (booking := booking_of(failure)) else ""
    when = f", {moment_words(failure.at_ms, now_ms, zone)}"
    return [Part(f"{words}{at}", strong=True), Part(f"{named}{when}")]


def place_of(failure: Failure) -> str:
    """Give where it happened, when the rule kept it."""
    return next((str(failure.details[key]) for key in _PLACES if failure.details.get(key)), "")


def booking_of(failure: Failure) -> str:
    """Give the booking, flight or order it was about, when the rule kept it."""
    return next(iter(bookings_of(failure)), "")


def _what_was_done(case: Case, library: Library) -> list[Part]:
    book = library.books.get(case.origin.book)
    paid = [owed for failure in case.failures for owed in failure.owed if owed.amount.cents]
    parts = []
    if paid:
        done = all(owed.is_paid for owed in paid)
        amount = listed(tuple(money_words(one) for one in to_pay(paid)))
        named = f", {amount}," if amount else ""
        tail = "is paid" if done else "is on its way"
        parts.append(Part(f" What is owed{named} {tail}."))
    remedies = book.remedies if book else {}

    def titled(status: tuple[OfferStatus, ...]) -> tuple[str, ...]:
        return tuple(
            "a call" if one.calls else _shortly(remedies.get(one.offer), one.offer)
            for one in latest_offers(case.offers)
            if one.status in status
        )

    kept = titled((OfferStatus.CHOSEN, OfferStatus.KEPT))
    open_offers = titled((OfferStatus.CONFIRMED,))
    if kept:
        parts.append(Part(f" Chosen: {listed(kept)}."))
    elif open_offers and case.is_open:
        parts.append(Part(f" On offer: {listed(open_offers, 'or')}; nothing is chosen yet."))
    if broken := titled((OfferStatus.BROKEN,)):
        parts.append(Part(f" We promised {listed(broken)} and did not keep it.", strong=True))
    return parts


def _shortly(remedy: Remedy | None, name: str) -> str:
    """The title up to its first comma, as words inside a sentence."""
    title = remedy.title.get("en", name) if remedy is not None else name.replace("_", " ")
    title = title.partition(",")[0].rstrip(".")
    return title[:1].lower() + title[1:]


def _told(case: Case, history: Sequence[Event]) -> list[Part]:
    """How often the customer had to speak up; telling the story twice is its own failure."""
    since = [event.body for event in history if event.time_ms >= case.opened_ms]
    spoken = sum(_is_contact(body) for body in since)
    wrote = sum(isinstance(body, Wrote) for body in since)
    reached = sum(isinstance(body, Called) and body.reached for body in since)
    not_yet = sum(isinstance(body, Answered) and body.answer == "not_yet" for body in since)
    words = [
        *([f"contacted us {times_words(spoken)}"] if spoken else []),
        *([f"written {times_words(wrote)}"] if wrote else []),
        *([f"been called {times_words(reached)}"] if reached else []),
        *([f"said {times_words(not_yet)} that it is not good yet"] if not_yet else []),
    ]
    if not words:
        return []
    return [Part(f" Since then the customer has {listed(tuple(words))}.")]


def _is_contact(body: object) -> bool:
    return isinstance(body, Touchpoint) and any(word in body.name.lower() for word in _TOLD_US)
