"""The application that the server runs: `makegood.web.asgi:application`, and how to run it."""

from granian.constants import HTTPModes, Interfaces
from granian.server import Server

from makegood.api.keys import ring_of
from makegood.bootstrap import Makegood
from makegood.messages.errors import InputError
from makegood.settings import read_settings
from makegood.web import instance
from makegood.web.alone import end_with_the_server, is_held
from makegood.web.doorstep import Doorstep
from makegood.web.front import Front
from makegood.web.logs import begin_log, server_log
from makegood.web.metrics import shared_counts
from makegood.web.parts import Joined, Parts, Shape
from makegood.web.screens import django_behind
from makegood.web.setup import prepare
from makegood.web.wire import Handler

READ_THREADS = 8  # for PostgreSQL only
TARGET = "makegood.web.asgi:application"


def is_one_process(database: str) -> bool:
    """Whether the store is a file (or memory), which one process serves alone, worker included."""
    return not database.startswith(("postgresql:", "postgres:"))


def parts_of(makegood: Makegood) -> Parts:
    """Join the hot paths to an open Makegood, which they close at the end."""
    is_alone = is_one_process(makegood.settings.database)
    joined = Joined(
        take=makegood.intake.take,
        gate=makegood.gate,
        store=makegood.store,
        clock=makegood.clock,
        key=makegood.settings.key,
        receiving=makegood.receiving,
        sources=makegood.settings.sources,
        voice=makegood.voice,
        work=makegood.work if is_alone else None,
        close=makegood.close,
        coverage=makegood.coverage,
        origins=makegood.settings.origins,
        proxies=makegood.settings.proxies,
    )
    shape = Shape(
        read_threads=0 if is_alone else READ_THREADS, allowance=makegood.settings.limits.keys
    )
    return Parts(joined, shape)


def _open() -> Parts:
    begin_log(read_settings().log)
    end_with_the_server()
    prepare()
    makegood = instance.current()
    if is_held(makegood.settings.database):  # whoever delivered before has died
        makegood.worker.take_over()
    return parts_of(makegood)


def screens() -> Handler:
    """Give Django, behind as many proxies as the deployment says."""
    makegood = instance.current()
    settings = makegood.settings
    ring = ring_of(makegood.store, makegood.clock)
    doorstep = Doorstep(settings.limits.addresses, knows=ring.remembered)
    return django_behind(settings.proxies, doorstep)


application = Front(_open, screens)


def serve(host: str = "127.0.0.1", port: int = 8000, processes: int = 1) -> None:
    """Serve until told to stop.

    Raises:
        InputError: More than one process was asked for where the store is a file.
    """
    settings = read_settings()
    if processes > 1 and is_one_process(settings.database):
        raise InputError("SQLite is served by one process; PostgreSQL by as many as you like.")
    with shared_counts(processes):
        Server(
            TARGET,
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers=processes,
            http=HTTPModes.auto,
            websockets=False,
            log_level="warning",  # type: ignore[arg-type]
            log_dictconfig=server_log(settings.log),
            workers_kill_timeout=10,  # a live stream ends only with its page
            respawn_failed_workers=True,
        ).serve()
