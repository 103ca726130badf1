"""What counts of a mail that came in."""

from typing import Literal, TypeAlias

from msgspec import Struct

Kind: TypeAlias = Literal["letter", "forwarded", "automatic", "bounce", "loop", "complaint"]
"""A letter is answered by a person, and so is what was forwarded; the others nobody waits for."""


class Attached(Struct, frozen=True, gc=False, kw_only=True):
    """Something attached; it is kept as it came, and never opened or run.

    Attributes:
        name: Safe as a name of a file: no path, no control character, not too long.
        kind: What it says it is, for example image/png; nobody believes it.
        digest: SHA-256 of its bytes, in hexadecimal.
        cid: The name by which the page of the mail shows it; empty for what is not shown there.
    """

    name: str
    kind: str
    content: bytes
    digest: str
    cid: str = ""


class Original(Struct, frozen=True, kw_only=True):
    """The letter inside of one that was forwarded, as it says itself.

    Attributes:
        sender: Address of who wrote it first; empty when it does not say.
    """

    sender: str = ""
    name: str = ""
    subject: str = ""
    text: str = ""


class Returned(Struct, frozen=True, kw_only=True):
    """A mail of ours that came back.

    Attributes:
        ids: Message-IDs it is about.
        status: Enhanced status code (RFC 3463), such as 5.1.1; empty when it does not say.
        is_final: It will not be delivered; False while the server goes on trying.
    """

    ids: tuple[str, ...] = ()
    status: str = ""
    is_final: bool = True


class InboundMail(Struct, frozen=True, kw_only=True):
    """A mail, read.

    Attributes:
        key: Names this mail: the same one, come again by another way, has the same key.
        id: Its Message-ID; empty where it has none.
        references: Message-IDs of what it answers, the oldest first.
        sender: Address; empty when the mail does not say from whom it is.
        name: Of the sender, as they write it.
        answer_to: Where an answer goes: Reply-To, else the sender.
        recipients: Addresses, as the mail server delivered it first.
        sent_ms: When it was sent, as it says itself; 0 when it does not.
        text: What is new in it.
        quoted: What was quoted below, above or between.
        page: The sanitised HTML; empty where it has none.
        blocked: So many pictures from elsewhere were taken out of the page.
        odd: What was wrong with it, in words, for a person.
        is_unproven: The firm's own mail server found that it is not from where it says.
    """

    key: str
    id: str = ""
    references: tuple[str, ...] = ()
    sender: str = ""
    name: str = ""
    answer_to: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    sent_ms: int = 0
    text: str = ""
    quoted: str = ""
    page: str = ""
    blocked: int = 0
    kind: Kind = "letter"
    original: Original | None = None
    returned: Returned | None = None
    attachments: tuple[Attached, ...] = ()
    odd: tuple[str, ...] = ()
    is_unproven: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether a person has to answer it."""
        return self.kind in ("letter", "forwarded")
