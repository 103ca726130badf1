"""Whose customer somebody is, on the desk: conversations, books of business, the roster."""

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.my_person import MyPerson, person_of
from makegood.core.state import decode_state
from makegood.messages.facts import GotInTouch, PersonRefused
from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from makegood.testing.clock import FakeClock
from tests.e2e.screens import MINUTE_MS, customer_of, introduce
from tests.unit.desk.browsing import CountingStore, words_of

KATHY, OMAR = RepId("kathy"), RepId("omar")
ROSTER, TALKS = "/desk/team/roster", "/desk/team/talks"


@pytest.fixture
def ana(makegood: Makegood) -> str:
    introduce(makegood)
    return f"/desk/customers/{customer_of(makegood, 'user:ana')}"


def mine(makegood: Makegood) -> MyPerson:
    with makegood.store.reading() as reading:
        row = reading.row(customer_of(makegood, "user:ana"))
    assert row is not None
    return decode_state(row.state).my_person


def row_of(makegood: Makegood, rep: str) -> RepRow:
    with makegood.store.reading() as reading:
        return next(row for row in reading.reps() if row.rep == rep)


def roster(makegood: Makegood, rep: str, **more: object) -> None:
    with makegood.store.writing() as writing:
        writing.put_reps([replace(row_of(makegood, rep), **more)])


def test_a_rep_writes_a_choice_down_and_it_says_so(makegood: Makegood, kathy: Client, ana: str):
    kathy.post(f"{ana}/person/choose", {"first": "omar", "second": "kathy"})
    assert person_of(mine(makegood)) == OMAR
    shown = words_of(kathy.get(ana))
    assert "Omar Haddad looks after Ana" in shown
    assert "The customer chose their person, on the phone with Kathy Moreno" in shown


def test_a_conversation_says_for_whom_it_waits_and_who_takes_it_then(
    makegood: Makegood, clock: FakeClock, kathy: Client, omar: Client, ana: str
):
    roster(makegood, "omar", busy_until_ms=clock.now_ms() + 60 * MINUTE_MS, cover="kathy")
    kathy.post(f"{ana}/person/choose", {"first": "omar"})
    kathy.post(f"{ana}/person/touch", {"channel": "phone", "words": "Please ring me."})
    shown = words_of(kathy.get(TALKS))
    assert "Waits for Omar Haddad until 09:02, then Kathy Moreno." in shown
    assert "Please ring me." in shown
    assert "Nobody waits for an answer from you" in words_of(kathy.get(f"{TALKS}?mine=1"))
    assert "Please ring me." in words_of(omar.get(f"{TALKS}?mine=1"))
    clock.advance(3 * MINUTE_MS)
    makegood.intake.advance([customer_of(makegood, "user:ana")], clock.now_ms())
    shown = words_of(kathy.get(f"{TALKS}?mine=1"))
    assert "Omar Haddad did not come to it in time: Kathy Moreno takes it." in shown
    thread = mine(makegood).threads[0].id
    answer = {"channel": "phone", "thread": thread, "back": "talks"}
    assert kathy.post(f"{ana}/person/spoke", answer)["Location"] == TALKS
    assert "Nobody waits for an answer" in words_of(kathy.get(TALKS))
    assert mine(makegood).threads[0].last == KATHY


def test_who_is_kept_apart_from_a_customer_does_not_see_them_wait(makegood, kathy, omar, ana):
    customer = customer_of(makegood, "user:ana")
    no = PersonRefused(rep=KATHY, side="customer")
    makegood.acts.act(customer, no, Asker(), message_id="no")
    makegood.acts.act(customer, GotInTouch(channel="mail"), Asker(), message_id="mail")
    assert "Ana" not in words_of(kathy.get(TALKS))
    assert "Ana" in words_of(omar.get(TALKS))
    refused = kathy.post(f"{ana}/person/spoke", {"channel": "mail"})
    assert refused.status_code == 422


def test_what_a_customer_wished_stands_nowhere_on_the_desk(makegood, kathy, omar, ana):
    customer = customer_of(makegood, "user:ana")
    no = PersonRefused(rep=KATHY, side="customer")
    plain = [words_of(it.get(ana)) for it in (kathy, omar)]
    makegood.acts.act(customer, no, Asker(), message_id="no")
    assert [words_of(it.get(ana)) for it in (kathy, omar)] == plain
    assert "Kathy Moreno and" not in words_of(omar.get("/desk/team/apart"))


def test_a_rep_steps_back_with_a_reason_that_a_supervisor_alone_reads(
    makegood: Makegood, kathy: Client, omar: Client, ana: str
):
    assert kathy.post(f"{ana}/person/apart", {"words": ""}).status_code == 422
    kathy.post(f"{ana}/person/apart", {"words": "He threatened me."})
    assert "threatened" not in words_of(kathy.get(ana))
    assert kathy.get("/desk/team/apart").status_code == 403
    shown = omar.get("/desk/team/apart")
    assert "He threatened me." in words_of(shown)
    customer = customer_of(makegood, "user:ana")
    omar.post("/desk/team/apart/back", {"customer": customer, "rep": "kathy"})
    assert mine(makegood).refused == ()
    with makegood.store.reading() as reading:
        whats = [one.what for one in reading.acts()]
    assert whats.count("people.apart") == 2


def test_a_book_of_business_lists_customers_and_who_waits_and_says_whom_one_covers(
    makegood: Makegood, clock: FakeClock, kathy: Client, omar: Client, ana: str
):
    roster(makegood, "kathy", capacity=1)
    kathy.post(f"{ana}/person/choose", {"first": "kathy"})
    introduce(makegood, "user:bo", "Bo")
    kathy.post(
        f"/desk/customers/{customer_of(makegood, 'user:bo')}/person/choose", {"first": "kathy"}
    )
    shown = words_of(kathy.get("/desk/team/customers"))
    assert "1 of at most 1 customers, 1 on the waiting list." in shown
    assert "Ana" in shown
    assert "Bo" in words_of(kathy.get("/desk/team/customers?list=waiting"))
    roster(makegood, "omar", away_from_ms=1, cover="kathy", handover="Ana likes it short.")
    assert "Ana likes it short." in words_of(kathy.get("/desk/team/customers"))
    assert "Ana" in words_of(omar.get("/desk/team/customers?rep=kathy"))
    assert kathy.get("/desk/team/customers?rep=omar").status_code == 404


def test_each_changes_a_little_of_their_own_row_and_nothing_else(
    makegood: Makegood, kathy: Client
):
    sent = {"languages": "en, de", "words": "I like boats.", "capacity": "9", "role": "supervisor"}
    assert kathy.post(f"{ROSTER}/of/kathy", sent).status_code == 302
    row = row_of(makegood, "kathy")
    assert (row.languages, row.words, row.capacity, row.role) == (
        ("en", "de"), "I like boats.", None, "rep",
    )  # fmt: skip
    assert kathy.post(f"{ROSTER}/of/omar", sent).status_code == 403


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_changed(makegood, kathy, omar):
    sent = {
        "away_from": "soon", "cover": "kathy", "languages": "English!", "words": "x",
    }  # fmt: skip
    answer = kathy.post(f"{ROSTER}/of/kathy", sent)
    assert answer.status_code == 422
    shown = words_of(answer)
    assert "is not a moment" in shown
    assert "is not a language" in shown
    assert row_of(makegood, "kathy").words == ""
    for wrong in ({"cover": "kathy"}, {"cover": "nobody"}, {"away_until": "2026-05-04"}):
        assert kathy.post(f"{ROSTER}/of/kathy", wrong).status_code == 422
    assert omar.post(f"{ROSTER}/of/kathy", {"hours": "whenever"}).status_code == 422


def test_a_supervisor_changes_all_of_a_row_which_leaves_a_note(makegood: Makegood, omar: Client):
    omar.post(f"{ROSTER}/of/kathy", {"capacity": "7", "away_from": "2026-05-04", "cover": "omar"})
    row = row_of(makegood, "kathy")
    assert (row.capacity, row.cover) == (7, "omar")
    assert row.away_from_ms
    shown = omar.get(f"{ROSTER}/of/kathy").content.decode()
    assert 'value="2026-05-04T00:00"' in shown
    with makegood.store.reading() as reading:
        act = reading.acts()[0]
    assert (act.what, act.about) == ("roster.changed", "kathy")
    assert set(act.after) == {"capacity", "away_from_ms", "cover"}


def test_a_file_is_taken_as_a_whole_or_not_at_all(makegood: Makegood, omar: Client, kathy: Client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    def send(text: str, who: Client = omar):
        file = SimpleUploadedFile("roster.csv", text.encode())
        return who.post(f"{ROSTER}/take", {"file": file})

    wrong = send("rep,capacity,cover\nkathy,many,\nomar,3,nobody\nomar,4,\n")
    assert wrong.status_code == 422
    shown = words_of(wrong)
    assert "Line 2, capacity" in shown
    assert "Line 3" in shown
    assert row_of(makegood, "omar").capacity is None
    assert send("rep,colour\nkathy,red\n").status_code == 422
    assert send("rep,capacity\nkathy,3\n", kathy).status_code == 403
    good = '\ufeffrep,name,role,languages,capacity,cover\nkathy,Kathy M.,rep,"en,de",3,nina\n'
    assert send(f"{good}nina,Nina,rep,es,,\n").status_code == 302
    assert row_of(makegood, "kathy").languages == ("en", "de")
    assert row_of(makegood, "kathy").hours == "mon-sun 00:00-00:00"
    assert row_of(makegood, "nina").name == "Nina"


def test_lists_ask_the_same_number_of_questions_however_long_they_are(makegood, omar, ana):
    for n in range(3):
        introduce(makegood, f"user:c{n}", f"C{n}")
        customer = customer_of(makegood, f"user:c{n}")
        omar.post(f"/desk/customers/{customer}/person/choose", {"first": "omar"})
        makegood.acts.act(customer, GotInTouch(channel="mail"), Asker(), message_id=f"m{n}")
    store = makegood.store

    def asked(path: str) -> int:
        makegood.store = counted = CountingStore(store)
        assert omar.get(path).status_code == 200
        makegood.store = store
        return sum(counted.asked.values())

    paths = (TALKS, "/desk/team/customers", ROSTER)
    few = [asked(path) for path in paths]
    for n in range(3, 9):
        introduce(makegood, f"user:c{n}", f"C{n}")
        customer = customer_of(makegood, f"user:c{n}")
        omar.post(f"/desk/customers/{customer}/person/choose", {"first": "omar"})
        makegood.acts.act(customer, GotInTouch(channel="mail"), Asker(), message_id=f"m{n}")
    assert [asked(path) for path in paths] == few
