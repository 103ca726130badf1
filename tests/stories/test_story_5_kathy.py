"""Story 5, a friend on the inside: whoever sold the motor home looks after Ana years later.

Wanted: customers choose their own person, who stays theirs, with cover when away, a deny-list, a
hello with something true, and offers that only this person makes. Through real pages and HTTP.
"""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.api.keys import mint
from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.core.my_person import person_of
from makegood.core.state import State, decode_state
from makegood.messages.commands import MessageClass, SendMessage
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import ProfileId, RepId
from makegood.ports.ties import TieKind
from makegood.testing.book import DAY_MS, HOUR_MS, MINUTE_MS
from makegood.testing.clock import FakeClock
from tests.e2e.screens import PASSWORD, customer_of, introduce, profile_of, serving, take
from tests.unit.desk.browsing import token_of, words_of

ANA = "user:ana"
BRAND = "northwind_cars"


class World:
    """A firm that rents and sells; Kathy sold Ana a motor home six years ago."""

    def __init__(self, makegood: Makegood, clock: FakeClock) -> None:
        self.makegood, self.clock = makegood, clock
        introduce(makegood, ANA, "Ana Ruiz")
        self.happens("Reservation Made", reservation="M1")
        self.waits(6 * 365 * DAY_MS)
        text, row = mint("telephone", ("cases", "gate"), clock.now_ms())
        with makegood.store.writing() as writing:
            writing.put_key(row)
        self.http = Client(headers={"Authorization": f"Bearer {text}"})
        self.page = f"/p/{makegood.links.person_token(profile_of(ANA), '')}"
        self.forms = 0

    def happens(self, name: str, **facts: object) -> None:
        at = self.clock.now_ms()
        body = Touchpoint(name=name, properties={"brand": BRAND, **facts})
        take(self.makegood, ANA, body, f"{name} {at}")

    def waits(self, ms: int) -> None:
        self.clock.advance(ms)
        customer = customer_of(self.makegood, ANA)
        self.makegood.intake.advance([customer], self.clock.now_ms())
        self.makegood.leavings.go_on()
        self.makegood.hellos.give()

    def does(self, act: str, **values: str) -> str:
        """Send a form of the customer's page, and read what it says then."""
        self.forms += 1
        sent = Client().post(f"{self.page}/{act}", {"form": f"f{self.forms}", **values})
        assert sent.status_code == 302, words_of(sent)
        return words_of(Client().get(sent["Location"]))

    def sees(self) -> str:
        return words_of(Client().get(self.page))

    def signed_in(self, name: str) -> Client:
        client = Client()
        assert client.login(username=name, password=PASSWORD)
        return client

    def roster(self, rep: str, **more: object) -> None:
        with self.makegood.store.writing() as writing:
            row = next(one for one in writing.reps() if one.rep == rep)
            writing.put_reps([replace(row, **more)])

    def calls(self, thread: str) -> dict[str, str]:
        """Tell by HTTP that Ana calls; hear who answers."""
        self.forms += 1
        sent = self.http.post(
            "/v1/contacts",
            {"identifier": ANA, "channel": "phone", "thread": thread},
            content_type="application/json",
            headers={"Idempotency-Key": f"k{self.forms}"},
        )
        assert sent.status_code == 200, sent.content
        return sent.json()

    def answered(self, rep: str, thread: str) -> None:
        self.forms += 1
        sent = self.http.post(
            "/v1/contacts/answered",
            {"identifier": ANA, "rep": rep, "channel": "phone", "thread": thread},
            content_type="application/json",
            headers={"Idempotency-Key": f"k{self.forms}"},
        )
        assert sent.status_code == 200, sent.content

    def may_send(self) -> tuple[bool, str]:
        question = Question(brand=BRAND, message_class=MessageClass.PROMOTIONAL)
        answer = self.makegood.gate.ask(ANA, question)
        return answer.allowed, answer.reason

    @property
    def state(self) -> State:
        with self.makegood.store.reading() as reading:
            row = reading.row(customer_of(self.makegood, ANA))
        assert row is not None
        assert not row.stuck, row.stuck
        return decode_state(row.state)

    def messages(self) -> list[SendMessage]:
        with self.makegood.store.reading() as reading:
            rows = reading.outbox_of([profile_of(ANA)])
        orders = [row.command.order for row in rows]
        return [one for one in orders if isinstance(one, SendMessage)]


@pytest.fixture
def world() -> Iterator[World]:
    with serving() as (makegood, clock):
        yield World(makegood, clock)


def test_ana_chooses_kathy_and_is_looked_after_by_her(world: World):
    assert "Kathy Moreno is your person" in world.does("choose", first="kathy", second="omar")
    said = world.does("write", text="The heating of the motor home clicks. Is that all right?")
    assert "Kathy Moreno answers you." in said
    desk = world.signed_in("kathy")
    talks = desk.get("/desk/team/talks?mine=1")
    assert "The heating of the motor home clicks." in words_of(talks)
    assert "For Kathy Moreno." in words_of(talks)


def test_a_mail_to_kathys_own_address_finds_her_or_her_cover(world: World):
    shown = world.does("choose", first="kathy")
    address = re.search(r"kathy\+[a-z2-7]{10}@line\.northwind\.example", shown)
    assert address is not None
    mail = (
        f"From: Ana <ana@example.org>\nTo: {address[0]}\nMessage-ID: <1@example.org>\n"
        "Subject: Heating\n\nIt clicks.\n"
    )

    def sent(text: str):
        return world.http.post("/v1/line-mails", text.encode(), content_type="message/rfc822")

    told = sent(mail).json()
    assert (told["taken"], told["talk"]["taker"]) == (True, "kathy")
    assert sent(mail).json() == told
    world.roster("kathy", away_from_ms=1, cover=RepId("omar"))
    again = sent(mail.replace("<1@", "<2@")).json()
    assert again["talk"]["taker"] == "omar"
    machine = sent("Auto-Submitted: auto-replied\n" + mail.replace("<1@", "<3@")).json()
    assert machine["taken"] is False
    assert sent(mail.replace("kathy+", "nobody+")).status_code == 422
    fetched = world.makegood.post.room.take(mail.replace("\n", "\r\n").encode())
    assert fetched.became == "known"  # the mailbox has it, too, and it counts once
    with world.makegood.store.reading() as reading:
        written = reading.letters_of([ProfileId(fetched.customer)])
    assert sorted(one.kind for one in written) == ["automatic", "letter", "letter"]


def test_kathy_is_away_and_the_cover_is_named_then_busy_and_waited_for(world: World):
    world.does("choose", first="kathy")
    back_ms = world.clock.now_ms() + 7 * DAY_MS
    world.roster("kathy", away_from_ms=1, away_until_ms=back_ms, cover=RepId("omar"))
    assert "Omar Haddad covers meanwhile, as Kathy Moreno asked." in world.sees()
    assert world.calls("call-1")["taker"] == "omar"
    world.answered("omar", "call-1")
    world.clock.advance(8 * DAY_MS)
    busy_ms = world.clock.now_ms() + HOUR_MS
    world.roster("kathy", busy_until_ms=busy_ms)
    told = world.calls("call-2")
    assert (told["taker"], told["then"]) == ("kathy", "omar")
    world.waits(3 * MINUTE_MS)
    thread = world.state.my_person.thread("call-2")
    assert thread is not None
    assert thread.taker == "omar"


def test_whom_ana_would_rather_not_meet_is_not_met(world: World):
    world.does("choose", first="kathy")
    world.roster("kathy", away_from_ms=1, cover=RepId("omar"))
    world.does("refuse", rep="omar")
    assert world.calls("call-1")["taker"] != "omar"


def test_a_hello_comes_when_ana_said_yes_and_there_is_something_true(world: World):
    world.does("choose", first="kathy")
    world.happens("Car Returned", reservation="M7", branch="Harbour")
    world.waits(3 * DAY_MS)
    desk = world.signed_in("kathy")
    assert "Nothing to say just now." in words_of(desk.get("/desk/team/hellos"))
    assert "You said yes." in world.does("hello", allowed="yes")
    world.waits(MINUTE_MS)
    lot = world.state.in_touch.lot("hello")
    assert lot is not None
    assert lot.propensity == pytest.approx(0.9)
    hellos = desk.get("/desk/team/hellos")
    assert lot.treated  # drawn by a hash of her name: always the same
    assert "They brought the car of M7 back" in words_of(hellos)
    assert "From the log: trip" in words_of(hellos)
    (tie,) = _ties(world, TieKind.HELLO)
    sent = desk.post(
        f"/desk/customers/{tie.customer}/person/hello",
        {"token": token_of(hellos), "hello": tie.item, "said": "yes", "back": "hellos"},
    )
    assert sent["Location"] == "/desk/team/hellos"
    assert not _ties(world, TieKind.HELLO)
    world.happens("Car Returned", reservation="M8", branch="Harbour")
    world.waits(3 * DAY_MS)
    assert not _ties(world, TieKind.HELLO)  # at most one a month


def test_no_hello_while_something_is_to_be_put_right(world: World):
    world.does("choose", first="kathy")
    world.does("hello", allowed="yes")
    world.happens("Rental Unfulfilled", reservation="R1", branch="A", reason="no_vehicle",
                  price_cents=9_000)  # fmt: skip
    world.happens("Car Returned", reservation="M7", branch="Harbour")
    world.waits(5 * DAY_MS)
    assert not _ties(world, TieKind.HELLO)
    assert not _ties(world, TieKind.READY)


def test_offers_come_through_kathy_alone(world: World):
    assert world.may_send() == (True, "free")
    world.does("choose", first="kathy")
    assert world.may_send() == (False, "chosen_rep")


def test_ten_years_are_thanked_for_without_any_failure_and_without_an_offer(world: World):
    world.does("choose", first="kathy")
    world.waits(4 * 365 * DAY_MS + 30 * DAY_MS)
    (tie,) = _ties(world, TieKind.HELLO)
    assert (tie.channel, tie.about) == ("thanks", "10")
    desk = words_of(world.signed_in("kathy").get("/desk/team/hellos"))
    assert "They have been with us for 10 years. Thank them; no more than that." in desk
    assert all(one.message_class != "promotional" for one in world.messages())


def test_kathy_leaves_and_ana_says_who_it_is_to_be(world: World):
    world.does("choose", first="kathy", second="omar")
    boss = world.signed_in("omar")
    day = "2032-06-01"
    assert (
        boss.post("/desk/team/leaving/begin", {"rep": "kathy", "leaves": day}).status_code == 302
    )
    assert world.signed_in("kathy").post(
        "/desk/team/leaving/begin", {"rep": "omar", "leaves": day}
    ).status_code == 403  # fmt: skip
    world.waits(MINUTE_MS)
    assert person_of(world.state.my_person) == "kathy"  # nobody is moved in silence
    (mail,) = [one for one in world.messages() if one.message == "meet_my_successor"]
    assert (mail.variables["owner"], mail.variables["successor"]) == ("kathy", "omar")
    page = world.sees()
    assert "Kathy Moreno leaves us" in page
    assert "You named Omar Haddad yourself." in page
    shown = boss.get("/desk/team/leaving?rep=kathy")
    assert "Omar Haddad is put forward." in words_of(shown)
    assert "Omar Haddad is your person" in world.does("choose", first="omar")
    assert "leaves us" not in world.sees()
    acts = words_of(boss.get("/desk/connections/acts"))
    assert "when a person of the firm leaves" in acts


def test_ana_who_says_nothing_is_covered_and_may_choose_later(world: World):
    world.does("choose", first="kathy")
    boss = world.signed_in("omar")
    boss.post("/desk/team/leaving/begin", {"rep": "kathy", "leaves": ""})
    world.waits(MINUTE_MS)
    world.waits(10 * DAY_MS)
    told = [one.message for one in world.messages()]
    assert told.count("your_person_left") == 2  # asked once more, and no third time
    told = world.calls("call-1")
    assert told["taker"] == "omar"  # who is put forward covers
    assert "Kathy Moreno no longer works here." in world.sees()
    assert person_of(world.state.my_person) == "kathy"
    world.does("choose", first="omar")
    assert person_of(world.state.my_person) == "omar"


def test_words_to_who_is_not_there_go_to_the_cover_and_the_timeline_says_so(world: World):
    world.does("choose", first="kathy", second="omar")
    world.happens("Rental Unfulfilled", reservation="R1", branch="A", reason="no_vehicle",
                  price_cents=9_000)  # fmt: skip
    (case,) = world.state.cases
    assert case.owner == "kathy"
    world.clock.advance(HOUR_MS)
    world.roster("kathy", away_from_ms=1, cover=RepId("omar"))
    link = world.makegood.links.portal_token(profile_of(ANA), case.id)
    sent = Client().post(f"/c/{link}/write", {"form": "w1", "text": "Is anybody there?"})
    assert sent.status_code == 302, words_of(sent)
    customer = customer_of(world.makegood, ANA)
    shown = words_of(world.signed_in("omar").get(f"/desk/customers/{customer}"))
    assert "Omar Haddad takes the case over from Kathy Moreno." in shown


def test_ana_says_at_one_brand_who_it_is_to_be_and_is_asked_no_more_there(world: World):
    world.does("choose", first="kathy")
    world.signed_in("omar").post("/desk/team/leaving/begin", {"rep": "kathy", "leaves": ""})
    world.waits(MINUTE_MS)
    umbrella = world.page
    world.page = f"/p/{world.makegood.links.person_token(profile_of(ANA), BRAND)}"
    assert "no longer works here" in world.sees()
    world.does("choose", first="omar")
    assert "no longer works here" not in world.sees()
    world.page = umbrella
    assert "no longer works here" in world.sees()  # of the others she has not said it yet


def test_kathys_address_is_called_off_when_it_got_into_wrong_hands(world: World):
    shown = world.does("choose", first="kathy")
    pattern = r"kathy\+[a-z2-7]{10}@line\.northwind\.example"
    before = re.search(pattern, shown)
    world.roster("kathy", line=1)
    after = re.search(pattern, world.sees())
    assert before is not None
    assert after is not None
    assert before[0] != after[0]
    for address, status in ((before[0], 422), (after[0], 200)):
        mail = f"From: ana@example.org\nTo: {address}\nMessage-ID: <{status}>\n\nIt clicks.\n"
        sent = world.http.post("/v1/line-mails", mail.encode(), content_type="message/rfc822")
        assert sent.status_code == status


def _ties(world: World, kind: TieKind):
    with world.makegood.store.reading() as reading:
        return reading.ties(kind)
