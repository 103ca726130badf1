"""What a template leaves behind: the same for everybody, and never that of another template."""

from hypothesis import given
from hypothesis import strategies as st

from makegood.core.skeletons import (
    ALIKE,
    GAP,
    Skeleton,
    likeness,
    marks_of,
    skeleton_of,
    sketch_of,
    subjects_alike,
)
from makegood.playbooks.outgoing_terms import words_of

CONFIRMED = (
    "Dear {0},\n\nyour booking is confirmed. Booking number {1}. You pick up a {2} at {3} on {4}. "
    "Please bring your driving licence, a passport and the card you booked with. {5}"
)
CHEERY = (
    "Good morning {0},\n\nwe hope you enjoyed your {2} and the drive from {3} on {4}. How was it? "
    "Join our club and get {1} off your next rental with us. {5}"
)
SMALL_PRINT = (
    "You can reach us every day from seven until ten. This mail was sent from an address that "
    "nobody reads; please use the form on our page. We keep what you tell us for as long as we "
    "have to, and you may ask us at any time what we know about you and have it put right."
)
ANNA = ("Anna", "NW123", "Toyota Corolla", "Málaga Airport", "3 May 2026", SMALL_PRINT)
BERT = ("Bert van Dijk", "NW99817", "Fiat", "Harbour", "Tuesday, 14.06.", SMALL_PRINT)


def skeleton(text: str, fills: tuple[str, ...], subject: str = "Your rental"):
    return skeleton_of(
        words_of(subject), words_of(text.format(*fills)), frozenset(fills[0].lower().split())
    )


def are_alike(one: Skeleton, other: Skeleton) -> bool:
    subjects = subjects_alike(marks_of(one.subject), marks_of(other.subject))
    return subjects and likeness(sketch_of(one), sketch_of(other)) >= ALIKE


def test_mails_of_one_template_leave_the_same_behind_though_every_name_and_number_differs():
    one, other = skeleton(CONFIRMED, ANNA), skeleton(CONFIRMED, BERT)
    assert one.digest == other.digest
    assert "Anna" not in " ".join(one.text)
    assert GAP in one.text


def test_a_confirmation_and_the_mail_of_the_next_morning_stay_apart_with_the_same_small_print():
    one, other = skeleton(CONFIRMED, ANNA), skeleton(CHEERY, ANNA)
    assert not are_alike(one, other)
    assert are_alike(one, skeleton(CONFIRMED, BERT))


def test_a_paragraph_that_only_some_get_does_not_part_a_template():
    more = CONFIRMED.replace("Please bring", "A child seat is in the car. Please bring")
    one, other = skeleton(CONFIRMED, ANNA), skeleton(more, BERT)
    assert one.digest != other.digest
    assert are_alike(one, other)


def test_another_subject_is_another_kind():
    one = skeleton(CONFIRMED, ANNA, "Your booking is confirmed")
    assert not are_alike(one, skeleton(CONFIRMED, ANNA, "How was it with us?"))
    assert are_alike(one, skeleton(CONFIRMED, BERT, "Bert, your booking NW9 is confirmed"))


def test_german_nouns_are_gaps_and_the_small_words_stay():
    text = words_of("Guten Tag Frau Vogel, wir hoffen, Ihre Fahrt mit dem Golf war schön.")
    assert skeleton_of([], text, frozenset()).words == (
        "wir",
        "hoffen",
        "mit",
        "dem",
        "war",
        "schön",
    )


@given(st.text(), st.text())
def test_any_text_has_a_skeleton_and_is_like_itself(subject, text):
    one = skeleton_of(words_of(subject), words_of(text), frozenset())
    assert are_alike(one, one)
    assert likeness(sketch_of(one), sketch_of(one)) == 1.0
