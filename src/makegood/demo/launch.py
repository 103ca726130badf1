"""Start and stop the outside world."""

import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from types import TracebackType

import msgspec

from makegood.demo.outside import Ports, Settings
from makegood.messages.errors import InputError

WAIT_S = 30.0  # for a slow machine to write the last lines


class OutsideWorld:
    """The running process; leaving the context ends it once its file is written.

    Attributes:
        ports: Where it listens.
        secret: What its webhooks are signed with.
    """

    ports: Ports

    def __init__(self, kept: Path, seed: int) -> None:
        self._settings = Settings(secret=_secret(seed), seed=seed)
        self._kept = kept

    @property
    def secret(self) -> str:
        return self._settings.secret

    def __enter__(self) -> "OutsideWorld":
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-m", "makegood.demo.outside", str(self._kept)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None  # noqa: S101 - for the type: it is a pipe
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(msgspec.json.encode(self._settings) + b"\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            self._process.communicate()
            raise InputError("The demo's mail server did not start.")
        self.ports = msgspec.json.decode(said, type=Ports)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """Close its input and wait until everything is in the file."""
        if self._process.poll() is None:
            self._process.communicate(timeout=WAIT_S)


def _secret(seed: int) -> str:
    """A secret of the demo alone: its counterparts live and die with it."""
    return "whsec_" + b64encode(sha256(f"demo {seed}".encode()).digest()).decode()
