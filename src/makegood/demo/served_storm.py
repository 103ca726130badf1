"""The storm beside the stage: a process of its own, a database of its own, progress for both.

`python -m makegood.demo.served_storm FOLDER OPTIONS` plays it; the page reads FOLDER/news.json.
"""

import subprocess
import sys
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console

from makegood.demo.report import StormReport
from makegood.demo.storm import StormOptions, run_storm
from makegood.messages.errors import MakegoodError

_FILE = "news.json"
_EVERY = 200  # a file is written for every so many steps


class News(Struct, frozen=True, kw_only=True):
    """How far the storm has come.

    Attributes:
        state: none, playing, done or failed.
        report: What it came to, once it is done.
        why: Why it failed.
    """

    state: str = "none"
    done: int = 0
    total: int = 0
    report: StormReport | None = None
    why: str = ""

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


_folder: list[Path] = []
_DECODER = msgspec.json.Decoder(News)


def start(folder: Path, options: StormOptions) -> subprocess.Popen[bytes]:
    """Begin the storm in a process of its own; its table comes to this terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    _folder[:] = [folder]
    _write(folder, News(state="playing"))
    words = [sys.executable, "-m", "makegood.demo.served_storm", str(folder)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE)  # noqa: S603 - our own module
    assert process.stdin is not None  # noqa: S101 - for the type: it is a pipe
    process.stdin.write(msgspec.json.encode(options))
    process.stdin.close()
    return process


def news() -> News:
    """Give the latest news."""
    if not _folder:
        return News()
    return _DECODER.decode((_folder[0] / _FILE).read_bytes())


def _write(folder: Path, told: News) -> None:
    """Replace the file in one step: a reader sees the old news or the new ones."""
    fresh = folder / f"{_FILE}.new"
    fresh.write_bytes(msgspec.json.encode(told))
    fresh.replace(folder / _FILE)


def main() -> None:
    folder = Path(sys.argv[1])
    options = msgspec.json.decode(sys.stdin.buffer.read(), type=StormOptions)
    console = Console(stderr=True)

    def moved(done: int, total: int) -> None:
        if done % _EVERY == 0 or done == total:
            _write(folder, News(state="playing", done=done, total=total))

    try:
        report = run_storm(replace(options, folder=folder), console, moved)
    except MakegoodError as error:
        _write(folder, News(state="failed", why=str(error)))
        console.print(f"The storm was not played: {error}", highlight=False)
        return
    _write(folder, News(state="done", done=1, total=1, report=report))
    report.show(console)


if __name__ == "__main__":
    main()
