"""What a rule book says about customers and their own people."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.playbooks.in_touch_terms import HelloTerms, LeavingTerms, LineTerms, ThanksTerms

UNDO_MS = 15_000
"""Where the book does not say: as long as people need to see their mistake."""
OTHERWISE = "otherwise"
"""The wait on a channel that the book does not name."""
SHOWN = ("hours", "languages", "words", "room", "line", "ratings")
"""What a customer may see of a person besides the name."""


class PeopleRules(Struct, frozen=True, gc=False, kw_only=True):
    """What holds for customers and their own people.

    Attributes:
        choices: How many a customer may choose, in order; 0 where nobody is chosen.
        capacity: How many customers one person may have whose roster row does not say.
        most_cases: With so many open cases somebody is busy whose row does not say; 0 for never.
        waits_ms: How long a customer waits for a busy person, by channel.
        thread_ms: How long after the last word a conversation stays with somebody.
        waiting_list: How many may wait for one person.
        shows: What a customer may see of a person.
        room: Message that says that somebody has room now; empty for none.
        unsure: Message that asks which of two persons it is to be; empty for none.
        offers_by_chosen_rep: Whoever chose a person hears offers from that person alone.
        hello: When that person says hello.
        thanks: When they thank for the years.
        leaving: What happens when somebody leaves.
        line: A mail address of one's own.
        undo_ms: How long an answer waits before it goes out, so that it can be undone.
    """

    choices: int = 0
    capacity: int = 0
    most_cases: int = 0
    waits_ms: Mapping[str, int] = {}
    thread_ms: int = 0
    waiting_list: int = 0
    shows: frozenset[str] = frozenset()
    room: str = ""
    unsure: str = ""
    offers_by_chosen_rep: bool = False
    hello: HelloTerms = HelloTerms()
    thanks: ThanksTerms = ThanksTerms()
    leaving: LeavingTerms = LeavingTerms()
    line: LineTerms = LineTerms()
    undo_ms: int = UNDO_MS

    def wait_ms(self, channel: str) -> int:
        """How long a customer waits for a busy person on a channel; 0 for not at all."""
        return self.waits_ms.get(channel, self.waits_ms.get(OTHERWISE, 0))
