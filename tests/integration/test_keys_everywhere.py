"""A key that is revoked or rotated in one process is so in every other one."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from makegood.api.keys import CACHE_SECONDS
from makegood.runtime.keeping import Keys, Wish, digest_of
from makegood.store.postgres import PostgresStore
from makegood.testing.clock import FakeClock

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]
# A server's ring of keys in a process of its own, whose seconds pass when it is told so.
RING = """
import sys
from makegood.api.keys import KeyRing
from makegood.store.postgres import PostgresStore

store = PostgresStore(sys.argv[1], pool_size=1)
now = [100.0]
ring = KeyRing(store, lambda: now[0])
print("ready", flush=True)
for line in sys.stdin:
    verb, _, value = line.strip().partition(" ")
    if verb == "wait":
        now[0] += float(value)
        print("waited", flush=True)
    else:
        print("in" if ring.find(value) is not None else "out", flush=True)
store.close()
"""


class Door:
    """The other process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def _say(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def lets_in(self, text: str) -> bool:
        return self._say(f"find {text}") == "in"

    def wait(self, seconds: float) -> None:
        assert self._say(f"wait {seconds}") == "waited"


@contextmanager
def door(url: str) -> Iterator[Door]:
    ring = [sys.executable, "-c", RING, url]
    pipe = subprocess.PIPE
    with subprocess.Popen(ring, text=True, stdin=pipe, stdout=pipe) as process:
        yield Door(process)  # its input ends with the block, and the process with that


def test_a_key_revoked_in_one_process_opens_no_other_within_five_seconds(postgres_url: str):
    store = PostgresStore(postgres_url, pool_size=1)
    keys = Keys(store, FakeClock())
    text, row = keys.make(Wish(name="shop", scopes=("gate",)))
    with door(postgres_url) as one, door(postgres_url) as other:
        assert one.lets_in(text)
        assert other.lets_in(text)
        keys.revoke(digest_of(row))
        for there in (one, other):
            there.wait(CACHE_SECONDS)
            assert not there.lets_in(text)
    assert CACHE_SECONDS < 5
    store.close()


def test_after_a_rotation_both_secrets_are_let_in_everywhere(postgres_url: str):
    store = PostgresStore(postgres_url, pool_size=1)
    now = FakeClock()
    keys = Keys(store, now)
    text, row = keys.make(Wish(name="shop", scopes=("gate",)))
    with door(postgres_url) as other:
        assert other.lets_in(text)
        new, _, _ = keys.rotate(digest_of(row), hours=24 * 365 * 9)
        other.wait(CACHE_SECONDS)
        assert other.lets_in(text)
        assert other.lets_in(new)
        keys.revoke(digest_of(row))
        other.wait(CACHE_SECONDS)
        assert not other.lets_in(text)
        assert other.lets_in(new)
    store.close()
