"""Mails of a few templates to a few guests, and what knows their kinds."""

from email.message import EmailMessage
from email.policy import SMTP

from makegood.books.opening import shipped_books
from makegood.gate.mail_kinds import MailKinds
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock

BOOK = load_book(shipped_books()["car-rental"], name="car-rental.yaml")
LIBRARY = Library(active=BOOK.hash, books={BOOK.hash: BOOK})
FROM = "Northwind <hello@cars.northwind.example.com>"
GUESTS = ("Anna", "Bert", "Cleo", "Dora")
CONFIRMATION = """Dear {0},

your booking is confirmed. Booking number NW10{1}. Pick-up: Harbour, {2} May.
Please bring your licence.
"""
CHEERY = """Good morning {0},

yesterday you drove home with one of our cars, a Golf {1}. We hope you were delighted!

If so, join our club and get 1{2} % off your next rental.
"""
STRANGE = """Dear {0},

the umbrella stand {1} is on the second floor, next to the small door of May {2}.
"""


def mail(text: str, guest: int, subject: str) -> bytes:
    name = GUESTS[guest]
    made = EmailMessage(policy=SMTP)
    made["From"] = FROM
    made["To"] = f"{name} Example <{name.lower()}@example.org>"
    made["Subject"] = subject.format(name, guest)
    made.set_content(text.format(name, guest, guest + 3))
    return made.as_bytes()


def kinds(store: MemoryStore | None = None, clock: FakeClock | None = None) -> MailKinds:
    return MailKinds(store or MemoryStore(), lambda: LIBRARY, clock or FakeClock())


def to(guest: int) -> list[str]:
    return [f"{GUESTS[guest].lower()}@example.org"]


def strange(knows: MailKinds, guest: int):
    return knows.classify(mail(STRANGE, guest, "For {0}"), recipients=to(guest))
