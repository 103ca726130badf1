"""Letters: mails that came in and answers that went out, beside the log because they are personal.

The log says that somebody wrote and somebody answered; their words, addresses and what was
attached are here, and go when the person is erased.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from makegood.messages.ids import CommandId, EventId, ProfileId, RepId
from makegood.ports.attached import AttachedReading, AttachedWriting


class KeptFile(Struct, frozen=True, gc=False, kw_only=True):
    """Something attached to a letter; its bytes are kept as a file.

    Attributes:
        kind: What it said it is; nobody believes it.
        digest: Names its bytes among those of the letter.
        size: In bytes.
        cid: The name by which the page of the letter shows it; empty for what is not shown there.
        holder: Under which name its bytes are kept, where that is not the letter's own.
    """

    name: str
    kind: str
    digest: str
    size: int
    cid: str = ""
    holder: str = ""


class Letter(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A mail that came in, or an answer of ours.

    Attributes:
        letter: Names it: the same mail, come again, has the same name.
        profile: Whose it is.
        thread: The conversation.
        mark: Digest of its Message-ID, by which an answer finds it.
        message_id: In full, so that an answer can name it.
        at_ms: When it was taken, or written.
        kind: What was read in it (`letter`, `forwarded`, `automatic`), or `answer`.
        sender: Address that wrote it; of an answer, the one it goes to.
        event: The event in the log; empty for what nobody waits for.
        references: Message-IDs of the conversation before it.
        sent_ms: When it was sent, as it says itself.
        page: The sanitised HTML.
        blocked: So many pictures from elsewhere were taken out.
        rep: Who wrote an answer.
        command: The order that sends an answer.
        odd: What was wrong with it, in words.
    """

    letter: str
    profile: ProfileId
    thread: str
    mark: str
    message_id: str
    at_ms: int
    kind: Literal["letter", "forwarded", "automatic", "answer"]
    sender: str
    event: EventId = EventId("")
    name: str = ""
    answer_to: str = ""
    brand: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    sent_ms: int = 0
    text: str = ""
    quoted: str = ""
    page: str = ""
    blocked: int = 0
    files: tuple[KeptFile, ...] = ()
    odd: tuple[str, ...] = ()
    rep: RepId = RepId("")
    command: CommandId = CommandId("")


class BoxPlace(Struct, frozen=True, gc=False, kw_only=True):
    """How far a mailbox was read.

    Attributes:
        box: Names it, without its password.
        validity: Its UIDVALIDITY; when that changes, every number in it means something else.
        uid: The last mail that was taken, set aside, or there before anybody looked.
        at_ms: When that was written down.
        since_ms: Of a mailbox that was made anew: what came before is not read again; 0 for none.
    """

    box: str
    validity: int
    uid: int
    at_ms: int = 0
    since_ms: int = 0


class Jotting(Struct, frozen=True, gc=False, kw_only=True):
    """What a rep is writing to a customer in one conversation, and has not sent.

    Attributes:
        letter: The letter they answer.
        at_ms: When they last wrote at it.
        thread: The conversation; empty for what was begun before drafts were kept by it, `new`
            for one that is to begin.
        subject: Of a letter that begins one.
        to: Its address.
        brand: For which brand.
    """

    profile: ProfileId
    rep: RepId
    letter: str
    at_ms: int
    text: str
    thread: str = ""
    subject: str = ""
    to: str = ""
    brand: str = ""


class LetterReading(AttachedReading, Protocol):
    """Looking."""

    def letter(self, letter: str) -> Letter | None:
        """Give one."""

    def letters_named(self, letters: Sequence[str]) -> Mapping[str, Letter]:
        """Give several, by their names."""

    def letters_of(
        self,
        profiles: Sequence[ProfileId],
        *,
        after: tuple[int, str] | None = None,
        limit: int = 20,
    ) -> tuple[Letter, ...]:
        """Page through the letters of some profiles, newest first.

        Args:
            profiles: Of one customer.
            after: Time and name of the last one of the page before.
            limit: At most so many.
        """

    def letters_marked(self, marks: Sequence[str]) -> Mapping[str, Letter]:
        """Find letters by the digests of their Message-IDs; of several the one that came first."""

    def jottings_of(self, profiles: Sequence[ProfileId]) -> tuple[Jotting, ...]:
        """Give what reps are writing to somebody, by rep."""

    def box_place(self, box: str) -> BoxPlace | None:
        """Say how far a mailbox was read; None for never."""

    def gone_letters(self, limit: int) -> tuple[str, ...]:
        """List erased letters whose files are still to be deleted."""

    def letter_names_of(self, profiles: Sequence[ProfileId]) -> tuple[tuple[str, str], ...]:
        """Name all letters of some profiles: each with the digest of its Message-ID."""

    def texts_of(self, profiles: Sequence[ProfileId]) -> Mapping[str, str]:
        """Give every free text of some profiles by its ref, whoever wrote it."""

    def erased_letters(self, marks: Sequence[str]) -> Mapping[str, int]:
        """Say which marks stand for a letter that was erased, and when.

        Args:
            marks: Keyed digests, which say nothing to whoever has not the deployment's secret.
        """


class LetterWriting(LetterReading, AttachedWriting, Protocol):
    """Writing."""

    def put_letter(self, row: Letter) -> bool:
        """Keep a letter; False when it is there already."""

    def erase_letters(self, profiles: Sequence[ProfileId]) -> int:
        """Forget the letters of some profiles, and remember that their files have to go."""

    def put_erased_letters(self, marks: Sequence[str], at_ms: int) -> None:
        """Remember by keyed digests what was erased; the first time counts."""

    def put_jotting(self, row: Jotting) -> None:
        """Keep what a rep is writing in a conversation, instead of what they wrote before."""

    def drop_jotting(self, profiles: Sequence[ProfileId], rep: RepId, thread: str) -> None:
        """Forget what a rep was writing to somebody in a conversation."""

    def put_box_place(self, row: BoxPlace) -> None:
        """Write down how far a mailbox was read."""

    def drop_gone(self, letters: Sequence[str]) -> None:
        """Say that the files of erased letters are deleted."""
