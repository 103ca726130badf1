"""`accounts` and `agreements`: bring in tables of who pays whom what, and list what is kept."""

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct, to_builtins

from makegood.bootstrap import Makegood
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_facts, print_json, print_table
from makegood.messages.errors import InputError
from makegood.messages.ids import AccountId, AgreementId
from makegood.projections.agreements import day_words, terms_words, where_words
from makegood.runtime.accounts import Fate
from makegood.sources.account_cells import Ways
from makegood.sources.account_tables import Read, read_rows

_accounts = typer.Typer(
    help="People, companies and agencies, and who has which role in them.", no_args_is_help=True
)
_agreements = typer.Typer(
    help="Rates, waivers and guarantees that were agreed with accounts.", no_args_is_help=True
)
_File = Annotated[Path, typer.Argument(help="CSV; its first line names the columns.")]
_Dry = Annotated[bool, typer.Option("--dry-run", help="Only read and count.")]
_AS = Annotated[Format, typer.Option("--format", help="text or json.")]
MOST_ROWS = 200_000  # of a file; more is brought in by two
PAGE = 200


class CountedAccounts(Struct, kw_only=True):
    """What became of the rows of a file; all but `rows` add up to it."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_accounts, name="accounts")
    app.add_typer(_agreements, name="agreements")


@_accounts.command("import")
def import_accounts(file: _File, dry_run: _Dry = False, output: _AS = Format.TEXT) -> None:
    """Bring in accounts, or who has which role in them: the columns tell which.

    The same file again changes nothing. A row that is wrong is named with its line and what to
    do, and stops no other.
    """
    _import(file, dry_run=dry_run, output=output)


@_agreements.command("import")
def import_agreements(file: _File, dry_run: _Dry = False, output: _AS = Format.TEXT) -> None:
    """Bring in agreements.

    The same file again changes nothing. A row that is wrong is named with its line and what to
    do, and stops no other. What has begun stays as it was: only its end may change.
    """
    _import(file, dry_run=dry_run, output=output)


def _import(file: Path, *, dry_run: bool, output: Format) -> None:
    with opened() as makegood:
        book = makegood.book
        rows = read_rows(file, Ways(zone=book.timezone, currency=book.currency))
        read = list(islice(rows, MOST_ROWS + 1))
        if len(read) > MOST_ROWS:
            raise InputError(f"{file.name} has more than {MOST_ROWS:,} rows; make two of it.")
        counted = _keep(makegood, file, read, dry_run=dry_run)
    if output is Format.JSON:
        print_json(counted)
    else:
        print_facts(to_builtins(counted))
    if counted.refused:
        raise typer.Exit(1)


def _keep(makegood: Makegood, file: Path, read: list[Read], *, dry_run: bool) -> CountedAccounts:
    fit = [one for one in read if one.written is not None]
    wanted = [one.written for one in fit if one.written is not None]
    kept = makegood.accounts.keep(wanted, dry_run=dry_run)
    fates = [one.fate for one in kept]
    wrong = [(one.line, one.error) for one in read if one.written is None]
    wrong += [
        (one.line, fate.why)
        for one, fate in zip(fit, kept, strict=True)
        if fate.fate is Fate.REFUSED
    ]
    for line, why in sorted(wrong):
        ERRORS.print(f"{file.name}:{line}: {why}", highlight=False, markup=False, soft_wrap=True)
    return CountedAccounts(
        rows=len(read),
        new=fates.count(Fate.NEW),
        changed=fates.count(Fate.CHANGED),
        same=fates.count(Fate.SAME),
        refused=len(wrong),
    )


@_accounts.command("list")
def list_accounts(
    begins: Annotated[str, typer.Option(help="Beginning of the id or of a word.")] = "",
    output: _AS = Format.TEXT,
) -> None:
    """List accounts."""
    with opened() as makegood, makegood.store.reading() as reading:
        found = list(page := reading.accounts(begins=begins, limit=PAGE))
        while page:
            found += (page := reading.accounts(begins=begins, after=page[-1].id, limit=PAGE))
    if output is Format.JSON:
        print_json(found)
        return
    rows = ((one.id, one.kind, one.name, one.tells) for one in found)
    print_table(("account", "kind", "name", "tells"), rows, whole=("account",))


@_agreements.command("list")
def list_agreements(
    account: Annotated[str, typer.Option(help="Only of this account.")] = "",
    output: _AS = Format.TEXT,
) -> None:
    """List agreements, with where each is honoured."""
    with opened() as makegood, makegood.store.reading() as reading:
        only = AccountId(account) if account else None
        found = list(page := reading.agreements(account=only, limit=PAGE))
        while page:
            found += (page := reading.agreements(account=only, after=page[-1].id, limit=PAGE))
        zone = makegood.book.timezone
        names = {id_: brand.name for id_, brand in makegood.book.brands.items()}
    if output is Format.JSON:
        print_json(found)
        return
    rows = (
        (one.id, one.account, terms_words(one.terms), where_words(one, names),
         day_words(one.from_ms, zone) or "always",
         day_words(one.until_ms - 1, zone) if one.until_ms else "no end")
        for one in found
    )  # fmt: skip
    columns = ("agreement", "account", "what", "where", "from", "until")
    print_table(columns, rows, whole=("agreement", "account"))


@_agreements.command("end")
def end_agreement(agreement: Annotated[str, typer.Argument(help="Its number.")]) -> None:
    """End an agreement now; what it meant until now stays true."""
    with opened() as makegood:
        makegood.accounts.end(AgreementId(agreement), 0)
    CONSOLE.print(f"The agreement {agreement} has ended.", highlight=False)
