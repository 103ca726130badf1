"""Two real connections whose transactions meet at a known point, and not by luck.

One side runs until it is about to wait for the other; only then does the other go on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from makegood.ports.store import Store

PATIENCE_S = 60.0  # nobody waits so long but for a fault of the test


class Watched:
    """A store that says what its transactions are about to do, or have just done."""

    def __init__(self, store: Store, hook: Callable[[str, str], object]) -> None:
        """Watch a store.

        Args:
            store: The store.
            hook: Takes the name of a call of a transaction, and `before` or `after`; the beginning
                of one is `writing`.
        """
        self._store = store
        self._hook = hook

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        self._hook("writing", "before")
        with self._store.writing() as writing:
            yield _Watching(writing, self._hook)


class _Watching:
    def __init__(self, writing: Any, hook: Callable[[str, str], object]) -> None:
        self._writing = writing
        self._hook = hook

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._writing, name)
        if not callable(found):
            return found

        def called(*args: Any, **kwargs: Any) -> Any:
            self._hook(name, "before")
            given = found(*args, **kwargs)
            self._hook(name, "after")
            return given

        return called


class Other:
    """Somebody else, who begins when told to and is waited for until they wait, or are done."""

    def __init__(self, do: Callable[[], object]) -> None:
        self._do = do
        self._met = Event()
        self._fault: BaseException | None = None
        self._thread = Thread(target=self._run)

    def _run(self) -> None:
        try:
            self._do()
        except BaseException as fault:  # noqa: BLE001 - shown by who waits for them
            self._fault = fault
        finally:
            self._met.set()

    def waits(self) -> None:
        """Say, from their own side, that they are about to wait for us."""
        self._met.set()

    def begin(self) -> None:
        """Let them begin; come back when they wait, or are done."""
        self._thread.start()
        assert self._met.wait(PATIENCE_S)

    def end(self) -> None:
        """Wait until they are done."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        if self._fault is not None:
            raise self._fault
