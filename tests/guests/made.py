"""Guest lists of three brands about one made-up population; who is who is kept apart from them.

Everybody in it is synthetic. What makes linking hard is in it at stated rates: nicknames, moved
addresses, changed surnames, mailboxes and telephones of families, a mailbox of an agency, typing
mistakes, two people of one name, father and son of one name, and fields that only one brand asks
for. The names and short forms are a list of their own, not the product's.
"""

import csv
import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.guests.words import COMMON, GIVEN, HEADS, HOSTS, ROADS, SHORT, TAILS, TOWNS

BRANDS = ("harbour", "northline", "skyways")


@dataclass
class Person:
    """Somebody, as they are; not what a list says of them."""

    given: str
    surname: str
    birth: tuple[int, int, int]
    home: tuple[str, str, str]
    mails: list[str]
    phones: list[str]
    before: str = ""
    old_home: tuple[str, str, str] | None = None
    agency: str = ""


@dataclass
class Made:
    """Lists on disk, and the sealed truth."""

    files: dict[str, Path]
    truth: dict[str, int] = field(repr=False, default_factory=dict)

    def true_pairs(self) -> set[frozenset[str]]:
        """Give every pair of rows, across lists, that is one person."""
        of: dict[int, list[str]] = {}
        for row, person in self.truth.items():
            of.setdefault(person, []).append(row)
        return {
            frozenset((one, other))
            for rows in of.values()
            for n, one in enumerate(rows)
            for other in rows[n + 1 :]
        }


class Maker:
    """Makes a population and what three brands know of it."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        weights = [1 / (n + 6) for n in range(len(GIVEN))]
        self.surnames = [*COMMON, *(head + tail for head in HEADS for tail in TAILS)]
        self.given_weights = weights
        self.surname_weights = [1 / (n + 12) for n in range(len(self.surnames))]
        self.people: list[Person] = []
        self.mails: dict[str, int] = {}

    def chance(self, share: float) -> bool:
        return self.r.random() < share

    def given(self) -> str:
        return self.r.choices(GIVEN, self.given_weights)[0]

    def surname(self) -> str:
        return self.r.choices(self.surnames, self.surname_weights)[0]

    def home(self) -> tuple[str, str, str]:
        road = f"{self.r.choice(HEADS)}{self.r.choice(TAILS)} {self.r.choice(ROADS)}"
        town = self.r.choice(TOWNS)
        code = f"{town[:2].upper()}{self.r.randint(1, 29)} {self.r.randint(1, 9)}"
        code += "".join(self.r.choices("ABDEFGHJ", k=2))
        return f"{self.r.randint(1, 180)} {road}", code, town

    def phone(self) -> str:
        return "7" + "".join(self.r.choices("0123456789", k=9))

    def mail(self, given: str, surname: str) -> str:
        shape = self.r.choice(
            ("{g}.{s}", "{g}{s}", "{i}{s}", "{g}.{s}{n}", "{g}{n}", "{s}.{i}{n}")
        )
        said = shape.format(g=given, s=surname, i=given[0], n=self.r.randint(1, 9999))
        host = self.r.choice(HOSTS)
        taken = self.mails.setdefault(f"{said}@{host}".lower(), 0)
        self.mails[f"{said}@{host}".lower()] += 1
        return f"{said}{taken or ''}@{host}".lower()  # a provider gives an address once

    def household(self) -> None:
        size = self.r.choices((1, 2, 3, 4, 5), (40, 30, 13, 12, 5))[0]
        surname, home, line = self.surname(), self.home(), self.phone()
        box = f"{surname}.family{self.r.randint(1, 999)}@{self.r.choice(HOSTS)}".lower()
        with_box, with_line = self.chance(0.15), self.chance(0.25)
        members: list[Person] = []
        for place in range(size):
            given = self.given()
            is_child = place >= 2
            born = self.r.randint(1990, 2006) if is_child else self.r.randint(1940, 1988)
            if place == 2 and self.chance(0.06):
                given = members[0].given  # father and son
            name = surname if place != 1 or self.chance(0.7) else self.surname()
            person = Person(
                given=given,
                surname=name,
                birth=(born, self.r.randint(1, 12), self.r.randint(1, 28)),
                home=home,
                mails=[self.mail(given, name)],
                phones=[self.phone()],
            )
            self.live(person)
            if with_box and self.chance(0.7):
                person.mails[0] = box
            if with_line and self.chance(0.6):
                person.phones[0] = line
            members.append(person)
        self.people += members

    def live(self, person: Person) -> None:
        """What happens to people between one booking and the next."""
        if self.chance(0.12):
            person.old_home = self.home()
        if self.chance(0.04):
            person.before = self.surname()
        if self.chance(0.2):
            person.mails.append(self.mail(person.given, person.before or person.surname))
        if self.chance(0.15):
            person.phones.append(self.phone())
        if self.chance(0.01):
            person.agency = "bookings@travel-agency.example"

    def namesakes(self, share: float) -> None:
        """Two people of one name who have nothing else in common."""
        for _ in range(int(len(self.people) * share)):
            one = self.r.choice(self.people)
            twin = Person(
                given=one.given,
                surname=one.surname,
                birth=(self.r.randint(1940, 2004), self.r.randint(1, 12), self.r.randint(1, 28)),
                home=self.home(),
                mails=[self.mail(one.given, one.surname)],
                phones=[self.phone()],
            )
            self.live(twin)
            self.people.append(twin)

    def slip(self, text: str, share: float) -> str:
        """Mistype a text now and then."""
        if len(text) < 4 or not self.chance(share):
            return text
        at = self.r.randrange(1, len(text) - 1)
        match self.r.randrange(4):
            case 0:
                return text[:at] + text[at + 1 :]
            case 1:
                return text[:at] + text[at] + text[at:]
            case 2:
                return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        swap = self.r.choice("aeionrst" if text[at].isalpha() else "0123456789")
        return text[:at] + swap + text[at + 1 :]

    def says(self, person: Person) -> dict[str, str]:
        """What one brand has of somebody, before it asks only for its own fields."""
        given = person.given
        if given in SHORT and self.chance(0.2):
            given = self.r.choice(SHORT[given])
        elif self.chance(0.015):
            given = given[0]
        surname = person.before if person.before and self.chance(0.4) else person.surname
        home = person.old_home if person.old_home and self.chance(0.4) else person.home
        mail = person.agency if person.agency and self.chance(0.5) else ""
        mail = mail or (person.mails[-1] if self.chance(0.4) else person.mails[0])
        phone = person.phones[-1] if self.chance(0.4) else person.phones[0]
        year, month, day = person.birth
        if day <= 12 and self.chance(0.01):
            month, day = day, month
        birth = self.slip(f"{year:04d}{month:02d}{day:02d}", 0.02)
        return {
            "given": self.slip(given, 0.02),
            "surname": self.slip(surname, 0.03),
            "birth": birth if len(birth) == 8 else "",
            "mail": self.slip(mail, 0.015),
            "phone": self.slip(phone, 0.015),
            "street": self.slip(home[0], 0.05),
            "postcode": self.slip(home[1], 0.02),
            "town": self.slip(home[2], 0.03),
        }

    def kept(self, text: str, share: float) -> str:
        return text if self.chance(share) else ""

    def harbour(self, key: int, said: dict[str, str]) -> dict[str, str]:
        """A hotel group: one field for the name, mail and date of birth."""
        birth = said["birth"]
        name = f"{said['given']} {said['surname']}"
        if self.chance(0.2):
            name = f"{said['surname'].upper()}, {said['given']}"
        return {
            "Card": f"H{key}",
            "Guest": name,
            "E-mail": self.kept(said["mail"], 0.95),
            "Born": self.kept(f"{birth[:4]}-{birth[4:6]}-{birth[6:]}" if birth else "", 0.93),
            "Mobile": self.kept(f"0{said['phone']}", 0.5),
            "Postcode": self.kept(said["postcode"], 0.6),
        }

    def northline(self, key: int, said: dict[str, str]) -> dict[str, str]:
        """A car rental: a number of its own, telephone, postal address."""
        birth, at_home = said["birth"], self.chance(0.96)
        return {
            "Number": f"{key:07d}",
            "First": said["given"],
            "Last": said["surname"],
            "Phone": self.kept(f"+44 {said['phone'][:4]} {said['phone'][4:]}", 0.95),
            "Street": said["street"] if at_home else "",
            "Postcode": said["postcode"] if at_home else "",
            "Town": said["town"] if at_home else "",
            "Mail": self.kept(said["mail"].upper(), 0.6),
            "Date of birth": self.kept(
                f"{birth[6:]}/{birth[4:6]}/{birth[:4]}" if birth else "", 0.6
            ),
        }

    def skyways(self, key: int, said: dict[str, str]) -> dict[str, str]:
        """An airline: what the passport says, mail, sometimes a telephone."""
        return {
            "user_id": f"s-{key}",
            "passenger": f"{self.r.choice(('Mr ', 'Ms ', ''))}{said['given']} {said['surname']}",
            "email": self.kept(said["mail"], 0.93),
            "phone": self.kept(f"0044{said['phone']}", 0.6),
            "birth": said["birth"],
        }


_KEYS = {
    "harbour": "loyalty:harbour:H{}",
    "northline": "loyalty:northline:{:07d}",
    "skyways": "user:s-{}",
}
_SHARES = {"harbour": 0.6, "northline": 0.6, "skyways": 0.45}


def make_lists(folder: Path, seed: int, people: int) -> Made:
    """Write the lists of three brands; each person is in some of them, once."""
    maker = Maker(seed)
    while len(maker.people) < people:
        maker.household()
    maker.namesakes(0.02)
    made = Made(files={})
    for brand in BRANDS:
        order = [n for n in range(len(maker.people)) if maker.chance(_SHARES[brand])]
        maker.r.shuffle(order)
        rows = []
        for key, person in enumerate(order, 1):
            said = maker.says(maker.people[person])
            rows.append(getattr(maker, brand)(key, said))
            made.truth[_KEYS[brand].format(key)] = person
        path = folder / f"{brand}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        made.files[brand] = path
    return made


PLAN = """
links: 1
lists:
  - id: harbour
    brand: harbour
    customer: {kind: loyalty, column: Card}
    columns: {name: Guest, mail: E-mail, birth: Born, phone: Mobile, postcode: Postcode}
  - id: northline
    brand: northline
    customer: {kind: loyalty, column: Number}
    birth_as: "%d/%m/%Y"
    columns:
      given: First
      surname: Last
      phone: Phone
      street: Street
      postcode: Postcode
      city: Town
      mail: Mail
      birth: Date of birth
  - id: skyways
    brand: skyways
    customer: {kind: user, column: user_id}
    columns: {name: passenger, mail: email, phone: phone, birth: birth}
"""
