"""Records become events by what the book says; what does not fit has a reason."""

import msgspec
import pytest

from makegood.books.opening import read_book
from makegood.messages.facts import FailureRaised, Identified, Touchpoint
from makegood.playbooks.load import load_book
from makegood.sources.mapping import Mapper, Turned
from makegood.sources.segment import Envelope
from tests.unit.playbooks.small_book import SMALL
from tests.unit.sources.payloads import CHATWOOT, NORTHWIND, ZAMMAD, chatwoot, zammad, zendesk

BOOK = load_book(read_book(NORTHWIND)[0], name="northwind")
NOW = 1_795_000_000_000
SOURCE = """\
sources:
  - source: rows
    title: Rows
    form: webhook
    signed: bearer
    key: record.id
    at: {value: record.at, format: '%d.%m.%Y %H:%M', zone: Europe/Berlin}
    customer: {user: record.user, email: record.email}
    person: {name: record.name, email: record.email}
    ignore: [record.kind == "ping"]
    events:
      - id: late
        when: record.minutes > 5
        event: Parcel Late
        facts:
          order: record.order
          minutes: record.minutes
          note: record.note
      - id: lost
        when: record.lost
        raises: {failure: record.failure, about: record.order, words: record.note}
"""
SMALL_BOOK = load_book(SMALL + SOURCE, name="small")
ROW = {
    "id": 7, "at": "31.03.2026 09:30", "user": "42", "email": "Ana@Example.org", "name": "Ana",
    "kind": "row", "minutes": 30, "order": "O1", "note": "call ana@example.org", "lost": False,
    "failure": "parcel_late",
}  # fmt: skip


def turned(record, name="rows", book=SMALL_BOOK, **envelope) -> Turned:
    source = book.source(name)
    assert source is not None
    return Mapper(source, book).turn(record, Envelope(source=name, received_ms=NOW, **envelope))


def without(*names: str) -> dict[str, object]:
    return {name: value for name, value in ROW.items() if name not in names}


def test_a_record_becomes_who_it_is_and_what_happened():
    found = turned(ROW)
    who, late = found.arrivals
    assert (who.identifier, who.lookups) == ("user:42", ("email:ana@example.org",))
    assert isinstance(who.body, Identified)
    assert late.identifier == "user:42"
    assert late.message_id == "late/7"
    assert late.time_ms == 1_774_942_200_000  # half past seven in UTC: summer time in Berlin
    assert isinstance(late.body, Touchpoint)
    assert late.body.name == "Parcel Late"
    assert found.reasons == ()


def test_personal_data_reaches_no_fact():
    (_, late) = turned(ROW).arrivals
    assert late.person is not None
    assert (late.person.name, late.person.email) == ("Ana", "Ana@Example.org")
    assert "ana@" not in msgspec.json.encode(late.body).decode().lower()
    assert list(late.texts.values()) == ["call ana@example.org"]


def test_a_fact_that_is_missing_is_not_told_and_is_no_no():
    (_, late) = turned(without("order", "note")).arrivals
    assert isinstance(late.body, Touchpoint)
    assert late.body.properties == {"minutes": 30}


def test_the_same_delivery_is_the_same_event():
    assert turned(ROW).arrivals == turned(dict(reversed(ROW.items()))).arrivals


def test_a_failure_can_be_raised_as_a_person_raises_one():
    found = turned({**ROW, "minutes": 1, "lost": True})
    (_, raised) = found.arrivals
    assert isinstance(raised.body, FailureRaised)
    assert (raised.body.failure, raised.body.about, raised.body.by) == (
        "parcel_late",
        "O1",
        "rows",
    )
    assert raised.texts == {raised.body.words: "call ana@example.org"}


def test_one_record_may_be_two_events():
    assert len(turned({**ROW, "lost": True}).arrivals) == 3


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({**ROW, "minutes": 1}, "No event of the source fits"),
        (without("minutes"), "late: cannot be judged: record.minutes is missing"),
        ({**ROW, "minutes": "thirty"}, "late: cannot be judged"),
        (without("user", "email"), "names no customer"),
        ({**ROW, "user": "", "email": "no address"}, "customer.email finds nobody"),
        (without("id"), "record.id is missing"),
        ({**ROW, "id": ""}, "`key` is empty"),
        ({**ROW, "id": {"a": 1}}, "key should be a text or a number"),
        ({**ROW, "at": "2026-03-31"}, "is not a time written as %d.%m.%Y"),
        ({**ROW, "id": "x\u0000y"}, "holds U"),
        ({**ROW, "order": "x" * 40_000}, "the limit is 32,768"),
        ({**ROW, "minutes": 1, "lost": True, "failure": "nothing"}, "no failure 'nothing'"),
        ({**ROW, "minutes": 1, "lost": True, "order": "ana@example.org"}, "about holds an e-mail"),
    ],
)
def test_what_does_not_fit_is_rejected_with_its_reason(record, why):
    found = turned(record)
    assert found.arrivals == ()
    assert not found.ignored
    assert why in " ".join(found.reasons)


def test_what_fits_is_taken_although_something_else_of_it_cannot_be_judged():
    found = turned(without("lost"))
    assert [type(one.body) for one in found.arrivals] == [Identified, Touchpoint]
    assert found.reasons == ("lost: cannot be judged: record.lost is missing.",)


def test_a_look_up_that_is_none_is_left_out_and_said():
    found = turned({**ROW, "email": "nobody"})
    assert [type(one.body) for one in found.arrivals] == [Touchpoint]
    assert "nobody" in found.warning
    assert found.reasons == ()


def test_what_the_source_wants_nothing_of_is_ignored_and_a_missing_fact_ignores_nothing():
    assert turned({"kind": "ping"}).ignored
    assert not turned(without("kind")).ignored


def test_history_without_a_time_is_refused():
    assert turned(ROW, imported=True).arrivals[-1].imported
    assert "timestamp is missing" in turned(without("at"), imported=True).reasons[0]


def test_deep_records_end_in_a_reason():
    deep: dict[str, object] = {}
    for _ in range(500):
        deep = {"deeper": deep}
    found = turned({**ROW, "order": deep})
    assert "nested" in " ".join(found.reasons)


ZENDESK = "zendesk"


def test_a_tag_of_zendesk_opens_a_case_about_the_ticket():
    (who, raised) = turned(zendesk("tagged"), ZENDESK, BOOK).arrivals
    assert isinstance(raised.body, FailureRaised)
    assert (raised.body.failure, raised.body.about) == ("other", "zendesk:35436")
    assert who.identifier == "email:ana@example.org"
    assert who.lookups == ("phone:+12125550100",)


def test_a_tag_may_name_the_failure():
    record = zendesk("tagged", tags="vip makegood_no_car")
    (_, raised) = turned(record, ZENDESK, BOOK).arrivals
    assert isinstance(raised.body, FailureRaised)
    assert raised.body.failure == "no_car"


def test_a_tag_that_names_no_failure_is_rejected_and_kept():
    found = turned(zendesk("tagged", tags="makegood_nonsense"), ZENDESK, BOOK)
    assert found.arrivals == ()
    assert "no failure 'nonsense'" in found.reasons[0]


@pytest.mark.parametrize("tags", ["makegood makegood_open", "makegood_whole makegood", "vip", ""])
def test_what_we_wrote_ourselves_opens_nothing(tags):
    assert turned(zendesk("tagged", tags=tags), ZENDESK, BOOK).ignored


def test_a_comment_counts_when_the_customer_wrote_it():
    assert turned(zendesk("commented", by="agent"), ZENDESK, BOOK).ignored
    (_, said) = turned(zendesk("commented", by="end-user"), ZENDESK, BOOK).arrivals
    assert isinstance(said.body, Touchpoint)
    assert said.body.name == "Ticket Answered By Customer"


@pytest.mark.parametrize(
    ("what", "name"), [("created", "Ticket Created"), ("solved", "Ticket Solved")]
)
def test_a_ticket_that_is_created_or_solved_is_told(what, name):
    (_, told) = turned(zendesk(what, requester_external_id="42"), ZENDESK, BOOK).arrivals
    assert isinstance(told.body, Touchpoint)
    assert told.identifier == "user:42"
    assert told.body.name == name
    assert told.body.properties["tags"] == ["vip", "makegood"]


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (chatwoot("message_created"), "Ticket Answered By Customer"),
        (chatwoot("conversation_created"), "Ticket Created"),
        (chatwoot("conversation_status_changed", status="resolved"), "Ticket Solved"),
    ],
)
def test_chatwoot_tells_what_happens_to_a_conversation(record, name):
    told = turned(record, "chatwoot", BOOK).arrivals[-1]
    assert isinstance(told.body, Touchpoint)
    assert told.body.name == name
    assert told.body.properties["ticket"] == "chatwoot:567"


def test_a_label_of_chatwoot_opens_a_case():
    record = chatwoot("conversation_updated", labels=["makegood"])
    raised = turned(record, "chatwoot", BOOK).arrivals[-1]
    assert isinstance(raised.body, FailureRaised)
    assert raised.body.about == "chatwoot:567"


@pytest.mark.parametrize(
    "record",
    [
        chatwoot("conversation_typing_on"),
        chatwoot("conversation_updated"),
        chatwoot("conversation_updated", labels=["makegood", "makegood_open"]),
        chatwoot("conversation_status_changed", status="open"),
        chatwoot("message_created", message_type="outgoing"),
        chatwoot("message_created", private=True),
    ],
)
def test_chatwoot_says_much_that_is_of_no_interest(record):
    assert turned(record, "chatwoot", BOOK).ignored


def test_a_contact_without_any_address_is_rejected_and_not_lost():
    record = {
        **CHATWOOT["message_created"],
        "sender": {"id": 1, "name": "A visitor", "email": None},
    }
    assert "names no customer" in turned(record, "chatwoot", BOOK).reasons[0]


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (zammad(), "Ticket Created"),
        (zammad(article_count=2), "Ticket Answered By Customer"),
        (zammad(article_count=3, state="closed"), "Ticket Solved"),
    ],
)
def test_zammad_tells_what_happens_to_a_ticket(record, name):
    who, told = turned(record, "zammad", BOOK).arrivals
    assert isinstance(told.body, Touchpoint)
    assert told.body.name == name
    assert who.identifier == "email:emily@example.com"
    assert told.body.properties["ticket"] == "zammad:81"


def test_a_tag_of_zammad_opens_a_case_by_a_payload_of_its_own():
    record = {"what": "tagged", "ticket": {**ZAMMAD["ticket"], "id": "81"}}
    raised = turned(record, "zammad", BOOK).arrivals[-1]
    assert isinstance(raised.body, FailureRaised)
    assert raised.body.about == "zammad:81"


def test_what_a_colleague_wrote_in_zammad_is_no_news_of_the_customer():
    record = zammad(article_count=2)
    assert turned(
        {**record, "article": {**record["article"], "sender": "Agent"}}, "zammad", BOOK
    ).ignored


def test_a_pack_is_for_every_book_and_its_parameters_are_set_there():
    text, name = read_book(NORTHWIND)
    given = "{source: zendesk, with: {tag: rescue, brand: northwind_cars}}"
    book = load_book(text.replace("[zendesk,", f"[{given},"), name=name)
    raised = turned(zendesk("tagged", tags="rescue"), ZENDESK, book).arrivals[-1]
    assert isinstance(raised.body, FailureRaised)
    assert raised.body.brand == "northwind_cars"
