"""The missing car: one synthetic customer, two branches, no car, and the next morning's mail.

Only facts and times are here, as the rental system, the call centre and the booking system would
send them. What Makegood makes of them is told by the story test, the story command and the desk.
"""

from collections.abc import Mapping
from hashlib import blake2b

import msgspec
from msgspec import Struct

from makegood.demo.flights import HOUR_MS, MINUTE_MS
from makegood.messages.commands import MessageClass
from makegood.messages.facts import Facts, Identified, Touchpoint
from makegood.messages.ids import ProfileId, RepId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import PersonRow, RepRow

ANA = PersonRow(
    profile=ProfileId(""),
    identifier="user:synthetic-ana-ruiz",
    name="Ana Ruiz",
    email="ana.ruiz@synthetic.example.com",
    phone="+12125550100",
    language="en",
)
FRIEND = "synthetic-friend-1"
KATHY = RepRow(
    rep=RepId("kathy"),
    name="Kathy",
    role="rep",
    hours="mon-sun 00:00-00:00",
    timezone="America/New_York",
)
RUTH = RepRow(
    rep=RepId("ruth"),
    name="Ruth",
    role="supervisor",
    hours="mon 06:00-07:00",  # at no hour of the day that is played, so that nothing comes to her
    timezone="America/New_York",
)
"""She reads what the week came to."""
AIRPORT, HARBOUR = "Airport", "Harbour"
RENTAL_SYSTEM, CALL_CENTRE, REGISTER = "rental-system", "call-centre", "synthetic-crm"
RESERVATION = "SYN-4711"
MOVED_TO_HARBOUR = "SYN-4711-H"  # the Airport desk booked her anew at the other branch
PRICE_CENTS = 28_900  # assumed: four days in a small car
NO_CAR = "Rental Unfulfilled"

# The day, counted from the hour at which the car should have been there (see `CarDay`).
AT_HARBOUR_MS = 45 * MINUTE_MS
CALL_BEGINS_MS = 60 * MINUTE_MS
CALL_ENDS_MS = 90 * MINUTE_MS  # half an hour
ON_THE_BUS_MS = 3 * HOUR_MS  # the bus, three hours late
NEXT_MORNING_MS = 18 * HOUR_MS


class CheeryMail(Struct, frozen=True, kw_only=True):
    """The mail that the booking system sends the morning after, whatever happened.

    A survey and an offer in one, from an address that looks like service and without a
    List-Unsubscribe header; only its class says what it is.
    """

    sender: str
    to: str
    subject: str
    text: str
    message_class: MessageClass
    at_ms: int

    def headers(self) -> Mapping[str, str]:
        return {"From": self.sender, "To": self.to, "Subject": self.subject}


class CarDay(Struct, frozen=True, kw_only=True):
    """The day of the missing car; `at_ms` is when the car should have been there.

    Attributes:
        brand: A brand of the active rule book.
    """

    at_ms: int
    brand: str

    def introduction(self) -> Arrival:
        """Ana has rented before: the register knows her, synthetic as she is."""
        traits: Facts = {"synthetic": True, "tier": "gold", "tenure_years": 6}
        return Arrival(
            source=REGISTER,
            message_id="identify-ana-ruiz",
            identifier=ANA.identifier,
            time_ms=self.at_ms - 24 * HOUR_MS,
            body=Identified(traits=traits),
            body_digest=_digest(Identified(traits=traits)),
            lookups=(f"email:{ANA.email}", f"phone:{ANA.phone}"),
            person=ANA,
        )

    def no_car_at_the_airport(self) -> Arrival:
        """The first failure: the branch has no car."""
        return self._no_car(RESERVATION, AIRPORT, self.at_ms)

    def no_car_at_the_harbour(self) -> Arrival:
        """The second: she was sent to the other branch, and there is no car either."""
        moved: Facts = {"moved_from": RESERVATION}
        return self._no_car(MOVED_TO_HARBOUR, HARBOUR, self.at_ms + AT_HARBOUR_MS, moved)

    def told_again(self) -> Arrival:
        """Half an hour with the call centre, to whom she tells the story for the second time."""
        properties: Facts = {
            "reservation": RESERVATION,
            "brand": self.brand,
            "minutes": (CALL_ENDS_MS - CALL_BEGINS_MS) // MINUTE_MS,
            "times_told": 2,
            "solved": False,
        }
        return _touchpoint(CALL_CENTRE, "Call Ended", self.at_ms + CALL_ENDS_MS, properties)

    def took_the_bus(self) -> Arrival:
        """She got home by bus, three hours late."""
        properties: Facts = {
            "reservation": RESERVATION,
            "brand": self.brand,
            "late_minutes": ON_THE_BUS_MS // MINUTE_MS,
        }
        return _touchpoint(RENTAL_SYSTEM, "Journey Ended", self.at_ms + ON_THE_BUS_MS, properties)

    def cheery_mail(self) -> CheeryMail:
        """What the booking system sends the next morning."""
        return CheeryMail(
            sender="bookings@rental.example.com",
            to=ANA.email,
            subject="Ana, how was your rental?",
            text=(
                "We hope you were delighted with your car! Tell us in one minute, and join our "
                "loyalty programme today for ten per cent off your next rental."
            ),
            message_class=MessageClass.MIXED,
            at_ms=self.at_ms + NEXT_MORNING_MS,
        )

    def _no_car(
        self, reservation: str, branch: str, at_ms: int, more: Facts | None = None
    ) -> Arrival:
        properties: Facts = {
            "reservation": reservation,
            "branch": branch,
            "brand": self.brand,
            "reason": "no_vehicle",
            "price_cents": PRICE_CENTS,
            **(more or {}),
        }
        return _touchpoint(RENTAL_SYSTEM, NO_CAR, at_ms, properties)


def _touchpoint(source: str, name: str, at_ms: int, properties: Facts) -> Arrival:
    body = Touchpoint(name=name, properties=properties)
    return Arrival(
        source=source,
        message_id=f"{properties['reservation']}/{name}/{at_ms}",
        identifier=ANA.identifier,
        time_ms=at_ms,
        body=body,
        body_digest=_digest(body),
    )


def _digest(body: Touchpoint | Identified) -> bytes:
    return blake2b(msgspec.json.encode(body), digest_size=16).digest()
