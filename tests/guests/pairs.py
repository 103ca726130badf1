"""Pairs as a run leaves them, for the desk: made-up people, one pair waiting and one linked."""

from makegood.bootstrap import Makegood
from makegood.ports.links import Candidate, Evidence, LinkRun


def some_pairs(makegood: Makegood, left_brand: str = "northwind_cars") -> str:
    """Put pairs before a person, and link one; give the id of one that waits."""
    found = [
        Candidate(
            left=f"user:g{number}",
            right=f"loyalty:northwind_vans:{number:07d}",
            left_brand=left_brand,
            right_brand="northwind_vans",
            probability=chance,
            bits=bits,
            is_sure=not why,
            why=why,
            evidence=_evidence(surname),
        )
        for number, (chance, bits, why, surname) in enumerate(
            (
                (0.9997, 11.7, "", "Langwell"),
                (0.93, 3.7, "The dates of birth differ.", "Harworth"),
                (
                    0.62,
                    0.7,
                    "It is below the threshold for linking without a person.",
                    "Wolfeschlegelsteinhausenbergerdorff",
                ),
            )
        )
    ]
    report = LinkRun(
        run=0, at_ms=0, lists={left_brand: 2_400, "northwind_vans": 2_512}, linked_at=0.95,
        review_at=0.5, linked=0, asked=0, known=0, apart=0, left_out={},
        precision=(0.9993, 0.9998, 1.0), by="omar",
    )  # fmt: skip
    makegood.link_runs.take(found, report, lambda *_: None)
    with makegood.store.reading() as reading:
        return reading.link_pairs("review")[0].id


def _evidence(surname: str) -> tuple[Evidence, ...]:
    street = "12 Thornbury Avenue, MI4 3AB, Millhaven"
    return (
        Evidence(
            title="Given name", left="Katherine", right="Kate", says="short for the same name",
            bits=4.1,
        ),
        Evidence(title="Surname", left=surname, right=surname, says="the same", bits=8.9),
        Evidence(
            title="Date of birth", left="1971-03-02", right="04/07/1972", says="another one",
            bits=-6.2,
        ),
        Evidence(title="E-mail", left="kate@post.example", right="", says="", bits=0.0),
        Evidence(
            title="Telephone", left="07700 900123", right="+44 7700 900123", says="the same",
            bits=11.2,
        ),
        Evidence(
            title="Address", left="MI4 3AB", right=street, says="the same postcode", bits=9.6
        ),
    )  # fmt: skip
