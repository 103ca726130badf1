"""Seeded faults of the people and the umbrella: who is who."""

from tests.mutations.fault import Fault

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="a-family-is-one-person",
        file="src/makegood/linkage/bands.py",
        old="    if given != AGREES:  # John",
        new="    if given == AGAINST:  # John",
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
)
