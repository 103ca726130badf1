"""`makegood check` reads rule books like a compiler reads code; `makegood ask` tries a table."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec.structs import asdict

from makegood.books.opening import laws_for, read_book, shipped_books, sources_for
from makegood.cli.output import CONSOLE, Format, print_json
from makegood.core.state import State
from makegood.messages.errors import InputError
from makegood.messages.facts import Facts, Requested
from makegood.playbooks.book import Library
from makegood.playbooks.load import CheckedBook, check_book, load_book
from makegood.playbooks.schema import schema as json_schema
from makegood.replay.examples import Mismatch, run_examples


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(check)
    app.command()(ask)
    app.command()(schema)


def check(
    books: Annotated[
        list[str] | None, typer.Argument(help="Files, folders or names of shipped books.")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Check rule books: every mistake at once, with file, line and what to do."""
    found = [checked_book(name) for name in _names(books or list(shipped_books()))]
    if output is Format.JSON:
        print_json([_as_json(*one) for one in found])
    else:
        for name, checked, mismatches in found:
            print_checked(name, checked, mismatches)
    if any(checked.errors or mismatches for _, checked, mismatches in found):
        raise typer.Exit(1)


def _names(given: list[str]) -> list[str]:
    names: list[str] = []
    for name in given:
        folder = Path(name)
        names += [str(p) for p in sorted(folder.glob("*.yaml"))] if folder.is_dir() else [name]
    return names


def checked_book(wanted: str) -> tuple[str, CheckedBook, tuple[Mismatch, ...]]:
    """Check a book and run its examples; give it with the name that errors call it."""
    text, name = read_book(wanted)
    checked = check_book(text, name=name, laws=laws_for(wanted), sources=sources_for(wanted))
    if checked.book is None:
        return name, checked, ()
    return name, checked, run_examples(checked.book, checked.examples)


def print_checked(name: str, checked: CheckedBook, mismatches: tuple[Mismatch, ...]) -> None:
    for error in (*checked.errors, *checked.warnings):
        CONSOLE.print(str(error), highlight=False, markup=False, soft_wrap=True)
    for one in mismatches:
        words = f"{one.file or name}:{one.line}: {one.example}: {one.what}: {_says(one)}"
        CONSOLE.print(words, highlight=False, markup=False, soft_wrap=True)
    if checked.book is not None and not mismatches:
        count = len(checked.examples)
        CONSOLE.print(f"{name}: good, {count} examples ran.", highlight=False, soft_wrap=True)


def _says(one: Mismatch) -> str:
    return f"the example says {_plain(one.expected)}, the book does {_plain(one.found)}."


def _plain(value: object) -> str:
    if isinstance(value, set | tuple):
        return ", ".join(sorted(str(one) for one in value)) or "nothing"
    return str(value)


def _as_json(name: str, checked: CheckedBook, mismatches: tuple[Mismatch, ...]) -> object:
    return {
        "book": name,
        "errors": [str(error) for error in checked.errors],
        "warnings": [str(warning) for warning in checked.warnings],
        "examples": len(checked.examples),
        "mismatches": [
            {"example": one.example, "line": one.line, "what": one.what, "says": _says(one)}
            for one in mismatches
        ],
    }


def schema() -> None:
    """Print the JSON Schema of rule books and laws, for editors that complete and check YAML."""
    print(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode())


def ask(
    book: Annotated[str, typer.Argument(help="A file, or the name of a shipped book.")],
    request: Annotated[str, typer.Argument(help="Id of a request of the book.")],
    given: Annotated[str, typer.Option("--with", help="JSON file with what is asked.")] = "",
    customer: Annotated[str, typer.Option(help="JSON file with facts of the customer.")] = "",
    brand: Annotated[str, typer.Option(help="The brand that is asked.")] = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Try a decision table without a server: the answer, and what it rests on."""
    from makegood.core.agreements import written_out
    from makegood.core.decide import Asker, decide
    from makegood.projections.asked import answer_words, reason_words

    text, name = read_book(book)
    made = load_book(text, name=name)
    wanted = Requested(request=request, facts=_facts(given), brand=brand)
    library = Library(active=made.hash, books={made.hash: made})
    told = _facts(customer)
    agreed = written_out(told.get("agreed"))
    decision = decide(State(facts=told), wanted, Asker(), 0, library, agreed)
    answered = decision.body
    if not isinstance(answered, Requested):
        raise InputError(decision.refused.why if decision.refused else "This cannot be asked.")
    if output is Format.JSON:
        print_json(asdict(answered))
        return
    source = made.for_brand(brand).requests[request].source
    for words in (answer_words(answered, library), *reason_words(answered, source)):
        CONSOLE.print(words, highlight=False, markup=False, soft_wrap=True)


def _facts(path: str) -> Facts:
    """Read a JSON object; no path is no facts."""
    if not path:
        return {}
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=dict[str, object])
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{path} cannot be read as a JSON object: {error}.") from error
