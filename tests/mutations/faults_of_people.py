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
            "tests/conformance/test_last_places_on_stores.py",
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
        name="a-family-is-one-person",
        file="src/makegood/linkage/bands.py",
        old="    if given != AGREES and",
        new="    if given == AGAINST and",
        tests=(
            "tests/unit/linkage/test_bands.py::"
            "test_what_a_family_shares_never_links_two_people_by_itself",
        ),
    ),
    Fault(
        name="a-run-overrules-a-person",
        file="src/makegood/runtime/joining.py",
        old='            if not by and kept.status == "apart":\n',
        new='            if by and kept.status == "apart":\n',
        tests=(
            "tests/unit/runtime/test_joining.py::"
            "test_who_is_kept_apart_is_never_asked_about_again",
        ),
    ),
    Fault(
        name="joined-by-the-way",
        file="src/makegood/runtime/joining.py",
        old='            if one.status == "apart" and across:\n',
        new='            if one.status == "review" and across:\n',
        tests=(
            "tests/unit/runtime/test_joining.py::"
            "test_a_link_never_joins_by_the_way_whom_somebody_kept_apart",
        ),
    ),
    Fault(
        name="another-brands-pair",
        file="src/makegood/desk/links.py",
        old="        desk.me.may_see(found.left_brand) and desk.me.may_see(found.right_brand)\n",
        new="        desk.me.may_see(found.left_brand) or desk.me.may_see(found.right_brand)\n",
        tests=(
            "tests/unit/desk/test_links.py::"
            "test_who_serves_one_of_the_brands_sees_nothing_of_a_pair",
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
        name="a-late-event-takes-the-case-away",
        file="src/makegood/core/owning.py",
        old="    if case is None and turn.keeps:",
        new="    if False:",
        tests=(
            "tests/conformance/test_routings_on_stores.py::"
            "test_a_late_event_takes_nobodys_case_away_and_draws_nobody_anew[memory]",
        ),
    ),
    Fault(
        name="conversations-are-no-load",
        file="src/makegood/runtime/stamping.py",
        old=" + Counter(first.talks)",
        new="",
        tests=(
            "tests/conformance/test_routings_on_stores.py::"
            "test_many_who_get_in_touch_are_not_all_given_to_one[memory-False]",
        ),
    ),
    Fault(
        name="a-propensity-of-the-slice-alone",
        file="src/makegood/core/routed.py",
        old="        return drawn + kept\n",
        new="        return kept or drawn\n",
        tests=(
            "tests/unit/core/test_routed.py::"
            "test_who_stands_first_has_what_the_slice_leaves_and_a_share_of_the_slice",
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
        old="        left = self._given[ready.kind][tie.rep] < _most(ready.kind, people)\n",
        new="        left = True\n",
        tests=(
            "tests/conformance/test_leaving_on_stores.py::"
            "test_a_rep_says_no_more_hellos_in_a_month_than_the_book_allows[memory]",
        ),
    ),
    Fault(
        name="the-control-passes-a-full-month",
        file="src/makegood/runtime/hellos.py",
        old="        if not left or not _works(self._reps.get(tie.rep), self._now_ms):\n",
        new="        if not left and draw(customer, ready.kind, 0.4).treated:\n",
        tests=(
            "tests/conformance/test_hellos_on_stores.py::"
            "test_the_months_number_holds_both_arms_back_alike[memory]",
        ),
    ),
    Fault(
        name="a-successor-who-leaves-stays-put-forward",
        file="src/makegood/runtime/leaving.py",
        old="            lambda tie: tie.until_ms != row.left_ms or tie.then in going,\n",
        new="            lambda tie: tie.until_ms != row.left_ms,\n",
        tests=(
            "tests/conformance/test_leaving_again_on_stores.py::"
            "test_a_successor_who_leaves_as_well_is_not_put_forward_any_more[memory]",
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
