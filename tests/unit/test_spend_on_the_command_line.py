"""The firm's books brought in on the command line, whole or not at all."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.cli import app
from makegood.messages.errors import InputError

HEAD = "brand,month,channel,amount,currency,new_customers\n"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path / 'm.db'}")
    monkeypatch.setenv("MAKEGOOD_BOOK", "car-rental")
    monkeypatch.delenv("MAKEGOOD_KEY", raising=False)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["spend", "import", *words])
    if result.exception:
        raise result.exception
    return result.stdout


def file(folder: Path, rows: str) -> str:
    path = folder / "books.csv"
    path.write_text(HEAD + rows)
    return str(path)


def test_a_file_counts_once(tmp_path: Path):
    path = file(tmp_path, "northwind_cars,2026-03,search,125,USD,3\n")
    assert json.loads(run(path, "--format", "json")) == {"rows": 1, "changed": 1}
    assert "1 lines, 0 new or otherwise" in run(path)


def test_a_wrong_line_is_told_and_nothing_is_taken(tmp_path: Path):
    good = "northwind_cars,2026-03,search,125,USD,3\n"
    path = file(tmp_path, f"{good}nobody,2026-03,search,1,USD,\n")
    with pytest.raises(InputError, match="1 lines are wrong; nothing was taken"):
        run(path)
    assert json.loads(run(file(tmp_path, good), "--format", "json"))["changed"] == 1


def test_no_file_and_no_text_are_refused(tmp_path: Path):
    with pytest.raises(InputError):
        run(str(tmp_path / "nothing.csv"))
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        run(str(tmp_path / "b.csv"))
