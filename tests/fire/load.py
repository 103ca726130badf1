"""Everybody who uses Makegood during a fire; each notes what it was told, and when.

A source sends an event until it is told yes, as the SDKs do, and so sends some twice. What it is
told no answer to stays without a record: it may be stored or not, and both are right.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import segment.analytics

from tests.fire.evidence import Acked, Linked
from tests.fire.parts import (
    AGAIN_S,
    ANSWER_S,
    BATCHES,
    GUEST,
    NEVER_WHOLE,
    SILENT,
    WHOLE,
    Body,
    Customer,
    Notes,
    Part,
    World,
    track,
)
from tests.fire.receivers import now_ms


class Source(Part):
    """A system that sends batches until they are taken, and now and then one batch twice."""

    def __init__(
        self, name: str, world: World, notes: Notes, seed: int, url: str, key: str
    ) -> None:
        super().__init__(name, world, notes, seed)
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=ANSWER_S)
        self._pending: list[tuple[Body, Acked | Linked | None]] = []
        self._first_sent_ms = 0
        self._asked: list[tuple[str, str, str]] = []

    def act(self) -> None:
        if not self._pending:
            self._pending = self._invented()
            self._first_sent_ms = now_ms()
        batch = [body for body, _ in self._pending]
        answer = self._http.post("/v1/batch", json={"batch": batch})
        if not self.notes.judge(answer):
            return
        assert answer.status_code == 200, answer.text
        acked_ms = now_ms()
        for (_, note), result in zip(self._pending, answer.json()["results"], strict=True):
            assert result["status"] in ("accepted", "duplicate"), result
            self._note(note, acked_ms)
        if self.rng.random() < 0.1:
            self._say_something_else(batch[0])
        if self.rng.random() < 0.9:  # else all of it is sent once more, as after a lost answer
            self._pending = []

    def _note(self, note: Acked | Linked | None, acked_ms: int) -> None:
        if isinstance(note, Acked):
            self.notes.acked.append(replace(note, sent_ms=self._first_sent_ms, acked_ms=acked_ms))
            if note.name == "identify":
                self.notes.identified.add(note.user)
        elif note is not None:
            self.notes.linked.append(Linked(note.old, note.new, acked_ms))

    def _say_something_else(self, body: Body) -> None:
        """Use a known message id for something else: that is a conflict and changes nothing."""
        if body["type"] != "track":
            return
        other = {**body, "event": "Reservation Made", "properties": {"reservation": "other"}}
        answer = self._http.post("/v1/batch", json={"batch": [other]})
        if self.notes.judge(answer):
            (result,) = answer.json()["results"]
            assert result["status"] == "conflict", result
            self.notes.conflicts += 1

    def _invented(self) -> list[tuple[Body, Acked | Linked | None]]:
        made: list[tuple[Body, Acked | Linked | None]] = []
        for _ in range(self.rng.randint(1, BATCHES)):
            made += self._story(self.rng.choice(self.world.customers))
        return made

    def _story(self, customer: Customer) -> list[tuple[Body, Acked | Linked | None]]:
        number = self.world.next_number()
        if customer.kind == SILENT and not customer.has_asked:
            customer.has_asked = True
            return [self._question(customer, number)]
        if customer.kind == GUEST and self.rng.random() < 0.5:
            body: Body = {"type": "alias", "messageId": f"f{number}",
                          "previousId": customer.guest, "userId": customer.user}  # fmt: skip
            return [(body, Linked(customer.guest, customer.user, 0))]
        user = customer.guest or customer.user
        luck = self.rng.random()
        if luck < 0.1:
            return [self._identified(customer, number)]
        if luck < 0.3 or customer.kind == SILENT:
            body = track(
                "Reservation Made", user, customer.email, number, reservation=f"R{number}"
            )
            return [(body, Acked(f"f{number}", self.name, "other", user, 0, 0))]
        return [self._failure(customer, user, number, is_late=luck > 0.8)]

    def _identified(self, customer: Customer, number: int) -> tuple[Body, Acked]:
        """Tell whose mail address it is: from then on the gate knows them by it."""
        body: Body = {"type": "identify", "messageId": f"f{number}", "userId": customer.user,
                      "traits": {"email": customer.email}}  # fmt: skip
        return body, Acked(f"f{number}", self.name, "identify", customer.user, 0, 0)

    def _question(self, customer: Customer, number: int) -> tuple[Body, Acked]:
        question = f"Q{number}"
        body = track("Question Asked", customer.user, customer.email, number, question=question)
        return body, Acked(f"f{number}", self.name, "question", customer.user, 0, 0)

    def _failure(
        self, customer: Customer, user: str, number: int, *, is_late: bool
    ) -> tuple[Body, Acked]:
        price = 10_000 + number
        if number % 3:
            body = track("Rental Unfulfilled", user, customer.email, number, branch="Airport",
                         reservation=f"R{number}", reason="no_vehicle",
                         price_cents=price)  # fmt: skip
            name = "no_car"
        else:
            body = track("Car Handed Over", user, customer.email, number, branch="Airport",
                         reservation=f"R{number}", late_minutes=45, price_cents=price)  # fmt: skip
            name = "car_late"
        if is_late and customer.kind == NEVER_WHOLE:
            body["timestamp"] = _instant(time.time() - self.rng.randint(60, 3_600))
        return body, Acked(f"f{number}", self.name, name, user, 0, 0, customer.user, price)


def _instant(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))


class Library(Part):
    """A program that uses Segment's own library for Python; no error means yes."""

    def __init__(
        self, name: str, world: World, notes: Notes, seed: int, url: str, key: str
    ) -> None:
        super().__init__(name, world, notes, seed)
        self._client = segment.analytics.Client(
            key, host=url, sync_mode=True, timeout=int(ANSWER_S), gzip=True
        )
        self._pending: Callable[[], Acked] | None = None

    def act(self) -> None:
        if self._pending is None:
            self._pending = self._invented()
        try:
            note = self._pending()
        except Exception:  # noqa: BLE001 - the library tells every failure in its own way
            self.notes.lost_answers += 1
            self.stopping.wait(AGAIN_S)
            return
        self.notes.acked.append(note)
        self._pending = None

    def _invented(self) -> Callable[[], Acked]:
        whoever = [one for one in self.world.customers if one.kind in (NEVER_WHOLE, WHOLE)]
        customer, number = self.rng.choice(whoever), self.world.next_number()
        price, sent_ms, at = 10_000 + number, now_ms(), datetime.now(UTC)
        body = track("Rental Unfulfilled", customer.user, customer.email, number, branch="Harbour",
                     reservation=f"R{number}", reason="no_vehicle", price_cents=price)  # fmt: skip

        def send() -> Acked:
            self._client.track(
                user_id=customer.user,
                event=str(body["event"]),
                properties=body["properties"],
                context=dict(body["context"]),  # type: ignore[call-overload]
                timestamp=at,
                message_id=f"f{number}",
            )
            user = customer.user
            return Acked(f"f{number}", self.name, "no_car", user, sent_ms, now_ms(), user, price)

        return send


def stop_all(parts: Sequence[Part], patience_s: float) -> None:
    """Tell all to stop, then wait for each."""
    for part in parts:
        part.stopping.set()
    for part in parts:
        part.stop(patience_s)
