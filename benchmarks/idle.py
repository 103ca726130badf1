"""An idle server: how long it takes to start, and how much memory it holds; reported, not held.

`makegood serve` as a person starts it, on a new SQLite file with a shipped rule book, its worker
inside: the parent and the process that serves. What both share counts twice, so less is held.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.report import Bound, Figure, Plan, Result

STARTS = 3
SETTLED_S = 2.0  # what a start leaves behind is given back by then
GOAL_S, GOAL_MB = 3, 200
PATIENCE_S = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(port: int) -> None:
    """Ask until it says so itself."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.02)
    raise AssertionError("the server did not start")


def tree(parent: int) -> list[int]:
    """Give a process and those it started."""
    table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True)
    pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
    return [parent, *(pid for pid, started_by in pairs if started_by == parent)]


def megabytes(pids: list[int]) -> float:
    """Add up what is resident of each."""
    kilobytes = 0
    for pid in pids:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kilobytes += int(text.split("Rss:", 1)[1].split()[0])
    return kilobytes / 1024


def one_start(folder: Path, number: int) -> tuple[float, float]:
    """Start, wait, look, stop; give (seconds, megabytes)."""
    port = free_port()
    environ = {**os.environ, "MAKEGOOD_DATABASE": f"sqlite:///{folder / f'idle{number}.db'}"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "makegood.cli", "serve", "--port", str(port)],
        env=environ,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(port)
        seconds = time.perf_counter() - began
        time.sleep(SETTLED_S)
        return seconds, megabytes(tree(process.pid))
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def run(plan: Plan) -> Result:
    """Start a few times, the first on a cold cache; give the best start and the largest memory."""
    starts = [one_start(plan.folder, number) for number in range(1 if plan.quick else STARTS)]
    return Result(
        name="idle",
        figures=(
            Figure(what="from the command to ready", value=min(seconds for seconds, _ in starts),
                   unit="s", target=f"{GOAL_S} s"),
            Figure(what="memory of an idle server, parent and child",
                   value=max(held for _, held in starts), unit="MB", target=f"{GOAL_MB} MB"),
        ),
        bounds=(Bound(what="servers that became ready", value=len(starts), least=1),),
    )  # fmt: skip
