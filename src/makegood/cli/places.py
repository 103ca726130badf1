"""`places`: the houses and branches that can take a customer in. `walk`: who goes elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_json, print_table
from makegood.messages.errors import InputError, Refused
from makegood.ports.redirects import WalkRow
from makegood.runtime.noting import actor
from makegood.runtime.places import all_places, import_places
from makegood.runtime.walks import read_arrivals, suggestion

_places = typer.Typer(
    help="Houses and branches that can take a customer in.", no_args_is_help=True
)
_walk = typer.Typer(
    help="Who goes elsewhere when not all can stay: least harm first.", no_args_is_help=True
)
_Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
_Output = Annotated[Format, typer.Option("--format", help="text or json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_places, name="places")
    app.add_typer(_walk, name="walk")


@_places.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV with a line for each place.")],
    database: _Database = "",
    output: _Output = Format.TEXT,
) -> None:
    """Take places in, all or none; a place that is there already is replaced."""
    with opened(database) as makegood, _reading(file) as table:
        done = import_places(makegood.store, table, makegood.book.brands)
    if output is Format.JSON:
        print_json(done)
    else:
        CONSOLE.print(
            f"{done.new} new, {done.changed} changed, {done.same} as they were.", highlight=False
        )


@_places.command("list")
def list_places(database: _Database = "", output: _Output = Format.TEXT) -> None:
    """List the places."""
    with opened(database) as makegood:
        rows = all_places(makegood.store)
    if output is Format.JSON:
        print_json(rows)
        return
    print_table(
        ("place", "brand", "name", "kind", "rank", "asked by", "closed"),
        (
            (
                row.place,
                row.brand,
                row.name,
                row.kind,
                row.rank or "-",
                row.email or row.phone or "nobody",
                "closed" if row.closed else "",
            )
            for row in rows
        ),
        whole=("place",),
    )


@_walk.command("rank")
def rank_arrivals(
    file: Annotated[Path, typer.Argument(help="CSV of the arrivals; - reads standard input.")],
    need: Annotated[int, typer.Option(min=1, help="How many have to go elsewhere.")],
    rule: Annotated[str, typer.Option(help="Of the rule book; the only one if empty.")] = "",
    brand: Annotated[str, typer.Option(help="Whose house it is.")] = "",
    database: _Database = "",
    output: _Output = Format.TEXT,
) -> None:
    """Rank arrivals by the harm it does to send them elsewhere; nobody is told anything."""
    with opened(database) as makegood, _reading(file) as table:
        wanted = makegood.walks.rule_of(rule, brand)
        guests = read_arrivals(table, wanted)
        row = makegood.walks.propose(wanted, guests, need, brand, actor().who)
    _show(row, output)


@_walk.command("decide")
def decide(
    walk: Annotated[str, typer.Argument(help="Id that `walk rank` printed.")],
    go: Annotated[list[str], typer.Option(help="Reservation of who goes; once for each.")],
    because: Annotated[str, typer.Option(help="Why, if it is not the ranking's choice.")] = "",
    database: _Database = "",
    output: _Output = Format.TEXT,
) -> None:
    """Write down who goes; each of them has a case and a Plan B from now on."""
    with opened(database) as makegood:
        done = makegood.walks.decide(walk, go, actor().who, because)
    if isinstance(done, Refused):
        raise InputError(done.why)
    _show(done, output)


@_walk.command("show")
def show(
    walk: Annotated[str, typer.Argument(help="Id of the walk.")],
    database: _Database = "",
    output: _Output = Format.TEXT,
) -> None:
    """Show a ranking, with its reasons and what was decided."""
    with opened(database, takes_up=False) as makegood, makegood.store.reading() as reading:
        row = reading.walk(walk)
    if row is None:
        raise InputError(f"There is no walk {walk!r}.")
    _show(row, output)


def _show(row: WalkRow, output: Format) -> None:
    if output is Format.JSON:
        print_json(row)
        return
    first = set(suggestion(row))
    print_table(
        ("", "reservation", "harm", "why"),
        (
            (
                _mark(row, chosen=one.chosen, first=one.arrival in first),
                one.arrival,
                "stays" if one.never else one.points,
                "; ".join(one.reasons),
            )
            for one in row.walkers
        ),
        whole=("", "reservation", "harm"),
    )
    CONSOLE.print(_ending(row), markup=False, highlight=False)


def _mark(row: WalkRow, *, chosen: bool, first: bool) -> str:
    if row.decided_ms:
        return "goes" if chosen else ""
    return "first" if first else ""


def _ending(row: WalkRow) -> str:
    if row.decided_ms:
        because = f": {row.because}" if row.because else ""
        return f"{row.walk}: decided by {row.decided_by}{because}."
    return (
        f"{row.walk}: nothing is decided. A person says who goes: makegood walk decide {row.walk}"
    )


@contextmanager
def _reading(file: Path) -> Iterator[TextIO]:
    """Open a CSV file, or standard input for `-`."""
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        with file.open(newline="", encoding="utf-8-sig") as table:
            yield table
    except (OSError, UnicodeError) as error:
        raise InputError(f"{file} cannot be read: {error}.") from error
