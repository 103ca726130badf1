"""An answer keeps whom, what rule and where it was about as they were when they met."""

from makegood.core.decide import Asker, decide
from makegood.messages.facts import Rated
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from tests.unit.core.day import Day
from tests.unit.core.test_surveys import airline

SURVEY = """    met: event.gate_agent     # the sign-in name, or a number
    rule: event.flight
    place: event.booking
    channel: '"gate"'
"""


def day() -> Day:
    text = next(iter(airline().books.values())).text
    text = text.replace("    met: event.gate_agent     # the sign-in name, or a number\n", SURVEY)
    text = text.replace("    kind: csat\n", "").replace("    bad_below: 3\n", "    bad_below: 1\n")
    book = load_book(text, name="thumbs")
    return Day(Library(active=book.hash, books={book.hash: book}))


def answer(one: Day, **more) -> object:
    wanted = Rated(**{"survey": "boarding", "score": 0, "about": "B1/UA1"} | more)
    return decide(one.state, wanted, Asker(), one.now_ms, one.library)


def flies(one: Day) -> None:
    told = {"booking": "B1", "brand": "meridian", "gate_agent": "g117", "minor": False}
    one.happens("Leg Flown", flight="UA1", **told)


def test_who_answers_later_can_change_nothing_of_what_was_met():
    one = day()
    flies(one)
    met_ms = one.now_ms
    one.waits(86_400_000)
    body = answer(one, met="someone", rule="other", reasons=("other", "policy")).body
    assert isinstance(body, Rated)
    assert (body.met, body.rule, body.place, body.channel) == ("g117", "UA1", "B1", "gate")
    assert body.met_ms == met_ms
    assert body.reasons == ("policy", "other")


def test_a_scale_of_five_asks_for_no_reason():
    one = Day(airline())
    refused = answer(one, score=3, reasons=("policy",))
    assert refused.refused.code == "no_reasons"
