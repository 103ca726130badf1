"""Seeded faults: customers and those who look after them."""

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
        old=" - load.theirs - load.waiting - load.heir\n",
        new=" - load.theirs - load.heir\n",
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
        name="who-was-refused-is-put-forward",
        file="src/makegood/core/succession.py",
        old="one.rep not in wanted.denied and ",
        new="",
        tests=("tests/unit/core/test_succession.py",),
    ),
    Fault(
        name="a-hello-while-something-is-open",
        file="src/makegood/core/hellos.py",
        old="    return state.open_case is not None or holding or waits or leaves or asked\n",
        new="    return leaves\n",
        tests=(
            "tests/stories/test_story_5_kathy.py::"
            "test_no_hello_while_something_is_to_be_put_right",
        ),
    ),
    Fault(
        name="hellos-are-not-counted",
        file="src/makegood/runtime/hellos.py",
        old="        if self._given[kind][rep] >= self._most[kind]:\n",
        new="        if False and self._most[kind]:\n",
        tests=(
            "tests/conformance/test_leaving_on_stores.py::"
            "test_a_rep_says_no_more_hellos_in_a_month_than_the_book_allows[memory]",
        ),
    ),
    Fault(
        name="anybody-sells-to-whom-chose",
        file="src/makegood/gate/judging.py",
        old="    if answer.allowed and book.people.offers_by_chosen_rep:\n",
        new="    if answer.allowed and book.people.offers_by_chosen_rep and False:\n",
        tests=("tests/unit/core/test_offers_by_the_chosen_rep.py",),
    ),
)
