"""Keys are random, kept as digests, and stop within five seconds of being revoked."""

import base64

import pytest
from msgspec.structs import replace

from makegood.api.keys import KeyRing, digest, key_text, mint, opens
from makegood.messages.errors import InputError
from makegood.store.memory import MemoryStore


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_key_has_256_bits_and_only_its_digest_is_kept():
    text, row = mint("booking", ("ingest",), 7, strict=True)
    other, _ = mint("booking", ("ingest",), 7)
    assert text.startswith("mg_")
    assert len(base64.urlsafe_b64decode(text[3:] + "=")) == 32
    assert text != other
    assert (row.sha256, row.strict, row.created_ms) == (digest(text), True, 7)
    assert text not in repr(row)


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("makegood", ("ingest",)),
        ("Makegood:desk", ("gate",)),
        ("", ("gate",)),
        ("a", ()),
        ("a", ("x",)),
    ],
)
def test_our_own_name_and_unknown_scopes_are_refused(name, scopes):
    with pytest.raises(InputError):
        mint(name, scopes, 0)


def test_a_revoked_key_stops_within_five_seconds():
    store, ticks = MemoryStore(), Ticks()
    text, row = mint("booking", ("ingest",), 0)
    ring = KeyRing(store, ticks)
    assert ring.find(text) is None
    with store.writing() as writing:
        writing.put_key(row)
    assert ring.find(text) == row
    with store.writing() as writing:
        writing.put_key(replace(row, revoked_ms=1))
    ticks.now += 3.9
    assert ring.find(text) == row
    ticks.now += 0.2
    assert ring.remembered(text) is None
    assert ring.find(text) is None


def test_the_key_is_read_from_bearer_and_from_basic():
    basic = base64.b64encode(b"mg_x:anything").decode()
    assert key_text("Bearer  mg_x ") == key_text(f"BASIC {basic}") == "mg_x"
    for wrong in ("", "Basic", "Basic ===", "Basic /w==", "Token mg_x"):
        assert key_text(wrong) == ""


def test_a_key_that_ends_opens_nothing_from_then_on_not_even_for_who_remembers_it():
    store, ticks, now = MemoryStore(), Ticks(), [1_000_000]
    text, row = mint("booking", ("ingest",), 0)
    with store.writing() as writing:
        writing.put_key(replace(row, ends_ms=1_001_500))
    ring = KeyRing(store, ticks, lambda: now[0])
    assert ring.find(text) is not None
    ticks.now += 1.4
    assert ring.remembered(text) is not None
    ticks.now += 0.2
    now[0] += 1_600
    assert ring.remembered(text) is None
    assert ring.find(text) is None


def test_the_last_use_is_kept_to_the_minute_and_written_in_one_go():
    store, ticks, now = MemoryStore(), Ticks(), [125_000]
    rows = [mint(name, ("gate",), 0) for name in ("a", "b")]
    with store.writing() as writing:
        for _, row in rows:
            writing.put_key(row)
    ring = KeyRing(store, ticks, lambda: now[0])
    before = store.syncs()
    for text, _ in rows * 50:
        assert ring.find(text) is not None
    assert store.syncs() == before
    assert ring.flush() == 2
    assert ring.flush() == 0
    assert store.syncs() == before + 1
    with store.reading() as reading:
        assert reading.key_uses() == {row.sha256: 120_000 for _, row in rows}


def test_an_older_scope_includes_what_was_parted_from_it():
    _, row = mint("a", ("cases",), 0)
    assert opens(row, "cases.read")
    _, row = mint("a", ("cases.read",), 0)
    assert not opens(row, "cases")
