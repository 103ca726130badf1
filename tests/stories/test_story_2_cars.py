"""Story 2 for cars: no car, whether one was booked or not, and another branch says yes first.

The customer hears of a branch only when a person there has said yes; they choose it on their
telephone, the ride there comes with it, and the branch says when they have the car.
"""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client

from makegood.bootstrap import open_makegood
from makegood.core.placed import PlaceStatus
from makegood.core.state import OfferState, OfferStatus
from makegood.messages.facts import Identified, PlaceAnswered, Touchpoint
from makegood.runtime.places import import_places
from makegood.settings import Settings
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from makegood.testing.counterparts import LocalCounterpart
from tests.e2e.screens import BASE_URL, ready_django
from tests.integration.mail_server import MailServer
from tests.stories.conftest import KATHY, PROVIDERS, Firm, text_of
from tests.stories.test_story_2_umbrella import MINUTE, NINE_MS, Umbrella, told_of

BRANCHES = """place,brand,name,kind,near,contact_email,contact_phone
airport,northwind_cars,Airport,branch,,desk@airport.example.com,
harbour,northwind_cars,Harbour,branch,airport:9000,desk@harbour.example.com,
vans,northwind_vans,Mill Lane,branch,airport:12000,desk@vans.example.com,
quay,northwind_cars,Quay,branch,airport:14000,,+1 312 555 0171
far,northwind_cars,Far,branch,airport:90000,desk@far.example.com,
"""
CAR = {
    "branch": "Airport",
    "brand": "northwind_cars",
    "car_class": "compact",
    "day_rate_cents": 6_400,
    "pickup": "2026-12-04",
    "back": "2026-12-06",
    "expected": "19:00",
}
BOOKED = {**CAR, "reservation": "R1", "reason": "no_vehicle", "price_cents": 12_800}


BACKEND = "django.contrib.auth.backends.ModelBackend"


class Branches(Umbrella):
    """The branches of the cars, and the one offer that sends a customer to one of them."""

    @property
    def sister(self) -> OfferState:
        return next(one for one in self.case.offers if one.offer == "other_branch")

    def lacks_a_car(self, name: str = "Rental Unfulfilled") -> None:
        facts = BOOKED if name == "Rental Unfulfilled" else {**CAR, "enquiry": "E1"}
        self.happens(told_of(self, "lacks", Touchpoint(name=name, properties=dict(facts))))


@pytest.fixture
def branches(tmp_path: Path) -> Iterator[Branches]:
    clock, firm = FakeClock(NINE_MS), Firm()
    with MailServer() as mail, LocalCounterpart(firm.answer) as counterpart:
        settings = Settings(
            database=f"sqlite:///{tmp_path / 'web.db'}",
            key=b"the secret of a story that ends well",
            book="car-rental",
            base_url=BASE_URL,
            smtp=f"smtp://127.0.0.1:{mail.port}",
            counterparts=tuple(counterpart.as_counterpart(name) for name in PROVIDERS),
            threads=1,
        )
        makegood = open_makegood(settings, clock=clock, store=MemoryStore())
        with makegood.store.writing() as writing:
            writing.put_reps([KATHY])
        import_places(makegood.store, StringIO(BRANCHES), makegood.book.brands)
        ready_django(makegood)
        world = Branches(makegood, clock, mail, firm)
        world.phone = Client()
        world.happens(told_of(world, "known", Identified()))
        yield world
        makegood.close()


@pytest.mark.parametrize("name", ["Rental Unfulfilled", "Enquiry Turned Away"])
def test_another_branch_says_yes_and_the_customer_drives_from_there(branches, name):
    branches.lacks_a_car(name)
    near = {"harbour", "vans", "quay"}
    assert set(branches.standings) == near, "far is far, the airport has none"
    (asked,) = branches.mails_to("harbour")
    story = " ".join(text_of(asked).split())
    assert "Keiko Ito comes to you instead of Airport" in story
    assert "$64.00 a day" in story
    assert branches.sister.status is OfferStatus.ASKING
    link = branches.link_of(asked)
    nothing = {"form": "y", "name": "Mai Sato"}
    assert branches.phone.post(f"{link}/answer", nothing).status_code == 422
    branches.says_yes("harbour")
    assert branches.sister.status is OfferStatus.CONFIRMED
    assert branches.standings["vans"] is PlaceStatus.NOT_NEEDED
    theirs = branches.sends(f"{branches.guest_link}/choose", offer="other_branch")
    assert "Mai Sato at Harbour expects you" in theirs
    assert ("fulfil", "ride_there") in branches.firm.asked, "the ride comes with it"
    link = branches.link_of(branches.mails_to("harbour")[-1])
    assert branches.phone.post(f"{link}/arrived", {"form": "x"}).status_code == 422
    assert len(branches.case.failures) == 1, "a form that says nothing lets nobody down"
    assert "They are with you" in branches.sends(f"{link}/arrived", taken="yes")
    branches.later(6 * 60 * MINUTE)
    assert len(branches.case.failures) == 1
    with branches.makegood.store.reading() as reading:
        assert [row.status for row in reading.redirects() if row.place == "harbour"] == ["arrived"]


def test_when_no_branch_answers_the_customer_is_offered_the_rest_in_time(branches):
    branches.lacks_a_car()
    branches.later(5 * MINUTE)
    branches.later(5 * MINUTE)
    assert set(branches.standings.values()) == {PlaceStatus.SILENT}
    assert branches.sister.status is OfferStatus.UNAVAILABLE
    confirmed = {one.offer for one in branches.case.offers if one.status is OfferStatus.CONFIRMED}
    assert confirmed == {"ride_home", "driver", "call_me"}
    assert "Choose how we make it good" in branches.subjects


def test_a_branch_with_a_telephone_alone_is_rung_and_answered_for_at_the_desk(branches):
    branches.lacks_a_car()
    branches.later(5 * MINUTE)
    assert branches.standings["quay"] is PlaceStatus.ASKED
    from django.contrib.auth.models import User

    desk = Client()
    desk.force_login(User.objects.get(username=KATHY.rep), backend=BACKEND)
    page = f"/desk/cases/{branches.case.id}"
    shown = " ".join(desk.get(page).content.decode().split())
    assert 'href="tel:+1 312 555 0171"' in shown
    assert "Nobody there can be written to" in shown
    assert "so one of us rings there" in shown, "nobody is told that they were asked"
    quay = next(one for one in branches.sister.asks if one.place == "quay")
    until = branches.clock.now_ms() + 30 * MINUTE
    said = {"token": "p", "command": quay.command, "name": "Ben Roth", "until": until}
    assert desk.post(f"{page}/place", {**said, "answer": "maybe"}).status_code == 422
    assert desk.post(f"{page}/place", {**said, "answer": "no"}).status_code == 422
    assert branches.standings["quay"] is PlaceStatus.ASKED
    assert desk.post(f"{page}/place", {**said, "answer": "yes"}).status_code == 302
    branches.settle()
    assert branches.sister.status is OfferStatus.CONFIRMED
    assert "rang there" in desk.get(page).content.decode()
    assert "Ben Roth at Quay keeps it for you" in branches.page(branches.guest_link)


def test_a_branch_that_cannot_be_written_to_is_called_before_somebody_comes(branches):
    branches.lacks_a_car()
    branches.later(5 * MINUTE)
    quay = next(one for one in branches.sister.asks if one.place == "quay")
    until = branches.clock.now_ms() + 30 * MINUTE
    body = PlaceAnswered(
        case=branches.case.id, command=quay.command, accepted=True, until_ms=until, by="x"
    )
    branches.does(body, branches.rep)
    branches.sends(f"{branches.guest_link}/choose", offer="other_branch")
    assert branches.case.call is not None
    assert branches.case.call.why == "place_not_told"
