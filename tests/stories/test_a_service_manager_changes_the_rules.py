"""A service manager changes the rule book, without a programmer: an amount, a limit, a condition.

Wanted: she sees what the change would have done to the customers of last year before anybody can
bring it into use; what happens from then on is judged by the new book, and what happened before
stays judged by the old one.
"""

import re

import pytest
from msgspec.structs import replace

from makegood.core.state import Case, State, decode_state
from makegood.messages.errors import Refused
from makegood.messages.facts import Chosen
from makegood.messages.ids import CustomerId, profile_id
from makegood.ports.arrivals import Arrival
from makegood.runtime.shelf import LOOK_MS
from tests.e2e.screens import new_makegood, ready_django
from tests.stories.conftest import DAY, World, told
from tests.unit.desk.browsing import words_of

MINUTE_MS = 60_000
RIDE, CALL, WHEN = (
    "remedies/ride_home/cost/cents",
    "plans/0/call_within",
    "failures/no_car/when",
)
STANDS = {RIDE: "9500", CALL: "15m", WHEN: 'event.reason != "no_show"'}
CHANGED = {RIDE: "75.00", CALL: "10m", WHEN: '!(event.reason in ["no_show", "too_late"])'}


def no_car_for(who: str, reason: str = "no_vehicle", *, after_ms: int = 0) -> Arrival:
    """Somebody else stands at the counter, and there is no car."""
    arrival = told(DAY.no_car_at_the_airport(), reason=reason, reservation=f"SYN-{who}")
    return replace(
        arrival,
        identifier=f"user:{who}",
        message_id=f"{who}/{reason}",
        time_ms=DAY.at_ms + after_ms,
    )


def customer_of(world: World, who: str) -> CustomerId:
    profile = profile_id(f"user:{who}", world.makegood.settings.key)
    with world.makegood.store.reading() as reading:
        return reading.customers_of([profile])[profile]


def state_of(world: World, who: str) -> State:
    with world.makegood.store.reading() as reading:
        row = reading.row(customer_of(world, who))
    assert row is not None
    return decode_state(row.state)


def case_of(world: World, who: str) -> Case | None:
    return next(iter(state_of(world, who).cases), None)


def ride_of(world: World, who: str) -> int:
    """They choose the ride home; give what it costs us."""
    case = case_of(world, who)
    assert case is not None
    customer = customer_of(world, who)
    body = Chosen(case=case.id, offer="ride_home")
    acted = world.makegood.acts.act(customer, body, world.customer, message_id=f"ride-{who}")
    assert not isinstance(acted, Refused), acted
    world.settle()
    with world.makegood.store.reading() as reading:
        lines = reading.ledger(case.id)
    return next(line.cents for line in lines if line.remedy == "ride_home")


def call_within(world: World, who: str) -> int:
    """They neither look nor choose; give how soon after the failure a person has to call."""
    case = case_of(world, who)
    assert case is not None
    assert case.call is not None
    return case.call.due_ms - case.opened_ms


@pytest.fixture
def manager(world: World):
    """The desk of this firm, and the service manager who has signed in."""
    elsewhere, _ = new_makegood()
    ready_django(elsewhere)
    elsewhere.close()
    from django.contrib.auth.models import User
    from django.core.cache import cache
    from django.test import Client

    from makegood.web.instance import use

    use(world.makegood)
    cache.clear()
    client = Client()
    user = User.objects.get(username="omar")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def change(manager, path: str) -> str:
    form = {f"was:{path}": STANDS[path], f"v:{path}": CHANGED[path]}
    return words_of(manager.post("/desk/rules/edit", form, follow=True))


def activate(manager, reason: str) -> str:
    page = manager.get("/desk/rules/draft").content.decode()
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    form = {"revision": revision[1], "reason": reason}
    return words_of(manager.post("/desk/rules/activate", form, follow=True))


def test_she_changes_the_book_sees_last_year_and_activates_it(world: World, manager):
    world.happens(no_car_for("ben"), no_car_for("cleo", "too_late"))
    old = world.makegood.book.hash
    assert case_of(world, "cleo") is not None

    for path in CHANGED:
        assert "Kept in the draft; nothing is active yet." in change(manager, path)
    assert world.makegood.shelf.latest().active == old
    assert "See first what this draft would have done" in activate(manager, "Rides cost less.")

    manager.post("/desk/rules/try")
    world.makegood.trials.wait()
    seen = words_of(manager.get("/desk/rules/draft"))
    assert "There was no car · A person calls within 15m 10m" in seen
    assert "Something changes for 1 of 3 customers" in seen
    assert "0 cases are opened by the new book alone, 1 by the old one alone." in seen
    assert "The new rule book is active" in activate(manager, "Rides cost less.")

    world.later(LOOK_MS)
    new = world.makegood.book.hash
    assert new != old
    world.happens(
        no_car_for("dora", after_ms=MINUTE_MS), no_car_for("emil", "too_late", after_ms=MINUTE_MS)
    )
    assert case_of(world, "emil") is None
    world.later(6 * MINUTE_MS)
    assert (call_within(world, "ben"), call_within(world, "dora")) == (
        15 * MINUTE_MS,
        10 * MINUTE_MS,
    )
    assert (ride_of(world, "ben"), ride_of(world, "dora")) == (9500, 7500)
