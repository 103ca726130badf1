"""`serve` and `work`: the processes of a deployment."""

import signal
from threading import Event
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS
from makegood.settings import read_settings
from makegood.web.alone import alone, is_held
from makegood.web.logs import begin_log


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(work)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; more than one on PostgreSQL.")] = 1,
) -> None:
    """Serve ingest, gate, desk and the customers' pages, until told to stop.

    SQLite is served by one process with the worker inside; beside PostgreSQL run `makegood work`.
    A second server on the same file or port is refused.
    """
    database = read_settings().database
    with alone(database, host, port):
        with opened(
            takes_up=True
        ):  # tables, rule book and settings are right before anything starts
            has_people = _prepared()
        from makegood.web.asgi import is_one_process
        from makegood.web.asgi import serve as run

        ERRORS.print(f"Makegood on http://{host}:{port}/ (stop with Ctrl+C)", highlight=False)
        if not has_people:
            ERRORS.print("Nobody can sign in yet: makegood user create NAME --role rep")
        if not is_one_process(database):
            ERRORS.print("Deliveries need a worker beside it: makegood work")
        run(host, port, workers)


def _prepared() -> bool:
    """Make the tables of the web side, and say whether anybody can sign in."""
    from makegood.web.setup import prepare

    prepare()
    from django.contrib.auth.models import User
    from django.db import connections

    has_people = User.objects.exists()
    connections.close_all()  # nothing open is handed on to the processes that serve
    return has_people


def work(
    once: Annotated[bool, typer.Option("--once", help="One round, then end.")] = False,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
) -> None:
    """Fire timers and deliver the outbox, until told to stop.

    Beside a server on SQLite it is refused: that one has its worker inside.
    """
    begin_log(read_settings(database=database).log)
    stopping = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    address = database or read_settings().database
    with alone(address), opened(database, takes_up=True) as makegood:
        if is_held(address):
            makegood.worker.take_over()
        if once:
            worked = makegood.worker.run_once()
            makegood.teller.run_once()
            CONSOLE.print(str(worked), highlight=False)
            return
        makegood.work(stopping.is_set, stopping.wait)
