"""Story 2, one umbrella: a regular guest asks, the house is full, and nobody negotiates again.

A sister house nearby is asked by people, at the rate the guest has with us; somebody there says
yes, by name and until when, before the guest hears of it. The guest chooses on their telephone,
reads who expects them, and repeats nothing: the told-twice counter stays at its target, 0.
Everything goes through the interfaces: mail, HTTP, and the pages as they are served.
"""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import open_makegood
from makegood.core.placed import PlaceStatus
from makegood.core.state import OfferState, OfferStatus
from makegood.messages.facts import Identified, Touchpoint
from makegood.messages.ids import ProfileId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import PersonRow
from makegood.ports.store import Store
from makegood.runtime.places import import_places
from makegood.settings import AvailabilitySource, Settings
from makegood.store.memory import MemoryStore
from makegood.store.sqlite import SqliteStore
from makegood.testing.clock import FakeClock
from makegood.testing.counterparts import SECRET, LocalCounterpart, Received, Reply
from tests.e2e.screens import BASE_URL, ready_django
from tests.integration.mail_server import MailServer
from tests.stories.conftest import KATHY, Firm, World, text_of

GUEST, MINUTE = "keiko@example.org", 60_000
NINE_MS = 1_796_400_000_000  # 2026-12-04 16:40 UTC
PLACES = """place,brand,name,kind,near,rank,address,directions,contact_email,contact_phone
harbour,quillmere_grand,Grand Harbour,hotel,,4,1 Pier Road,,desk@harbour.example.com,
lakeside,fernlight,Fernlight Lakeside,hotel,harbour:900,4,2 Lake Street,ALONG,desk@lakeside.example.com,PHONE
oldtown,oakrow,Oakrow Old Town,hotel,harbour:2500,4,3 Mill Lane,,desk@oldtown.example.com,
inn,fernlight,Fernlight Inn,hotel,harbour:300,2,4 Short Lane,,desk@inn.example.com,
far,oakrow,Oakrow Far,hotel,harbour:90000,5,5 Long Road,,desk@far.example.com,
"""  # noqa: E501
PLACES = PLACES.replace("ALONG", "Ten minutes along the water").replace("PHONE", "+1 312 555 0170")
ASKED = {
    "enquiry": "E1",
    "hotel": "Grand Harbour",
    "brand": "quillmere_grand",
    "rate_cents": 24_000,
    "arrival": "2026-12-04",
    "departure": "2026-12-05",
    "guests": 1,
    "expected": "19:00",
}
MERIDIAN = {"agreement": "Meridian", "agreed_rate_cents": 18_900, "agreed_until": "2027-03-31"}
LINK = re.compile(r"http://localhost:8000(/[hc]/[^\s]+)")


class Rooms:
    """What the property systems answer: left, and the house's own rate."""

    def __init__(self) -> None:
        self.left = {"lakeside": 2, "oldtown": 5, "inn": 9, "far": 9}
        self.asked: list[Received] = []
        self.as_of = "2026-12-04T16:35:00Z"

    def answer(self, received: Received) -> Reply:
        assert received.is_signed
        self.asked.append(received)
        wanted = received.content["places"]
        assert isinstance(wanted, list)
        said = [
            {"place": one, "left": left, "rate_cents": 26_000, "as_of": self.as_of}
            for one, left in self.left.items()
            if one in wanted
        ]
        return Reply(content={"places": said})


class Umbrella(World):
    """The houses, the guest's telephone, and everybody's mailbox."""

    rooms: Rooms
    phone: Client

    def turned_away(self, **more: object) -> None:
        body = Touchpoint(name="Enquiry Turned Away", properties={**ASKED, **more})
        self.happens(told_of(self, f"turned-{len(self.rooms.asked)}", body))

    def mails_to(self, place: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if str(mail["To"]) == f"desk@{place}.example.com"]

    def link_of(self, mail: EmailMessage) -> str:
        found = LINK.search(text_of(mail))
        assert found is not None
        return found[1]

    def page(self, path: str) -> str:
        answer = self.phone.get(path)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def sends(self, path: str, **given: object) -> str:
        """Fill a form in, as a browser without script does, and read the page behind it."""
        answer = self.phone.post(path, {"form": f"f{len(self.mails)}", **given}, follow=True)
        self.settle()
        return answer.content.decode()

    def says_yes(self, place: str, by: str = "Mai Sato", minutes: int = 120) -> str:
        link = self.link_of(self.mails_to(place)[-1])
        until = self.clock.now_ms() + minutes * MINUTE
        return self.sends(f"{link}/answer", answer="yes", name=by, until=until)

    @property
    def guest_link(self) -> str:
        mine = [mail for mail in self.mails if str(mail["To"]) == GUEST]
        return self.link_of(mine[-1])

    @property
    def sister(self) -> OfferState:
        return next(one for one in self.case.offers if one.offer == "sister_property")

    @property
    def standings(self) -> dict[str, PlaceStatus]:
        return {one.place: one.status for one in self.sister.asks}


def told_of(world: World, message_id: str, body: Identified | Touchpoint) -> Arrival:
    known = PersonRow(profile=ProfileId(""), name="Keiko Ito", email=GUEST, language="en")
    person = known if isinstance(body, Identified) else None
    return Arrival(
        source="front-desk",
        message_id=message_id,
        identifier="user:keiko",
        time_ms=world.clock.now_ms(),
        body=body,
        body_digest=message_id.encode().ljust(16),
        lookups=(f"email:{GUEST}",) if person else (),
        person=person,
    )


@pytest.fixture(params=["memory", "sqlite"])
def houses(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Umbrella]:
    memory = request.param == "memory"
    store: Store = MemoryStore() if memory else SqliteStore(tmp_path / "story.db")
    clock, rooms, firm = FakeClock(NINE_MS), Rooms(), Firm()
    with (
        MailServer() as mail,
        LocalCounterpart(rooms.answer) as system,
        LocalCounterpart(firm.answer) as counterpart,
    ):
        availability = AvailabilitySource(
            name="rooms", url=system.url, secret=SECRET, allow_private=True
        )
        settings = Settings(
            database=f"sqlite:///{tmp_path / 'web.db'}",
            key=b"the secret of a story that ends well",
            book="hotel-group",
            base_url=BASE_URL,
            smtp=f"smtp://127.0.0.1:{mail.port}",
            counterparts=tuple(
                counterpart.as_counterpart(name) for name in ("payments", "partner_hotels")
            ),
            availability=(availability,),
            threads=1,
        )
        makegood = open_makegood(settings, clock=clock, store=store)
        with makegood.store.writing() as writing:
            writing.put_reps([KATHY])
        import_places(makegood.store, StringIO(PLACES), makegood.book.brands)
        ready_django(makegood)
        world = Umbrella(makegood, clock, mail, firm)
        world.rooms, world.phone = rooms, Client()
        world.happens(told_of(world, "known", Identified(traits=dict(MERIDIAN))))
        yield world
        makegood.close()


def test_a_person_next_door_says_yes_before_the_guest_hears_of_it(houses):
    houses.turned_away()
    (asked,) = houses.mails_to("lakeside")
    assert not [mail for mail in houses.mails if "Choose how" in str(mail["Subject"])]
    told = (
        "Keiko Ito stays with you instead of Grand Harbour; we had no room for the night of "
        "December 4, 2026; they have the Meridian rate of $189.00 until March 31, 2027; please "
        "expect them at 19:00."
    )
    assert told in " ".join(text_of(asked).split())
    page = houses.page(houses.link_of(asked))
    assert told in page
    assert "<script" not in page.partition("<main>")[2]
    assert "Thank you, Fernlight Lakeside" in houses.says_yes("lakeside")
    assert houses.sister.status is OfferStatus.CONFIRMED
    theirs = houses.page(houses.guest_link)
    assert "Mai Sato at Fernlight Lakeside keeps it for you" in theirs
    assert "You pay $189." in theirs


def test_the_guest_chooses_reads_who_expects_them_and_repeats_nothing(houses):
    houses.turned_away()
    houses.says_yes("lakeside")
    theirs = houses.sends(f"{houses.guest_link}/choose", offer="sister_property")
    for words in (
        "Mai Sato at Fernlight Lakeside expects you",
        "2 Lake Street",
        "Ten minutes along the water",
        "You pay $189, as you have it with us.",
        "you need explain nothing",
        "tel:+13125550170",
    ):
        assert words in theirs
    assert "Is it good again?" not in theirs, "before they arrived that would be an insult"
    _, expect = houses.mails_to("lakeside")
    assert "is coming to you" in str(expect["Subject"])
    link = houses.link_of(expect)
    assert "They are coming to you" in houses.page(link)
    assert "They are with you" in houses.sends(f"{link}/arrived", taken="yes")
    assert "You are at Fernlight Lakeside" in houses.page(houses.guest_link)
    houses.later(6 * 60 * MINUTE)
    assert len(houses.case.failures) == 1, "who arrived is not overdue"
    with houses.makegood.store.reading() as reading:
        assert reading.told_twice(0) == {}
        assert [row.status for row in reading.redirects()] == ["arrived"]


def test_whoever_does_not_answer_is_passed_over_and_a_no_has_its_reason(houses):
    houses.turned_away()
    houses.later(5 * MINUTE)
    assert houses.standings["lakeside"] is PlaceStatus.SILENT
    link = houses.link_of(houses.mails_to("oldtown")[0])
    refused = houses.sends(f"{link}/answer", answer="no", name="", why="full")
    assert "Please write your name" in refused
    houses.sends(f"{link}/answer", answer="no", name="Ben Roth", why="A wedding party came")
    assert houses.standings["oldtown"] is PlaceStatus.DECLINED
    assert houses.sister.status is OfferStatus.UNAVAILABLE
    assert "sister_property" not in houses.page(houses.guest_link)
    assert "you may still" not in houses.page(link)


def test_only_houses_near_enough_as_good_and_with_room_are_asked(houses):
    houses.rooms.left["oldtown"] = 0
    houses.turned_away()
    assert set(houses.standings) == {"lakeside"}, "the inn is worse, far is far, old town is full"
    assert not houses.mails_to("inn")
    assert not houses.mails_to("harbour")


def test_what_a_system_said_an_hour_ago_is_not_used_and_says_so(houses):
    houses.rooms.as_of = "2026-12-04T15:30:00Z"
    houses.rooms.left["lakeside"] = 0
    houses.turned_away()
    asks = {one.place: one for one in houses.sister.asks}
    assert set(asks) == {"lakeside", "oldtown"}, "full an hour ago is no answer now"
    assert not any(one.has_room for one in asks.values())


def test_a_yes_that_runs_out_is_asked_for_again_and_then_the_offer_is_withdrawn(houses):
    houses.turned_away()
    houses.says_yes("lakeside", minutes=10)
    houses.later(11 * MINUTE)
    assert houses.standings["lakeside"] is PlaceStatus.ASKED
    assert len(houses.mails_to("lakeside")) == 2
    gone = houses.sends(f"{houses.guest_link}/choose", offer="sister_property")
    assert "This can no longer be kept" in gone
    houses.says_yes("lakeside", minutes=10)
    houses.later(11 * MINUTE)
    assert houses.standings["lakeside"] is PlaceStatus.EXPIRED
    assert houses.standings["oldtown"] is PlaceStatus.ASKED
    houses.later(6 * MINUTE)
    assert houses.sister.status is OfferStatus.UNAVAILABLE
    assert not any(one.ordered for one in houses.case.offers)


def test_a_house_that_takes_its_yes_back_lets_the_guest_down_a_second_time(houses):
    houses.turned_away()
    houses.says_yes("lakeside")
    houses.sends(f"{houses.guest_link}/choose", offer="sister_property")
    link = houses.link_of(houses.mails_to("lakeside")[-1])
    houses.sends(f"{link}/arrived", taken="no", why="the room was given away")
    assert len(houses.case.failures) == 2
    assert houses.case.double
    assert "We know that you could not take them in" in houses.page(link)


def test_a_guest_who_never_arrives_is_a_promise_that_broke(houses):
    houses.turned_away()
    houses.says_yes("lakeside", minutes=60)
    houses.sends(f"{houses.guest_link}/choose", offer="sister_property")
    houses.later(61 * MINUTE)
    assert len(houses.case.failures) == 2
    assert "Nobody has told us that they arrived" in houses.page(
        houses.link_of(houses.mails_to("lakeside")[-1])
    )


def test_what_is_asked_back_is_counted_and_the_guest_says_so_with_one_tap(houses):
    houses.turned_away()
    link = houses.link_of(houses.mails_to("lakeside")[0])
    answer = houses.sends(f"{link}/again", words="Which bed do they want?")
    assert "Please do not ask the customer" in answer
    houses.sends(f"{houses.guest_link}/again")
    with houses.makegood.store.reading() as reading:
        assert reading.told_twice(0) == {"quillmere_grand": 2}
    assert [one.who for one in houses.case.told_twice] == ["place", "customer"]


def test_the_link_of_a_house_opens_nothing_else_and_forgets_the_guest(houses):
    houses.turned_away()
    lakeside = houses.link_of(houses.mails_to("lakeside")[0])
    assert houses.phone.get(lakeside.replace("/h/", "/c/")).status_code == 404
    assert houses.phone.get(houses.guest_link.replace("/c/", "/h/")).status_code == 404
    houses.later(5 * MINUTE)
    oldtown = houses.link_of(houses.mails_to("oldtown")[0])
    houses.says_yes("oldtown", by="Ben Roth")
    assert "Keiko" not in houses.page(lakeside)
    assert "no longer needed" in houses.page(lakeside)
    refused = houses.sends(
        f"{lakeside}/answer", answer="yes", name="Late", until=houses.clock.now_ms() + MINUTE
    )
    assert "no longer needed" in refused
    assert "Keiko" in houses.page(oldtown)
    houses.clock.advance(16 * 24 * 60 * MINUTE)
    assert houses.phone.get(oldtown).status_code == 410


def test_when_the_guest_chooses_otherwise_the_room_is_free_again(houses):
    houses.turned_away()
    houses.says_yes("lakeside")
    houses.sends(f"{houses.guest_link}/choose", offer="call_me")
    assert "need not keep the room" in str(houses.mails_to("lakeside")[-1]["Subject"])


def test_somebody_whom_nobody_knows_is_looked_after_in_the_same_way(houses):
    body = Touchpoint(name="Enquiry Turned Away", properties={**ASKED, "enquiry": "E9"})
    stranger = replace(told_of(houses, "stranger", body), identifier="anon:4711", lookups=())
    houses.happens(stranger)
    told = " ".join(text_of(houses.mails_to("lakeside")[0]).split())
    assert "A customer stays with you instead of Grand Harbour" in told
    assert "the rate is $240.00" in told
