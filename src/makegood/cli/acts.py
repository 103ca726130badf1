"""`acts`: who did what of the things that only some may do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_json, print_table
from makegood.core.holds import iso
from makegood.messages.errors import InputError
from makegood.ports.acts import ACTS, FIRST_SEAL, Sought, first_break
from makegood.ports.store import Reading

_PAGE = 1_000
Day = Annotated[str, typer.Option(help="A day such as 2026-05-01, or an instant with offset.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(acts)


def acts(  # noqa: PLR0913 - each is one option of the command
    who: Annotated[str, typer.Option(help="Only of this person, key or user.")] = "",
    what: Annotated[str, typer.Option(help="Only this kind, such as key.made.")] = "",
    since: Day = "",
    until: Day = "",
    before: Annotated[int, typer.Option(help="Only those before this number.")] = 0,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=_PAGE)] = 50,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check that nothing was changed or taken out.")
    ] = False,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Show the record of privileged acts, the newest first, or check that it is whole."""
    if what and what not in ACTS:
        raise InputError(f"{what!r} is no act: choose one of {', '.join(ACTS)}.")
    sought = Sought(who=who, what=what, since_ms=_ms(since), until_ms=_ms(until))
    with opened(database, begins=False) as makegood, makegood.store.reading() as reading:
        if verify:
            _verify(reading)
            return
        found = reading.acts(sought, before=before, limit=limit)
    if output is Format.JSON:
        print_json(found)
        return
    print_table(
        ("no.", "when", "what", "who", "how", "about", "from", "to"),
        (
            (act.place, iso(act.at_ms), act.what, act.who, act.how, act.about,
             _said(act.before), _said(act.after))
            for act in found
        ),
        whole=("no.", "when", "what"),
    )  # fmt: skip


def _verify(reading: Reading) -> None:
    """Read the whole record page by page."""
    place, prior = 0, FIRST_SEAL
    while page := reading.acts_after(place, _PAGE):
        broken = first_break(page, place, prior)
        if broken is not None:
            _not_whole(f"No. {broken} is not what was written, or something before it is gone.")
        place, prior = page[-1].place, page[-1].seal
    if (place, prior) != reading.acts_end():
        _not_whole(f"After no. {place} something is gone.")
    CONSOLE.print(f"{place:,} acts are whole. The last seal is {prior or 'none'}.", soft_wrap=True)


def _not_whole(why: str) -> None:
    ERRORS.print(f"The record is not whole. {why}", highlight=False)
    raise typer.Exit(1)


def _said(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in values.items())


def _ms(text: str) -> int:
    if not text:
        return 0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text[:40]!r} is no day: write 2026-05-01.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
