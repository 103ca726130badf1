"""Synthetic customers: a deterministic list from a seed, labelled synthetic in every address.

The flight tables hold no passengers. Nobody here exists; the domain and the telephone numbers
are reserved for examples (RFC 2606; 555-01xx).
"""

import unicodedata

from msgspec import Struct

from makegood.demo.chance import Chance
from makegood.demo.names import COMPANIES, FIRST_NAMES, LAST_NAMES
from makegood.messages.facts import Identified
from makegood.messages.ids import ProfileId
from makegood.ports.arrivals import Arrival
from makegood.ports.rows import PersonRow

DOMAIN = "synthetic.example.com"
SOURCE = "synthetic-crm"
LANGUAGES = {"en": 0.75, "es": 0.17, "de": 0.08}  # assumed, so that every language occurs
TIERS = {"none": 0.70, "silver": 0.18, "gold": 0.09, "platinum": 0.03}  # assumed
COMPANY_SHARE = 0.22  # assumed: travels on a company's account
PHONE_SHARE = 0.85  # assumed: gave a telephone number
HOUSEHOLD_EVERY = 100  # assumed: one in so many shares the e-mail address of another customer
PHONES = 70_000  # as many 555-01xx numbers as there are area codes from 200 to 899


class Person(Struct, frozen=True, kw_only=True):
    """One synthetic customer.

    Attributes:
        phone: Empty when none was given.
        loyalty: "brand:number", or empty.
        company: Empty for a private traveller.
    """

    number: int
    name: str
    email: str
    phone: str
    language: str
    brand: str
    tier: str
    tenure_years: int
    company: str
    loyalty: str

    @property
    def identifier(self) -> str:
        return f"user:synthetic-{self.number:06d}"


def person(chance: Chance, number: int, brand: str) -> Person:
    """Make up one customer who mostly flies one brand."""
    language = chance.weighted(LANGUAGES, "language", number)
    first = chance.one_of(FIRST_NAMES[language], "first name", number)
    last = chance.one_of(LAST_NAMES[language], "last name", number)
    tier = chance.weighted(TIERS, "tier", number)
    in_company = chance.happens(COMPANY_SHARE, "company", number)
    with_phone = chance.happens(PHONE_SHARE, "phone", number) and number < PHONES
    return Person(
        number=number,
        name=f"{first} {last}",
        email=_address(chance, number, first, last),
        phone=f"+1{200 + number // 100}55501{number % 100:02d}" if with_phone else "",
        language=language,
        brand=brand,
        tier=tier,
        tenure_years=int(chance.within(0, 20 if tier != "none" else 8, "tenure", number)),
        company=chance.one_of(COMPANIES, "which company", number) if in_company else "",
        loyalty=f"{brand}:SYN{number:07d}" if tier != "none" else "",
    )


def _address(chance: Chance, number: int, first: str, last: str) -> str:
    if number % HOUSEHOLD_EVERY == HOUSEHOLD_EVERY - 1:
        return person(chance, number - 1, "").email
    return f"{_ascii(first)}.{_ascii(last)}.{number}@{DOMAIN}"


def _ascii(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return plain.lower()


def introduction(person: Person, at_ms: int) -> Arrival:
    """The `identify` call with which the customer register makes somebody known."""
    lookups = [f"email:{person.email}"]
    lookups += [f"phone:{person.phone}"] if person.phone else []
    lookups += [f"loyalty:{person.loyalty}"] if person.loyalty else []
    return Arrival(
        source=SOURCE,
        message_id=f"identify-{person.number}",
        identifier=person.identifier,
        time_ms=at_ms,
        body=Identified(traits=_traits(person)),
        body_digest=f"{person.number:016d}".encode(),
        lookups=tuple(lookups),
        person=PersonRow(
            profile=ProfileId(""),
            identifier=person.identifier,
            name=person.name,
            email=person.email,
            phone=person.phone,
            language=person.language,
        ),
    )


def _traits(person: Person) -> dict[str, object]:
    return {
        "synthetic": True,
        "tier": person.tier,
        "tenure_years": person.tenure_years,
        "home_brand": person.brand,
        "account": person.company,
        "language": person.language,
    }
