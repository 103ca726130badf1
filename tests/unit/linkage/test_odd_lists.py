"""Lists that nobody would make for a test: they give few pairs or none, and never an error."""

from pathlib import Path

import pytest

from makegood.linkage.finding import Found, find
from makegood.linkage.plan import plan_of
from makegood.messages.errors import InputError

PLAN = """
links: 1
lists:
  - id: a
    brand: a
    customer: {kind: user, column: id}
    columns: {name: name, mail: mail, birth: birth}
  - id: b
    brand: b
    customer: {kind: loyalty, column: id}
    columns: {name: name, %s}
"""
SAME = "mail: mail, birth: birth"
OTHER = "phone: phone, postcode: code"


def compared(folder: Path, a: list[str], b: list[str], columns: str = SAME) -> Found:
    head = {SAME: "id,name,mail,birth", OTHER: "id,name,phone,code"}
    (folder / "a.csv").write_text("\n".join([head[SAME], *a, ""]), encoding="utf-8")
    (folder / "b.csv").write_text("\n".join([head[columns], *b, ""]), encoding="utf-8")
    files = {one: folder / f"{one}.csv" for one in "ab"}
    return find(files, plan_of(PLAN % columns, "p.yaml"), lambda *_: None, threads=1)


def test_one_row_each_is_compared(tmp_path):
    row = "1,Ximena Quartley,x@post.example,1971-03-02"
    found = compared(tmp_path, [row], [row])
    assert len([*found.sure, *found.asked]) <= 1
    assert found.seen == {"user:1", "loyalty:b:1"}


def test_lists_that_share_nothing_but_the_name_link_nobody(tmp_path):
    a = [f"{n},Ana Number{n},n{n}@post.example,1971-03-02" for n in range(60)]
    b = [f"{n},Ana Number{n},+4420700000{n:02d},AB1" for n in range(60)]
    found = compared(tmp_path, a, b, OTHER)
    assert found.sure == ()


@pytest.mark.parametrize("who", ["Ana Sá", "安娜 王", "Ольга Иванова", "🙂 🙃"])
def test_lists_in_which_all_are_equal_link_nobody(tmp_path, who):
    rows = [f"{n},{who},all@post.example,1971-03-02" for n in range(60)]
    found = compared(tmp_path, rows, rows)
    assert found.sure == ()
    assert all(one.shared == 1 for one in found.lists)


def test_names_of_all_scripts_are_compared(tmp_path):
    names = ["Ольга Иванова", "王 小明", "محمد علي", "Νίκη Παππά", "Søren Łoś", "O'Neill, Zoë"]
    rows = [f'{n},"{name}",q{n}@post.example,19{n + 50}-03-02' for n, name in enumerate(names)]
    others = [f"{n + 10},Guest{n} Number{n},g{n}@web.example,19{n % 90 + 10}-01-02"
              for n in range(300)]  # fmt: skip
    found = compared(tmp_path, [*rows, *others[:200]], [*rows, *others[100:]])
    linked = {(one.left, one.right) for one in found.sure}
    assert {(f"user:{n}", f"loyalty:b:{n}") for n in range(len(names))} <= linked
    assert all(left.removeprefix("user:") == right.removeprefix("loyalty:b:")
               for left, right in linked)  # fmt: skip


def test_the_same_lists_again_find_the_same(tmp_path):
    rows = [f"{n},Guest{n} Number{n % 30},g{n}@web.example,19{n % 90 + 10}-01-02"
            for n in range(300)]  # fmt: skip
    first, second = (compared(tmp_path, rows[:200], rows[100:]) for _ in range(2))
    pairs = [{(it.left, it.right) for it in found.sure} for found in (first, second)]
    assert pairs[0] == pairs[1]
    assert len(first.sure) > 50


def test_a_list_of_rows_without_a_name_of_the_customer_is_told(tmp_path):
    with pytest.raises(InputError, match="Fewer than two lists"):
        compared(tmp_path, [",Ana,a@post.example,"], ["1,Ana,a@post.example,"])


def test_lists_with_nothing_to_search_by_are_told(tmp_path):
    rows = [f"{n},Madonna,m{n}@post.example,1971-03-02" for n in range(5)]
    with pytest.raises(InputError, match="enough in common"):
        compared(tmp_path, rows, [f"{n},Madonna,+4420700000{n:02d},AB1" for n in range(5)], OTHER)
