"""The record of privileged acts: who did what to which object; it only grows.

Each row carries a hash over itself and the row before it. A row that was changed, taken out or put
between others no longer fits its neighbours, and `first_break` says where.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Protocol, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

ACTS: Mapping[str, str] = {
    "key.made": "A key was made.",
    "key.rotated": "A key got a new secret; the old one ends at a stated time.",
    "key.revoked": "A key was revoked.",
    "person.erased": "A person's names, addresses and words were deleted.",
    "log.exported": "The log was written to a file.",
    "person.exported": "All that is kept of a person was written to a file.",
    "mail.filed": "A mail that was set aside was taken again, or filed with a customer.",
    "mail.discarded": "A mail that was set aside was thrown away.",
    "backup.made": "A backup was written.",
    "backup.restored": "This deployment was restored from a backup.",
    "book.activated": "A rule book became the active one.",
    "book.rolled_back": "The rule book before became the active one again.",
    "draft.discarded": "The draft of the rule book was thrown away.",
    "walk.decided": "A person decided who of a night goes to another house.",
    "hold.released": "A person let marketing reach a customer again, before it was due.",
    "signed_in": "A person of the firm signed in.",
    "sign_in.failed": "Sign-in failed many times for one name.",
    "signed_out.everywhere": "All sign-ins of a person were ended.",
    "staff.made": "A person of the firm may sign in.",
    "roster.changed": "A row of the roster was changed; which fields stands beside it.",
    "rep.leaves": "It was written down when a person of the firm leaves.",
    "rep.stays": "A person of the firm does not leave after all.",
    "people.apart": "A customer and a rep are kept apart, or no longer, by the word of the firm.",
    "staff.changed": "The role, password or permissions of a person of the firm were changed.",
    "webhook.changed": "An endpoint that is told about holds and cases was changed.",
    "webhook.replayed": "Notices were sent to an endpoint again.",
    "sync.set_up": "A campaign tool was set up for marks: what was missing there was made.",
    "mail.classed": "A person said what mails of a kind are, or took it back.",
    "mail.released": "A person let a parked mail go out as a service message.",
    "account.changed": "An account, or who has which role in it, was changed.",
    "accounts.imported": "A file of accounts, roles or agreements was brought in.",
    "agreement.changed": "An agreement was made, changed or ended.",
    "customers.linked": "A person said that two customers are one.",
    "customers.kept_apart": "A person said that two customers are not one.",
    "customers.unlinked": "A person took two customers apart again.",
    "handle.matched": "A person wrote down whose handle it is, as the customer told them.",
    "handle.parted": "A person took back whose handle it is.",
    "handle.erased": "The posts of an author were forgotten.",
    "post.attached": "A public post was kept with a case.",
    "post.gone": "A person said that its author deleted a public post.",
    "post.judged": "A person said whether a public post is about a promise, and which way.",
    "acquisition.told": "What winning customers cost was brought in from the firm's books.",
    "triage.rolled_back": "A person went back to another model of triage.",
    "links.made": "A run over guest lists linked customers who are probably one.",
    "appeal.decided": "A person looked at an appeal about what a customer said of a meeting.",
    "root_cause.answered": "Who answers for a root cause said what becomes of it.",
    "secret.shown": "A secret was shown to a person.",
}
"""What is written down, and what each word means; the desk and the reference list these."""

FIRST_SEAL = ""
"""Stands before the first row."""


class Act(Struct, frozen=True, kw_only=True):
    """One privileged act.

    Attributes:
        what: One of `ACTS`.
        who: Sign-in name, name of the key, or user of the machine; "" for Makegood itself.
        how: How they were known: signed in by what, by which key, on the command line.
        about: The object: digest of a key, pseudonym of a customer, hash of a book.
        before: What it was, without personal data.
        after: What it became.
        request: The request id, as in the logs.
        place: Counted from 1; given by the store.
        prior: Seal of the row before.
        seal: Hash over all of this.
    """

    what: str
    at_ms: int
    who: str = ""
    how: str = ""
    about: str = ""
    before: Mapping[str, str] = {}
    after: Mapping[str, str] = {}
    request: str = ""
    place: int = 0
    prior: str = FIRST_SEAL
    seal: str = ""


def sealed(act: Act, place: int, prior: str) -> Act:
    """Give an act its place and its hash."""
    placed = replace(act, place=place, prior=prior, seal="")
    return replace(placed, seal=seal_of(placed))


def seal_of(act: Act) -> str:
    """Compute the hash of an act from everything else in it."""
    said = [
        act.place, act.prior, act.at_ms, act.what, act.who, act.how, act.about,
        sorted(act.before.items()), sorted(act.after.items()), act.request,
    ]  # fmt: skip
    return sha256(msgspec.json.encode(said)).hexdigest()


def first_break(acts: Iterable[Act], place: int = 0, prior: str = FIRST_SEAL) -> int | None:
    """Say at which place the record does not hold together; None when it does.

    Args:
        acts: Rows in order of their places.
        place: That of the row before them.
        prior: Seal of the row before them.
    """
    for act in acts:
        place += 1
        if act.place != place or act.prior != prior or act.seal != seal_of(act):
            return place
        prior = act.seal
    return None


class Sought(Struct, frozen=True, kw_only=True):
    """Which acts are looked for; an empty field is no limit.

    Attributes:
        since_ms: From this moment on.
        until_ms: Before this moment.
    """

    who: str = ""
    what: str = ""
    since_ms: int = 0
    until_ms: int = 0


ANY = Sought()


class ActReading(Protocol):
    """What is written down."""

    def acts(self, sought: Sought = ANY, *, before: int = 0, limit: int = 50) -> tuple[Act, ...]:
        """Page through acts, the newest first.

        Args:
            sought: Which.
            before: Place of the last row of the page before; 0 for the first page.
            limit: At most 1,000.
        """

    def acts_after(self, place: int, limit: int) -> tuple[Act, ...]:
        """Page through all acts in order of their places, for who checks their seals."""

    def acts_end(self) -> tuple[int, str]:
        """Give the place and the seal that the last act has by the store's own note."""


class ActWriting(Protocol):
    """What writes it down."""

    def hold_acts(self) -> None:
        """Wait for whoever adds an act, and let nobody else add one until the end."""

    def put_act(self, act: Act) -> Act:
        """Add an act, sealed; others who add wait until the end of this transaction."""


Note: TypeAlias = Callable[[ActWriting, Act], None]
"""Writes an act down in the transaction that carries it out, with who acts just now."""


def unnoted(writing: ActWriting, act: Act) -> None:
    """Write nothing down: for a part that carries out no act of a person."""
