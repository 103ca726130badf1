"""Whose address a mail came to: a rep's own, a brand's, and which domains are the firm's."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

from msgspec import Struct

from makegood.messages.ids import RepId
from makegood.playbooks.book import RuleBook, books_in
from makegood.ports.store import Reading
from makegood.runtime.direct_line import Lines

_LIST = "freemail.txt"


@cache
def freemail() -> frozenset[str]:
    """Give the domains at which everybody may have a mailbox, as the packaged list has them."""
    lines = files("makegood.runtime").joinpath(_LIST).read_text("utf-8").splitlines()
    return frozenset(one.strip() for one in lines if one.strip() and not one.startswith("#"))


class MailServer(Struct, frozen=True, kw_only=True):
    """What a firm says of its mail.

    Attributes:
        name: What its mail server calls itself in Authentication-Results; empty for none.
        everybodys: Domains of its own choice that are everybody's, beside the packaged list.
    """

    name: str = ""
    everybodys: frozenset[str] = frozenset()


NO_SERVER = MailServer()


class Addresses(Struct, frozen=True, kw_only=True):
    """Whose address a mail came to.

    Attributes:
        domains: Of the firm; who writes from there is one of its people.
        own: Addresses of the firm itself.
        mail_server: What the firm's mail server calls itself in Authentication-Results.
    """

    domains: frozenset[str]
    own: frozenset[str]
    whose: Callable[[Sequence[str]], tuple[RepId, str]]
    """(recipients) -> the rep whose own address it is, and the brand; each may be empty."""
    mail_server: str = ""

    def are_of_the_firm(self, address: str) -> bool:
        """Whether an address is the firm's own, or at one of its domains."""
        return not address or address in self.own or address.rpartition("@")[2] in self.domains


def addresses_of(
    reading: Reading, lines: Lines, book: RuleBook, server: MailServer = NO_SERVER
) -> Addresses:
    """Give the firm's addresses as the active rule book has them."""
    reps = reading.reps()
    brands = {brand.id: brand for one in books_in(book) for brand in one.brands.values()}
    own = {
        address.casefold(): brand.id
        for brand in brands.values()
        for address in (brand.sender, brand.offers_sender)
        if address
    }
    domains = {address.rpartition("@")[2] for address in own} | {
        one.people.line.domain for one in books_in(book) if one.people.line.domain
    }

    def whose(recipients: Sequence[str]) -> tuple[RepId, str]:
        for address in recipients:
            if rep := lines.rep_of(address, reps):
                return rep, _brand_of_line(address, book)
        return RepId(""), next((own[one] for one in recipients if one in own), "")

    return Addresses(
        domains=frozenset(domains) - freemail() - server.everybodys,
        own=frozenset(own),
        whose=whose,
        mail_server=server.name,
    )


def _brand_of_line(address: str, book: RuleBook) -> str:
    """Say whose domain an own address is at; the umbrella's is no brand's."""
    domain = address.rpartition("@")[2]
    own = (
        brand
        for brand, it in sorted(book.by_brand.items())
        if it.people.line.domain == domain != book.people.line.domain
    )
    return next(own, "")


def is_ours(reading: Reading, lines: Lines, book: RuleBook, address: str) -> bool:
    """Whether a mail to an address is taken: one of a brand's, or a rep's own."""
    known = addresses_of(reading, lines, book)
    plain = address.strip().casefold()
    return plain in known.own or bool(lines.rep_of(plain, reading.reps()))
