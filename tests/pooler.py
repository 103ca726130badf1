"""PgBouncer in transaction mode before a PostgreSQL server, for one test session."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
import pytest

SERVER_CONNECTIONS = 2  # fewer than clients, so that each transaction may get another one
TRIES = 100
_SETTINGS = """\
[databases]
* = host={host} port={port} user={user}{password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
logfile = {folder}/log
"""


def pgbouncer_path() -> str | None:
    """Where the pooler is; Debian puts it where only the superuser looks."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pooler(program: str, server_url: str, folder: Path) -> Iterator[str]:
    """Run the pooler; give its address without a database."""
    server = urlsplit(server_url)
    host = server.hostname or parse_qs(server.query)["host"][0]
    password = f" password={unquote(server.password)}" if server.password else ""
    listen = _free_port()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        _SETTINGS.format(
            host=host,
            port=server.port or 5432,
            user=unquote(server.username or getpass.getuser()),
            password=password,
            listen=listen,
            connections=SERVER_CONNECTIONS,
            folder=folder,
        )
    )
    command = [program, str(settings)]
    if os.geteuid() == 0:  # it refuses to be root; who owns a local socket may use it
        who = Path(host).owner() if host.startswith("/") else "nobody"
        shutil.chown(folder, who)
        command[1:1] = ["-u", who]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"postgresql://127.0.0.1:{listen}"
    try:
        _wait_for(address, running, folder)
        yield address
    finally:
        running.terminate()
        running.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, running: subprocess.Popen[bytes], folder: Path) -> None:
    """Ask until it answers; each refusal takes a moment of its own."""
    for _ in range(TRIES):
        try:
            psycopg.connect(f"{address}/postgres", connect_timeout=1).close()
        except psycopg.OperationalError:
            try:
                running.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        return
    log = folder / "log"
    pytest.fail(f"PgBouncer did not start: {log.read_text() if log.exists() else 'no log'}")
