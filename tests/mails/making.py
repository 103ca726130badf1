"""Build mails of made-up people from the texts: one at a time, each in another form."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from string import Template

from tests.mails.text import Text

NAMES = {
    "en": ("Anna Baker", "James Okafor", "Priya Nair", "Tom Fletcher", "Grace Lim", "Noor Haddad"),
    "de": ("Petra Vogel", "Jonas Brandt", "Aylin Kaya", "Markus Seidel", "Ute Lorenz", "Ida Funk"),
    "es": ("Lucía Ortega", "Diego Ramos", "Carmen Vidal", "Iker Sanz", "Marta Gil", "Raúl Peña"),
}
PLACES = ("Málaga Airport", "Harbour", "Lisbon", "Old Town", "Zürich", "Port Ellen")
THINGS = ("Toyota Corolla", "VW Golf", "Fiat 500", "Ford Transit", "Opel Corsa", "Seat León")
DAYS = ("3 May 2026", "14.06.2026", "2026-07-21", "8 August", "30.09.", "12/10/2026")
EACH = 4  # mails of each text
SENDER = "hello@cars.northwind.example.com"


@dataclass(frozen=True)
class Made:
    """One mail, and what it is."""

    text: Text
    content: bytes
    recipient: str
    number: int


def made(texts: Sequence[Text], *, seed: int, each: int = EACH) -> Iterator[Made]:
    """Build some mails of each text; the same seed gives the same mails."""
    chance = random.Random(seed)
    for place, text in enumerate(texts):
        for number in range(each):
            yield _made(text, chance, place * each + number)


def _made(text: Text, chance: random.Random, number: int) -> Made:
    name = chance.choice(NAMES[text.language])
    known = {
        "name": name.split()[0] if chance.random() < 0.5 else name,
        "day": chance.choice(DAYS),
        "number": f"NW{chance.randrange(10**5, 10**6)}",
        "sum": f"{chance.randrange(20, 900)},{chance.randrange(10, 99)} €",
        "place": chance.choice(PLACES),
        "thing": chance.choice(THINGS),
    }
    subject, body = (Template(one).substitute(known) for one in (text.subject, text.body.strip()))
    recipient = f"{name.split()[0].lower()}{number}@example.org"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Northwind <{SENDER}>"
    mail["To"] = f"{name} <{recipient}>"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{number}.{chance.randrange(10**9)}@cars.northwind.example.com>"
    if text.lists:
        mail["List-Unsubscribe"] = "<https://example.com/u/1>"
    _fill(mail, body, number % 3)
    return Made(text=text, content=mail.as_bytes(), recipient=recipient, number=number)


def _fill(mail: EmailMessage, body: str, form: int) -> None:
    """Write a mail as tools write it: plain, HTML only, or both."""
    if form != 1:
        mail.set_content(body, cte="quoted-printable" if form else "base64")
    if form:
        paragraphs = "".join(
            f"<p>{escape(one).replace(chr(10), '<br>')}</p>" for one in body.split("\n\n")
        )
        page = (
            "<html><head><style>p {color: #333; width: 50%}</style></head>"
            f"<body><table><tr><td>{paragraphs}</td></tr></table></body></html>"
        )
        if form == 1:
            mail.set_content(page, subtype="html", cte="quoted-printable")
        else:
            mail.add_alternative(page, subtype="html", cte="base64")
