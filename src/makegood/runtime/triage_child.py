"""Trains in a process of its own: last in line for the processor, and bounded in time and memory.

Its labels come in on standard input, what it learned goes out on standard output, and nothing of
either lies on a disk. It opens no database and knows no secret: killed, it leaves nothing behind.
"""

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from threading import Event, Thread

import msgspec

from makegood.messages.errors import MakegoodError
from makegood.playbooks.training import TrainTerms
from makegood.runtime.triage_learning import Job, Learned, learn

_MB = 1_000_000
_LOOK_S = 1.0  # how soon a worker that is told to stop ends what it began
_GRACE_S = 30  # the child ends itself; after so long more it is ended
_NO_MEMORY, _NO_WORKER, _NO_TIME = 3, 4, -signal.SIGALRM
_STARTS = re.compile(r"PATH|HOME|TMPDIR|TZ|LANG|LC_[A-Z]+|LD_LIBRARY_PATH|PYTHON(PATH|HOME|UTF8)")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class TrainingFailed(MakegoodError):
    """The training ended without a model."""


class Stopped(MakegoodError):
    """The worker was told to stop while a model was trained; it is trained another time."""


def in_a_child(
    job: Job, stopped: Callable[[], bool] = lambda: False, program: tuple[str, ...] = ()
) -> Learned:
    """Train in a child process.

    Args:
        job: What is learned from.
        stopped: Asked every second; the child is ended when it says yes.
        program: In the place of this module, for tests.

    Raises:
        TrainingFailed: It took too long or too much memory, or died; says which.
        Stopped: `stopped` said yes.
    """
    terms = job.terms.train
    command = program or (sys.executable, "-m", __name__)
    limits = (str(terms.memory_mb), str(max(1, terms.longest_ms // 1000)))
    with subprocess.Popen(  # noqa: S603 - this module, or what a test names
        (*command, *limits),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_surroundings(os.environ),
        start_new_session=True,  # Ctrl+C is for the worker, which ends it in order
    ) as child:
        said = _Said(child, msgspec.msgpack.encode(job))
        try:
            _await(said, terms, stopped)
        finally:
            if child.poll() is None:
                child.kill()
            said.join()
    if child.returncode:
        raise TrainingFailed(_why(child.returncode, terms))
    try:
        return msgspec.msgpack.decode(said.words, type=Learned)
    except msgspec.DecodeError as wrong:
        raise TrainingFailed("The training said nothing that can be read.") from wrong


class _Said(Thread):
    """Gives a child its words and takes what it says; the pipe holds less than a job."""

    def __init__(self, child: "subprocess.Popen[bytes]", words: bytes) -> None:
        super().__init__(name="training", daemon=True)
        self._child = child
        self._words = words
        self.words = b""
        self.start()

    def run(self) -> None:
        self.words = self._child.communicate(self._words)[0]


def _await(said: _Said, terms: TrainTerms, stopped: Callable[[], bool]) -> None:
    for _ in range(int((terms.longest_ms / 1000 + _GRACE_S) / _LOOK_S)):
        said.join(_LOOK_S)
        if not said.is_alive():
            return
        if stopped():
            raise Stopped
    raise TrainingFailed(_why(_NO_TIME, terms))


def _surroundings(now: Mapping[str, str]) -> dict[str, str]:
    """Give the child what a program needs to start, one thread, and no other thing.

    Secrets stand in the environment under names of many tools, so none is let through by name.
    """
    kept = {name: words for name, words in now.items() if _STARTS.fullmatch(name)}
    return kept | dict.fromkeys(_THREADS, "1")


def _why(code: int, terms: TrainTerms) -> str:
    if code == _NO_TIME:
        minutes = terms.longest_ms // 60_000
        return f"It took more than {minutes} min (`longest` of the rule book), and was ended."
    if code in (_NO_MEMORY, -signal.SIGKILL, -signal.SIGSEGV):
        return f"It took more than {terms.memory_mb} MB (`memory_mb`), or was killed."
    return f"The process that trains died (exit status {code})."


def _end_with(parent: int) -> None:
    """End when the worker is no more: nobody would hear what was learned, or end it."""

    def watch() -> None:
        while os.getppid() == parent:
            Event().wait(_LOOK_S)
        os._exit(_NO_WORKER)

    Thread(target=watch, name="worker", daemon=True).start()


def main(memory_mb: int, longest_s: int) -> int:
    """Be the child: bound yourself, learn, and say what came of it."""
    _end_with(os.getppid())
    os.nice(19)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = memory_mb * _MB
    bound = min(bound, most) if most != resource.RLIM_INFINITY else bound
    resource.setrlimit(resource.RLIMIT_AS, (bound, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold people's words
    signal.alarm(longest_s)
    try:
        learned = learn(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job))
    except MemoryError:
        return _NO_MEMORY
    sys.stdout.buffer.write(msgspec.msgpack.encode(learned))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
