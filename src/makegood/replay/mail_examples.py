"""Class the mail of an example as the gate would, from what the example says of it."""

from makegood.core.mailings import MailFacts, classify
from makegood.playbooks.book import RuleBook
from makegood.playbooks.example_mail import UNKNOWN, GivenMail
from makegood.playbooks.outgoing_terms import as_words, words_of


def class_and_brand(mail: GivenMail, book: RuleBook) -> tuple[str, str]:
    """Give the class, or `unknown`, and whose mail it is."""
    found = classify(_facts(mail), book)
    return found.message_class.value if found.message_class else UNKNOWN, found.brand


def _facts(mail: GivenMail) -> MailFacts:
    headers = mail.headers
    return MailFacts(
        sender=mail.sender,
        domain=mail.sender.rpartition("@")[2],
        mail_from=mail.sender,
        subject=mail.subject,
        headers=headers,
        list_unsubscribe="list-unsubscribe" in headers,
        list_id=headers.get("list-id", ""),
        precedence=headers.get("precedence", "").strip().lower(),
        auto_submitted=headers.get("auto-submitted", "").strip().lower(),
        port=mail.port,
        user=mail.user,
        subject_words=as_words(words_of(mail.subject)),
        words=as_words(words_of(mail.text)),
    )
