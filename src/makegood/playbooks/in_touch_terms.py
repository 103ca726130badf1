"""What a rule book says about keeping in touch: hellos, thanks, who leaves, the direct line."""

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from makegood.messages.facts import Facts

LIKENESS = ("choices", "languages", "brands", "hours", "room")
"""What may speak for a successor; nothing says what a customer is worth."""
SOURCES = ("event", "wish", "promise", "agreement")
Of: TypeAlias = Literal["event", "wish", "promise", "agreement"]
OFFERS = ("anyone", "chosen_rep_only")
INTRODUCTION = "introduction"
DIRECT_LINE = "direct_line"
HELLO = "hello"
THANKS = "thanks"
EXPERIMENTS = (HELLO, THANKS, INTRODUCTION, DIRECT_LINE)
"""What lots are drawn for."""
CAME_BACK = "came_back"
OUTCOMES = (CAME_BACK, "good_answer", "bad_answer")
"""What may be counted: what customers do, and what they say; one does not stand for the other."""


class Told(Struct, frozen=True, gc=False):
    """What an event tells that may be said.

    Attributes:
        about: Booking, segment, order or agreement.
        ends_ms: When it ends; 0 for what has no end, or whose end cannot be read.
    """

    about: str
    ends_ms: int = 0


class TrueThing(Struct, frozen=True, gc=False, kw_only=True):
    """Something true that a rep may say.

    Attributes:
        of: Whether an event tells it, a noted wish, a promise that was kept, or an agreement of
            an account of theirs that ends.
        says: What the rep reads; `$about`, `$day` and `$ends` stand for what it is about, when it
            was, and when it ends.
        read: Event properties -> what it tells; None for nothing, and for what no event tells.
        after_ms: Not said sooner than that after it happened.
        for_ms: Not said later than that after it happened.
        before_ms: For what ends: said in this time before its end.
    """

    id: str
    of: Of
    says: str
    read: Callable[[Facts], Told | None] | None = None
    events: tuple[str, ...] = ()
    after_ms: int = 0
    for_ms: int = 0
    before_ms: int = 0
    line: int = 0

    def window(self, at_ms: int, ends_ms: int) -> tuple[int, int]:
        """Say from when till when it may be said; an end before the beginning is never."""
        if self.before_ms:
            return (max(at_ms, ends_ms - self.before_ms), ends_ms) if ends_ms else (0, 0)
        return at_ms + self.after_ms, at_ms + self.for_ms


class HelloTerms(Struct, frozen=True, gc=False, kw_only=True):
    """When a rep says hello.

    Attributes:
        every_ms: At most one in this time; 0 where there are no hellos.
        most: Hellos of one rep in a month.
        within_ms: How long the task stands.
        control: Share of customers whose hellos are kept back, to see what hellos do.
        outcomes: What is counted to see what hellos do.
        things: True things, in the order in which one is chosen.
        by_event: Those that an event tells, by its name.
    """

    every_ms: int = 0
    most: int = 0
    within_ms: int = 0
    control: float = 0.0
    outcomes: tuple[str, ...] = (CAME_BACK,)
    things: tuple[TrueThing, ...] = ()
    by_event: Mapping[str, tuple[TrueThing, ...]] = {}


class ThanksTerms(Struct, frozen=True, gc=False, kw_only=True):
    """When a rep thanks a customer who stayed, though nothing happened.

    Attributes:
        years: After so many years with us, each once.
        says: What the rep reads; `$years` stands for the number.
    """

    years: tuple[int, ...] = ()
    most: int = 0
    within_ms: int = 0
    control: float = 0.0
    says: str = ""
    outcomes: tuple[str, ...] = (CAME_BACK,)
    line: int = 0


class LeavingTerms(Struct, frozen=True, gc=False, kw_only=True):
    """What happens when somebody leaves.

    Attributes:
        introduction: The message that both sign; empty where nobody is introduced.
        gone: The message when nobody suits, or they are gone already.
        stays: The message to who was told, when they do not leave after all; empty for none.
        ask_again_ms: Asked once more after this; 0 for not at all.
        likeness: What counts for a successor, the weightiest first.
        control: Share of customers for whom no call of the three is planned.
    """

    introduction: str = ""
    gone: str = ""
    ask_again_ms: int = 0
    likeness: tuple[str, ...] = LIKENESS
    control: float = 0.0
    outcomes: tuple[str, ...] = (CAME_BACK,)
    stays: str = ""


class LineTerms(Struct, frozen=True, gc=False, kw_only=True):
    """A mail address of one's own for each rep.

    Attributes:
        domain: Where replies come in; empty for no addresses.
        control: Share of customers to whom it is not shown until they ask.
    """

    domain: str = ""
    control: float = 0.0
    outcomes: tuple[str, ...] = (CAME_BACK,)
