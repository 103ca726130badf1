"""A book with the section about calls, and a telephone system that tells what happens in them."""

import msgspec
from msgspec.structs import replace

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from makegood.sources.segment import Envelope, read_item

CALLS = """
calls:
  runaround: {fails_as: told_twice, transfers: 3, held: 10m, told_again: 2}
  gave_up: {fails_as: other, waited: 2m}
  hung_up_on: other
  flagged: other
  call_back: {within: 30m, higher_within: 15m}
  hints:
    - id: was_rude
      title: Somebody of us may have been rude
      fails_as: other
      phrases: {en: ["shut up"], de: ["ruhig jetzt"], es: ["cállese"]}
"""


def book_of_calls() -> str:
    text, _ = read_book("car-rental")
    return text + CALLS


def seat(makegood: Makegood) -> None:
    """Put two more above: Tom answers to Kathy, Kathy to Omar, and nobody stands above Omar."""
    with makegood.store.writing() as writing:
        rows = {row.rep: row for row in writing.reps()}
        tom = RepRow(rep=RepId("tom"), name="Tom Okoro", role="agent", supervisor=RepId("kathy"))
        writing.put_reps([tom, replace(rows[RepId("kathy")], supervisor=RepId("omar"))])


def says(makegood: Makegood, name: str, *, message: str = "", **properties: object) -> None:
    """Tell an event of a call as the wire has it, once for each message."""
    item = {
        "type": "track",
        "userId": "ana",
        "event": name,
        "messageId": message or f"{name}-{properties.get('call')}-{makegood.clock.now_ms()}",
        "properties": {"call": "C1", "brand": "northwind_cars", **properties},
    }
    envelope = Envelope(source="pbx", received_ms=makegood.clock.now_ms())
    read = read_item(msgspec.json.encode(item), envelope)
    (answer,) = makegood.intake.take([read.arrival])
    assert not answer.error, answer.error


def hung_up(makegood: Makegood, call: str = "C1", agent: str = "tom", by: str = "agent") -> None:
    says(makegood, "Call Hung Up", call=call, agent=agent, by=by, answered=True, solved=False)
