"""Small steps that tests of the desk repeat."""

import re
from collections import Counter
from contextlib import contextmanager

from makegood.bootstrap import Makegood


def words_of(response) -> str:
    """What a reader sees: the text without the tags."""
    text = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def token_of(response) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="token" value="([^"]+)"', response.content.decode())
    assert found is not None
    return found[1]


class CountingStore:
    """Counts the questions that are asked of a store."""

    def __init__(self, store) -> None:
        self._store = store
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str):
        return getattr(self._store, name)

    @contextmanager
    def reading(self):
        with self._store.reading() as reading:
            yield _Counted(reading, self.asked)


class _Counted:
    def __init__(self, reading, asked: Counter[str]) -> None:
        self._reading = reading
        self._asked = asked

    def __getattr__(self, name: str):
        def ask(*args, **kwargs):
            self._asked[name] += 1
            return getattr(self._reading, name)(*args, **kwargs)

        return ask


def questions(makegood: Makegood, client, path: str) -> tuple[int, int]:
    """How often a page asks the store, and Django's own tables."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counting = CountingStore(makegood.store)
    plain, makegood.store = makegood.store, counting  # type: ignore[assignment]
    try:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
    finally:
        makegood.store = plain
    return counting.asked.total(), len(captured)
