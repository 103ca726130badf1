"""Keys made, rotated and revoked: who keeps what, until when, and what is written down."""

import pytest

from makegood.messages.errors import InputError
from makegood.ports.acts import first_break
from makegood.runtime.keeping import Keys, Wish, digest_of, state_of
from makegood.runtime.keys import digest
from makegood.runtime.noting import Actor, acting
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def keys(store: MemoryStore, clock: FakeClock) -> Keys:
    return Keys(store, clock)


def row_of(store: MemoryStore, text: str):
    with store.reading() as reading:
        return reading.key(digest(text))


def acts_of(store: MemoryStore):
    with store.reading() as reading:
        return reading.acts_after(0, 100)


def test_a_rotated_key_keeps_name_and_rights_and_the_old_one_goes_on_for_a_day(keys, store, clock):
    wish = Wish(name="booking", scopes=("ingest",), strict=True, brands=("vans",), per_second=5)
    old_text, old = keys.make(wish)
    clock.advance(HOUR_MS)
    new_text, new, ended = keys.rotate(digest_of(old))
    assert new_text != old_text
    same = ("name", "scopes", "strict", "brands", "per_second", "burst")
    assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
    assert ended.ends_ms == clock.now_ms() + DAY_MS
    stored_old, stored_new = row_of(store, old_text), row_of(store, new_text)
    assert state_of(stored_old, clock.now_ms()) == "rotated"
    assert stored_old.is_valid(clock.now_ms() + DAY_MS - 1)
    assert not stored_old.is_valid(clock.now_ms() + DAY_MS)
    assert stored_new.is_valid(clock.now_ms() + 1_000 * DAY_MS)


def test_a_rotation_never_lengthens_the_life_of_the_old_key_and_the_new_one_lasts_as_long(
    keys, clock
):
    _, old = keys.make(Wish(name="booking", scopes=("ingest",), days=10))
    clock.advance(10 * DAY_MS - HOUR_MS)
    _, new, ended = keys.rotate(digest_of(old), hours=48)
    assert ended.ends_ms == old.ends_ms
    assert new.ends_ms == clock.now_ms() + 10 * DAY_MS


def test_what_is_rotated_revoked_or_ended_is_not_rotated(keys, clock):
    _, old = keys.make(Wish(name="a", scopes=("gate",)))
    _, new, _ = keys.rotate(digest_of(old), hours=0)
    with pytest.raises(InputError, match="no longer valid"):
        keys.rotate(digest_of(old))
    keys.revoke(digest_of(new))
    with pytest.raises(InputError, match="no longer valid"):
        keys.rotate(digest_of(new))
    _, again = keys.make(Wish(name="b", scopes=("gate",)))
    keys.rotate(digest_of(again))
    with pytest.raises(InputError, match="the newer one"):
        keys.rotate(digest_of(again))


@pytest.mark.parametrize(
    "wish",
    [
        Wish(name="a", scopes=()),
        Wish(name="a", scopes=("everything",)),
        Wish(name="makegood", scopes=("gate",)),
        Wish(name="a", scopes=("gate",), days=-1),
        Wish(name="a", scopes=("gate",), days=99_999),
        Wish(name="a", scopes=("gate",), per_second=-1),
        Wish(name="a", scopes=("gate",), per_second=float("nan")),
        Wish(name="a", scopes=("gate",), burst=5),
    ],
)
def test_a_wish_that_cannot_be_makes_nothing(keys, store, wish):
    with pytest.raises(InputError):
        keys.make(wish)
    assert acts_of(store) == ()


def test_each_is_written_down_with_who_and_never_with_the_key(keys, store, clock):
    with acting(Actor(who="omar", how="signed in + password", request="r1")):
        text, row = keys.make(Wish(name="shop", scopes=("gate",), brands=("vans",)))
        new_text, new, _ = keys.rotate(digest_of(row))
        keys.revoke(digest_of(new))
        keys.revoke(digest_of(new))
    acts = acts_of(store)
    assert [act.what for act in acts] == ["key.made", "key.rotated", "key.revoked"]
    assert {(act.who, act.how, act.request) for act in acts} == {
        ("omar", "signed in + password", "r1")
    }
    assert acts[0].about == f"shop {digest_of(row)}"
    assert acts[0].after == {"scopes": "gate", "brands": "vans"}
    assert first_break(acts) is None
    assert text not in repr(acts)
    assert new_text not in repr(acts)


def test_what_cannot_be_written_down_is_not_done(keys, store):
    _, row = keys.make(Wish(name="shop", scopes=("gate",)))
    nobody = Actor(who=object())  # type: ignore[arg-type]  # has no spelling
    with acting(nobody), pytest.raises(TypeError):
        keys.revoke(digest_of(row))
    with store.reading() as reading:
        assert reading.keys() == (row,)
