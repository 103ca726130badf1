"""What is kept of a mail: its name, its conversation, its words, and the letter itself."""

from collections.abc import Sequence
from hashlib import blake2b

from msgspec.structs import replace

from makegood.messages.errors import InputError
from makegood.messages.ids import EventId, ProfileId
from makegood.ports.letters import KeptFile, Letter
from makegood.ports.rows import OutboxRow
from makegood.ports.store import Writing
from makegood.sources.mail.shapes import InboundMail

LONGEST_WORDS = 4_000
_LONGEST_NAME = 80
DIGEST = 16


def named_by_mail(writing: Writing, profile: ProfileId, row: Letter) -> None:
    """Keep how a sender calls themselves, where nothing better is known: it is but a claim.

    Args:
        writing: The transaction in which the letter is kept.
        profile: Pseudonym of the address that wrote it.
        row: The letter.
    """
    name = " ".join(row.name.split())[:_LONGEST_NAME]
    if not name or "@" in name or row.profile != profile:
        return  # somebody of a name or number: whoever told us of them knows better
    customer = writing.customers_of([profile]).get(profile)
    if customer is None:
        return
    own = writing.persons(writing.profiles_of([customer]).get(customer, ()))
    if profile in own and not any(one.name for one in own.values()):
        writing.put_persons([replace(own[profile], name=name)])


def erased_names(letter: str, mark: str) -> tuple[str, str]:
    """Say by which names an erased letter is remembered, once they are digested with the key.

    Returns:
        For the mail as it was, and for whatever comes under its Message-ID.
    """
    return f"erased letter:{letter}", f"erased mark:{mark}"


def erased_aside(name: str) -> str:
    """Say by which name a mail that was set aside, and erased, is remembered."""
    return f"erased aside:{name}"


def mark_of(message_id: str) -> str:
    """Name a Message-ID without saying it: one often has an address in it."""
    return blake2b(message_id.encode("utf-8", "replace"), digest_size=DIGEST).hexdigest()


def mark_of_mail(mail: InboundMail) -> str:
    """Name a mail by its Message-ID; one that has none by itself."""
    return mark_of(mail.id) if mail.id else mail.key


def thread_of(mail: InboundMail) -> str:
    """Name a conversation by its first mail; the one with the case's message by that message."""
    first = next(iter(mail.references), mail.id)
    return mark_of(first) if first else mail.key


def profile_written_to(sent: Sequence[OutboxRow]) -> ProfileId:
    last = next((row.command.to or row.command.profile for row in reversed(sent)), None)
    return last or ProfileId("")


def words_of(mail: InboundMail, writer: str) -> str:
    """Give what the log's side table keeps: the subject and what is new."""
    count = len(mail.attachments)
    parts = [mail.subject, said_in(mail).strip(), f"[{count} attached]" if count else ""]
    return "\n\n".join(part for part in parts if part)[:LONGEST_WORDS] or writer


def said_in(mail: InboundMail) -> str:
    """Give what is new in a mail; of one that was sent on, what its writer wrote, too."""
    said = mail.text
    if mail.original is not None:
        note = f"{said}\n\n" if said else ""
        said = f"{note}{mail.original.text}" if mail.original.text else said
    return said


def letter_row(
    mail: InboundMail,
    thread: str,
    profile: ProfileId,
    at_ms: int,
    event: EventId = EventId(""),  # noqa: B008 - a plain text
    brand: str = "",
) -> Letter:
    if mail.kind not in ("letter", "forwarded", "automatic"):
        raise InputError("Only what somebody wrote is a letter.")
    files = tuple(
        KeptFile(
            name=one.name, kind=one.kind, digest=one.digest, size=len(one.content), cid=one.cid
        )
        for one in (mail.attachments if event else ())
    )
    return Letter(
        letter=mail.key,
        profile=profile,
        thread=thread,
        mark=mark_of_mail(mail),
        message_id=mail.id,
        at_ms=at_ms,
        kind=mail.kind,
        sender=mail.sender,
        event=event,
        name=mail.name,
        answer_to=mail.answer_to,
        brand=brand,
        references=mail.references,
        subject=mail.subject,
        sent_ms=min(mail.sent_ms, at_ms),
        text=mail.text,
        quoted=mail.quoted,
        page=mail.page,
        blocked=mail.blocked,
        files=files,
        odd=mail.odd,
    )
