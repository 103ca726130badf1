"""What `deploy/` holds works with what there is: metrics, commands, settings."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from makegood.cli import app
from makegood.settings import Settings, read_settings

DEPLOY = Path("deploy")
PAGE = Path("docs/reference/metrics.md")


def told_metrics() -> set[str]:
    """Every series that the page of metrics promises; a test holds it against `/metrics`."""
    series: set[str] = set()
    rows = re.findall(r"^\| `(makegood_\w+)` \| (\w+)", PAGE.read_text(), re.MULTILINE)
    for name, kind in rows:
        histogram = [f"{name}_{part}" for part in ("bucket", "sum", "count")]
        series |= set(histogram) if kind == "histogram" else {name}
    return series


def named_in(text: str) -> set[str]:
    return set(re.findall(r"\bmakegood_\w+", text))


def test_every_alert_rests_on_a_metric_that_there_is():
    rules = yaml.safe_load((DEPLOY / "prometheus/makegood.rules.yml").read_text())
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len(alerts) > 8
    for alert in alerts:
        used = named_in(alert["expr"])
        assert used <= told_metrics(), alert["alert"]
        assert used or alert["expr"].startswith("up"), alert["alert"]
        assert alert["annotations"]["summary"]
        assert alert["labels"]["severity"] in ("page", "ticket")


def test_every_panel_of_the_dashboard_shows_a_metric_that_there_is():
    board = json.loads((DEPLOY / "grafana/makegood.json").read_text())
    shown = set()
    for panel in board["panels"]:
        for target in panel["targets"]:
            assert named_in(target["expr"]) <= told_metrics(), panel["title"]
            shown |= named_in(target["expr"])
    assert {"makegood_hold_seconds_bucket", "makegood_outbox_oldest_seconds"} <= shown


def test_the_page_names_the_alerts():
    page = Path("docs/howto/production.md").read_text()
    rules = (DEPLOY / "prometheus/makegood.rules.yml").read_text()
    assert set(re.findall(r"`(Makegood\w+)`", page)) == set(re.findall(r"alert: (\w+)", rules))


def test_the_units_start_commands_that_there_are():
    from typer.main import get_command

    known = get_command(app).commands  # type: ignore[attr-defined]
    for unit in DEPLOY.glob("systemd/*.service"):
        starts = re.findall(
            r"^ExecStart=/opt/makegood/bin/makegood ([\w-]+)", unit.read_text(), re.M
        )
        assert len(starts) == 1, unit
        assert starts[0] in known
    backup = (DEPLOY / "systemd/makegood-backup.timer").read_text()
    assert "OnCalendar=" in backup


def test_the_settings_of_the_example_can_be_read():
    lines = (DEPLOY / "systemd/makegood.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    settings = read_settings(given)
    assert isinstance(settings, Settings)
    assert (settings.proxies, settings.log) == (1, "json")


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("no systemd-analyze on this machine")
    program = tmp_path / "makegood"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = []
    for unit in DEPLOY.glob("systemd/makegood*.service"):
        made = tmp_path / unit.name
        made.write_text(unit.read_text().replace("/opt/makegood/bin/makegood", str(program)))
        units.append(str(made))
    done = subprocess.run([verify, "verify", *units], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "makegood" in line]
    assert said == []
