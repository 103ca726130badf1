"""The guides of help desks and nightly bookings, done as a new user does them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from makegood.bootstrap import open_makegood
from makegood.cli import app
from makegood.effects.zendesk import ZendeskSettings, check_zendesk
from makegood.settings import Settings, SourceSecrets, read_settings
from makegood.sources.mapping import Mapper
from makegood.sources.segment import Envelope
from makegood.web.asgi import parts_of
from makegood.web.front import Front
from tests.integration.fronts import nothing_here, serving
from tests.vendors.zendesk import SECRET, Account

HOWTO = Path(__file__).parents[2] / "docs/howto"
PLACEHOLDER = {
    "ticket.id": "35436",
    "ticket.updated_at_with_timestamp": "2026-11-18T11:06:00Z",
    "ticket.updated_at": "2026-11-18T11:06:00Z",
    "ticket.tags": "vip makegood",
    "ticket.priority": "High",
    "ticket.via": "Mail",
    "ticket.requester.email": "ana@example.org",
    "ticket.requester.external_id": "",
    "ticket.requester.phone": "+1 212 555 0100",
    "ticket.requester.language": "English",
    "ticket.latest_public_comment": "Where is my car?",
    "ticket.customer.email": "ana@example.org",
    "ticket.customer.firstname": "Ana",
    "ticket.customer.lastname": "Reyes",
}


def blocks(guide: str, title: str) -> list[str]:
    """Give the blocks of a guide that are called so."""
    text = (HOWTO / guide).read_text(encoding="utf-8")
    return re.findall(rf'```\w+ title="{re.escape(title)}"\n(.*?)```', text, re.DOTALL)


def filled(body: str) -> dict[str, object]:
    """Fill a body in as the help desk does; a placeholder that nobody knows is a mistake."""
    found: dict[str, object] = json.loads(
        re.sub(r"(?:\{\{|#\{)([a-z_.]+)\}\}?", lambda hit: PLACEHOLDER[hit[1]], body)
    )
    return found


@pytest.fixture
def northwind(tmp_path: Path) -> Path:
    (text,) = blocks("zendesk.md", "northwind.yaml")
    file = tmp_path / "northwind.yaml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("guide", "title"),
    [
        ("zendesk.md", "northwind.yaml"),
        ("connect-a-help-desk.md", "northwind.yaml"),
        ("nightly-bookings.md", "ours.yaml"),
    ],
)
def test_the_books_of_the_guides_are_good(tmp_path, guide, title):
    (text,) = blocks(guide, title)
    file = tmp_path / title
    file.write_text(text)
    done = CliRunner().invoke(app, ["check", str(file)], catch_exceptions=False)
    assert done.exit_code == 0, done.stdout
    assert "good" in done.stdout


def test_the_settings_of_the_guides_can_be_read(tmp_path):
    for guide in ("zendesk.md", "connect-a-help-desk.md"):
        (text,) = blocks(guide, "sources.json")
        (tmp_path / "sources.json").write_text(text)
        settings = read_settings({"MAKEGOOD_SOURCES": str(tmp_path / "sources.json")},
                                 database=f"sqlite:///{tmp_path / 'm.db'}")  # fmt: skip
        assert settings.sources
        assert msgspec.json.decode(text, type=dict[str, SourceSecrets]) == settings.sources
    for text in blocks("zendesk.md", "zendesk.json"):
        check_zendesk(msgspec.json.decode(text, type=ZendeskSettings))


@pytest.mark.parametrize("what", ["tagged", "created", "commented", "solved"])
def test_the_body_of_the_triggers_is_what_the_pack_reads(northwind, what):
    (body,) = blocks("zendesk.md", "body.json")
    record = {**filled(body), "what": what, "by": "end-user"}
    settings = Settings(database="memory:", key=b"k" * 32, book=str(northwind))
    makegood = open_makegood(settings)
    source = makegood.receiving.source("zendesk")
    envelope = Envelope(source="zendesk", received_ms=makegood.clock.now_ms())
    turned = Mapper(source, makegood.book).turn(record, envelope)
    assert turned.reasons == ()
    assert len(turned.arrivals) == 2
    makegood.close()


def test_the_server_of_the_tests_sends_the_body_of_the_guide():
    (body,) = blocks("zendesk.md", "body.json")
    account = Account()
    sent = account.body("tagged", account.add(7, "ana@example.org"), "agent")
    assert sent.keys() == json.loads(body).keys()


def test_zammads_own_payload_for_tags_is_what_the_pack_reads(tmp_path):
    (text,) = blocks("connect-a-help-desk.md", "northwind.yaml")
    (tmp_path / "northwind.yaml").write_text(text)
    (body,) = blocks("connect-a-help-desk.md", "tagged.json")
    settings = Settings(database="memory:", key=b"k" * 32, book=str(tmp_path / "northwind.yaml"))
    makegood = open_makegood(settings)
    source = makegood.receiving.source("zammad")
    (came,) = makegood.receiving.turn(source, [("{}", filled(body))])
    assert came.turned.reasons == ()
    makegood.intake.take(came.turned.arrivals)
    with makegood.store.reading() as reading:
        (case,) = reading.cases()
    assert case.brand == "northwind_cars"
    makegood.close()


@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "openssl"))), reason="curl or openssl is missing"
)
def test_the_request_that_is_signed_by_hand_is_taken(tmp_path, northwind):
    (script,) = blocks("zendesk.md", "try.sh")
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'makegood.db'}",
        key=b"k" * 32,
        book=str(northwind),
        sources={"zendesk": SourceSecrets(secrets=(SECRET,))},
    )
    makegood = open_makegood(settings)
    with serving(Front(lambda: parts_of(makegood), lambda: nothing_here)) as url:
        said = [
            subprocess.run(
                ["bash", "-c", script],
                check=True,
                capture_output=True,
                text=True,
                env={"MAKEGOOD_BASE_URL": url, "SECRET": SECRET, "PATH": "/usr/bin:/bin"},
            ).stdout
            for _ in range(2)
        ]
    assert [json.loads(one)["accepted"] for one in said] == [1, 0]
    assert json.loads(said[1])["duplicate"] == 1


def test_the_apps_folder_is_what_zendesk_asks_for(tmp_path):
    folder = tmp_path / "makegood-app"
    words = ["zendesk", "app", "--output", str(folder), "--email", "it@northwind.example.com"]
    done = CliRunner().invoke(
        app, [*words, "--base-url", "https://care.example.com"], catch_exceptions=False
    )
    assert done.exit_code == 0
    manifest = json.loads((folder / "manifest.json").read_text())
    sidebar = manifest["location"]["support"]["ticket_sidebar"]
    assert manifest["signedUrls"] is True
    assert sidebar["url"] == "https://care.example.com/embed/zendesk"
    assert {"author", "defaultLocale", "location", "frameworkVersion"} <= manifest.keys()
    words_file = json.loads((folder / "translations/en.json").read_text())
    assert words_file["app"]["short_description"]
    for name, side in (("logo.png", 320), ("logo-small.png", 128)):
        head = (folder / "assets" / name).read_bytes()[:24]
        assert head.startswith(b"\x89PNG\r\n\x1a\n")
        assert head[16:24] == side.to_bytes(4, "big") * 2


def test_the_commands_of_the_nightly_guide_run(tmp_path, monkeypatch):
    text = (HOWTO / "nightly-bookings.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    makegood (ingest .*)$", text, re.MULTILINE)
    assert len(commands) == 3
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nightly.csv").write_text(
        "Confirmation Number,Property,Reservation Status,Last Modified,Arrival Date,E-mail\n"
        "C1,Lakeside,Walked,2026-01-02 23:10:00,2026-01-02,ana@example.org\n"
    )
    monkeypatch.setenv("MAKEGOOD_BOOK", "hotel-group")
    monkeypatch.setenv("MAKEGOOD_DATABASE", f"sqlite:///{tmp_path / 'makegood.db'}")
    counts = []
    for command in commands:
        done = CliRunner().invoke(
            app, [*command.split(), "--format", "json"], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        counts.append(json.loads(done.stdout))
    assert [(one["taken"], one["duplicate"]) for one in counts] == [(1, 0), (1, 0), (0, 1)]
