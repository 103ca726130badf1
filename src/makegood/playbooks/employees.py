"""The section `employees`: how anybody of the firm finds a customer, and what they then see."""

from msgspec import Struct

from makegood.playbooks.mistakes import nearest
from makegood.playbooks.reading import Section
from makegood.playbooks.vocabulary import Vocabulary

EMPLOYEE = "employee"
"""Anybody of the firm; also a key of the authority table, where nothing is what it gives."""
_CUSTOMER = "customer."


class EmployeeTerms(Struct, frozen=True, kw_only=True):
    """What a person who does not work with customers' data may find and see.

    Attributes:
        found_by: Facts of a customer that find exactly them, such as a room or a booking.
        sees: Facts that say enough to know whom one has in front of oneself.
    """

    found_by: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()


def read_employees(top: Section, vocabulary: Vocabulary) -> EmployeeTerms:
    """Read the section; without it nobody is found but by an identifier in full."""
    section = top.section("employees", "section about employees")
    if section is None:
        return EmployeeTerms()
    terms = EmployeeTerms(
        found_by=_facts(section, "found_by", vocabulary), sees=_facts(section, "sees", vocabulary)
    )
    section.done()
    return terms


def _facts(section: Section, key: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Read facts of customers: declared, and none that is sensitive."""
    declared = vocabulary.customer
    sensitive = {".".join(path) for path in vocabulary.sensitive}
    found = []
    for text, place in section.texts(key):
        name = text.removeprefix(_CUSTOMER)
        if not text.startswith(_CUSTOMER) or not name.isidentifier():
            section.report.error(
                place, f"`{text}` is no fact.", "Write for example customer.room."
            )
        elif declared is not None and name not in declared:
            section.report.error(
                place, f"`{text}` is not a declared fact.", nearest(name, tuple(declared))
            )
        elif text in sensitive:
            section.report.error(
                place, f"`{text}` is sensitive, and not for everybody.", "Take it out."
            )
        else:
            found.append(name)
    return tuple(found)
