"""A Makegood behind Django for tests of screens: its own clock, its own store, real templates."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from tempfile import mkdtemp
from typing import ClassVar

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood, Shelf
from makegood.core.likeness import likeness_of
from makegood.messages.facts import Body, Identified, Touchpoint
from makegood.messages.ids import CaseId, CustomerId, ProfileId, RepId, profile_id
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.load import load_book
from makegood.ports.arrivals import Arrival
from makegood.ports.clock import Clock
from makegood.ports.rows import PersonRow, RepRow
from makegood.ports.store import Store
from makegood.settings import Settings
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock

KEY = b"0123456789abcdef0123456789abcdef"
BASE_URL = "http://localhost:8000"
PASSWORD = "a bad day ends well"
NINE_MS = 1_767_276_000_000  # 2026-01-01 09:00 in New York, the book's time zone
MINUTE_MS = 60_000
_ALWAYS = "mon-sun 00:00-00:00"
REPS = (
    RepRow(rep=RepId("kathy"), name="Kathy Moreno", role="rep", hours=_ALWAYS),
    RepRow(rep=RepId("omar"), name="Omar Haddad", role="supervisor", hours=_ALWAYS),
    RepRow(
        rep=RepId("vera"), name="Vera Lund", role="rep", brands=("northwind_vans",), hours=_ALWAYS,
        present=False,
    ),
)  # fmt: skip
EDITORS = ("omar", "vera")  # Vera's permission counts for nothing: she serves the vans only

_FOLDER = Path(mkdtemp(prefix="makegood-screens-"))


class Compiled(Shelf):
    """The car rental book, compiled once for all tests of this process."""

    _book: ClassVar[RuleBook | None] = None
    _text: ClassVar[str] = ""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store, clock)
        if Compiled._book is None:
            Compiled._text, name = read_book("car-rental")
            Compiled._book = load_book(Compiled._text, name=name)
        with store.writing() as writing:
            writing.put_book(Compiled._book.hash, Compiled._text, activate=True)
            writing.put_likeness(likeness_of(Compiled._book.everyone))
        self._of = Library(active=Compiled._book.hash, books={Compiled._book.hash: Compiled._book})

    def library(self) -> Library:
        return self._of


def new_makegood(
    now_ms: int = NINE_MS, book: str = "", **more: object
) -> tuple[Makegood, FakeClock]:
    """Open a Makegood in memory with three reps and the car rental book, or another one."""
    clock = FakeClock(now_ms)
    settings = Settings(
        database=f"sqlite:///{_FOLDER / 'web.db'}",
        key=KEY,
        book="car-rental",
        base_url=BASE_URL,
        attachments="memory:",
        **more,  # type: ignore[arg-type]
    )
    store = MemoryStore()
    shelf = Shelf(store, clock) if book else Compiled(store, clock)
    if book:
        shelf.settle(book, "book.yaml")
    makegood = Makegood(settings, store, clock, shelf)
    with makegood.store.writing() as writing:
        writing.put_reps(REPS)
    return makegood, clock


def ready_django(makegood: Makegood) -> None:
    """Set Django up once for this process and serve this Makegood from now on."""
    from makegood.web.instance import use

    use(makegood)
    if os.environ.get("DJANGO_SETTINGS_MODULE") == "makegood.web.settings":
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "makegood.web.settings"
    from makegood.web.setup import prepare

    prepare()
    from django.conf import settings
    from django.test.utils import setup_test_environment

    # Slow on purpose in the product; a test signs in often.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    setup_test_environment()
    from makegood.desk.access import PERMISSIONS
    from makegood.web.accounts import ensure_user

    for rep in REPS:
        edits = rep.rep in EDITORS
        may = dict.fromkeys(PERMISSIONS, edits)
        ensure_user(rep.rep, PASSWORD, rep.role, rep.name, permissions=may)
    ensure_user("nobody", PASSWORD, "rep", "Nobody Special")
    ensure_user("mira", PASSWORD, "employee", "Mira Sand")


@contextmanager
def serving(book: str = "", **more: object) -> Iterator[tuple[Makegood, FakeClock]]:
    """Serve a fresh Makegood, with further settings, and close it afterwards."""
    makegood, clock = new_makegood(book=book, **more)
    ready_django(makegood)
    from django.core.cache import cache

    cache.clear()
    yield makegood, clock
    makegood.close()


def profile_of(identifier: str) -> ProfileId:
    return profile_id(identifier, KEY)


def customer_of(makegood: Makegood, identifier: str) -> CustomerId:
    with makegood.store.reading() as reading:
        return reading.customers_of([profile_of(identifier)])[profile_of(identifier)]


def take(makegood: Makegood, identifier: str, body: Body, message_id: str, **more: object) -> None:
    """Take one event in, now."""
    arrival = Arrival(
        source="rental",
        message_id=message_id,
        identifier=identifier,
        time_ms=makegood.clock.now_ms(),
        body=body,
        body_digest=blake2b(message_id.encode(), digest_size=16).digest(),
        **more,  # type: ignore[arg-type]
    )
    (answer,) = makegood.intake.take([arrival])
    assert not answer.error, answer.error


def introduce(
    makegood: Makegood,
    identifier: str = "user:ana",
    name: str = "Ana Ruiz",
    *,
    language: str = "en",
    **traits: object,
) -> None:
    """Say who somebody is; synthetic, as every customer of these tests."""
    slug = identifier.partition(":")[2]
    person = PersonRow(
        profile=ProfileId(""),
        name=name,
        email=f"{slug}@example.org",
        phone="+12125550100",
        language=language,
    )
    body = Identified(traits={"tier": "gold", "customer_since": "2016-03-01", **traits})
    take(
        makegood,
        identifier,
        body,
        f"identify-{slug}",
        lookups=(f"email:{slug}@example.org",),
        person=person,
    )


def no_car(
    makegood: Makegood,
    identifier: str = "user:ana",
    *,
    branch: str = "Airport",
    reservation: str = "R1",
    brand: str = "northwind_cars",
    reason: str | None = "no_vehicle",
    moved_from: str = "",
    account: str = "",
) -> CaseId:
    """Leave somebody without a car; give their case."""
    properties: dict[str, object] = {
        "reservation": reservation,
        "branch": branch,
        "brand": brand,
        "price_cents": 18_240,
    }
    if moved_from:
        properties["moved_from"] = moved_from
    if account:
        properties["account"] = account
    if reason is not None:
        properties["reason"] = reason
    name = "Rental Unfulfilled"
    take(
        makegood,
        identifier,
        Touchpoint(name=name, properties=properties),
        f"{identifier}-{reservation}-{branch}",
    )
    return case_of(makegood, identifier)


def case_of(makegood: Makegood, identifier: str = "user:ana") -> CaseId:
    """Give the newest case of somebody."""
    with makegood.store.reading() as reading:
        return reading.cases_of([customer_of(makegood, identifier)])[0].case


def confirm_offers(makegood: Makegood, *, minutes: int = 14, for_ms: int = 0) -> None:
    """Let the other side say yes to everything it was asked."""
    from makegood.messages.commands import ConfirmOffer
    from makegood.messages.facts import Confirmed
    from makegood.ports.rows import OutboxStatus
    from makegood.runtime.told import Told

    now_ms = makegood.clock.now_ms()
    with makegood.store.writing() as writing:
        told = []
        for row in writing.claim(now_ms, MINUTE_MS, 100):
            if not isinstance(row.command.order, ConfirmOffer):
                writing.retry_at(row.command.id, row.fence, now_ms, "")
                continue
            writing.settle(row.command.id, row.fence, OutboxStatus.DONE, now_ms)
            body = Confirmed(
                command=row.command.id,
                expires_ms=now_ms + for_ms if for_ms else 0,
                detail={"minutes": minutes},
            )
            told.append(
                Told(profile=row.command.profile, body=body, message_id=f"{row.command.id}-yes")
            )
        makegood.intake.record(writing, told, now_ms)


def carry_out(makegood: Makegood) -> None:
    """Let everything that was ordered be done: messages delivered, refunds paid, rides sent."""
    from makegood.messages.commands import Fulfil, SendMessage
    from makegood.messages.facts import Carried
    from makegood.ports.rows import OutboxStatus
    from makegood.runtime.told import Told

    now_ms = makegood.clock.now_ms()
    with makegood.store.writing() as writing:
        told = []
        for row in writing.claim(now_ms, 60_000, 100):
            order = row.command.order
            if isinstance(order, Fulfil | SendMessage):
                paid = order.amount if isinstance(order, Fulfil) else None
                writing.settle(row.command.id, row.fence, OutboxStatus.DONE, now_ms)
                told.append(
                    Told(
                        profile=row.command.profile,
                        body=Carried(command=row.command.id, step=row.command.step, paid=paid),
                        message_id=f"{row.command.id}-done",
                    )
                )
            else:
                writing.retry_at(row.command.id, row.fence, now_ms, "")
        makegood.intake.record(writing, told, now_ms)


def portal_path(makegood: Makegood, identifier: str = "user:ana") -> str:
    """The path of somebody's page."""
    token = makegood.links.portal_token(profile_of(identifier), case_of(makegood, identifier))
    return f"/c/{token}"
