"""Answer the cases of tau2-bench's airline world by its policy as a rule book, and count.

The records of a case are joined by their ids and by nothing else: every comparison, difference of
dates and sum is in `book.yaml`. Exits 1 unless every answer agrees.
"""

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from makegood.messages.money import Money
from makegood.playbooks.load import load_book
from makegood.playbooks.rulings import Ruling
from makegood.playbooks.terms import Answer

BOOK = Path(__file__).with_name("book.yaml")
SEALED = ("kind", "gold", "why", "id", "policy")
"""Fields of a case that say which table is asked and what is right; no table sees them."""
SHOWN = 5


def request_of(case: Mapping[str, Any], world: Mapping[str, Any]) -> dict[str, Any]:
    """Join what a case names: its reservation, that one's flights on their days, and the user."""
    reservation = world["reservations"][case["reservation_id"]]
    flights = [
        {**flight, **world["flights"][flight["flight_number"]]["dates"][flight["date"]]}
        for flight in reservation["flights"]
    ]
    asked = {key: value for key, value in case.items() if key not in SEALED}
    user = world["users"][reservation["user_id"]]
    return {**asked, "user": user, "reservation": {**reservation, "flights": flights}}


def answer_of(kind: str, ruling: Ruling) -> str | float:
    """Say a ruling as the cases do: a word for a cancellation, dollars for the other kinds."""
    if kind == "cancel":
        return "transfer" if ruling.answer is Answer.PERSON else ruling.answer.value
    if ruling.answer is Answer.PERSON:
        return f"a person, for {ruling.missing or ruling.row or 'want of a row'}"
    sum_of = ruling.charge if kind == "bags" else ruling.amount
    return (sum_of or Money(0)).cents / 100


def group_of(case: Mapping[str, Any]) -> tuple[str, str]:
    """Name the line of the table a case belongs to: sums are told apart from none."""
    gold = case["gold"]
    return case["kind"], gold if isinstance(gold, str) else "a sum" if gold else "nothing"


def main() -> None:
    """Answer, count, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.airline_policy", description=__doc__
    )
    parser.add_argument("--db", type=Path, required=True, help="the world: db.json")
    parser.add_argument("--cases", type=Path, required=True, help="JSON lines, each with its gold")
    parser.add_argument("--parameters", type=Path, help="JSON: instead of the book's parameters")
    parser.add_argument("--book", type=Path, default=BOOK, help="instead of the encoded policy")
    asked = parser.parse_args()
    parameters = json.loads(asked.parameters.read_text()) if asked.parameters else {}
    book = load_book(asked.book.read_text(), name=asked.book.name, parameters=parameters)
    world = json.loads(asked.db.read_text())
    cases = [json.loads(line) for line in asked.cases.read_text().splitlines() if line.strip()]
    total: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    wrong = []
    for case in cases:
        ruling = book.requests[case["kind"]].rule(request_of(case, world), {})
        found = answer_of(case["kind"], ruling)
        total[group_of(case)] += 1
        right[group_of(case)] += found == case["gold"]
        if found != case["gold"]:
            wrong.append(f"{case['id']}: {case['gold']} is right, the book says {found}")
    print(f"{'kind':14}{'right answer':14}{'agree':>7}{'of':>7}{'recall':>9}")
    for group in sorted(total):
        agree, of = right[group], total[group]
        print(f"{group[0]:14}{group[1]:14}{agree:7}{of:7}{agree / of:9.1%}")
    print(f"{'all':28}{right.total():7}{total.total():7}{right.total() / total.total():9.1%}")
    if wrong:
        print(
            *wrong[:SHOWN],
            *([f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []),
            sep="\n",
        )
    raise SystemExit(1 if wrong or not cases else 0)


if __name__ == "__main__":
    main()
