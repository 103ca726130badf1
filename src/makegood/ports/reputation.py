"""Rows of reputations: ratings taken from the log, what is published of them, appeals, answers."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from makegood.messages.ids import EventId, ProfileId, RepId

Kind: TypeAlias = Literal["rep", "rule"]
Standing: TypeAlias = Literal["cannot_tell", "alike", "better", "worse"]
Verdict: TypeAlias = Literal["", "kept", "left_out", "none"]


class RatingRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thumb, as it stands in the log.

    Attributes:
        seq: Position in the log.
        event: The answer.
        profile: Who gave it, as the source named them.
        survey: With `about` it says which answer took the place of which.
        rep: The person met.
        met_ms: When they met.
        up: The thumb.
        reason: The one reason given; empty for none and for several.
        reasons: All reasons given.
        propensity: With what chance the person was drawn by lot; 0 when they were not.
        for_rep: It counts in what is published of the person.
        for_rule: It counts in what is published of the rule.
    """

    seq: int
    event: EventId
    profile: ProfileId
    survey: str
    about: str
    rep: RepId
    rule: str
    place: str
    channel: str
    severity: int
    met_ms: int
    up: bool
    brand: str = ""
    reason: str = ""
    reasons: tuple[str, ...] = ()
    propensity: float = 0.0
    for_rep: bool = False
    for_rule: bool = False


class Published(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said of a person or a rule: words, an interval, and nothing of fewer than k.

    Attributes:
        subject: Sign-in name, or id of the rule.
        standing: What the interval allows to be said; "cannot_tell" has no numbers.
        low: Of a hundred customers alike, at least so many would put a thumb up.
        high: At most so many.
        usual: So many do for everybody together.
        at_least: Ratings it rests on, rounded down to whole groups of k.
        reasons: What thumbs down were about: (reason, of at least so many customers), most first.
        worse_lately: A rule only: it became worse, and that is no chance.
        at_ms: When it was published.
    """

    kind: Kind
    subject: str
    standing: Standing
    low: int = 0
    high: int = 0
    usual: int = 0
    at_least: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    worse_lately: bool = False
    at_ms: int = 0


class Appeal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person asks that what a customer may have said of a meeting be looked at; once for each.

    Attributes:
        id: Made of who appeals and about what.
        about: Booking, segment or order of the meeting.
        why: What they say.
        verdict: Empty while nobody has looked; "none" of before is one that was kept.
        by: Who looked; never who appeals.
        because: Their reason; with `why` it is empty when the customer was erased.
    """

    id: str
    rep: RepId
    about: str
    why: str
    asked_ms: int
    verdict: Verdict = ""
    by: RepId = RepId("")
    because: str = ""
    decided_ms: int = 0


def appeal_id(rep: str, about: str) -> str:
    """Name an appeal by whose it is and about what: there is one for each meeting."""
    return sha256(f"{rep}\n{about}".encode()).hexdigest()[:24]


class RuleAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The owner of a rule is asked to answer for it.

    Attributes:
        owner: Who is asked.
        due_ms: Until when.
        says: The answer; empty until then.
        before: Who was asked first, and let the time pass; empty when the owner is asked.
    """

    rule: str
    owner: str
    asked_ms: int
    due_ms: int
    says: str = ""
    by: str = ""
    said_ms: int = 0
    before: str = ""


class ReputationReading(Protocol):
    """What is known and published."""

    def ratings(self, after: int, limit: int) -> tuple[RatingRow, ...]:
        """Page through ratings by position in the log."""

    def ratings_about(self, rep: RepId, about: str) -> tuple[RatingRow, ...]:
        """Give the ratings of meetings with a person about one thing."""

    def ratings_read(self) -> int:
        """Say up to which position in the log ratings were taken from it."""

    def rounds(self) -> int:
        """Say how many rounds were published."""

    def published(self, kind: Kind, after: str, limit: int) -> tuple[Published, ...]:
        """Page through what is published, by subject."""

    def published_of(self, kind: Kind, subjects: Sequence[str]) -> Mapping[str, Published]:
        """Give what is published of some; who is not in it has nothing published."""

    def appeals(self, *, open_only: bool, after: str = "", limit: int = 50) -> tuple[Appeal, ...]:
        """Page through appeals by id."""

    def appeals_by(self, rep: RepId, limit: int) -> tuple[Appeal, ...]:
        """Give a person's own appeals, by id."""

    def appeal(self, id_: str) -> Appeal | None:
        """Find an appeal."""

    def open_answers(self, after: str, limit: int) -> tuple[RuleAnswer, ...]:
        """Page through what owners have not answered, by rule."""

    def rule_answers(self, rules: Sequence[str]) -> Mapping[str, RuleAnswer]:
        """Give what owners were asked about rules; who was not asked is left out."""

    def seen_ms(self, reps: Sequence[str]) -> Mapping[str, int]:
        """Say when people last looked at their own page; who never did is left out."""


class ReputationWriting(Protocol):
    """What is taken from the log, published, appealed and answered."""

    def hold_ratings(self) -> tuple[int, int]:
        """Let nobody else take ratings or publish until the end of this transaction.

        Returns:
            Up to where the log was read, and how many rounds were published.
        """

    def put_rounds(self, rounds: int) -> None:
        """Remember how many rounds were published."""

    def add_ratings(self, rows: Sequence[RatingRow], read: int) -> None:
        """Keep ratings and up to where the log was read; a row of the same place is replaced."""

    def put_published(self, rows: Sequence[Published]) -> None:
        """Publish; what was said of the same before goes."""

    def put_new_appeal(self, row: Appeal) -> bool:
        """Keep an appeal; False when there is one of that id (nothing is changed then)."""

    def put_appeal(self, row: Appeal) -> None:
        """Keep how an appeal stands."""

    def forget_appeals(self, meetings: Sequence[tuple[str, str]]) -> int:
        """Delete the words of appeals about meetings, (rep, about) each; say of how many."""

    def put_rule_answer(self, row: RuleAnswer) -> None:
        """Keep what an owner is asked, or answers."""

    def put_seen(self, rep: RepId, at_ms: int) -> None:
        """Remember that a person looked at their own page."""
