"""Seeded faults: people and the umbrella: who is whose, who is who, places, agreements."""

from tests.mutations.fault import Fault

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="room-without-a-lock",
        file="src/makegood/store/sql_ties.py",
        old="        self._db.rows(sql, sorted(reps))\n",
        new="        _ = sql\n",
        tests=(
            "tests/conformance/test_rooms_on_stores.py::"
            "test_two_who_want_the_last_place_at_once_do_not_both_get_it[postgres]",
        ),
    ),
    Fault(
        name="who-chooses-now-passes-who-waits",
        file="src/makegood/runtime/rooms.py",
        old=" - load.theirs - load.waiting\n",
        new=" - load.theirs\n",
        tests=(
            "tests/conformance/test_rooms_on_stores.py::"
            "test_nobody_passes_those_who_wait_and_a_new_choice_keeps_the_place[memory]",
        ),
    ),
    Fault(
        name="who-is-apart-covers",
        file="src/makegood/core/my_person.py",
        old="            if not cover or cover in seen or cover in self._denied:\n",
        new="            if not cover or cover in seen:\n",
        tests=(
            "tests/unit/core/test_my_person.py::"
            "test_who_is_kept_apart_is_never_asked_not_even_as_a_cover_or_by_name",
        ),
    ),
)
