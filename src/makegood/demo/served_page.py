"""What the demo's page says and offers at each turn of the story."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from msgspec import Struct

from makegood.core.state import Case, OfferStatus, Phase
from makegood.demo.served_stage import ServedStage

NO_CAR = "no_car"
TOLD_TWICE = "told_twice"


class Button(Struct, frozen=True, kw_only=True):
    """One thing that a visitor may do.

    Attributes:
        is_next: It carries the story on.
    """

    act: str
    says: str
    enabled: bool
    is_next: bool = False


class Scene(Struct, frozen=True, kw_only=True):
    """What the story has come to.

    Attributes:
        turn: Which turn of the story; names the hint and the next button.
    """

    turn: str
    failures: int
    told_twice: bool
    is_open: bool
    is_morning: bool
    offer_sent: bool


HINTS = {
    "before": "Ana Ruiz has booked a car at the Airport branch for three o'clock. She is a"
    " synthetic customer; everything else here is real.",
    "lost": "In that very moment marketing was held, Kathy became the owner, the money went back"
    " and Plan B was confirmed. Now the counter sends Ana to the other branch.",
    "lost_again": "A second failure is the dangerous one: Kathy promised a call within five"
    " minutes, and the desk waits for it. Choose Plan B on the phone page.",
    "told_again": "She had to tell it again, although it was all written down: that is a failure"
    " of ours too, and Kathy promised another call. Choose Plan B on the phone page.",
    "chosen": "Plan B is on its way, and its cost is booked to marketing. Now see what the booking"
    " system does the next morning.",
    "morning": "The cheery mail was stopped, and the mailbox shows why. On the phone page, say"
    " that it is good again.",
    "good": "Made whole. Even now marketing waits for a week.",
    "good_early": "Made whole. The booking system knows nothing of it: see the next morning.",
    "offered": "Only now came the offer, with a personal link that Ana may pass on. Open it from"
    " the mailbox: friends who come by it are counted once.",
}
NEXT = {
    "before": "lose",
    "lost": "lose-again",
    "chosen": "morning",
    "good": "week",
    "good_early": "morning",
    "offered": "again",
}


def scene_of(stage: ServedStage) -> Scene:
    """Read from the case where the story stands."""
    case = stage.case
    rules = [failure.rule for failure in case.failures] if case is not None else []
    is_morning = stage.car.is_morning
    return Scene(
        turn=_turn(case, rules, is_morning=is_morning),
        failures=rules.count(NO_CAR),
        told_twice=TOLD_TWICE in rules,
        is_open=case is not None and case.is_open,
        is_morning=is_morning,
        offer_sent=case is not None and bool(case.offer_after),
    )


def _turn(case: Case | None, rules: Sequence[str], *, is_morning: bool) -> str:
    if case is None:
        return "before"
    if case.offer_after:
        return "offered"
    if case.phase is Phase.MADE_WHOLE:
        return "good" if is_morning else "good_early"
    if _is_chosen(case):
        return "morning" if is_morning else "chosen"
    if TOLD_TWICE in rules:
        return "told_again"
    return "lost" if rules.count(NO_CAR) == 1 else "lost_again"


def _is_chosen(case: Case) -> bool:
    """Whether the Plan B of the latest missing car was chosen."""
    latest = [failure.about for failure in case.failures if failure.rule == NO_CAR][-1:]
    done = (OfferStatus.CHOSEN, OfferStatus.KEPT)
    return any(one.status in done and one.about in latest for one in case.offers)


def buttons_of(scene: Scene) -> tuple[Button, ...]:
    """List the buttons; those that make no sense now are shown, and cannot be pressed."""
    is_on = scene.is_open
    possible = {
        "lose": ("Lose the car", scene.turn == "before"),
        "lose-again": ("Lose it at the other branch too", is_on and scene.failures == 1),
        "tell-again": (
            "Let the call centre ask again",
            is_on and scene.failures > 1 and not scene.told_twice,
        ),
        "morning": ("Next morning, 09:00", bool(scene.failures) and not scene.is_morning),
        "week": ("A week later", bool(scene.failures) and not is_on and not scene.offer_sent),
        "again": ("Start again", scene.turn != "before"),
    }
    return tuple(
        Button(act=act, says=says, enabled=enabled, is_next=NEXT.get(scene.turn) == act)
        for act, (says, enabled) in possible.items()
    )


def clock_text(now_ms: int, zone: str) -> str:
    """Write the stage's time: Sunday 22 November, 15:00."""
    here = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone))
    return str(format_datetime(here, "EEEE d MMMM, HH:mm", locale="en_GB"))
