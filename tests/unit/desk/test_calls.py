"""Telephone calls on the desk: told by the system, seen on the pages, called back by a person."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.phone import CallBack, Phone
from makegood.core.state import decode_state
from makegood.messages.call_facts import CallWished
from makegood.messages.errors import Refused
from makegood.messages.events import encode_event
from makegood.messages.ids import EventId, RepId
from makegood.ports.ties import TieKind
from makegood.replay.again import replay
from makegood.testing.clock import FakeClock
from tests.e2e.calling import book_of_calls, hung_up, says, seat
from tests.e2e.screens import MINUTE_MS, case_of, customer_of, introduce, serving
from tests.unit.desk.browsing import CountingStore, words_of

BACKS = "/desk/team/call-backs"
RUDE = "Would you please shut up and listen"


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(book_of_calls()) as both:
        seat(both[0])
        introduce(both[0])
        yield both


@pytest.fixture
def ana(makegood: Makegood) -> str:
    return f"/desk/customers/{customer_of(makegood, 'user:ana')}"


def phone_of(makegood: Makegood) -> Phone:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state).phone


def the_back(makegood: Makegood) -> CallBack:
    (one,) = phone_of(makegood).backs
    return one


def passes(makegood: Makegood, clock: FakeClock, minutes: int) -> None:
    clock.advance(minutes * MINUTE_MS)
    makegood.intake.advance([customer_of(makegood, "user:ana")], clock.now_ms())


def test_the_whole_way_from_a_hang_up_to_the_top_and_back(
    makegood: Makegood, clock: FakeClock, kathy: Client, omar: Client, ana: str
):
    for count in (1, 2, 3):
        says(makegood, "Call Transferred", transfers=count, agent="tom", message=f"t{count}")
    assert "told it again" not in words_of(kathy.get(ana))
    clock.advance(MINUTE_MS)
    hung_up(makegood)
    assert "One customer is to be called back by you" in words_of(kathy.get("/desk/"))
    shown = words_of(kathy.get(BACKS))
    assert "Ana Ruiz" in shown
    assert "30:00" in shown or "30 min" in shown
    assert "Tom Okoro hung up on them" in shown
    case = f"/desk/cases/{case_of(makegood)}"
    for page in (ana, case):
        shown = words_of(kathy.get(page))
        assert "You call back" in shown
        assert "handed on 3 times" in shown
        assert "Call Hung Up (Tom Okoro hung up)" in shown
    assert "Nobody is to be called back by you" in words_of(omar.get(BACKS))
    passes(makegood, clock, 31)
    assert the_back(makegood).owner == "omar"
    shown = words_of(omar.get(BACKS))
    assert "Ana Ruiz" in shown
    assert "Kathy Moreno let the time pass" in words_of(omar.get(ana))
    hung_up(makegood, call="C2", agent="omar")
    assert the_back(makegood).is_stuck
    assert "Nobody stands higher" in words_of(omar.get(BACKS))
    assert "Nobody stands higher" in words_of(kathy.get(ana))
    form = {"call_back": the_back(makegood).id, "token": "t1", "back": "call-backs"}
    omar.post(f"{ana}/calls/called", {**form, "reached": "no", "token": "t2"})
    assert the_back(makegood).tried_ms
    answer = omar.post(
        f"{ana}/calls/called", {**form, "reached": "yes", "words": "Sorry said.", "token": "t3"}
    )
    assert answer["Location"] == BACKS
    assert the_back(makegood).done_by == "omar"
    assert "Nobody is to be called back" in words_of(omar.get(BACKS))
    shown = words_of(kathy.get(ana))
    assert "Omar Haddad called back and reached the customer" in shown
    assert "Sorry said." in shown


def test_the_log_folded_again_gives_the_same(makegood: Makegood, clock: FakeClock):
    hung_up(makegood)
    says(makegood, "Call Flagged", agent="kathy", call="C9")
    passes(makegood, clock, 16)
    found = replay(makegood.store, makegood.library)
    assert found.customers
    assert found.is_identical


def test_an_event_told_again_and_late_changes_no_call_back(makegood: Makegood):
    for _ in range(2):
        says(makegood, "Call Hung Up", message="one", agent="tom", by="agent", answered=True,
             solved=False)  # fmt: skip
    assert the_back(makegood).owner == "kathy"


def test_somebody_without_a_supervisor_brings_it_to_all_of_them(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
):
    hung_up(makegood, agent="a-stranger")
    assert "One call-back has nobody above to make it" in words_of(omar.get("/desk/"))
    assert "nobody above" not in words_of(kathy.get("/desk/"))
    assert "Ana Ruiz" in words_of(omar.get(f"{BACKS}?show=nobodys"))
    assert "Ana Ruiz" not in words_of(kathy.get(f"{BACKS}?show=nobodys"))
    form = {"call_back": the_back(makegood).id, "reached": "yes", "token": "t"}
    assert kathy.post(f"{ana}/calls/called", form).status_code == 422
    omar.post(f"{ana}/calls/called", {**form, "token": "u"})
    assert the_back(makegood).done_by == "omar"


def test_who_is_on_leave_is_passed_by(makegood: Makegood, clock: FakeClock):
    from msgspec.structs import replace

    with makegood.store.writing() as writing:
        rows = {row.rep: row for row in writing.reps()}
        writing.put_reps([replace(rows[RepId("kathy")], away_from_ms=clock.now_ms() - 1)])
    hung_up(makegood)
    assert the_back(makegood).owner == "omar"


def test_who_was_flagged_does_not_see_it(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
):
    says(makegood, "Call Flagged", agent="kathy")
    assert "flagged" not in words_of(kathy.get(ana)).lower()
    assert "the customer flagged Kathy Moreno" in words_of(omar.get(ana))


def test_a_transcript_is_shown_to_a_person_and_opens_nothing(
    makegood: Makegood, kathy: Client, ana: str
):
    said = ["Good day.", f"{RUDE}, Ana!", "My card is 4111 1111."]
    says(makegood, "Call Transcribed", agent="tom", sentences=said)
    with makegood.store.reading() as reading:
        customer = customer_of(makegood, "user:ana")
        log = b"".join(encode_event(one) for one in reading.history(customer))
        assert not reading.cases_of([customer])
        (hint,) = phone_of(makegood).hints
        assert reading.texts([hint.words]) == {hint.words: f"{RUDE}, Ana!"}
    assert b"shut up" not in log
    assert b"4111" not in log
    shown = words_of(kathy.get(ana))
    assert f"{RUDE}, Ana!" in shown
    assert "Nothing follows from it until you say so" in shown
    kathy.post(f"{ana}/calls/hint", {"hint": hint.id, "accepted": "no", "token": "t"})
    assert RUDE not in words_of(kathy.get(ana)).split("What happened")[0]
    with makegood.store.reading() as reading:
        assert not reading.cases_of([customer])


def test_what_a_person_takes_over_is_a_failure_with_its_sentence(
    makegood: Makegood, kathy: Client, ana: str
):
    says(makegood, "Call Transcribed", transcript=f"Hello. {RUDE}! Bye.")
    (hint,) = phone_of(makegood).hints
    kathy.post(f"{ana}/calls/hint", {"hint": hint.id, "accepted": "yes", "token": "t"})
    assert case_of(makegood)
    assert "read what the transcript suggests: it is a failure" in words_of(kathy.get(ana))


def test_what_was_said_is_gone_when_the_customer_is_erased(
    makegood: Makegood, kathy: Client, ana: str
):
    says(makegood, "Call Transcribed", sentences=[RUDE])
    with makegood.store.writing() as writing:
        writing.erase(customer_of(makegood, "user:ana"))
    shown = words_of(kathy.get(ana))
    assert RUDE not in shown
    assert "The sentence is no longer kept" in shown


def test_the_list_pages_with_the_same_questions(makegood: Makegood, omar: Client):
    def asked() -> dict[str, int]:
        store, counting = makegood.store, CountingStore(makegood.store)
        makegood.store = counting  # type: ignore[misc,assignment]
        try:
            omar.get(f"{BACKS}?show=all")
        finally:
            makegood.store = store  # type: ignore[misc]
        return dict(counting.asked)

    hung_up(makegood)
    before = asked()
    for n in range(6):
        hung_up(makegood, call=f"D{n}", agent=f"r{n}")
    assert asked() == before


def test_over_http_calls_are_shown_and_a_call_is_written_down(makegood: Makegood, ana: str):
    text, key = mint("desk", ("cases",), makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(key)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    hung_up(makegood)
    customer = customer_of(makegood, "user:ana")
    shown = client.get(f"/v1/customers/{customer}/calls").json()
    (call,), (back,) = shown["calls"], shown["call_backs"]
    assert (call["ended_by"], call["agents"]) == ("agent", ["tom"])
    assert (back["owner"], back["why"], back["done"]) == ("kathy", "hung_up_on", None)

    def tell(rep: str, name: str):
        return client.post(
            f"/v1/customers/{customer}/call-backs/{back['call_back']}",
            {"rep": rep, "reached": True},
            content_type="application/json",
            headers={"Idempotency-Key": name},
        )

    assert tell("tom", "a").status_code == 409
    assert tell("kathy", "b").json()["repeated"] is False
    assert tell("kathy", "b").json()["repeated"] is True
    assert the_back(makegood).done_by == "kathy"


def test_the_roster_names_the_supervisor(makegood: Makegood, omar: Client):
    page = omar.get("/desk/team/roster/of/tom")
    assert "Who calls back when a call of theirs went wrong." in words_of(page)
    wrong = omar.post("/desk/team/roster/of/tom", {"supervisor": "tom"})
    assert "Nobody stands above themselves" in words_of(wrong)
    omar.post("/desk/team/roster/of/tom", {"supervisor": "omar"})
    hung_up(makegood)
    with makegood.store.reading() as reading:
        (tie,) = reading.ties(TieKind.CALL_BACK)
    assert tie.rep == "omar"


def test_who_was_flagged_on_the_way_up_does_not_see_that_either(
    makegood: Makegood, clock: FakeClock, kathy: Client, omar: Client, ana: str
):
    hung_up(makegood)
    clock.advance(MINUTE_MS)
    says(makegood, "Call Flagged", agent="kathy", call="C2")
    assert the_back(makegood).owner == "omar"
    assert "the customer flagged Kathy Moreno" in words_of(omar.get(ana))
    assert "flagged" not in words_of(kathy.get(ana)).lower()
    form = {"call_back": the_back(makegood).id, "reached": "yes", "token": "t"}
    assert kathy.post(f"{ana}/calls/called", form).status_code == 422


def test_a_supervisor_whom_a_customer_flagged_is_not_told_so_by_a_count(
    makegood: Makegood, omar: Client
):
    says(makegood, "Call Flagged", agent="omar")
    assert the_back(makegood).owner == ""
    assert "has nobody above to make it" not in words_of(omar.get("/desk/"))
    form = {"call_back": the_back(makegood).id, "reached": "yes", "token": "t"}
    customer = customer_of(makegood, "user:ana")
    assert omar.post(f"/desk/customers/{customer}/calls/called", form).status_code == 404
    assert phone_of(makegood).waiting


def test_nobody_of_another_brand_settles_or_makes_anything(
    makegood: Makegood, vera: Client, ana: str
):
    says(makegood, "Call Transcribed", sentences=[RUDE])
    (hint,) = phone_of(makegood).hints
    form = {"hint": hint.id, "accepted": "no", "token": "t"}
    assert vera.post(f"{ana}/calls/hint", form).status_code == 404
    assert phone_of(makegood).open_hints


def test_who_spoke_in_the_call_does_not_lay_its_transcript_aside(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
):
    says(makegood, "Call Transcribed", agent="kathy", sentences=[RUDE])
    (hint,) = phone_of(makegood).hints
    assert "Whoever spoke in the call does not lay it aside" in words_of(kathy.get(ana))
    form = {"hint": hint.id, "accepted": "no"}
    assert kathy.post(f"{ana}/calls/hint", {**form, "token": "t"}).status_code == 422
    assert phone_of(makegood).open_hints
    assert omar.post(f"{ana}/calls/hint", {**form, "token": "u"}).status_code == 302
    assert not phone_of(makegood).open_hints


def test_a_hang_up_without_a_name_is_the_supervisors_at_the_desk_and_over_http(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
):
    says(makegood, "Call Hung Up", by="agent", answered=True, solved=False)
    back = the_back(makegood)
    assert "somebody of us hung up on them" in words_of(omar.get(f"{BACKS}?show=nobodys"))
    assert "Any supervisor calls back" in words_of(kathy.get(ana))
    text, key = mint("desk", ("cases",), makegood.clock.now_ms())
    with makegood.store.writing() as writing:
        writing.put_key(key)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    url = f"/v1/customers/{customer_of(makegood, 'user:ana')}/call-backs/{back.id}"

    def tell(rep: str) -> int:
        return client.post(
            url,
            {"rep": rep, "reached": True},
            content_type="application/json",
            headers={"Idempotency-Key": rep},
        ).status_code

    assert tell("kathy") == 403
    assert phone_of(makegood).waiting
    assert tell("omar") == 200
    assert the_back(makegood).done_by == "omar"


def test_one_that_is_stuck_with_who_left_is_made_by_another_supervisor(
    makegood: Makegood, clock: FakeClock, kathy: Client, omar: Client, ana: str
):
    from msgspec.structs import replace

    with makegood.store.writing() as writing:
        rows = {row.rep: row for row in writing.reps()}
        writing.put_reps([replace(rows[RepId("kathy")], supervisor=RepId(""))])
    hung_up(makegood)
    passes(makegood, clock, 31)
    assert the_back(makegood).is_stuck
    assert "I reached them" in words_of(omar.get(f"{BACKS}?show=all"))
    form = {"call_back": the_back(makegood).id, "reached": "yes", "token": "t"}
    omar.post(f"{ana}/calls/called", form)
    assert the_back(makegood).done_by == "omar"


def test_what_the_customer_wants_of_the_call_stands_where_it_is_made(makegood, clock, kathy):
    hung_up(makegood)
    customer = customer_of(makegood, "user:ana")
    with makegood.store.reading() as reading:
        (tie,) = reading.ties(TieKind.CALL_BACK)
    wish = CallWished(
        call_back=EventId(tie.item), from_ms=clock.now_ms() + 60 * MINUTE_MS, number="n1"
    )
    texts = {"n1": "+1 212 555 0199"}
    done = makegood.acts.act(customer, wish, Asker(), message_id="w", texts=texts)
    assert not isinstance(done, Refused)
    for path in ("/desk/team/call-backs", f"/desk/customers/{customer}"):
        shown = kathy.get(path).content.decode()
        assert "+1 212 555 0199" in shown
        assert "want to be called from" in shown
    with makegood.store.writing() as writing:
        writing.erase(customer)
    assert "no longer kept" in kathy.get("/desk/team/call-backs").content.decode()
    none = CallWished(call_back=EventId(tie.item), needless=True)
    makegood.acts.act(customer, none, Asker(), message_id="n")
    assert "They want no call" in kathy.get(f"/desk/customers/{customer}").content.decode()
    with makegood.store.reading() as reading:
        assert reading.ties(TieKind.CALL_BACK) == ()
