"""Which class a mail has that another tool sends, and whose it is.

A rule of the book says so; else what a person said of its kind; else signals: a list header, the
wording of surveys and offers, the words of receipts and confirmations. Nothing certain is no
class: a wrong "promotional" stops a receipt, and a wrong "service" lets a cheery mail through.
Source: story 3: the cheery mail of the next morning, sent one at a time.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.signals import Signals, judged_by_signals
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Facts
from makegood.playbooks.book import RuleBook, books_in
from makegood.playbooks.outgoing_terms import Compared

BULK = frozenset({"bulk", "list", "junk"})  # values of Precedence that lists and campaigns use

RULED = "rule:"
"""Begins the name of a kind that a rule of the book makes."""


class MailFacts(Struct, frozen=True, kw_only=True):
    """What is known of a mail before anybody says what it is.

    Attributes:
        sender: Address in From, in small letters.
        domain: Its part after the `@`.
        mail_from: Address of the envelope.
        subject: As a reader sees it.
        headers: First value of each header, by name in small letters; none of who receives it.
        list_unsubscribe: There is a List-Unsubscribe.
        list_id: Of the header; empty without one.
        precedence: Of the header, in small letters.
        auto_submitted: Of the header, in small letters.
        campaign: Name that a campaign tool gave it, by any of the usual headers.
        port: On which it came in.
        user: Who signed in to send it; empty for nobody.
        recipients: How many the envelope names.
        fingerprint: Digest of its skeleton; empty where the text was not read.
        subject_words: Subject as texts are compared.
        words: The text, likewise.
    """

    sender: str = ""
    domain: str = ""
    mail_from: str = ""
    subject: str = ""
    headers: Mapping[str, str] = {}
    list_unsubscribe: bool = False
    list_id: str = ""
    precedence: str = ""
    auto_submitted: str = ""
    campaign: str = ""
    port: int = 0
    user: str = ""
    recipients: int = 1
    fingerprint: str = ""
    subject_words: str | Compared = ""
    words: str | Compared = ""

    def for_conditions(self) -> Facts:
        """Give the facts as conditions read them, as `mail.*`."""
        return {
            "sender": self.sender,
            "domain": self.domain,
            "mail_from": self.mail_from,
            "subject": self.subject,
            "has_list_unsubscribe": self.list_unsubscribe,
            "list_id": self.list_id,
            "precedence": self.precedence,
            "auto_submitted": self.auto_submitted,
            "campaign": self.campaign,
            "port": self.port,
            "user": self.user,
            "recipients": self.recipients,
            "header": dict(self.headers),
        }


class KnownKind(Struct, frozen=True, kw_only=True):
    """What is known of mails of the same kind.

    Attributes:
        id: Names the kind; empty for one never seen.
        decided: What a person said such mails are; None when nobody said.
        recipients: How many recipients have had one.
    """

    id: str = ""
    decided: MessageClass | None = None
    recipients: int = 0


NEW = KnownKind()


class MailClass(Struct, frozen=True, kw_only=True):
    """What a mail is, and why.

    Attributes:
        message_class: None when nothing is certain: the brand's `unclassified` says what then.
        brand: Whose it is; empty when nobody's senders fit.
        by: What said so.
        rule: Id of the rule, for `rule`.
        says: Why, in a sentence.
        kind: Names the kind of mail, for counting.
    """

    message_class: MessageClass | None
    brand: str
    by: Literal["rule", "person", "signals", "none"]
    rule: str = ""
    says: str = ""
    kind: str = ""


class Ruled(Struct, frozen=True, kw_only=True):
    """What the headers and the rules say, before a text is read.

    Attributes:
        brand: Whose mail it is.
        offers: It comes from the brand's own address for offers.
        found: The class, where a rule fits.
        missing: The rule that cannot be judged and the fact it lacks; rules after it are not
            asked, because it might have come first.
    """

    brand: str
    offers: bool = False
    found: MailClass | None = None
    missing: tuple[str, str] | None = None


def classify(facts: MailFacts, book: RuleBook, known: KnownKind = NEW) -> MailClass:
    """Say which class a mail has, whose it is, and why.

    Args:
        facts: The mail.
        book: The active book.
        known: What is known of its kind.
    """
    ruled = by_rules(facts, book)
    return ruled.found or without_rule(signals_of(facts, book, ruled), facts, ruled, known)


def by_rules(facts: MailFacts, book: RuleBook) -> Ruled:
    """Find the brand, and ask the rules of its book in order; this reads no text."""
    brand, offers = brand_of_mail(facts, book)
    rules = book.for_brand(brand).outgoing.rules
    if not rules:
        return Ruled(brand=brand, offers=offers)
    mail = facts.for_conditions()
    for rule in rules:
        fits = rule.judge(mail)
        if isinstance(fits, str):
            return Ruled(brand=brand, offers=offers, missing=(rule.id, fits))
        if fits:
            found = MailClass(
                message_class=rule.message_class,
                brand=brand,
                by="rule",
                rule=rule.id,
                says=f"The rule `{rule.id}` of the rule book says {rule.message_class.value}.",
                kind=f"{RULED}{brand}:{rule.id}",
            )
            return Ruled(brand=brand, offers=offers, found=found)
    return Ruled(brand=brand, offers=offers)


def signals_of(facts: MailFacts, book: RuleBook, ruled: Ruled) -> Signals:
    """Look for the signs that a mail bears itself, whatever is known of its kind."""
    wording = book.for_brand(ruled.brand).outgoing.wording
    return Signals(
        subject=wording.found(facts.subject_words),
        text=wording.found(facts.words),
        lists=_list_signs(facts, offers=ruled.offers),
        recipients=facts.recipients,
    )


def without_rule(signals: Signals, facts: MailFacts, ruled: Ruled, known: KnownKind) -> MailClass:
    """Say what a mail is that no rule fits: by what a person said of its kind, else by signals."""
    kind = known.id or facts.fingerprint
    if known.decided is not None:
        says = f"A person said that mails of this kind are {known.decided.value}."
        return MailClass(
            message_class=known.decided, brand=ruled.brand, by="person", says=says, kind=kind
        )
    found, why = judged_by_signals(
        replace(signals, recipients=max(signals.recipients, known.recipients))
    )
    if ruled.missing is not None:
        rule, fact = ruled.missing
        why = f"The rule `{rule}` cannot be judged: {fact} is missing. {why}"
    return MailClass(
        message_class=found,
        brand=ruled.brand,
        by="none" if found is None else "signals",
        says=why,
        kind=kind,
    )


def brand_of_mail(facts: MailFacts, book: RuleBook) -> tuple[str, bool]:
    """Say whose mail it is, and whether it comes from that brand's own address for offers.

    The book's `senders` come first: an address before a domain, the longest domain first, then
    who signed in, then the port. Else a brand's own addresses, and their domains where no other
    brand shares them.
    """
    for brand in book.brands.values():
        if facts.sender and facts.sender == brand.offers_sender.lower():
            return brand.id, True
    return _by_senders(facts, book) or _by_addresses(facts, book), False


def _by_senders(facts: MailFacts, book: RuleBook) -> str:
    senders = [one for own in books_in(book) for one in own.outgoing.senders]
    if not senders:
        return ""
    for one in senders:
        if facts.sender in one.addresses:
            return one.brand
    for domain in _domains(facts.domain):
        for one in senders:
            if domain in one.domains:
                return one.brand
    for one in senders:
        if facts.user and facts.user in one.users:
            return one.brand
    return next((one.brand for one in senders if facts.port in one.ports), "")


def _by_addresses(facts: MailFacts, book: RuleBook) -> str:
    owners: dict[str, set[str]] = {}
    for brand in book.brands.values():
        for address in (brand.sender.lower(), brand.offers_sender.lower()):
            if address == facts.sender:
                return brand.id
            owners.setdefault(address.rpartition("@")[2], set()).add(brand.id)
    for domain in _domains(facts.domain):
        found = owners.get(domain, set())
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def _domains(domain: str) -> list[str]:
    """Give a domain and all above it, the longest first."""
    parts = domain.split(".")
    return [".".join(parts[at:]) for at in range(len(parts))] if domain else []


def _list_signs(facts: MailFacts, *, offers: bool) -> tuple[str, ...]:
    """Say by which headers a mail is meant for a list.

    Systems that answer by themselves say `Precedence: bulk` too, so that nobody answers them
    (RFC 3834); then it says nothing about a list.
    """
    answers = facts.auto_submitted.startswith("auto-")
    signs = (
        ("List-Unsubscribe", facts.list_unsubscribe),
        ("List-Id", bool(facts.list_id)),
        (f"Precedence: {facts.precedence}", facts.precedence in BULK and not answers),
        ("the brand's own sender of offers", offers),
    )
    return tuple(name for name, is_there in signs if is_there)
