"""Names of the people of the firm, for sentences that name them."""

from collections.abc import Sequence

from makegood.ports.rows import PersonRow, RepRow

NOBODY = "nobody yet"


def rep_name(reps: Sequence[RepRow], rep: str) -> str:
    """Give the name a customer reads; the sign-in name when the roster has none."""
    if not rep:
        return NOBODY
    return next((row.name for row in reps if row.rep == rep and row.name), rep)


def person_of(persons: Sequence[PersonRow]) -> PersonRow | None:
    """Put the personal data of one customer's profiles together: the first known field counts."""
    if not persons:
        return None
    first = sorted(persons, key=lambda row: (not row.identifier.startswith("user:"), row.profile))

    def known(field: str) -> str:
        return next((value for row in first if (value := str(getattr(row, field)))), "")

    return PersonRow(
        profile=first[0].profile,
        identifier=known("identifier"),
        name=known("name"),
        email=known("email"),
        phone=known("phone"),
        language=known("language"),
    )


def called(person: PersonRow | None) -> str:
    """How we speak of a customer; a name is never made up."""
    if person is None or not (person.name or person.identifier):
        return "A customer without a name"
    return person.name or person.identifier.partition(":")[2]


def first_name(person: PersonRow | None) -> str:
    """Give the first name, or nothing when no name is known."""
    words = person.name.split() if person is not None else []
    return next((word for word in words if not word.endswith((".", ","))), "")
