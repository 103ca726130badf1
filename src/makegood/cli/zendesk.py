"""Zendesk's side: `zendesk app` writes the folder that is uploaded as a private app."""

import struct
import zlib
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer

from makegood.cli.output import CONSOLE
from makegood.messages.errors import InputError
from makegood.settings import read_settings

group = typer.Typer(help="The app for the sidebar of Zendesk.", no_args_is_help=True)
_ACCENT, _PAPER = (11, 110, 95), (255, 255, 255)  # our own colours, and our own drawing
_LOGOS = {"logo.png": 320, "logo-small.png": 128}  # sizes that Zendesk asks for


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="zendesk")


@group.callback()
def zendesk() -> None:
    """Keep the group a group while it has one command."""


@group.command("app")
def write_app(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")],
    email: Annotated[str, typer.Option(help="Whom agents of yours ask about the app.")],
    base_url: Annotated[str, typer.Option(help="Instead of MAKEGOOD_BASE_URL.")] = "",
) -> None:
    """Write the app of the sidebar: manifest, words and logos; zip it and upload it."""
    base = (base_url or read_settings().base_url).rstrip("/")
    url = urlsplit(base)
    is_here = url.hostname in ("localhost", "127.0.0.1")
    if not url.hostname or (url.scheme != "https" and not is_here):
        raise InputError(
            f"{base} is not https: Zendesk shows no other page. Set MAKEGOOD_BASE_URL."
        )
    if "@" not in email:
        raise InputError(f"{email!r} is not an e-mail address.")
    _write(output / "manifest.json", _manifest(base, email))
    _write(output / "translations/en.json", _words())
    for name, side in _LOGOS.items():
        path = output / "assets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_png(side))
    CONSOLE.print(f"{output}: zip what is in it, and upload it as a private app.", highlight=False)


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


def _manifest(base: str, email: str) -> dict[str, object]:
    """Say where the card is, and that Zendesk signs when it opens it.

    Source: developer.zendesk.com, apps, manifest reference.
    """
    return {
        "name": "Makegood",
        "author": {"name": "Makegood", "email": email, "url": base},
        "defaultLocale": "en",
        "private": True,
        "signedUrls": True,
        "location": {
            "support": {"ticket_sidebar": {"url": f"{base}/embed/zendesk", "flexible": True}}
        },
        "version": "1.0.0",
        "frameworkVersion": "2.0",
    }


def _words() -> dict[str, object]:
    says = (
        "Shows whether marketing is stopped, who looks after the customer, and what may be given."
    )
    return {
        "app": {
            "name": "Makegood",
            "short_description": says,
            "long_description": says,
            "installation_instructions": "Install it for the groups that serve customers.",
        }
    }


def _png(side: int) -> bytes:
    """Draw a square with a lighter bar: one colour a pixel, and no picture of anybody else."""
    bar = range(side * 5 // 12, side * 7 // 12)
    inner = range(side // 4, side * 3 // 4)
    rows = []
    for y in range(side):
        pixels = (_PAPER if y in bar and x in inner else _ACCENT for x in range(side))
        rows.append(b"\x00" + b"".join(bytes(one) for one in pixels))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
