"""Holds reach Mailchimp and HubSpot over HTTP, by the settings of a deployment and the command."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from makegood.bootstrap import Makegood, open_makegood
from makegood.cli import app
from makegood.messages.errors import InputError, MakegoodError
from makegood.messages.facts import Identified, Touchpoint
from makegood.messages.ids import ProfileId
from makegood.ports.arrivals import Arrival
from makegood.runtime.intake import body_digest
from makegood.settings import read_settings
from tests.vendors.hubspot import TOKEN, Hubspot
from tests.vendors.local import Asked, Said
from tests.vendors.mailchimp import KEY, LIST, Mailchimp, campaign

ANA, BEN = "ana@example.com", "ben@example.com"


@pytest.fixture
def mailchimp() -> Iterator[Mailchimp]:
    with Mailchimp() as vendor:
        vendor.join(ANA, BEN)
        yield vendor


@pytest.fixture
def hubspot() -> Iterator[Hubspot]:
    with Hubspot() as vendor:
        vendor.join(ANA, BEN)
        yield vendor


@pytest.fixture
def environ(tmp_path: Path, mailchimp: Mailchimp, hubspot: Hubspot) -> dict[str, str]:
    one = {"key": KEY, "audiences": [{"list": LIST}], "base_url": mailchimp.url}
    other = {"token": TOKEN, "base_url": hubspot.url}
    (tmp_path / "mailchimp.json").write_text(json.dumps(one))
    (tmp_path / "hubspot.json").write_text(json.dumps(other))
    return {
        "MAKEGOOD_DATABASE": f"sqlite:///{tmp_path}/makegood.db",
        "MAKEGOOD_MAILCHIMP": f"{tmp_path}/mailchimp.json",
        "MAKEGOOD_HUBSPOT": f"{tmp_path}/hubspot.json",
    }


class Ran(NamedTuple):
    """What a command said."""

    returncode: int
    stdout: str
    stderr: str


def ran(environ: dict[str, str], *words: str) -> Ran:
    """Run a command in this process; a clear mistake ends with 2, as `main` makes it."""
    result = CliRunner().invoke(app, list(words), env={"COLUMNS": "200", **environ})
    if isinstance(result.exception, MakegoodError):
        return Ran(2, result.stdout, str(result.exception))
    return Ran(result.exit_code, result.stdout, result.stderr)


def take(makegood: Makegood, message: str, who: str, body: Any, **more: Any) -> None:
    makegood.intake.take(
        [
            Arrival(
                source="rental", message_id=message, identifier=who,
                time_ms=makegood.clock.now_ms(), body=body, body_digest=body_digest(body), **more,
            )
        ]
    )  # fmt: skip


def let_down(makegood: Makegood) -> None:
    lookup = makegood.intake.profile(f"email:{ANA}")
    identified = Identified(lookups=(ProfileId(lookup),))
    take(makegood, "1", "user:ana", identified, lookups=(f"email:{ANA}",))
    facts = {"reservation": "R1", "reason": "none", "price_cents": 100, "brand": "northwind_cars"}
    take(makegood, "2", "user:ana", Touchpoint(name="Rental Unfulfilled", properties=facts))


def test_a_hold_is_at_both_tools_when_it_was_told_and_the_desk_can_say_so(
    environ, mailchimp, hubspot
):
    first = ran(environ, "sync", "mailchimp", "--set-up")
    assert first.returncode == 0, first.stderr
    assert ran(environ, "sync", "hubspot", "--set-up").returncode == 0
    acts = json.loads(ran(environ, "acts", "--what", "sync.set_up", "--format", "json").stdout)
    assert [one["about"] for one in acts] == [
        "hubspot:makegood_hold",
        f"mailchimp:{LIST}/makegood-hold",
    ]
    makegood = open_makegood(read_settings(environ))
    let_down(makegood)
    makegood.teller.run_once()
    makegood.close()
    assert mailchimp.tagged() == {ANA}
    assert hubspot.held() == {ANA}
    status = json.loads(ran(environ, "sync", "status", "--format", "json").stdout)
    assert {it["place"]: it["lagged"] for it in status} == {
        f"mailchimp:{LIST}/makegood-hold": 1,
        "hubspot:makegood_hold": 1,
    }
    words = ran(environ, "sync", "status").stdout
    assert "Synced" in words
    assert "95 % within" in words


def test_the_command_repairs_drift_names_campaigns_and_dry_changes_nothing(environ, mailchimp):
    ran(environ, "sync", "mailchimp", "--set-up")
    makegood = open_makegood(read_settings(environ))
    let_down(makegood)
    makegood.close()
    (_, tagged), *_ = mailchimp.tags[LIST].values()
    tagged.append(BEN)
    mailchimp.campaigns.append(campaign("Spring offers"))
    dry = ran(environ, "sync", "mailchimp", "--dry-run")
    assert mailchimp.tagged() == {BEN}
    assert "would be set" in dry.stdout
    wet = ran(environ, "sync", "mailchimp", "--format", "json")
    assert mailchimp.tagged() == {ANA}
    (place,) = json.loads(wet.stdout)["places"]
    assert (place["added"], place["removed"], place["wanted"]) == (1, 1, 1)
    assert [it["name"] for it in place["lacking"]] == ["Spring offers"]
    words = ran(environ, "sync", "mailchimp").stdout
    assert 'Send it to a segment with the condition "Tags: contact is not tagged' in words
    assert "Customer journeys are not in Mailchimp's interface" in words


def test_a_run_that_is_killed_in_the_middle_is_made_good_by_the_next(environ, mailchimp):
    """A real kill -9, while the vendor has done it and the answer is on its way."""
    ran(environ, "sync", "mailchimp", "--set-up")
    makegood = open_makegood(read_settings(environ))
    let_down(makegood)
    reached, go_on = Event(), Event()

    def stall(asked: Asked) -> Said | None:
        if asked.method != "POST":
            return None
        said = mailchimp.answer(asked)
        reached.set()
        go_on.wait(60)
        return said

    mailchimp.instead = stall
    process = subprocess.Popen(
        [sys.executable, "-m", "makegood.cli", "sync", "mailchimp"],
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert reached.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    go_on.set()
    mailchimp.instead = lambda _asked: None
    refused = ran(environ, "sync", "mailchimp")
    assert "is being compared by another process" in refused.stderr
    with makegood.store.reading() as reading:
        fares = reading.sync(f"mailchimp:{LIST}/makegood-hold")
    assert fares.runner
    with makegood.store.writing() as writing:  # as if the lease had ended
        from msgspec.structs import replace

        writing.put_sync(replace(fares, lease_ms=1))
    makegood.close()
    after = json.loads(ran(environ, "sync", "mailchimp", "--format", "json").stdout)
    assert mailchimp.tagged() == {ANA}
    (place,) = after["places"]
    assert (place["added"], place["removed"], place["wanted"]) == (0, 0, 1)


def test_a_wrong_key_is_one_clear_sentence_and_never_the_key(environ, mailchimp):
    mailchimp.key = "another-us6"
    makegood = open_makegood(read_settings(environ))
    let_down(makegood)
    makegood.teller.run_once()
    makegood.close()
    failed = ran(environ, "sync", "mailchimp")
    assert failed.returncode == 1
    assert "Mailchimp answered 401 (API Key Invalid): it refuses the key" in failed.stdout
    status = ran(environ, "sync", "status")
    assert "puts a good key into the file that MAKEGOOD_MAILCHIMP names" in status.stdout
    for said in (failed, status):
        assert KEY[:32] not in said.stdout + said.stderr


def test_without_its_setting_the_command_says_which(environ):
    environ["MAKEGOOD_MAILCHIMP"] = ""
    failed = ran(environ, "sync", "mailchimp")
    assert failed.returncode == 2
    assert "Set MAKEGOOD_MAILCHIMP to a JSON file" in failed.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"every_minutes": 1}, "`every_minutes` is a number from 5 to 1440"),
        ({"audiences": [{"list": LIST}, {"list": LIST, "brand": "b"}]}, "stands there twice"),
        ({"audiences": [{"list": LIST, "colour": "red"}]}, "unknown field `colour`"),
        ({"key": 7}, "Expected `str`, got `int`"),
    ],
)
def test_a_wrong_settings_file_says_what_is_wrong(environ, change, says):
    path = Path(environ["MAKEGOOD_MAILCHIMP"])
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(InputError, match=says) as error:
        open_makegood(read_settings(environ))
    assert KEY[:32] not in str(error.value)


def test_a_brand_that_the_rule_book_has_not_is_found_before_anything_is_sent(environ, mailchimp):
    path = Path(environ["MAKEGOOD_MAILCHIMP"])
    settings = json.loads(path.read_text())
    settings["audiences"][0]["brand"] = "northwnd"
    path.write_text(json.dumps(settings))
    failed = ran(environ, "sync", "mailchimp")
    assert "the rule book has no brand 'northwnd'" in failed.stderr
    assert mailchimp.asked == []
