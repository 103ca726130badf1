"""What `makegood ingest` prints, in both forms."""

import json

import pytest
from typer.testing import CliRunner

from makegood.cli import app

EVENT = {"type": "track", "event": "Question Asked", "messageId": "1", "userId": "ana",
         "timestamp": "2026-01-31T09:30:00Z", "properties": {"question": "Q1"}}  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_counts_of_an_import_are_printed(tmp_path, form):
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(EVENT) + "\n")
    database = f"sqlite:///{tmp_path / 'makegood.db'}"
    words = ["ingest", str(file), "--database", database, "--format", form]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0
    counts = (
        json.loads(done.stdout)
        if form == "json"
        else dict(map(str.split, done.stdout.splitlines()))
    )
    assert (int(counts["rows"]), int(counts["taken"])) == (1, 1)
