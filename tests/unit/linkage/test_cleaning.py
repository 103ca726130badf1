"""Names, dates, numbers and streets come to one form, whatever a list makes of them."""

import pytest

from makegood.linkage import cleaning
from makegood.linkage.nicknames import roots_of


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Dr Ana María Ruiz", ("ana", "ruiz")),
        ("RUIZ, Ana", ("ana", "ruiz")),
        ("Ruiz, Jr", ("", "ruiz")),
        ("Vincent van Gogh", ("vincent", "van gogh")),
        ("J. O'Neill", ("j", "neill")),
        ("Søren Müller-Weiß", ("soren", "weiss")),
        ("Madonna", ("", "madonna")),
        ("M Smith", ("m", "smith")),
        ("SMITH, M.", ("m", "smith")),
        ("M Jean Dupont", ("jean", "dupont")),
        ("Ольга Иванова", ("ольга", "иванова")),
        ("", ("", "")),
    ],
)
def test_a_whole_name_is_parted(whole, parts):
    assert cleaning.split_name(whole) == parts


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("1971-03-02", "", "19710302"),
        ("19710302", "", "19710302"),
        ("02/03/1971", "", "19710302"),
        ("03/02/1971", "%m/%d/%Y", "19710302"),
        ("1971-03-02 00:00:00", "", "19710302"),
        ("1900-01-01", "", ""),
        ("1970-01-01", "", ""),
        ("02.03.71", "%d.%m.%Y", ""),
        ("19711302", "", "19711302"),
        ("unknown", "", ""),
        ("", "", ""),
    ],
)
def test_a_date_is_eight_digits_or_nothing(text, form, day):
    assert cleaning.birth_date(text, form) == day


def test_a_number_is_the_same_with_and_without_its_country():
    said = {cleaning.phone_number(text) for text in ("+44 7700 900123", "07700 900123")}
    assert said == {cleaning.phone_number("00447700900123")} == {"700900123"}
    assert cleaning.phone_number("ask at the desk") == ""


def test_a_mail_address_is_in_its_normal_form_or_nothing():
    assert cleaning.mail_address(" Ana@Example.ORG ") == "ana@example.org"
    assert cleaning.mail_address("none") == ""


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("12 Ashton Street", ("ashton st", "12")),
        ("Ashtonstr. 012a", ("ashtonstr", "12")),
        ("Ashton Street", ("ashton st", "")),
        ("12", ("", "12")),
    ],
)
def test_a_street_line_is_parted(line, parts):
    assert cleaning.street_name(line) == parts


def test_a_short_form_may_stand_for_several_names():
    assert {"robert", "rob"} <= set(roots_of("rob"))
    assert {"alexander", "alexandra"} <= set(roots_of("alex"))
    assert not set(roots_of("andrea")) & set(roots_of("andrew"))  # a couple, as a rule
    assert not set(roots_of("jean")) & set(roots_of("john"))
    assert not set(roots_of("ana")) & set(roots_of("robert"))
    assert roots_of("xiadani") == ("xiadani",)
    assert roots_of("") == ()
