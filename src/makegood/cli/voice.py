"""`voice`: hear what is said in public now, take exports of reviews, forget an author."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_json
from makegood.messages.errors import InputError
from makegood.playbooks.voice import Listening
from makegood.ports.voice import handle_named
from makegood.sources.voice.ranks import ENGINES, SERPAPI, day_of, read_ranks, read_serpapi
from makegood.sources.voice.ranks import columns_of as ranks_columns
from makegood.sources.voice.reviews import columns_of, read_reviews

Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
Output = Annotated[Format, typer.Option("--format", help="text or json.")]
_VOICE = typer.Typer(help="What is said in public: feeds, networks, reviews.")
_DAY_MS = 86_400_000
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_VOICE, name="voice")


@_VOICE.command()
def fetch(database: Database = "", output: Output = Format.TEXT) -> None:
    """Ask every source of `voice:` once; `makegood serve` does so all the time."""
    with opened(database) as makegood:
        found = makegood.voice.rounds.run_once(everything=True)
        makegood.voice.room.find_late()
        for name, became in found.items():
            _tell(name, became, output)


@_VOICE.command("import")
def take(  # noqa: PLR0913 - each is one option of the command
    file: Annotated[Path, typer.Argument(help="A table, such as reviews.csv.")],
    export: Annotated[str, typer.Option(help="google-play, app-store, or plain.")] = "plain",
    column: Annotated[
        list[str] | None, typer.Option(help="field=Column, as in text=Review.")
    ] = None,
    source: Annotated[str, typer.Option(help="What the desk calls it.")] = "reviews",
    brand: Annotated[str, typer.Option(help="Whose reviews they are.")] = "",
    waits: Annotated[
        int, typer.Option(help="What is older than so many days waits for nobody.", min=0)
    ] = 7,
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """Take reviews from a table; one that came before is taken once."""
    changed = dict(_pair(one) for one in column or ())
    columns = columns_of(export, changed)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}.") from error
    with opened(database) as makegood:
        if brand and brand not in makegood.book.brands:
            raise InputError(f"There is no brand `{brand}` in the active rule book.")
        listening = Listening(id=source, network="webhook", brand=brand)
        old_ms = makegood.clock.now_ms() - waits * _DAY_MS
        reviews = read_reviews(content, columns, source)
        _tell(source, makegood.voice.room.hear(listening, reviews, old_ms), output)


@_VOICE.command()
def ranks(  # noqa: PLR0913 - each is one option of the command
    file: Annotated[Path, typer.Argument(help="What a rank tool exports.")],
    export: Annotated[str, typer.Option(help="plain, search-console, or serpapi.")] = "plain",
    column: Annotated[
        list[str] | None, typer.Option(help="field=Column, as in place=Position.")
    ] = None,
    engine: Annotated[str, typer.Option(help="Where the table does not say it.")] = "",
    market: Annotated[str, typer.Option(help="Likewise, such as de.")] = "",
    day: Annotated[str, typer.Option(help="Likewise, such as 2026-11-26.")] = "",
    database: Database = "",
    output: Output = Format.TEXT,
) -> None:
    """Take what searches show, of the queries that the rule book watches."""
    said = {"engine": engine or ENGINES.get(export, ""), "market": market, "day": day}
    columns = {} if export == SERPAPI else ranks_columns(export, dict(map(_pair, column or ())))
    if day:
        day_of(day)
    with opened(database) as makegood, _open(file) as content:
        searches = makegood.voice.searches
        if not searches.terms.watch:
            raise InputError("The active rule book watches no search; say which in `searches:`.")
        found = (
            read_serpapi(content, said, searches.today)
            if export == SERPAPI
            else read_ranks(content, columns, said, searches.today)
        )
        came = searches.take(found, "ranks")
    _tell("ranks", came.became + Counter(wrong=len(came.wrong)), output)
    for one in came.wrong[:_SHOWN]:
        ERRORS.print(f"{file.name}, line {one.line}: {one.why}", highlight=False, markup=False)
    if came.wrong:
        ERRORS.print("What is wrong is kept with its reason, and the rest was taken.")
        raise typer.Exit(1)


@contextmanager
def _open(file: Path) -> Iterator[BufferedReader]:
    try:
        content = file.open("rb")
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}.") from error
    with content:
        yield content


@_VOICE.command()
def tidy(database: Database = "") -> None:
    """Forget now what was kept as long as `voice:` says; `makegood serve` does so by itself."""
    with opened(database) as makegood:
        posts, results = makegood.voice.keeping.prune(), makegood.voice.searches.prune()
        CONSOLE.print(f"{posts} posts without their words now, {results} results forgotten.")


@_VOICE.command()
def forget(
    network: Annotated[str, typer.Argument(help="Such as mastodon.")],
    handle: Annotated[str, typer.Argument(help="Such as name@example.social.")],
    database: Database = "",
) -> None:
    """Forget every post of an author who is no customer; `erase` forgets a customer's."""
    with opened(database) as makegood:
        rows = makegood.voice.forget(handle_named(network, handle))
        makegood.post.sweep()
        CONSOLE.print(f"{rows} forgotten.")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not value:
        raise InputError(f"{text!r}: write --column text=Review.")
    return name, value


def _tell(name: str, became: Counter[str], output: Format) -> None:
    if output is Format.JSON:
        print_json({"source": name, **became})
        return
    said = ", ".join(f"{count} {word}" for word, count in sorted(became.items())) or "nothing new"
    CONSOLE.print(f"{name}: {said}", highlight=False, markup=False)
