"""Everybody who uses Makegood during a fire; each notes what it was told, and when.

A source sends an event until it is told yes, as the SDKs do, and so sends some twice. What it is
told no answer to stays without a record: it may be stored or not, and both are right.
"""

import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Lock, Thread

import httpx
import segment.analytics

from tests.fire.evidence import BRAND, Acked, Asked, Linked, Mailed, Strange, Whole
from tests.fire.receivers import Journal, now_ms

ANSWER_S = 12.0  # a client hangs up after so long and tries again
AGAIN_S = 0.2
LATE_MS = 60_000  # what was sent may arrive so much later; longer than any silence
BATCHES = 3  # most events in one request
NEVER_WHOLE, WHOLE, SILENT, GUEST = "never", "whole", "silent", "guest"
KINDS = (NEVER_WHOLE, WHOLE, NEVER_WHOLE, SILENT, WHOLE, GUEST)
DESK_PASSWORD = "a bad day ends well"
Body = dict[str, object]


class Notes:
    """What the clients were told, by all of them."""

    def __init__(self) -> None:
        self.acked: list[Acked] = []
        self.linked: list[Linked] = []
        self.asked: list[Asked] = []
        self.whole: list[Whole] = []
        self.mailed: list[Mailed] = []
        self.strange: list[Strange] = []
        self.refused = 0
        self.lost_answers = 0
        self.conflicts = 0
        self.live_changes = 0
        self.identified: set[str] = set()
        self.pages = 0
        self._lock = Lock()

    def judge(self, answer: httpx.Response) -> bool:
        """Note an answer that nobody should see; say whether it can be used."""
        if answer.status_code in (429, 503):
            self.refused += 1
            return False
        if answer.status_code >= 500 or "Traceback" in answer.text[:2_000]:
            path = answer.request.url.path.split("/c/")[0]
            self.strange.append(Strange(path, answer.status_code, answer.text[:200]))
            return False
        return True


class Customer:
    """One customer, how their story goes, and the names they have."""

    def __init__(self, number: int) -> None:
        self.kind = KINDS[number % len(KINDS)]
        self.user = f"{self.kind[0]}{number}"
        self.guest = f"guest{number}" if self.kind == GUEST else ""
        self.has_asked = False

    @property
    def email(self) -> str:
        return f"{self.user}@customers.example"


class World:
    """All customers, seeded; and the numbers that are given out once."""

    def __init__(self, seed: int, customers: int) -> None:
        self.customers = [Customer(number) for number in range(customers)]
        self.rng = random.Random(seed)
        self._number = 0
        self._lock = Lock()

    def next_number(self) -> int:
        with self._lock:
            self._number += 1
            return self._number

    def held_by(self, notes: Notes, rng: random.Random) -> str:
        """Choose a name to ask the gate about: mostly one with an acknowledged failure."""
        if notes.acked and rng.random() < 0.8:
            return rng.choice(notes.acked[-200:]).user
        return rng.choice(self.customers).user


def track(name: str, user: str, email: str, number: int, **properties: object) -> Body:
    """Write an event as the SDKs do; a message id is given once, and so is a price."""
    return {
        "type": "track",
        "event": name,
        "messageId": f"f{number}",
        "userId": user,
        "properties": {"brand": BRAND, **properties},
        "context": {"traits": {"name": f"Customer {user}", "email": email}},
    }


class Part:
    """Somebody who uses Makegood in a thread, until told to stop."""

    def __init__(self, name: str, world: World, notes: Notes, seed: int) -> None:
        self.name, self.world, self.notes = name, world, notes
        self.rng = random.Random(f"{seed}/{name}")
        self.stopping = Event()
        self.fault = ""
        self._thread = Thread(target=self._live, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience_s: float) -> None:
        self.stopping.set()
        self._thread.join(patience_s)
        assert not self._thread.is_alive(), f"{self.name} does not end"
        assert not self.fault, f"{self.name}: {self.fault}"

    def _live(self) -> None:
        while not self.stopping.is_set():
            try:
                self.act()
            except (httpx.TransportError, OSError):
                self.notes.lost_answers += 1
                self.stopping.wait(AGAIN_S)
            except Exception as fault:  # noqa: BLE001 - told by whoever stops it
                self.fault = f"{type(fault).__name__}: {fault}"
                return
            self.stopping.wait(self.rng.uniform(0.05, 0.3))

    def act(self) -> None:
        """Do one thing."""
        raise NotImplementedError


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


class Asker(Part):
    """Asks the gate all the time, by every name; so does a campaign tool before each mail."""

    def __init__(
        self, name: str, world: World, notes: Notes, seed: int, url: str, key: str
    ) -> None:
        super().__init__(name, world, notes, seed)
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=ANSWER_S)

    def act(self) -> None:
        for _ in range(4):
            user = self.world.held_by(self.notes, self.rng)
            by_mail = user in self.notes.identified and self.rng.random() < 0.5
            identifier = f"email:{user}@customers.example" if by_mail else f"user:{user}"
            wanted = self.rng.choice(("promotional", "promotional", "mixed", "survey", "service"))
            self.ask(user, identifier, wanted)

    def ask(self, user: str, identifier: str, wanted: str) -> None:
        question = {"identifier": identifier, "brand": BRAND, "class": wanted, "channel": "mail"}
        asked_ms = now_ms()
        answer = self._http.post("/v1/may-send", json=question)
        if not self.notes.judge(answer):
            return
        told = answer.json()
        self.notes.asked.append(
            Asked(user, self.name, wanted, asked_ms, now_ms(), told["allowed"], told["reason"])
        )


class Reader(Part):
    """Customers who read their mail, choose what is offered, and say when it is good again."""

    def __init__(
        self, name: str, world: World, notes: Notes, seed: int, url: str, journal: Journal
    ):
        super().__init__(name, world, notes, seed)
        self._http = httpx.Client(base_url=url, timeout=ANSWER_S)
        self._journal = journal
        self._chosen: set[str] = set()

    def act(self) -> None:
        links = [(user, link) for user, link in tuple(self._journal.links.items()) if user]
        if not links:
            return
        user, link = self.rng.choice(links)
        page = self._http.get(link)
        if not self.notes.judge(page) or page.status_code != 200:
            return
        self.notes.pages += 1
        form = page.text.partition('name="form" value="')[2].partition('"')[0]
        offers = page.text.split('name="offer" value="')[1:]
        if offers and link not in self._chosen:
            offer = offers[-1].partition('"')[0]
            if self.notes.judge(
                self._http.post(f"{link}/choose", data={"offer": offer, "form": form})
            ):
                self._chosen.add(link)
        elif user.startswith(WHOLE[0]) and self.rng.random() < 0.3:
            self._say_good(user, link, form)

    def _say_good(self, user: str, link: str, form: str) -> None:
        """Say it; whoever hears no answer does not know when it was heard, or whether."""
        sent_ms, until_ms = now_ms(), now_ms() + LATE_MS
        try:
            answer = self._http.post(f"{link}/answer", data={"answer": "good", "form": form})
            if self.notes.judge(answer):
                until_ms = now_ms()
        finally:
            self.notes.whole.append(Whole(user, sent_ms, until_ms))


class Desk(Part):
    """A rep at the desk: signs in, looks at the queue, and keeps the live updates open."""

    def __init__(self, name: str, world: World, notes: Notes, seed: int, url: str) -> None:
        super().__init__(name, world, notes, seed)
        self._url = url
        self._http = httpx.Client(base_url=url, timeout=ANSWER_S, follow_redirects=True)

    def act(self) -> None:
        page = self._http.get("/desk/")
        if not self.notes.judge(page):
            return
        if page.url.path != "/desk/":
            self.sign_in(page)
            return
        self.notes.pages += 1
        token = page.text.partition("/live?token=")[2].partition('"')[0]
        if token and self.rng.random() < 0.5:
            self._watch(token)
        self.stopping.wait(1.0)

    def sign_in(self, page: httpx.Response) -> None:
        token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"login": "kathy", "password": DESK_PASSWORD, "csrfmiddlewaretoken": token,
                "next": "/desk/"}  # fmt: skip
        headers = {"Origin": self._url, "Referer": self._url}
        self.notes.judge(self._http.post("/accounts/login/", data=form, headers=headers))

    def _watch(self, token: str) -> None:
        with (
            contextlib.suppress(httpx.ReadTimeout),
            self._http.stream("GET", f"/live?token={token}", timeout=3.0) as stream,
        ):
            if stream.status_code != 200:
                return
            for line in stream.iter_lines():
                self.notes.live_changes += line.startswith("event: changed")
                if line.startswith("event: changed"):
                    return

    def queue_answers(self) -> bool:
        """Whether the queue can be looked at, now that all is calm."""
        for _ in range(3):
            page = self._http.get("/desk/")
            if page.status_code == 200 and page.url.path == "/desk/":
                return True
            self.sign_in(page)
        return False


def stop_all(parts: Sequence[Part], patience_s: float) -> None:
    """Tell all to stop, then wait for each."""
    for part in parts:
        part.stopping.set()
    for part in parts:
        part.stop(patience_s)
