"""`sync`: compare the marks at Mailchimp and HubSpot with what holds, and say how they fare."""

import time
from typing import Annotated

import typer
from msgspec.structs import asdict

from makegood.bootstrap import Makegood
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, Format, print_json, print_table
from makegood.effects.campaign_tools import SETTINGS
from makegood.messages.errors import InputError
from makegood.ports.acts import Act
from makegood.ports.marking import Marker
from makegood.ports.marks import Sync
from makegood.projections.figures import counted
from makegood.projections.marks import (
    NAMES,
    Fare,
    drift_words,
    fares_of,
    synced_words,
    trouble_words,
    unreached_words,
)
from makegood.runtime.noting import note

_sync = typer.Typer(
    help="Marks at Mailchimp and HubSpot: compare, repair, say how old they are.",
    no_args_is_help=True,
)
Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
SetUp = Annotated[
    bool, typer.Option("--set-up", help="First make the tag, or the property and its list.")
]
Output = Annotated[Format, typer.Option("--format", help="text or json.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_sync, name="sync")


@_sync.command("mailchimp")
def mailchimp(
    dry: Dry = False, set_up: SetUp = False, database: Database = "", output: Output = Format.TEXT
) -> None:
    """Compare every audience with what holds, and repair what differs."""
    _compare("mailchimp", dry, set_up, database, output)


@_sync.command("hubspot")
def hubspot(
    dry: Dry = False, set_up: SetUp = False, database: Database = "", output: Output = Format.TEXT
) -> None:
    """Compare every property with what holds, and repair what differs."""
    _compare("hubspot", dry, set_up, database, output)


@_sync.command("status")
def status(database: Database = "", output: Output = Format.TEXT) -> None:
    """Say how far behind the marks are, and what the last comparison found. Asks no vendor."""
    with opened(database) as makegood:
        now_ms = makegood.clock.now_ms()
        places = [one.marker.place for one in makegood.marks.placed]
        with makegood.store.reading() as reading:
            fares = fares_of(reading, places, now_ms)
    if output is Format.JSON:
        print_json([_facts(fare) for fare in fares])
        return
    if not fares:
        CONSOLE.print(f"No campaign tool is connected; set {' or '.join(SETTINGS.values())}.")
    for fare in fares:
        _say(fare, now_ms)


def _compare(vendor: str, dry: bool, set_up: bool, database: str, output: Format) -> None:
    with opened(database) as makegood:
        markers = makegood.marks.of(vendor)
        if not markers:
            raise InputError(f"Set {SETTINGS[vendor]} to a JSON file with the key.")
        _see_that_brands_are_known(makegood, markers)
        made = _set_up(makegood, markers) if set_up else []
        ran = [(one, _ran(makegood, one, dry)) for one in markers]
    if output is Format.JSON:
        print_json({"made": made, "places": [_counted(one, fares) for one, fares in ran]})
    else:
        _print(made, ran, dry)
    if any(fares.error for _, fares in ran):
        raise typer.Exit(1)


def _set_up(makegood: Makegood, markers: tuple[Marker, ...]) -> list[str]:
    """Make what is missing at the vendors, and write down that it was asked for."""
    made: list[str] = []
    for one in markers:
        made += one.set_up()
        with makegood.store.writing() as writing:
            now_ms = makegood.clock.now_ms()
            note(writing, Act(what="sync.set_up", at_ms=now_ms, about=one.place.key))
    return made


def _see_that_brands_are_known(makegood: Makegood, markers: tuple[Marker, ...]) -> None:
    for one in markers:
        brand = one.place.brand
        if brand and brand not in makegood.book.brands:
            raise InputError(
                f"{SETTINGS[one.place.vendor]}: the rule book has no brand {brand!r}; it has "
                f"{', '.join(sorted(makegood.book.brands))}."
            )


def _ran(makegood: Makegood, marker: Marker, dry: bool) -> Sync:
    fares = makegood.marks.run(marker, dry=dry, sleep=time.sleep)
    if fares is None:
        raise InputError(
            f"{marker.place.id} is being compared by another process; try again in a few minutes."
        )
    return fares


def _counted(marker: Marker, fares: Sync) -> dict[str, object]:
    counts = {name: getattr(fares, name) for name in _COUNTS}
    return {
        "place": marker.place.key, "brand": marker.place.brand, **counts, "error": fares.error,
        "lacking": [asdict(it) for it in fares.checked.lacking], "blind": fares.checked.blind,
    }  # fmt: skip


def _print(made: list[str], ran: list[tuple[Marker, Sync]], dry: bool) -> None:
    for sentence in made:
        CONSOLE.print(sentence, highlight=False, markup=False, soft_wrap=True)
    would = "would be " if dry else ""
    print_table(
        ("place", "brand", "to mark", f"{would}set", f"{would}removed", "no contact", "refused"),
        (
            (one.place.id, one.place.brand or "all", fares.wanted, fares.added, fares.removed,
             fares.absent, fares.refused)
            for one, fares in ran
        ),
    )  # fmt: skip
    for one, fares in ran:
        if fares.error:
            CONSOLE.print(
                f"{one.place.id}: {fares.error}", highlight=False, markup=False, soft_wrap=True
            )
        _print_lacking(one.place.id, fares)


def _print_lacking(place: str, fares: Sync) -> None:
    checked = fares.checked
    if checked.lacking:
        more = " (and more)" if checked.more else ""
        CONSOLE.print(
            f"Not left out of {place}{more}:", highlight=False, markup=False, soft_wrap=True
        )
        print_table(
            ("what", "name", "status"),
            ((it.kind, it.name, it.status) for it in checked.lacking),
        )
    todo = dict.fromkeys(it.do for it in checked.lacking)
    for sentence in (*todo, *checked.blind):
        CONSOLE.print(sentence, highlight=False, markup=False, soft_wrap=True)


def _say(fare: Fare, now_ms: int) -> None:
    brand = f" ({fare.place.brand})" if fare.place.brand else ""
    lines = [
        f"{fare.name}{brand}: {synced_words(fare, now_ms)}",
        f"  {drift_words(fare)}",
        unreached_words(fare),
        f"{counted(fare.waiting, 'change')} to be told" if fare.waiting else "",
        trouble_words(fare, SETTINGS[fare.place.vendor]),
        _lacking_words(fare),
    ]
    for number, line in enumerate(it for it in lines if it):
        CONSOLE.print(
            line if number < 2 else f"  {line}", highlight=False, markup=False, soft_wrap=True
        )


def _lacking_words(fare: Fare) -> str:
    count = len(fare.checked.lacking)
    if not count:
        return ""
    if count == 1:
        return "1 campaign or workflow does not leave out who is marked"
    return f"{count} campaigns or workflows do not leave out who is marked"


def _facts(fare: Fare) -> dict[str, object]:
    return {
        "place": fare.place.key,
        "brand": fare.place.brand,
        "vendor": NAMES[fare.place.vendor],
        **{name: getattr(fare, name) for name in ("lagged", "p50_ms", "p95_ms", "worst_ms")},
        **{name: getattr(fare.sync, name) for name in (*_COUNTS, "ended_ms", "synced_ms")},
        "waiting": fare.waiting,
        "error": fare.sync.error,
        "lacking": len(fare.checked.lacking),
    }


_COUNTS = ("wanted", "added", "removed", "absent", "refused")
