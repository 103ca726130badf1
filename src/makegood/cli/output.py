"""How the command speaks: tables for people, JSON for programs."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec
from rich.console import Console
from rich.table import Table

CONSOLE = Console()
ERRORS = Console(stderr=True)


class Format(StrEnum):
    """How an answer is printed."""

    TEXT = "text"
    JSON = "json"


def print_json(value: object) -> None:
    """Print one JSON value on one line, nothing else."""
    print(msgspec.json.encode(value).decode())


def print_facts(facts: Mapping[str, object]) -> None:
    """Print names and values below each other."""
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), str(value))
    CONSOLE.print(table)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], whole: Sequence[str] = ()
) -> None:
    """Print rows under headings; nothing is cut off, and what is not `whole` may wrap."""
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in whole)
    for row in rows:
        table.add_row(*(str(value) for value in row))
    CONSOLE.print(table)
