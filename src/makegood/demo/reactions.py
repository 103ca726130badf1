"""How synthetic customers react: a seeded model, and every number of it is an assumption.

The model exists so that the whole loop runs; it says nothing about how real customers behave.
Numbers that follow from it (chosen offers, customers made whole, money) are shown as modelled.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from makegood.core.state import OfferState
from makegood.demo.chance import Chance
from makegood.demo.flights import HOUR_MS, MINUTE_MS

Kind = Literal["decline", "call", "help"]


class Reactions(Struct, frozen=True, kw_only=True):
    """The parameters; all shares are assumed, from 0 to 1.

    Attributes:
        opens: Opens the page that a message led to.
        opens_within_minutes: Earliest and latest.
        chooses: Chooses on the page, once open.
        chooses_within_minutes: Earliest and latest after opening.
        declines: Does not travel any more; else the rest of the offers.
        calls: Asks to be called.
        answers: Answers "is it good again?" at all.
        answers_within_hours: Earliest and latest.
        good_after_one: Says it is good after one failure.
        good_after_two: After a second one; lower as Maxham and Netemeyer (2002) found in
            direction; the number is assumed.
        reached: Picks up when a rep calls.
        good_on_the_phone: Says it is good to the rep who called.
    """

    opens: float = 0.78
    opens_within_minutes: tuple[int, int] = (2, 240)
    chooses: float = 0.82
    chooses_within_minutes: tuple[int, int] = (1, 30)
    declines: float = 0.30
    calls: float = 0.10
    answers: float = 0.62
    answers_within_hours: tuple[int, int] = (1, 40)
    good_after_one: float = 0.80
    good_after_two: float = 0.55
    reached: float = 0.75
    good_on_the_phone: float = 0.45


class Mood:
    """What one customer will do, drawn anew for each question and always the same."""

    def __init__(self, chance: Chance, reactions: Reactions) -> None:
        self._chance = chance
        self._reactions = reactions

    def opens_after_ms(self, command: str) -> int | None:
        """How long until the page is opened; None for never."""
        if not self._chance.happens(self._reactions.opens, "opens", command):
            return None
        return self._minutes(self._reactions.opens_within_minutes, "opens when", command)

    def chooses_after_ms(self, command: str) -> int | None:
        """How long after opening a choice is made; None for never."""
        if not self._chance.happens(self._reactions.chooses, "chooses", command):
            return None
        return self._minutes(self._reactions.chooses_within_minutes, "chooses when", command)

    def choice(self, offers: Sequence[OfferState], about: str) -> OfferState | None:
        """Which of the offers that stand; None when there is none."""
        share = self._chance.unit("choice", about)
        wanted: Kind = "help"
        if share < self._reactions.declines:
            wanted = "decline"
        elif share < self._reactions.declines + self._reactions.calls:
            wanted = "call"
        found = [offer for offer in offers if kind_of(offer) == wanted]
        helping = [offer for offer in offers if kind_of(offer) == "help"]
        left = found or helping or list(offers)
        return self._chance.one_of(left, "which", about) if left else None

    def answers_after_ms(self, command: str) -> int | None:
        """How long until "is it good again?" is answered; None for never."""
        if not self._chance.happens(self._reactions.answers, "answers", command):
            return None
        least, most = self._reactions.answers_within_hours
        return round(self._chance.within(least, most, "answers when", command) * HOUR_MS)

    def is_good(self, case: str, *, double: bool) -> bool:
        """Whether the answer is "good"."""
        share = self._reactions.good_after_two if double else self._reactions.good_after_one
        return self._chance.happens(share, "good", case)

    def picks_up(self, case: str, at_ms: int) -> bool:
        return self._chance.happens(self._reactions.reached, "picks up", case, at_ms)

    def is_good_on_the_phone(self, case: str) -> bool:
        return self._chance.happens(self._reactions.good_on_the_phone, "phone", case)

    def _minutes(self, between: tuple[int, int], *about: object) -> int:
        return round(self._chance.within(*between, *about)) * MINUTE_MS


def kind_of(offer: OfferState) -> Kind:
    """What an offer means to the model."""
    if offer.calls:
        return "call"
    return "decline" if offer.declines else "help"
