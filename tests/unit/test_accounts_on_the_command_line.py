"""Accounts and agreements come in as tables: once, with each wrong row named by its line."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.cli import app

ACCOUNTS = """\
account,kind,name,tells,acts_for
meridian,company,Meridian Tools,guest,
faraway,agency,Faraway Travel,both,meridian
"""
PARTIES = """\
account,identifier,role,from,until
meridian,user:42,guest,,
meridian,email:till@meridian.example.com,pays,,
faraway,email:bo@faraway.example.com,asks,2026-01-01,2026-12-31
"""
AGREEMENTS = """\
agreement,account,kind,code,percent_off,waives,brand,elsewhere,not_at,from,until
A-1,meridian,rate,CORP,12.5,,,yes,brand:oakrow,2026-01-01,2026-03-31
A-2,meridian,waiver,,,late_checkout_fee,,,,2026-01-01,
"""


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path / 'm.db'}")
    monkeypatch.setenv("MAKEGOOD_BOOK", "hotel-group")
    monkeypatch.delenv("MAKEGOOD_KEY", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "parties.csv").write_text(PARTIES)
    (tmp_path / "agreements.csv").write_text(AGREEMENTS)
    return tmp_path


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout, result.stderr


def counted(*words: str) -> dict[str, int]:
    code, out, err = run(*words, "--format", "json")
    assert code == 0, err
    return json.loads(out)


def bring_in(folder: Path) -> None:
    counted("accounts", "import", str(folder / "accounts.csv"))
    counted("accounts", "import", str(folder / "parties.csv"))
    counted("agreements", "import", str(folder / "agreements.csv"))


def test_the_same_file_again_changes_nothing(folder: Path):
    bring_in(folder)
    for table, count in (("accounts", 2), ("parties", 3), ("agreements", 2)):
        again = counted("accounts", "import", str(folder / f"{table}.csv"))
        assert (again["rows"], again["same"]) == (count, count)
    listed = json.loads(run("agreements", "list", "--format", "json")[1])
    assert [one["id"] for one in listed] == ["A-1", "A-2"]
    words = run("agreements", "list")[1]
    assert "31 March 2026" in words
    assert "12.5 % off" in words


def test_the_tables_of_the_guide_come_in(tmp_path: Path):
    guide = Path(__file__).parents[2] / "docs/howto/accounts.md"
    tables = re.findall(r"```csv\n(.*?)```", guide.read_text(), re.DOTALL)
    assert len(tables) == 3
    for n, table in enumerate(tables):
        (tmp_path / f"{n}.csv").write_text(table)
        told = counted("accounts", "import", str(tmp_path / f"{n}.csv"))
        assert told["new"] == told["rows"] > 0


def test_a_dry_run_counts_and_keeps_nothing(folder: Path):
    told = counted("accounts", "import", str(folder / "accounts.csv"), "--dry-run")
    assert told["new"] == 2
    assert "meridian" not in run("accounts", "list")[1]


def test_each_wrong_row_is_named_with_its_line_and_the_others_are_kept(folder: Path):
    bring_in(folder)
    wrong = folder / "more.csv"
    wrong.write_text(
        "agreement,account,kind,percent_off,waives,brand,until\n"
        "B-1,meridian,rate,150,,,\n"
        "B-2,nobody,rate,10,,,\n"
        "B-3,meridian,waiver,,lat_checkout_fee,,\n"
        "B-4,meridian,rate,10,,quillmere_gran,\n"
        "B-5,meridian,rate,10,,,31.3.2026\n"
        "B-6,meridian,gift,,,,\n"
        "B-7,meridian\n"
        "B-8,meridian,rate,10,,,\n"
    )
    code, out, err = run("agreements", "import", str(wrong), "--format", "json")
    assert code == 1
    assert json.loads(out) == {"rows": 8, "new": 1, "changed": 0, "same": 0, "refused": 7}
    lines = [line for line in err.splitlines() if line.startswith("more.csv:")]
    assert [line.split(":")[1] for line in lines] == [str(n) for n in range(2, 9)]
    assert "per cent" in lines[0]
    assert "bring that in first" in lines[1]
    assert "late_checkout_fee" in lines[2]
    assert "2026-03-31" in lines[4]
    assert "rate, waiver or guarantee" in lines[5]
    assert "B-8" in run("agreements", "list")[1]


def test_what_has_begun_changes_in_its_end_alone(folder: Path):
    bring_in(folder)
    table = folder / "agreements.csv"
    table.write_text(AGREEMENTS.replace("12.5", "25"))
    code, _, err = run("agreements", "import", str(table))
    assert code == 1
    assert "stays as it was" in err
    table.write_text(AGREEMENTS.replace("2026-01-01,\n", "2026-01-01,2099-01-01\n"))
    code, out, _ = run("agreements", "import", str(table), "--format", "json")
    assert json.loads(out)["changed"] == 1


def test_an_agreement_is_ended_once(folder: Path):
    bring_in(folder)
    assert run("agreements", "end", "A-2")[0] == 0
    assert run("agreements", "end", "A-2")[0] != 0
    assert run("agreements", "end", "Z")[0] != 0
    acts = run("acts")[1]
    assert "agreement.changed" in acts
    assert "account.changed" in acts


def test_a_table_of_nothing_we_know_is_refused_whole(folder: Path):
    odd = folder / "odd.csv"
    odd.write_text("colour,size\nred,9\n")
    code = run("accounts", "import", str(odd))[0]
    assert code != 0
    assert "red" not in run("accounts", "list")[1]
