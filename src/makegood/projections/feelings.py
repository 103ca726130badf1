"""How one customer feels, as a line over time: what they said, and what happened in between.

Only what somebody said is a feeling. A failure, a broken word, a remedy are events on the same
axis; what the customer felt about them nobody knows until they say so, and the line has a gap.
No feeling is worked out from what happened, and none is a number.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.events import OrderKey
from makegood.messages.ids import EventId, RepId
from makegood.playbooks.feelings import Feeling

Kind: TypeAlias = Literal[
    "answer", "good_again", "not_yet", "public", "wrote",
    "let_down", "late_call", "spoiled_call", "remedy", "call", "released",
]  # fmt: skip
SAID: frozenset[Kind] = frozenset({"answer", "good_again", "not_yet", "public", "wrote"})
"""What the customer said; everything else happened."""
LET_DOWN: frozenset[Kind] = frozenset({"let_down", "late_call", "spoiled_call"})
"""After these nobody knows how they feel, whatever they said before."""
PUT_RIGHT: frozenset[Kind] = frozenset({"remedy"})
"""After these nobody knows whether who was not happy is so still."""

_RANK = {Feeling.UNHAPPY: 0, Feeling.NEITHER: 1, Feeling.HAPPY: 2}


class Evidence(Struct, frozen=True, kw_only=True):
    """One thing under the line.

    Attributes:
        order: Its place; the first part is when it was.
        event: The event that says it, and its place in the timeline; empty where there is none.
        feeling: What they said that they feel; None for what happened, and for words alone.
        name: Survey, failure, remedy, or network; empty for none.
        question: Of a survey; empty for its first.
        score: What was answered.
        most: The end of its scale.
        about: Booking, segment or order; empty when nobody said.
        words: What was written, by reference.
        text: The same of what was said in public, and so is kept elsewhere.
        by: Who of us did it, or wrote it down for the customer.
        met: The person it is about, who does not read it.
        taken_for: The failure that the book took a bad answer for.
        replaced: A later answer about the same took its place.
        model: Which model read it; empty for what people said and systems told.
        sure: How sure that model was, in thousandths.
        read_as: What the model read.
        title: What failed, in the words of the book by which that was judged.
        paid_cents: Money that came with a remedy; 0 for none.
        currency: Of what money.
    """

    order: OrderKey
    kind: Kind
    event: EventId = EventId("")
    brand: str = ""
    feeling: Feeling | None = None
    name: str = ""
    question: str = ""
    score: int | None = None
    most: int = 0
    about: str = ""
    words: str = ""
    text: str = ""
    by: RepId = RepId("")
    met: RepId = RepId("")
    taken_for: str = ""
    replaced: bool = False
    model: str = ""
    sure: int = 0
    read_as: str = ""
    title: str = ""
    paid_cents: int = 0
    currency: str = ""

    @property
    def at_ms(self) -> int:
        """When it was."""
        return self.order[0]

    @property
    def is_said(self) -> bool:
        """Whether the customer said it."""
        return self.kind in SAID

    @property
    def is_measured(self) -> bool:
        """Whether it rests on what a machine read."""
        return bool(self.model)


class Span(Struct, frozen=True, kw_only=True):
    """From when to when the last that was said about a feeling stands.

    Attributes:
        said: What says it.
        until_ms: Then they said something else, or something happened.
        is_open: Neither did yet.
    """

    said: Evidence
    feeling: Feeling
    until_ms: int
    is_open: bool = False

    @property
    def from_ms(self) -> int:
        """When they said so."""
        return self.said.at_ms


class FeelingLine(Struct, frozen=True, kw_only=True):
    """How somebody feels, as far as they said.

    Attributes:
        spans: Oldest first; in the gaps nobody knows.
        since: What happened after they last said how they feel; None for nothing.
        last: The last time they said it; None for never.
    """

    spans: tuple[Span, ...] = ()
    last: Evidence | None = None
    since: Evidence | None = None

    @property
    def now(self) -> Feeling | None:
        """What they said, when nothing happened since; None when nobody knows."""
        return self.spans[-1].feeling if self.spans and self.spans[-1].is_open else None


def line_of(evidence: Iterable[Evidence], now_ms: int) -> FeelingLine:
    """Draw the line under which the evidence is; in which order it was given does not matter."""
    spans: list[Span] = []
    standing: tuple[Evidence, Feeling] | None = None
    last: Evidence | None = None
    since: Evidence | None = None
    for one in sorted(evidence, key=lambda it: it.order):
        if not (one.feeling or _ends(one, last)) or _goes_with(one, standing):
            continue
        if standing is not None:
            spans.append(_span(standing, one.at_ms))
        standing = (one, one.feeling) if one.feeling else None
        if one.feeling:
            last, since = one, None
        else:
            since = since or one
    if standing is not None:
        until_ms = max(now_ms, standing[0].at_ms)
        spans.append(_span(standing, until_ms, is_open=True))
    return FeelingLine(spans=tuple(spans), last=last, since=since)


def _goes_with(one: Evidence, standing: tuple[Evidence, Feeling] | None) -> bool:
    """Whether it answers another question of the same survey, and no worse: the worst stands."""
    if standing is None or one.feeling is None or not one.about:
        return False
    said, feeling = standing
    same = (said.kind, said.name, said.about) == (one.kind, one.name, one.about)
    is_other = said.question != one.question
    return one.kind == "answer" and same and is_other and _RANK[one.feeling] >= _RANK[feeling]


def _ends(one: Evidence, last: Evidence | None) -> bool:
    """Whether nobody knows any more after this how the customer feels."""
    if one.kind in LET_DOWN:
        return True
    is_happy = last is not None and last.feeling is Feeling.HAPPY
    return one.kind in PUT_RIGHT and not is_happy


def _span(standing: tuple[Evidence, Feeling], until_ms: int, *, is_open: bool = False) -> Span:
    said, feeling = standing
    return Span(said=said, feeling=feeling, until_ms=until_ms, is_open=is_open)


def page_of(
    found: Sequence[Evidence], read_to: OrderKey | None, limit: int
) -> tuple[tuple[Evidence, ...], OrderKey | None]:
    """Give a page of evidence, the latest first, and where the next one begins.

    Args:
        found: All that was found, the latest first.
        read_to: The first event that was read; None when it was the first of all.
        limit: At most so many.
    """
    shown = tuple(found[:limit])
    if len(found) > limit:
        return shown, shown[-1].order
    return shown, read_to
