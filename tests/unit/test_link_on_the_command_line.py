"""`makegood link`: nothing is written at first; what is missing or wrong is told."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.cli import app
from makegood.messages.errors import InputError
from tests.guests.made import PLAN, make_lists


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path / 'data' / 'm.db'}")
    (tmp_path / "links.yaml").write_text(PLAN, encoding="utf-8")
    make_lists(tmp_path, 5, 250)
    return tmp_path


def run(folder: Path, *options: str, lists: tuple[str, ...] = ("harbour", "northline")):
    files = [str(folder / f"{name}.csv") for name in lists]
    plan = ("--plan", str(folder / "links.yaml"))
    return CliRunner().invoke(app, ["link", *files, *plan, *options])


def told(done) -> dict:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_dry_run_writes_nothing_and_a_second_writing_run_links_nothing_twice(folder):
    dry = told(run(folder, "--format", "json"))
    assert not dry["wrote"]
    assert dry["run"]["linked"] > 20
    assert dry["run"]["lists"]["harbour"] == dry["lists"][0]["kept"]
    assert dry["unknown_brands"] == ["harbour", "northline", "skyways"]
    wrote = told(run(folder, "--write", "--format", "json"))
    assert (wrote["run"]["run"], wrote["run"]["linked"]) == (1, dry["run"]["linked"])
    again = told(run(folder, "--write", "--format", "json"))
    assert (again["run"]["linked"], again["run"]["known"]) == (0, dry["run"]["linked"])
    assert again["run"]["asked"] == dry["run"]["asked"]
    acts = CliRunner().invoke(app, ["acts", "--format", "json"])
    assert "links.made" in acts.output


def test_in_text_it_says_what_would_be_and_how_sure_that_is(folder):
    done = run(folder)
    assert done.exit_code == 0, done.output
    assert "rows can be compared." in done.output
    assert "would be" in done.output
    assert "by the model's own reckoning" in " ".join(done.output.split())
    assert "Nothing was written." in done.output


def test_rows_that_cannot_be_compared_are_exit_1_and_shown(folder):
    with (folder / "harbour.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"x{n},too few\n" for n in range(7))
    done = run(folder)
    assert done.exit_code == 1
    assert "2 cells, but the head names 6." in done.output
    assert "and 2 more" in done.output


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        (("harbour",), "two brands"),
        (("harbour", "harbour"), "given twice"),
        (("harbour", "guests"), "no list 'guests'"),
    ],
)
def test_files_that_do_not_fit_the_plan_are_refused(folder, lists, words):
    done = run(folder, lists=lists)
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)


def test_a_list_may_be_named_beside_its_path(folder):
    (folder / "northline.csv").rename(folder / "export-1.csv")
    files = [str(folder / "harbour.csv"), f"northline={folder / 'export-1.csv'}"]
    plan = ("--plan", str(folder / "links.yaml"), "--format", "json")
    assert told(CliRunner().invoke(app, ["link", *files, *plan]))["run"]["linked"] > 20


def test_without_the_extra_it_says_how_to_install_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "makegood.linkage.finding", None)
    done = run(folder)
    assert isinstance(done.exception, InputError)
    assert "pip install 'makegood[linkage]'" in str(done.exception)
