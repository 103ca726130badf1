"""What a message says: the book's text in the customer's language, its variables filled in."""

from collections.abc import Callable, Mapping
from string import Template

from babel import Locale
from msgspec import Struct

from makegood.effects.links import Links
from makegood.effects.locales import date_text, locale_of, moment_text, money_text
from makegood.effects.scores import score_lines
from makegood.messages.commands import Command, MessageClass, SendMessage
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Fact, Facts
from makegood.messages.money import Money
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.terms import MessageTemplate, MessageText
from makegood.ports.rows import PersonRow

PROMOTIONAL_MAIL = frozenset({MessageClass.PROMOTIONAL, MessageClass.MIXED})
"""Classes that sell something: only these carry a way to unsubscribe (RFC 8058)."""

_GREETINGS = {
    "de": "Guten Tag", "en": "Hello", "es": "Hola", "fr": "Bonjour", "it": "Buongiorno",
    "nl": "Goedendag", "pt": "Olá",
}  # fmt: skip
_UNSUBSCRIBE = {
    "de": "Keine Angebote mehr", "en": "No more offers", "es": "No quiero más ofertas",
    "fr": "Ne plus recevoir d'offres", "it": "Niente più offerte", "nl": "Geen aanbiedingen meer",
    "pt": "Não quero mais ofertas",
}  # fmt: skip


class Rendered(Struct, frozen=True, kw_only=True):
    """A message ready to be handed over.

    Attributes:
        subject: One line; an SMS leaves it out.
        text: The words, with full links.
        language: Language of the words.
        unsubscribe_url: One-click address, only for promotional mail.
    """

    subject: str
    text: str
    language: str
    unsubscribe_url: str = ""


class Words:
    """Renders the messages of the rule books."""

    def __init__(
        self,
        library_of: Callable[[], Library],
        links: Links,
        rep_name: Callable[[str], str] = str,
        latest: Callable[[], Library] | None = None,
    ) -> None:
        """Keep where texts, links and names of reps come from.

        Args:
            rep_name: Sign-in name of a rep -> the name a customer reads.
            latest: Gives the books as they are stored, for a message that is in none so far.
        """
        self._library_of = library_of
        self._latest = latest or library_of
        self._links = links
        self._rep_name = rep_name

    def book_of(self, order: SendMessage) -> RuleBook:
        """Find the book that has the message: the active one first.

        Raises:
            EffectFailed: No stored book has it.
        """
        for library_of in (self._library_of, self._latest):
            library = library_of()
            active = library.books[library.active]
            for book in (active.for_brand(order.brand), active, *library.books.values()):
                if order.message in book.messages and order.brand in book.brands:
                    return book
        raise EffectFailed(
            f"No rule book has the message {order.message!r} for the brand {order.brand!r}; "
            "add it and retry.",
            retry=False,
        )

    def render(self, command: Command, person: PersonRow, channel: str) -> Rendered:
        """Say it in the person's language.

        Raises:
            EffectFailed: The text uses a variable that this message does not have; another try
                cannot help before the book is mended.
        """
        order = command.order
        if not isinstance(order, SendMessage):
            raise EffectFailed("Only a message has words.", retry=False)
        book = self.book_of(order)
        language, text = chosen_text(book.messages[order.message], person.language)
        locale = locale_of(_finer(person.language, language))
        unsubscribe = self._unsubscribe_url(command, order, channel)
        said = spoken(_facts(order, book), book, locale, self._rep_name)
        values = {
            **said,
            **self._given(command, order, book, language),
            "owner": said.get("owner") or book.brands[order.brand].name,
            "greeting": greeting(person.name, language),
            "unsubscribe_link": unsubscribe,
        }
        return Rendered(
            subject=" ".join(_filled(text.subject, values, order).split()),
            text=_with_footer(_filled(text.text, values, order), unsubscribe, language),
            language=language,
            unsubscribe_url=unsubscribe,
        )

    def _unsubscribe_url(self, command: Command, order: SendMessage, channel: str) -> str:
        if order.message_class not in PROMOTIONAL_MAIL:
            return ""
        return self._links.unsubscribe_url(command.profile, order.brand, channel)

    def _given(
        self, command: Command, order: SendMessage, book: RuleBook, language: str
    ) -> dict[str, str]:
        brand = book.brands[order.brand]
        given = {"brand": brand.name, "brand_phone": brand.phone, "umbrella": book.umbrella}
        if order.survey:
            about = str(order.variables.get("about", ""))
            url = self._links.survey_url(command.profile, order.brand, order.survey, about)
            given["link"] = url
            rule = book.surveys.get(order.survey)
            given["scores"] = score_lines(rule, language, url) if rule is not None else url
        if order.page == "person":
            given["link"] = self._links.person_url(command.profile, order.page_brand)
        if command.case and not order.survey:
            given["link"] = self._links.portal_url(command.profile, command.case)
            given["friend_link"] = self._links.referral_url(command.profile, command.case)
        return given


def chosen_text(template: MessageTemplate, language: str) -> tuple[str, MessageText]:
    """Choose the text in a language, in its parent ("de" for "de-AT"), or in English."""
    tag = language.replace("_", "-").lower()
    texts = {known.lower(): (known, text) for known, text in template.texts.items()}
    while tag:
        if tag in texts:
            return texts[tag]
        tag = tag.rpartition("-")[0]
    return "en", template.texts["en"]


def greeting(name: str, language: str) -> str:
    """Greet by first name; without a name when it is not known."""
    hello = _GREETINGS.get(_base(language), _GREETINGS["en"])
    parts = [part for part in name.split() if not part.endswith((".", ","))]
    return f"{hello} {parts[0]}," if parts else f"{hello},"


def spoken(
    variables: Mapping[str, Fact],
    book: RuleBook,
    locale: Locale,
    rep_name: Callable[[str], str] = str,
) -> dict[str, str]:
    """Turn facts into words.

    `x_cents` is also said as `$x`, in the book's currency, and what is owed in `currency`; where
    more than one currency is owed each sum is named and none is added to another. `x_ms` is `$x`
    (date and time) and `$x_date`; ids of remedies and failures become their titles, the owner's
    sign-in name becomes the name; a list becomes lines.
    """
    owed_in = str(variables.get("currency") or book.currency)
    said: dict[str, str] = {}
    for name, value in variables.items():
        said[name] = _said(name, value, book, locale, rep_name)
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        if name.endswith("_cents"):
            currency = owed_in if name == "owed_cents" else book.currency
            stem = name.removesuffix("_cents")
            if not isinstance(variables.get(stem), list):
                said[stem] = money_text(Money(value, currency), locale)
        elif name.endswith("_ms"):
            stem = name.removesuffix("_ms")
            said[stem] = moment_text(value, locale, book.timezone)
            said[f"{stem}_date"] = date_text(value, locale, book.timezone)
    return said


def _facts(order: SendMessage, book: RuleBook) -> Facts:
    """Fill up with what the book says of a failure that no event told about."""
    rule = book.failures.get(str(order.variables.get("failure")))
    return {**rule.details, **order.variables} if rule is not None else order.variables


def _said(
    name: str, value: Fact, book: RuleBook, locale: Locale, rep_name: Callable[[str], str]
) -> str:
    if isinstance(value, list | tuple):
        if name == "owed":
            return " + ".join(_said("", item, book, locale, rep_name) for item in value)
        return "\n".join(f"- {_said(name, item, book, locale, rep_name)}" for item in value)
    if isinstance(value, Mapping) and isinstance(value.get("cents"), int):
        return money_text(Money(value["cents"], str(value.get("currency", book.currency))), locale)
    text = "" if value is None else str(value)
    if name in ("remedy", "remedies", "offers", "offer") and text in book.remedies:
        return _in_language(book.remedies[text].title, locale)
    if name in ("failure", "failures") and text in book.failures:
        return book.failures[text].title
    return rep_name(text) if name in ("owner", "met") else text


def _in_language(titles: Mapping[str, str], locale: Locale) -> str:
    return titles.get(locale.language) or titles.get("en") or next(iter(titles.values()), "")


def _filled(text: str, values: Mapping[str, str], order: SendMessage) -> str:
    try:
        return Template(text).substitute(values)
    except (KeyError, ValueError) as error:
        raise EffectFailed(
            f"The message {order.message!r} cannot be filled in: {error}. Mend the rule book and "
            "retry.",
            retry=False,
        ) from error


def _with_footer(text: str, unsubscribe: str, language: str) -> str:
    body = text.strip() + "\n"
    if not unsubscribe or unsubscribe in body:
        return body
    words = _UNSUBSCRIBE.get(_base(language), _UNSUBSCRIBE["en"])
    return f"{body}\n{words}: {unsubscribe}\n"


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _finer(wanted: str, used: str) -> str:
    """Keep the person's region ("en-GB") when the words are in their language."""
    return wanted if _base(wanted.replace("_", "-")) == _base(used) else used
