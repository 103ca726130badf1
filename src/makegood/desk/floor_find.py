"""Find one customer by something in full, and say no more of them than the rule book allows."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.state import State, decode_state
from makegood.desk.access import Desk
from makegood.messages.errors import InputError
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId
from makegood.projections.pointing import word_key, words_of
from makegood.projections.roster import first_name, person_of
from makegood.runtime.raising import customer_meant
from makegood.sources.personal import holds_address

LONGEST_ABOUT = 80
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{5,20}")


class Hit(Struct, frozen=True, kw_only=True):
    """A customer as an employee sees them.

    Attributes:
        first: Their first name; empty when none is known.
        facts: What the rule book lets everybody see, with its words.
        about: What fails already, where that is what was typed: the same thing is no second one.
    """

    customer: CustomerId
    first: str
    facts: tuple[tuple[str, str], ...]
    about: str = ""

    @classmethod
    def of(cls, desk: Desk, customer: CustomerId, state: State) -> "Hit":
        """Say who it is, and no more."""
        profiles = desk.reading.profiles_of([customer]).get(customer, ())
        person = person_of(tuple(desk.reading.persons(profiles).values()))
        sees = desk.makegood.library.now().employees.sees
        facts = tuple(
            (name.replace("_", " ").capitalize(), str(state.facts[name]))
            for name in sees
            if isinstance(state.facts.get(name), str | int | bool)
        )
        return cls(customer=customer, first=first_name(person), facts=facts)


def first_names(desk: Desk, customers: Sequence[CustomerId]) -> Mapping[CustomerId, str]:
    """Give the first names of customers; two statements, however many they are."""
    profiles = desk.reading.profiles_of(customers) if customers else {}
    everyone = [one for group in profiles.values() for one in group]
    persons = desk.reading.persons(everyone) if everyone else {}
    return {
        customer: first_name(person_of([persons[one] for one in group if one in persons]))
        for customer, group in profiles.items()
    }


def find(desk: Desk, typed: str) -> Hit | None:
    """Find the one customer that was meant; None for nobody, and for several."""
    wanted = _meant(desk, typed)
    row = desk.reading.row(wanted) if wanted is not None else None
    if row is None:
        return None
    state = decode_state(row.state)
    failures = state.open_case.failures if state.open_case is not None else ()
    words = {word: one.about for one in failures for word in words_of(one)}
    return replace(Hit.of(desk, row.customer, state), about=words.get(word_key(typed), ""))


def _meant(desk: Desk, typed: str) -> CustomerId | None:
    for identifier in _identifiers(typed):
        found = customer_meant(desk.makegood.store, desk.makegood.intake, identifier)
        if found is not None:
            return found
    pointers = desk.reading.pointed("found", word_key(typed), limit=2)
    customers = {one.customer for one in pointers}
    return customers.pop() if len(customers) == 1 else None


def _identifiers(typed: str) -> Iterator[str]:
    """Give the identifiers that somebody may mean by what they type."""
    kinds: tuple[str, ...] = ("user:",)
    if ":" in typed or "@" in typed:
        kinds = ("",) if ":" in typed else ("email:",)
    if _PHONE.fullmatch(typed):
        kinds = (*kinds, "phone:")
    for kind in kinds:
        try:
            yield normal(f"{kind}{typed}")
        except InputError:
            continue


def raised_as(typed: str, form: str) -> tuple[str, str]:
    """Give the identifier under which something is filed when nobody is found, and its `about`.

    What somebody wrote is kept, so that a person at the desk finds out who it was: an address as
    the identifier it is. Everything else is each time somebody of their own, because two guests
    of one room are two.
    """
    if ":" in typed or "@" in typed or _PHONE.fullmatch(typed):
        found = next((one for one in _identifiers(typed) if not one.startswith("user:")), "")
        if found:
            return found, ""
    about = "" if holds_address(typed) else typed[:LONGEST_ABOUT]
    return normal(f"anon:{form}"), about
