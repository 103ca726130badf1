"""Seeded faults: customers and their own people, and who is asked."""

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
    Fault(
        name="chance-against-a-choice",
        file="src/makegood/core/routing.py",
        old="    if ask.has_chosen or any(",
        new="    if any(",
        tests=(
            "tests/unit/core/test_routed.py::"
            "test_chance_is_not_asked_where_the_book_says_no[more4-chosen]",
        ),
    ),
    Fault(
        name="who-is-apart-is-eligible",
        file="src/makegood/core/routing.py",
        old=" if one.rep not in denied and one.rep != ask.but)\n",
        new=" if one.rep != ask.but)\n",
        tests=(
            "tests/properties/test_routing.py::test_the_chances_of_the_eligible_add_up_to_one",
        ),
    ),
    Fault(
        name="a-propensity-of-the-slice-alone",
        file="src/makegood/core/routed.py",
        old="        return drawn + kept\n",
        new="        return kept or drawn\n",
        tests=(
            "tests/properties/test_routing.py::test_the_chances_of_the_eligible_add_up_to_one",
        ),
    ),
)
