"""The section `sends`: read as it stands, or the usual events where it is absent."""

from makegood.books.opening import read_book
from makegood.playbooks.load import load_book
from makegood.playbooks.sending import USUAL_SENDS, SendRule


def rules(section: str) -> object:
    text, name = read_book("car-rental")
    return load_book(f"{text}\n{section}\n", name=name).sends


def test_a_book_that_does_not_say_means_the_usual_events():
    assert rules("") == USUAL_SENDS


def test_a_book_that_says_means_what_it_names_and_nothing_else():
    brand = "northwind_cars"
    found = rules(f"sends:\n  Sent: {{channel: sms, brand: {brand}, campaign_from: title}}")
    assert found == {"Sent": SendRule(channel="sms", brand=brand, campaign_from="title")}
    assert rules("sends: {}") == {}
