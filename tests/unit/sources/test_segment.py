"""One item of the wire format becomes one arrival, or a sentence that says why not."""

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.messages.errors import InputError
from makegood.messages.facts import Identified, Touchpoint
from makegood.messages.ids import event_id
from makegood.sources.batch import Rejected, read_one
from makegood.sources.segment import Envelope, Read, read_item

RECEIVED_MS = 1_767_323_060_000  # 2026-01-02T03:04:20Z
AT_MS = RECEIVED_MS - 15_000
AT = "2026-01-02T03:04:05.000+00:00"
ENVELOPE = Envelope(source="booking", received_ms=RECEIVED_MS)


def track(**changes) -> dict[str, object]:
    item = {
        "type": "track",
        "event": "Rental Unfulfilled",
        "userId": "42",
        "anonymousId": None,
        "messageId": "m1",
        "timestamp": AT,
        "integrations": {},
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "properties": {"reservation": "R1", "price_cents": 12_000},
    }
    return {**item, **changes}


def read(item: object, envelope: Envelope = ENVELOPE) -> Read:
    return read_item(json.dumps(item).encode(), envelope)


def refused(item: object, envelope: Envelope = ENVELOPE) -> str:
    with pytest.raises(InputError) as caught:
        read(item, envelope)
    return str(caught.value)


def test_a_track_call_becomes_a_touchpoint():
    arrival = read(track()).arrival
    assert arrival.body == Touchpoint(
        name="Rental Unfulfilled", properties={"reservation": "R1", "price_cents": 12_000}
    )
    assert (arrival.source, arrival.message_id, arrival.identifier) == ("booking", "m1", "user:42")
    assert (arrival.time_ms, arrival.claimed_ms, arrival.person) == (AT_MS, 0, None)


def test_without_a_user_the_anonymous_id_names_the_customer():
    assert read(track(userId=None, anonymousId="a-1")).arrival.identifier == "anon:a-1"
    assert read(track(userId=42)).arrival.identifier == "user:42"
    assert "userId and anonymousId" in refused(track(userId=None))
    assert "userId" in refused(track(userId="  ", anonymousId=None))


def test_only_identify_and_alias_merge():
    both = {"userId": "42", "anonymousId": "a-1"}
    assert read(track(**both)).arrival.also == ()
    identify = read({"type": "identify", **both}).arrival
    assert (identify.identifier, identify.also) == ("user:42", ("anon:a-1",))


def test_an_alias_joins_the_previous_id_whatever_kind_it_was():
    arrival = read({"type": "alias", "previousId": "old", "userId": "42"}).arrival
    assert arrival.body == Identified()
    assert arrival.also == ("anon:old", "user:old")
    assert "previousId" in refused({"type": "alias", "userId": "42"})


def test_an_alias_to_itself_joins_nobody():
    arrival = read({"type": "alias", "previousId": "42", "userId": "42"}).arrival
    assert arrival.also == ("anon:42",)


def test_the_clients_clock_is_put_right_by_the_servers():
    envelope = msgspec.structs.replace(ENVELOPE, sent="2026-01-02T04:04:06Z")
    late_clock = read(track(timestamp="2026-01-02T04:04:05Z"), envelope).arrival
    assert late_clock.time_ms == RECEIVED_MS - 1_000
    assert late_clock.claimed_ms == AT_MS + 3_600_000


def test_a_time_that_a_relay_put_right_is_not_corrected_twice():
    relayed = track(sentAt="2026-01-02T04:04:06Z", receivedAt="2026-01-02T03:04:06Z")
    arrival = read({**relayed, "originalTimestamp": "2026-01-02T04:04:05Z"}).arrival
    assert (arrival.time_ms, arrival.claimed_ms) == (AT_MS, 0)


def test_without_a_time_it_happened_when_it_was_received_but_history_must_say():
    silent = track()
    del silent["timestamp"]
    assert read(silent).arrival.time_ms == RECEIVED_MS
    history = msgspec.structs.replace(ENVELOPE, imported=True)
    assert "timestamp is missing" in refused(silent, history)
    assert read(track(), history).arrival.imported


@pytest.mark.parametrize("bad", ["yesterday", "", "1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z"])
def test_a_time_that_is_none_is_refused(bad):
    if not bad:
        assert read(track(timestamp=bad)).arrival.time_ms == RECEIVED_MS
        return
    assert re.search(r"timestamp is .*(ISO 8601|before 1970)", refused(track(timestamp=bad)))


def test_the_digest_is_the_same_when_the_event_is_sent_again():
    first = read(track(sentAt="2026-01-02T03:04:06Z")).arrival
    again = read(
        dict(reversed(track(sentAt="2026-01-02T03:05:00Z", receivedAt="x").items())),
        msgspec.structs.replace(ENVELOPE, received_ms=RECEIVED_MS + 60_000),
    ).arrival
    other = read(track(properties={"reservation": "R2"})).arrival
    assert len(first.body_digest) == 16
    assert first.body_digest == again.body_digest != other.body_digest


def test_without_a_message_id_the_body_is_the_id():
    nameless = track(messageId=None)
    assert read(nameless).arrival.message_id == read(nameless).arrival.message_id
    assert read(nameless).arrival.message_id != read(track(messageId=None, userId="7"))
    assert len(read(nameless).arrival.message_id) == 32


def test_traits_that_name_a_person_never_become_facts():
    traits = {
        "email": "Ana@Example.org",
        "phone": "+1 (212) 555-0100",
        "firstName": "Ana",
        "lastName": "Lee",
        "language": "de",
        "address": {"street": "Elm 1", "city": "Ulm"},
        "birthday": "1990-01-01",
        "tier": "platinum",
        "loyalty": {"sky": "S-1", "road": 77},
    }
    arrival = read({"type": "identify", "userId": "42", "messageId": "i1", "traits": traits})
    arrival = arrival.arrival
    event = event_id("booking", "i1")
    assert isinstance(arrival.body, Identified)
    assert arrival.body.traits == {
        "language": "de",
        "tier": "platinum",
        "address": f"{event}/traits.address",
        "birthday": f"{event}/traits.birthday",
    }
    assert json.loads(arrival.texts[f"{event}/traits.address"])["street"] == "Elm 1"
    assert arrival.lookups == (
        "email:ana@example.org",
        "phone:+12125550100",
        "loyalty:sky:S-1",
        "loyalty:road:77",
    )
    assert arrival.person is not None
    assert (arrival.person.name, arrival.person.email, arrival.person.language) == (
        "Ana Lee",
        "Ana@Example.org",
        "de",
    )


def test_an_address_that_is_none_is_kept_for_people_and_finds_nobody():
    outcome = read({"type": "identify", "userId": "1", "traits": {"email": "n/a", "phone": 5}})
    assert outcome.arrival.lookups == ()
    assert "traits.email" in outcome.warning
    assert "traits.phone" in outcome.warning
    assert outcome.arrival.person is not None
    assert outcome.arrival.person.email == "n/a"


def test_words_and_addresses_in_properties_go_to_the_side_table():
    properties = {
        "comment": "The clerk shouted",
        "passenger": {"E-Mail": "b@example.org", "seat": "4A"},
        "contact": ["c@example.org", "desk 4"],
        "delay_minutes": 185,
        "note": "",
    }
    arrival = read(track(properties=properties)).arrival
    event = event_id("booking", "m1")
    assert isinstance(arrival.body, Touchpoint)
    assert arrival.body.properties == {
        "comment": f"{event}/properties.comment",
        "passenger": {"E-Mail": f"{event}/properties.passenger.E-Mail", "seat": "4A"},
        "contact": [f"{event}/properties.contact[0]", "desk 4"],
        "delay_minutes": 185,
        "note": "",
    }
    assert set(arrival.texts.values()) == {"The clerk shouted", "b@example.org", "c@example.org"}


def test_context_traits_of_a_track_call_are_personal_too():
    context = {"traits": {"email": "ana@example.org", "tier": "gold"}, "ip": "192.0.2.1"}
    arrival = read(track(context=context)).arrival
    assert arrival.person is not None
    assert arrival.person.email == "ana@example.org"
    assert arrival.lookups == ()
    assert b"example" not in msgspec.json.encode(arrival.body)


def test_an_identify_call_may_carry_its_traits_in_the_context():
    context = {"traits": {"email": "ana@example.org", "tier": "gold"}}
    call = {"type": "identify", "userId": "42", "context": context, "traits": {"tier": "silver"}}
    arrival = read(call).arrival
    assert arrival.lookups == ("email:ana@example.org",)
    assert arrival.body == Identified(traits={"tier": "silver"})


def test_a_group_tells_facts_about_the_company_which_may_keep_its_name():
    call = {"type": "group", "userId": "1", "groupId": "g9", "traits": {"name": "Acme", "n": 3}}
    body = read(call).arrival.body
    assert body == Identified(traits={"company": {"id": "g9", "name": "Acme", "n": 3}})
    assert "groupId" in refused({"type": "group", "userId": "1"})


def test_pages_and_screens_are_touchpoints():
    page = read({"type": "page", "userId": "1", "name": "Fees", "category": "Help"}).arrival.body
    assert page == Touchpoint(name="Viewed Fees Page", properties={"category": "Help"})
    assert read({"type": "screen", "userId": "1"}).arrival.body == Touchpoint(name="Viewed Screen")


def test_the_path_of_a_single_call_says_what_it_is():
    envelope = msgspec.structs.replace(ENVELOPE, kind="identify")
    assert isinstance(read({"userId": "1"}, envelope).arrival.body, Identified)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"properties": {"n": 2**63}}, "properties.n does not fit into 64 bits"),
        ({"properties": {"a": {"n": -(2**63) - 1}}}, "properties.a.n"),
        ({"properties": {"s": "a\x00b"}}, "U+0000"),
        ({"properties": {"a\x01": 1}}, "U+0001"),
        ({"properties": {"k" * 256: 1}}, "key of 256"),
        ({"properties": {"": 1}}, "key of 0"),
        ({"properties": [1]}, "properties"),
        ({"event": None}, "event is missing"),
        ({"event": "x" * 256}, "255"),
        ({"event": " "}, "event"),
        ({"messageId": "m" * 256}, "messageId"),
        ({"messageId": "m\x00"}, "U+0000"),
        ({"userId": "u" * 256}, "userId"),
        ({"userId": 2**64}, "userId"),
        ({"userId": 1.5}, "userId"),
        ({"type": "delete"}, "write one of track"),
        ({"properties": {"words": "x" * 33_000}}, "the limit is 32,768"),
    ],
)
def test_what_no_store_can_keep_is_refused_with_its_place(changes, said):
    assert said in refused(track(**changes))


def nested(levels: int) -> dict[str, object]:
    value: dict[str, object] = {"leaf": 1}
    for _ in range(levels - 1):
        value = {"deep": value}
    return value


def test_depth_is_limited_at_twelve():
    assert read(track(properties=nested(12)))
    assert "deeper than 12" in refused(track(properties=nested(13)))
    lists: object = 1
    for _ in range(13):
        lists = [lists]
    assert "deeper than 12" in refused(track(properties={"l": lists}))
    # Which of the two bounds it meets first depends on the Python: its own recursion, or ours.
    deep = b'{"a":' * 5000 + b"1" + b"}" * 5000
    with pytest.raises(InputError, match=r"too deep|deeper than 12"):
        read_item(
            b'{"userId":"u","event":"E","type":"track","properties":' + deep + b"}", ENVELOPE
        )


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"event":NaN}', b'{"event":"\xff"}', b'"x"', b'{"a":1e999}']
)
def test_what_is_not_an_event_is_refused(raw):
    with pytest.raises(InputError, match="The event is not what it should be"):
        read_item(raw, ENVELOPE)


@pytest.mark.parametrize("source", ["makegood", "Makegood:desk", ""])
def test_no_outside_source_may_carry_our_name(source):
    with pytest.raises(InputError, match="may not be called"):
        read_item(b"{}", msgspec.structs.replace(ENVELOPE, source=source))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
wire_names = st.sampled_from([*track(), "traits", "groupId", "previousId", "name", "sentAt"])


@given(st.dictionaries(wire_names | st.text(), json_values, max_size=6), st.booleans())
def test_any_object_is_read_or_refused_and_what_is_read_can_be_stored(changes, is_whole):
    item = {**track(), **changes} if is_whole else changes
    raw = json.dumps(item, allow_nan=False).encode()
    outcome = read_one(raw, ENVELOPE)
    if isinstance(outcome, Rejected):
        assert len(outcome.error) > 10
        return
    arrival = outcome.arrival
    assert arrival.message_id
    assert arrival.identifier.partition(":")[2]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(arrival.body))


@given(st.emails())
def test_no_address_reaches_a_body_from_any_place(address):
    places = {
        "contact": address,
        "nested": {"who": [address, {"to": address}]},
        "email": address,
        "text": f"please write to {address}",
    }
    for item in (track(properties=places), {"type": "identify", "userId": "1", "traits": places}):
        arrival = read(item).arrival
        assert address.encode() not in msgspec.json.encode(arrival.body)


def test_an_address_inside_other_words_is_personal_too():
    sent = {
        "event": "Rental Unfulfilled",
        "userId": "1",
        "properties": {"reason": "told by Ana <ana@example.org>", "desk": "counter @ terminal 2"},
    }
    read = read_item(json.dumps(sent).encode(), Envelope(source="test", received_ms=0))
    assert isinstance(read.arrival.body, Touchpoint)
    assert "ana@" not in repr(read.arrival.body)
    assert read.arrival.body.properties["desk"] == "counter @ terminal 2"
    assert "told by Ana <ana@example.org>" in read.arrival.texts.values()


def test_an_address_as_a_key_or_in_the_name_of_an_event_is_personal_too():
    envelope = Envelope(source="test", received_ms=0)
    sent = {"event": "X", "userId": "1", "properties": {"seen": {"ana@example.org": 2}, "n": 1}}
    read = read_item(json.dumps(sent).encode(), envelope)
    assert "ana@" not in repr(read.arrival.body)
    assert "ana@example.org" in repr(read.arrival.texts)
    with pytest.raises(InputError, match="e-mail address"):
        read_item(json.dumps({**sent, "event": "Wrote to ana@example.org"}).encode(), envelope)
