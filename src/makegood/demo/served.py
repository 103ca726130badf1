"""Serve the demo: the missing car on a page, and the storm beside it."""

import asyncio
import os
import signal
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import Any

from msgspec import Struct
from rich.console import Console

from makegood.demo import served_stage, served_storm
from makegood.demo.car import KATHY, RUTH
from makegood.demo.missing_car_outside import Surroundings
from makegood.demo.storm import StormOptions
from makegood.messages.errors import InputError
from makegood.web import instance
from makegood.web.live import PATH as LIVE
from makegood.web.wire import Handler, Receive, Scope, Send

SETTINGS = "makegood.demo.served_settings"


class Served(Struct, frozen=True, kw_only=True):
    """Where and what to serve.

    Attributes:
        storm: None plays no storm.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    storm: StormOptions | None = StormOptions()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


def serve_demo(served: Served, console: Console) -> None:
    """Serve until told to stop.

    Raises:
        InputError: Something else listens there already.
    """
    _check_free(served)
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="makegood-demo-")))
        clock = served_stage.running_clock()
        around = closing.enter_context(Surroundings(clock))
        database = f"sqlite:///{folder / 'web.db'}"
        stage = served_stage.ServedStage(around, clock, database, served.url)
        served_stage.use(stage)
        _ready_django(stage)
        _announce(stage, served, console)
        storm = _storm(served, folder / "storm")
        if storm is not None:
            closing.callback(_end, storm)
        asyncio.run(_run(stage, served))


def _check_free(served: Served) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((served.host, served.port))
        except OSError as error:
            raise InputError(
                f"{served.url} cannot be had ({error}); try `make run PORT=8001`, or --port 8001."
            ) from error


def _ready_django(stage: served_stage.ServedStage) -> None:
    instance.use(stage.makegood)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    from makegood.web.setup import prepare

    prepare()
    from makegood.desk.access import PERMISSIONS
    from makegood.web.accounts import ensure_user

    permissions = dict.fromkeys(PERMISSIONS, True)
    for one in (KATHY, RUTH):
        ensure_user(one.rep, stage.password, one.role, one.name, permissions=permissions)


def _announce(stage: served_stage.ServedStage, served: Served, console: Console) -> None:
    console.print(f"\n[bold]The missing car:[/] {served.url}/")
    console.print(
        f"One click signs in as {KATHY.name}; or sign in at {served.url}/desk/"
        f" as [bold]{KATHY.rep}[/], or as the supervisor [bold]{RUTH.rep}[/], who may see the"
        f" letter to management, with [bold]{stage.password}[/]. Stop with Ctrl+C.\n",
        highlight=False,
    )


def _storm(served: Served, folder: Path) -> "Popen[bytes] | None":
    return served_storm.start(folder, served.storm) if served.storm is not None else None


def _end(storm: "Popen[bytes]") -> None:
    """A storm that still plays ends with its stage."""
    storm.terminate()
    storm.wait()


async def _run(stage: served_stage.ServedStage, served: Served) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    from makegood.web.asgi import parts_of, screens
    from makegood.web.front import Front

    stopping = asyncio.Event()
    front = Front(lambda: parts_of(stage.makegood), screens)
    server = Server(
        ending_streams(front, stopping),
        address=served.host,
        port=served.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_level="error",  # type: ignore[arg-type]
    )

    def stop() -> None:
        stopping.set()
        server.stop()  # type: ignore[no-untyped-call]

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    await server.serve()


def ending_streams(app: Handler, stopping: asyncio.Event) -> Handler:
    """Tell live streams that their reader has gone when the server stops.

    A browser keeps such a stream open for ever, and the server waits for every connection.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != LIVE:
            await app(scope, receive, send)
            return

        async def receive_or_stop() -> dict[str, Any]:
            coming = asyncio.ensure_future(receive())
            stop = asyncio.ensure_future(stopping.wait())
            await asyncio.wait({coming, stop}, return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                stop.cancel()
                return coming.result()
            coming.cancel()
            return {"type": "http.disconnect"}

        await app(scope, receive_or_stop, send)

    return answer
