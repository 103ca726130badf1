"""A key is made, listed and revoked on the command line; its text is shown once."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from makegood.api.keys import KeyRing
from makegood.cli import app
from makegood.engines import open_store


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'm.db'}"
    monkeypatch.setenv("MAKEGOOD_DATABASE", address)
    monkeypatch.delenv("MAKEGOOD_KEY", raising=False)
    return address


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout


def test_a_revoked_key_opens_nothing(database: str):
    code, text = run("key", "create", "web", "--scope", "ingest")
    assert code == 0
    key = text.strip()
    listed = run("key", "list")[1]
    assert key not in listed
    store = open_store(database)
    found = KeyRing(store, lambda: 0.0).find(key)
    assert found is not None
    assert run("key", "revoke", found.sha256.hex()[:8])[0] == 0
    assert KeyRing(store, lambda: 0.0).find(key) is None
    assert "revoked" in run("key", "list")[1]
    store.close()


@pytest.mark.parametrize("digest", ["", "0", "zzzzzzzz"])
def test_a_digest_that_names_no_key_revokes_none(database: str, digest: str):
    run("key", "create", "web", "--scope", "ingest")
    assert run("key", "revoke", digest)[0] != 0
    assert "revoked" not in run("key", "list")[1]
