"""Write to the people of a place: may they come, they come, or you may let the room go.

The link opens the one page on which a person there answers; the outcome of this command is only
that the question went out.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from string import Template

from makegood.effects.links import Links
from makegood.effects.locales import locale_of, moment_text
from makegood.effects.mail import MAIL_POLICY, checked_address
from makegood.effects.smtp import Connections
from makegood.effects.stories import story_of
from makegood.effects.words import chosen_text
from makegood.messages.commands import AskPlace, Command
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body, Carried
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.placing import PlaceRule
from makegood.playbooks.terms import Brand, MessageText
from makegood.ports.effect import Addressee, Effect
from makegood.ports.places import PlaceRow


class AskingPlaces:
    """Sends the question, and later what came of it, to the desk of a place by mail."""

    def __init__(
        self,
        connections: Connections | None,
        library_of: Callable[[], Library],
        links: Links,
        place_of: Callable[[str], PlaceRow | None],
    ) -> None:
        self._connections = connections
        self._library_of = library_of
        self._links = links
        self._place_of = place_of

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Hand it over; where nobody has a mailbox somebody of ours rings."""
        order = command.order
        if not isinstance(order, AskPlace):
            raise EffectFailed("Only places are asked here.", retry=False)
        place = self._place_of(order.place)
        if place is not None and _is_rung(order, place):
            return Carried(command=command.id, detail={"channel": "phone"})
        if place is None or place.closed or not place.email:
            raise EffectFailed("Nobody at this place can be written to.", retry=False)
        if self._connections is None:
            raise EffectFailed("No mail server is named; set MAKEGOOD_SMTP.", retry=False)
        book, rule, brand = self._terms(order)
        text = self._text(order, rule, book, place)
        values = self._values(command, order, (book, rule, brand), place, to)
        message, sender = _mail(command, text, values, brand, now_ms)
        recipient = checked_address(place.email)
        message["To"] = recipient
        self._connections.deliver(sender, recipient, message.as_bytes(policy=MAIL_POLICY))
        paid = order.amount if order.amount is not None and order.amount.cents else None
        return Carried(
            command=command.id,
            paid=paid,
            reference=str(message["Message-ID"]),
            detail={"channel": "mail"},
        )

    def _terms(self, order: AskPlace) -> tuple[RuleBook, PlaceRule, Brand]:
        """Find the book that has the rule: the active one first."""
        library = self._library_of()
        active = library.books[library.active]
        for book in (active.for_brand(order.brand), active, *library.books.values()):
            if order.rule in book.places:
                brands = book.brands
                return book, book.places[order.rule], brands.get(order.brand) or _first(brands)
        raise EffectFailed(f"No rule book has the places {order.rule!r}.", retry=False)

    def _text(
        self, order: AskPlace, rule: PlaceRule, book: RuleBook, place: PlaceRow
    ) -> MessageText:
        names = {"ask": rule.ask, "expect": rule.expect, "free": rule.free}
        template = book.messages.get(names[order.what])
        if template is None:
            raise EffectFailed("The rule book no longer has this message.", retry=False)
        return chosen_text(template, place.language)[1]

    def _values(
        self,
        command: Command,
        order: AskPlace,
        terms: tuple[RuleBook, PlaceRule, Brand],
        place: PlaceRow,
        to: Addressee,
    ) -> dict[str, str]:
        book, rule, brand = terms
        locale = locale_of(place.language)
        zone = place.timezone or book.timezone
        by = moment_text(order.answer_by_ms, locale, zone) if order.answer_by_ms else ""
        ask = order.ask or command.id
        return {
            "story": story_of(rule, order.facts, book, to.person, place.language),
            "link": self._links.place_url(command.profile, command.case, ask),
            "answer_by": by,
            "place": place.name,
            "brand": brand.name,
            "brand_phone": brand.phone,
            "umbrella": book.umbrella,
        }


class Places:
    """Everything about places, as one effect: to find them, and to write to them."""

    def __init__(self, finding: Effect, asking: Effect) -> None:
        self._finding = finding
        self._asking = asking

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Do it. Raises `EffectFailed`."""
        effect = self._asking if isinstance(command.order, AskPlace) else self._finding
        return effect.carry_out(command, to, now_ms)


def _is_rung(order: AskPlace, place: PlaceRow) -> bool:
    """Whether a colleague has to ring there: it has a telephone alone, and the desk shows it."""
    return order.what == "ask" and not place.closed and bool(place.phone) and not place.email


def _first(brands: Mapping[str, Brand]) -> Brand:
    return next(iter(brands.values()))


def _mail(
    command: Command, text: MessageText, values: Mapping[str, str], brand: Brand, now_ms: int
) -> tuple[EmailMessage, str]:
    """Compose the mail without its recipient; the same command gives the same Message-ID."""
    sender = checked_address(brand.sender)
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = Address(brand.name, addr_spec=sender)
    message["Subject"] = " ".join(Template(text.subject).safe_substitute(values).split())
    message["Date"] = format_datetime(datetime.fromtimestamp(now_ms // 1000, UTC))
    message["Message-ID"] = f"<{command.id}@{sender.rpartition('@')[2]}>"
    message["X-Makegood-Class"] = "service"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(Template(text.text).safe_substitute(values), cte="quoted-printable")
    return message, sender
