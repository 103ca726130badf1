"""`serve` and `work`: the processes of a deployment."""

import signal
from threading import Event
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(work)


def work(
    once: Annotated[bool, typer.Option("--once", help="One round, then end.")] = False,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
) -> None:
    """Fire timers and deliver the outbox, until told to stop."""
    stopping = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    with opened(database) as makegood:
        if once:
            worked = makegood.worker.run_once()
            CONSOLE.print(str(worked), highlight=False)
            return
        makegood.worker.run_forever(stopping.is_set, stopping.wait)
