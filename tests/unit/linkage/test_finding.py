"""From lists to candidates: bad rows are told, shared addresses say nothing, evidence is whole."""

from pathlib import Path

import duckdb
import pytest
from msgspec.structs import replace

from makegood.linkage.finding import Found, find
from makegood.linkage.plan import Plan, plan_of
from makegood.messages.errors import InputError
from tests.guests.made import PLAN, make_lists


def plan() -> Plan:
    read = plan_of(PLAN, "plan.yaml")
    return replace(read, lists=read.lists[:2])


def find_in(folder: Path, cards: list[str], cars: list[str]) -> Found:
    """Compare a few rows beside many others, from which chance likeness is learnt."""
    made = make_lists(folder, 9, 400)
    for id_, rows in (("harbour", cards), ("northline", cars)):
        with made.files[id_].open("a", encoding="utf-8") as file:
            file.writelines(f"{row}\n" for row in rows)
    files = {id_: made.files[id_] for id_ in ("harbour", "northline")}
    return find(files, plan(), lambda *_: None, threads=1)


ANA = "X1,Ximena Quartley,ximena@post.example,1971-03-02,07700900123,QA1 2AB"
ANN = (
    "X2,Ximena,Quartley,+44 7700 900123,4 Elm Road,QA1 2AB,Norpool,XIMENA@post.example,02/03/1971"
)


def of(found: Found, key: str):
    return [it for it in (*found.sure, *found.asked) if key in (it.left, it.right)]


def test_a_pair_is_found_with_evidence_field_by_field(tmp_path):
    found = find_in(tmp_path, [ANA], [ANN])
    (pair,) = of(found, "loyalty:harbour:X1")
    assert pair.right == "loyalty:northline:X2"
    assert pair.is_sure
    said = {one.title: one for one in pair.evidence}
    assert (said["Date of birth"].left, said["Date of birth"].right) == (
        "1971-03-02",
        "02/03/1971",
    )
    assert said["E-mail"].says == "the same"
    assert said["Surname"].right == "Quartley"
    assert all(said[title].bits > 0 for title in ("E-mail", "Telephone", "Date of birth"))
    low, middle, high = found.precision
    assert 0 < low <= middle <= high <= 1


def test_the_weights_add_up_to_the_weight_of_the_pair_above_the_prior(tmp_path):
    found = find_in(tmp_path, [ANA], [ANN])
    every = [*found.sure, *found.asked]
    priors = {round(it.bits - sum(one.bits for one in it.evidence), 0) for it in every}
    assert len(priors) == 1


def test_a_mailbox_of_a_family_joins_nobody(tmp_path):
    family = ",4 Elm Road,QA1 2AB,Norpool,quartley@post.example,"
    cars = [f"X{n},{name},Quartley,+44 7700 900123{family}" for n, name in
            enumerate(("Bertram", "Cosima"), 2)]  # fmt: skip
    mother = "X1,Ximena Quartley,quartley@post.example,,07700900123,QA1 2AB"
    found = find_in(tmp_path, [mother], cars)
    assert not [it for it in of(found, "loyalty:harbour:X1") if it.is_sure]


def test_a_slip_is_told_from_another_of_the_house(tmp_path):
    families = [
        ("Jmaes", "James", "a slip in one letter of the same", True),
        ("Joan", "John", "almost the same letters", False),
        ("Daniel", "Daniela", "almost the same letters", False),
        ("Frances", "Francis", "almost the same letters", False),
        ("X", "Ximena", "the same initial", True),  # whose mail address has the whole name
        ("X", "Xavier", "the same initial", False),
    ]
    cards, cars = [], []
    for n, (one, other, _, is_own) in enumerate(families):
        mail = f"{other if is_own else 'family'}.quart{n}@post.example"
        cards.append(f"X{n},{one} Quart{n}ley,{mail},,07700900{n}23,QA{n} 2AB")
        cars.append(f"X{n},{other},Quart{n}ley,+44 7700 900{n}23,{n} Elm Road,QA{n} 2AB,,{mail},")
    found = find_in(tmp_path, cards, cars)
    for n, (_, _, says, is_sure) in enumerate(families):
        (pair,) = of(found, f"loyalty:harbour:X{n}")
        assert {one.says for one in pair.evidence if one.title == "Given name"} == {says}
        assert pair.is_sure == is_sure


def test_a_mail_address_that_only_has_the_name_in_it_speaks_for_nobody(tmp_path):
    card = "X1,Ximena Quartley,ximena.quartley@post.example,,,"
    car = "X2,Ximena,Quartley,,,,,ximena.quartley@web.example,"
    numbered = "X3,Xavier Quartley,quartley.x4711@post.example,,,"
    same = "X4,Xavier,Quartley,,,,,quartley.x4711@web.example,"
    found = find_in(tmp_path, [card, numbered], [car, same])
    said = {
        (it.left, one.says)
        for it in (*found.sure, *found.asked)
        for one in it.evidence
        if one.title == "E-mail" and it.right in ("loyalty:northline:X2", "loyalty:northline:X4")
    }
    assert ("loyalty:harbour:X3", "the same address at another provider") in said
    assert ("loyalty:harbour:X1", "the same address at another provider") not in said


def test_an_address_of_more_than_three_guests_says_nothing(tmp_path):
    agency = [f"Y{n},Guest{n} Number{n},desk@agency.example,,,," for n in range(4)]
    rows = [row.rstrip(",") + ",,," for row in agency]
    found = find_in(tmp_path, rows, [])
    (cards, _) = found.lists
    assert cards.shared >= 1
    assert not of(found, "loyalty:harbour:Y1")


def test_rows_that_cannot_be_compared_are_told_with_their_line(tmp_path):
    found = find_in(tmp_path, [ANA, ANA, "X9,too few", ",No Number,,,,"], [ANN])
    cards = found.lists[0]
    first = cards.rows - 3
    assert cards.kept == cards.rows - 3
    assert [(one.line - first, one.why) for one in cards.refused] == [
        (2, f"Line {first + 1} has the same customer."),
        (3, "2 cells, but the head names 6."),
        (4, "The column 'Card' is empty: whose row it is is not said."),
    ]


def test_a_list_may_be_parquet(tmp_path):
    made = make_lists(tmp_path, 9, 400)
    as_parquet = tmp_path / "harbour.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM read_csv('{made.files['harbour']}', all_varchar=true)) "
        f"TO '{as_parquet}' (FORMAT parquet)"
    )
    files = {id_: made.files[id_] for id_ in ("harbour", "northline")}
    by_csv = find(files, plan(), lambda *_: None, threads=1)
    by_parquet = find({**files, "harbour": as_parquet}, plan(), lambda *_: None, threads=1)
    assert {(it.left, it.right) for it in by_csv.sure} == {
        (it.left, it.right) for it in by_parquet.sure
    }
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not")
    with pytest.raises(InputError, match="is not Parquet"):
        find({**files, "harbour": tmp_path / "broken.parquet"}, plan(), lambda *_: None)


def test_a_column_that_is_not_there_is_told(tmp_path):
    made = make_lists(tmp_path, 9, 50)
    text = made.files["harbour"].read_text(encoding="utf-8").replace("Born", "Birthday")
    made.files["harbour"].write_text(text, encoding="utf-8")
    files = {id_: made.files[id_] for id_ in ("harbour", "northline")}
    with pytest.raises(InputError, match="has no column 'Born'"):
        find(files, plan(), lambda *_: None)


def test_a_list_without_guests_is_told(tmp_path):
    made = make_lists(tmp_path, 9, 50)
    made.files["harbour"].write_text("Card,Guest,E-mail,Born,Mobile,Postcode\n", encoding="utf-8")
    files = {id_: made.files[id_] for id_ in ("harbour", "northline")}
    with pytest.raises(InputError, match="Fewer than two lists"):
        find(files, plan(), lambda *_: None)


def test_bytes_that_are_no_text_and_cells_without_end_are_told(tmp_path):
    made = make_lists(tmp_path, 9, 50)
    with made.files["harbour"].open("ab") as file:
        file.write(b"X1,Ren\xe9 Dubois,r@post.example,1971-03-02,,\n")
        file.write(b"X2," + b"a" * 140_000 + b",,,,\n")
        file.write(b"\nX3,Ximena Quartley,x@post.example,1971-03-02,,\n")
    files = {id_: made.files[id_] for id_ in ("harbour", "northline")}
    cards = find(files, plan(), lambda *_: None, threads=1).lists[0]
    assert [one.why[:20] for one in cards.refused] == [
        "The line is not UTF-",
        "The line is not CSV:",
    ]
    assert cards.kept == cards.rows - 2


def test_a_head_that_names_a_column_twice_is_told(tmp_path):
    made = make_lists(tmp_path, 9, 50)
    made.files["harbour"].write_text("Card,Guest,Guest\n1,a,b\n", encoding="utf-8")
    files = {id_: made.files[id_] for id_ in ("harbour", "northline")}
    with pytest.raises(InputError, match="name each column once"):
        find(files, plan(), lambda *_: None)
