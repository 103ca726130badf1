"""`everyone`: who else was in the same place, and what it costs to do it for all of them."""

import re
from typing import Annotated

import typer

from makegood.bootstrap import Makegood
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_json, print_table
from makegood.core.likeness import Comparable
from makegood.core.state import decode_state
from makegood.messages.errors import InputError
from makegood.messages.ids import CaseId
from makegood.playbooks.mistakes import nearest
from makegood.ports.store import Reading
from makegood.projections.alike import checked_remedy, like_of_case, like_of_kind
from makegood.projections.everyone import Wanted, everyone
from makegood.projections.everyone_words import Told, told

_CASE = re.compile(r"ke[0-9a-f]{32}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="everyone")(show_everyone)


def show_everyone(  # noqa: PLR0913 - each is one option of the command
    what: Annotated[str, typer.Argument(help="A case's id, or a failure or request of the book.")],
    remedy: Annotated[str, typer.Option(help="Also this remedy, even if never given.")] = "",
    cents: Annotated[
        int | None, typer.Option(min=0, help="What the remedy costs; else by the book.")
    ] = None,
    standing: Annotated[str, typer.Option(help="This level or a higher one.")] = "",
    brand: Annotated[str, typer.Option(help="Only cases of this brand.")] = "",
    severity: Annotated[int, typer.Option(min=0, max=5, help="Where the book compares it.")] = 0,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Tell how many customers were in the same place, what they got, and what all would cost."""
    with opened(database, takes_up=False) as makegood, makegood.store.reading() as reading:
        book = makegood.library.now(brand)
        if _CASE.fullmatch(what):
            if standing or brand or severity:
                raise InputError(
                    "A case has its own standing, brand and severity; leave them out."
                )
            like = _of_case(makegood, reading, what)
            book = makegood.library.now(like.brand)
        else:
            own = book.for_brand(brand)
            kind = "request" if what in own.requests else "failure"
            if kind == "failure" and what not in own.failures:
                hint = nearest(what, (*own.failures, *own.requests))
                raise InputError(f"`{what}` is no case, failure or request. {hint}")
            asks: dict[str, str] = {kind: what}
            like = like_of_kind(book, brand=brand, severity=severity, standing=standing, **asks)
        wanted = Wanted(
            like=like,
            remedies=checked_remedy(book.for_brand(like.brand), remedy, cents),
            cents=cents,
            own_brand=bool(brand),
        )
        found = everyone(reading, wanted, book, makegood.clock.now_ms())
        if output is Format.JSON:
            print_json(found)
        else:
            _print(told(found, makegood.library))


def _of_case(makegood: Makegood, reading: Reading, wanted: str) -> Comparable:
    found = reading.case(CaseId(wanted))
    row = reading.row(found.customer) if found is not None else None
    state = decode_state(row.state) if row is not None else None
    case = state.case(wanted) if state is not None else None
    like = like_of_case(state, case, makegood.library) if state and case else None
    if like is None:
        raise InputError(f"There is no case {wanted} with a failure that can be compared.")
    return like


def _print(words: Told) -> None:
    if words.customers:
        answers = f" {words.answers}." if words.answers else ""
        CONSOLE.print(f"{words.customers} {words.where}.{answers}", highlight=False)
    if words.remedies:
        lines = (
            (one.title, one.given, one.spent, one.for_all, one.back) for one in words.remedies
        )
        print_table(("remedy", "given", "spent", "for all of them", "then came back"), lines)
    for who, share in words.back:
        CONSOLE.print(f"came back, {who}: {share}", highlight=False)
    if words.note:
        CONSOLE.print(words.note, highlight=False)
