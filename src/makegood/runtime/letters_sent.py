"""Letters of ours: how the conversation shows them, and what the order to send one rests on.

The letter as it is shown is written when a rep sends it. A crash just then leaves the order
without it; it is written before the mail goes out, so that what the customer answers finds it.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from makegood.effects.replies import Enclosed, Found, reply_id
from makegood.messages.commands import Command, SendReply
from makegood.messages.ids import CommandId, CustomerId, EventId, ProfileId, RepId
from makegood.ports.attached import Attached
from makegood.ports.letters import Letter
from makegood.ports.store import Store
from makegood.runtime.attaching import Attaching, kept_files, pieces_of
from makegood.runtime.holding import held
from makegood.runtime.intake import patiently
from makegood.runtime.letter_rows import mark_of

_OF_ANOTHER = "The address that it was written to is another customer's by now."


class Sent(Struct, frozen=True, kw_only=True):
    """What is known of a letter of ours.

    Attributes:
        sender: The brand's address.
        to: Where it goes.
        words: Where its text is kept.
        thread: The conversation; empty for one that it begins.
    """

    command: CommandId
    event: EventId
    profile: ProfileId
    sender: str
    to: str
    brand: str
    rep: RepId
    subject: str
    text: str
    words: str
    thread: str = ""
    files: tuple[Attached, ...] = ()


def is_first(letter: Letter) -> bool:
    """Whether a letter of ours began its conversation."""
    return letter.kind == "answer" and letter.thread == letter.letter


def show(store: Store, attaching: Attaching, sent: Sent, at_ms: int) -> None:
    """Keep a letter of ours as it is shown; not of somebody who was erased meanwhile."""
    own = reply_id(sent.command, sent.sender)
    row = Letter(
        letter=mark_of(own),
        profile=sent.profile,
        thread=sent.thread or mark_of(own),
        mark=mark_of(own),
        message_id=own,
        at_ms=at_ms,
        kind="answer",
        sender=sent.to,
        event=sent.event,
        brand=sent.brand,
        subject=sent.subject,
        text=sent.text,
        files=kept_files(sent.files),
        rep=sent.rep,
        command=sent.command,
    )
    is_new = patiently(lambda: _put(store, row, sent.words))
    if is_new:  # sent twice, and undone in between, it stays a draft
        attaching.sent([one.file for one in sent.files], sent.event, sent.profile)


def _put(store: Store, row: Letter, words: str) -> bool:
    with store.writing() as writing:
        held(writing, row.profile)  # an erasure is before us, or finds what we keep
        return bool(writing.texts([words])) and writing.put_letter(row)


def looked_up(
    store: Store,
    attaching: Attaching,
    command: Command,
    sender: str,
    now_ms: int,
    whose: Callable[[str], CustomerId | None],
) -> Found:
    """Give what an order to send a letter of ours rests on.

    Args:
        store: Where it is.
        attaching: Keeps what is attached.
        command: The order.
        sender: The brand's address; empty when the book knows it no more.
        now_ms: The present.
        whose: Gives the customer who is known by an address, when one is.
    """
    order = command.order
    if not isinstance(order, SendReply):
        return Found(letter=None, words="", name="")
    refs = [one for one in (order.words, order.subject, order.to) if one]
    with store.reading() as reading:
        texts = reading.texts(refs)
        answered = reading.letter(order.letter) if order.letter else None
        known = reading.attached(order.files)
        names = {row.rep: row.name for row in reading.reps()}
        is_shown = bool(sender) and reading.letter(mark_of(reply_id(command.id, sender)))
        own = reading.customers_of([command.profile]).get(command.profile)
    words, to = texts.get(order.words, ""), texts.get(order.to, "")
    another = whose(to) if to else None
    letter = answered if order.letter else _first(command, order, texts)
    if letter is not None and words and sender and not is_shown:
        rows = tuple(known[one] for one in order.files if one in known)
        sent = Sent(
            command=command.id, event=command.cause, profile=command.profile, sender=sender,
            to=to or letter.answer_to or letter.sender, brand=order.brand, rep=order.by,
            subject=letter.subject, text=words, words=order.words,
            thread=letter.thread, files=rows,
        )  # fmt: skip
        show(store, attaching, sent, now_ms)
    return Found(
        letter=letter,
        words=words,
        name=names.get(order.by, ""),
        enclosed=tuple(_enclosed(attaching, known.get(one)) for one in order.files),
        why=_OF_ANOTHER if another not in (None, own) else "",
    )


def _first(command: Command, order: SendReply, texts: Mapping[str, str]) -> Letter | None:
    """Say where the first letter of a conversation goes; nowhere when its address was erased."""
    to = texts.get(order.to, "")
    if not to:
        return None
    return Letter(
        letter="",
        profile=command.profile,
        thread="",
        mark="",
        message_id="",
        at_ms=0,
        kind="letter",
        sender=to,
        subject=texts.get(order.subject, ""),
    )


def _enclosed(attaching: Attaching, row: Attached | None) -> Enclosed:
    if row is None or not attaching.is_there(row):
        return Enclosed(name="", kind="", pieces=None)
    return Enclosed(name=row.name, kind=row.kind, pieces=pieces_of(attaching, row))
