"""Write to who answers for a rule or a place: what waits for them, and until when.

It is a mail within the firm, of class service, and tells of no customer.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import quote

from makegood.effects.locales import locale_of, moment_text
from makegood.effects.mail import MAIL_POLICY, checked_address
from makegood.effects.owner_words import language_for, words_in
from makegood.effects.smtp import Connections
from makegood.messages.commands import AskOwner, Command
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Body, Carried
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library, RuleBook
from makegood.ports.effect import Addressee
from makegood.ports.rows import RepRow
from makegood.ports.store import Store

PAGES = {
    "cause": "/desk/floor/answers/one?cause={}",
    "rule": "/desk/floor/answers",
    "search": "/desk/voice/searches/{}",
}
"""Where it is shown, by what it is about; everybody of the firm may open where answers are given,
and who works at the desk what a search shows."""


class AskingOwners:
    """Sends an owner the question by mail."""

    def __init__(
        self,
        connections: Connections | None,
        library_of: Callable[[], Library],
        store: Store,
        base_url: str,
    ) -> None:
        self._connections = connections
        self._library_of = library_of
        self._store = store
        self._base = base_url.rstrip("/")

    def carry_out(self, command: Command, to: Addressee, now_ms: int) -> Body:
        """Hand it over; without an address in the roster a person sees that it did not go out."""
        del to  # nobody outside: it is about no customer
        order = command.order
        if not isinstance(order, AskOwner):
            raise EffectFailed("Only owners are asked here.", retry=False)
        row = self._rep(order.owner)
        if row is None or row.has_left(now_ms):
            raise EffectFailed("Whom the rule book names is not in the roster.", retry=False)
        if not row.email:
            raise EffectFailed("The roster has no mail address of this owner.", retry=False)
        if self._connections is None:
            raise EffectFailed("No mail server is named; set MAKEGOOD_SMTP.", retry=False)
        book = self._library_of().now()
        language = language_for(row.languages, book.owners.language)
        message, sender = _mail(command, book, now_ms)
        subject = f"{words_in(language)[f'subject.{order.about}']} {order.title}"
        message["Subject"] = " ".join(subject.split())
        message.set_content(self._text(order, row, book, language), cte="quoted-printable")
        message["Content-Language"] = language.replace("_", "-")
        recipient = checked_address(row.email)
        message["To"] = recipient
        self._connections.deliver(sender, recipient, message.as_bytes(policy=MAIL_POLICY))
        return Carried(command=command.id, reference=str(message["Message-ID"]))

    def _rep(self, rep: RepId) -> RepRow | None:
        with self._store.reading() as reading:
            return next((row for row in reading.reps() if row.rep == rep), None)

    def _text(self, order: AskOwner, row: RepRow, book: RuleBook, language: str) -> str:
        words = words_in(language)
        by = moment_text(order.due_ms, locale_of(language), book.timezone)
        name = row.name or order.owner
        link = self._base + PAGES[order.about].format(quote(order.subject, safe=""))
        if order.about == "search":
            lines = "".join(f"- {one}\n" for one in order.words)
            what = words["search"].format(title=order.title)
            return f"{name},\n\n{what}\n\n{lines}\n{link}\n\n{book.umbrella}\n"
        kind: str = order.about
        if kind == "cause":
            kind = "cause.one" if order.cases == 1 else "cause.more"
        what = words[kind].format(title=order.title, cases=order.cases)
        late = f"{words['late']}\n" if order.late else ""
        wanted = words[f"wanted.{order.about}"].format(by=by)
        return f"{name},\n\n{what}\n{late}{wanted}\n\n{link}\n\n{book.umbrella}\n"


def _mail(command: Command, book: RuleBook, now_ms: int) -> tuple[EmailMessage, str]:
    """Compose the mail's head; the same command gives the same Message-ID."""
    brand = next(iter(book.brands.values()))
    sender = checked_address(brand.sender)
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = Address(book.umbrella, addr_spec=sender)
    message["Date"] = format_datetime(datetime.fromtimestamp(now_ms // 1000, UTC))
    message["Message-ID"] = f"<{command.id}@{sender.rpartition('@')[2]}>"
    message["X-Makegood-Class"] = "service"
    message["Auto-Submitted"] = "auto-generated"
    return message, sender
