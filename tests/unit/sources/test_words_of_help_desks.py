"""What a customer wrote at a help desk is kept beside the log; what others wrote there is not."""

import pytest

from makegood.messages.facts import Touchpoint
from makegood.playbooks.load import check_book
from makegood.sources.mapping import LONGEST_WORDS
from tests.unit.playbooks.small_book import SMALL
from tests.unit.sources.payloads import CHATWOOT, ZAMMAD, chatwoot, zammad, zendesk
from tests.unit.sources.test_mapping import BOOK, turned

MACHINE = {**ZAMMAD["article"], "type": "email", "preferences": {"is-auto-response": True}}
MAIL = {**MACHINE, "preferences": {"is-auto-response": False}}


def words(record: dict[str, object], name: str) -> str:
    """Give what is kept of what the customer wrote."""
    made = turned(record, name, BOOK)
    assert made.reasons == (), made.reasons
    told = [one for one in made.arrivals if isinstance(one.body, Touchpoint)]
    (one,) = told
    ref = one.body.properties.get("message", "")
    assert all(text not in str(one.body.properties) for text in one.texts.values())
    return one.texts.get(str(ref), "")


def article(**changed: object) -> dict[str, object]:
    return {**zammad(), "article": {**MAIL, **changed}}


@pytest.mark.parametrize(
    ("record", "name", "said"),
    [
        (zendesk("commented", by="end-user", words="No car!"), "zendesk", "No car!"),
        (zendesk("created", by="end-user", words="No car!"), "zendesk", "No car!"),
        (zendesk("created", by="agent", words="I rang Ana."), "zendesk", ""),
        (zendesk("commented", by="end-user"), "zendesk", ""),
        (zendesk("solved", by="agent", words="We sent one."), "zendesk", ""),
        (chatwoot("message_created"), "chatwoot", "Where is my car?"),
        (chatwoot("message_created", content=None), "chatwoot", ""),
        (chatwoot("conversation_created"), "chatwoot", ""),
        (article(), "zammad", "This is a simple Webhook Test."),
        (article(preferences={}), "zammad", "This is a simple Webhook Test."),
        (article(**MACHINE), "zammad", ""),
        (article(type="phone"), "zammad", ""),
        (article(sender="Agent"), "zammad", ""),
        (article(internal=True), "zammad", ""),
    ],
)
def test_only_the_customers_own_words_are_kept(record, name: str, said: str):
    assert words(record, name) == said


def test_long_words_are_cut_and_the_event_is_taken_all_the_same():
    record = {**CHATWOOT["message_created"], "content": "x" * 90_000}
    assert words(record, "chatwoot") == "x" * LONGEST_WORDS


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (
            "raises: {failure: '\"other\"', about: record.id}\n        words: record.text",
            "`words`",
        ),
        ("event: X\n        facts: {message: record.text}\n        words: record.text", "message"),
    ],
)
def test_a_mapping_says_words_of_an_event_alone_and_once(event: str, why: str):
    source = f"""
sources:
  - source: rows
    title: Rows
    form: webhook
    signed: standard
    key: record.id
    customer: {{email: record.email}}
    events:
      - id: a
        {event}
"""
    checked = check_book(SMALL + source, name="book.yaml")
    assert any(why in one.message and one.line for one in checked.errors), checked.errors
