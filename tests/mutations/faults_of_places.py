"""Seeded faults: a place says yes before anybody is sent there, and nobody is walked for value."""

from tests.mutations.fault import Fault

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="a-yes-that-never-runs-out",
        file="src/makegood/core/askings.py",
        old="    turn.set_timer(TimerKind.KEPT_UNTIL, until_ms, case.id, about=one.command)\n",
        new="",
        tests=(
            "tests/stories/test_story_2_umbrella.py::"
            "test_a_yes_that_runs_out_is_asked_for_again_and_then_the_offer_is_withdrawn",
        ),
    ),
    Fault(
        name="any-place-answers-for-any-other",
        file="src/makegood/core/places.py",
        old="    if not asker.rep and asker.place != one.place:\n",
        new="    if not asker.rep and not asker.place and not one.place:\n",
        tests=("tests/unit/core/test_places.py",),
    ),
    Fault(
        name="old-availability-is-used",
        file="src/makegood/effects/finding.py",
        old="    fresh = room if not stale else None\n",
        new="    fresh = room\n",
        tests=("tests/unit/effects/test_finding.py",),
    ),
    Fault(
        name="tier-decides-who-is-walked",
        file="src/makegood/playbooks/walks.py",
        old="            _check_fair(one, when, conditions)\n",
        new="            pass\n",
        tests=("tests/unit/playbooks/test_places.py",),
    ),
)
