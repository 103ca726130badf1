"""What runs beside the worker: a thread for each round that never ends by itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread

Stopped = Callable[[], bool]
Sleep = Callable[[float], object]
Forever = Callable[[Stopped, Sleep], object]


def threads_of(rounds: Mapping[str, Forever], stopped: Stopped, sleep: Sleep) -> list[Thread]:
    """Give each round a thread of its name."""
    return [Thread(target=it, args=(stopped, sleep), name=name) for name, it in rounds.items()]


@contextmanager
def running(threads: Sequence[Thread]) -> Iterator[None]:
    """Start threads, and wait for their end when the block ends."""
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()
