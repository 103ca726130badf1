"""The storm, from the flight tables to the report: the one entry for the command line."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from makegood.books.opening import read_book
from makegood.demo.bookings import Passengers, board
from makegood.demo.chance import Chance
from makegood.demo.clock import MovableClock
from makegood.demo.customers import Customers
from makegood.demo.desk import Desk
from makegood.demo.flights import HOUR_MS, Flight, flights_of, shift_to
from makegood.demo.house import BOOK, House, open_house
from makegood.demo.launch import OutsideWorld
from makegood.demo.mailings import mailings
from makegood.demo.marketing import Campaign, MarketingTeam
from makegood.demo.people import introduction
from makegood.demo.reactions import Mood, Reactions
from makegood.demo.refold import pasts
from makegood.demo.report import StormReport
from makegood.demo.reps import roster
from makegood.demo.tables import STORM, installed_days, shipped_storm
from makegood.demo.tally import Tally
from makegood.demo.touchpoints import touchpoints
from makegood.demo.world import Cast, Storm, quiet_after
from makegood.messages.errors import InputError
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import load_book
from makegood.ports.arrivals import Arrival

KNOWN_BEFORE_MS = 2 * HOUR_MS  # the register introduces everyone before the first event


Moved = Callable[[int, int], None]


class StormOptions(Struct, frozen=True, kw_only=True):
    """What can be chosen about a run.

    Attributes:
        customers: How many synthetic customers.
        seed: Another seed gives other customers and other reactions.
        days: First and last real day of 2013; the storm when not given.
        shift: Move the days into the present; without it the rules of 2013 apply.
        quiet_days: How long the story goes on after the last flight, for answers and offers.
        campaign_days_after: Marketing also mails on so many days after the last flight.
        database: postgresql://... or sqlite:///path; a file in `folder` when empty.
        folder: Where the files of the run stay; a temporary one when not given.
        reactions: The model of the customers.
    """

    customers: int = 10_000
    seed: int = 2013
    days: tuple[date, date] | None = None
    shift: bool = True
    quiet_days: int = 6
    campaign_days_after: int = 1
    database: str = ""
    folder: Path | None = None
    reactions: Reactions = Reactions()


class Scene(Struct, frozen=True, kw_only=True):
    """Everything that is known before the first event."""

    days: tuple[date, date]
    shift_days: int
    flights: tuple[Flight, ...]
    passengers: Passengers
    arrivals: tuple[Arrival, ...]


def run_storm(options: StormOptions, console: Console, moved: Moved | None = None) -> StormReport:
    """Play the storm and count what it came to.

    Args:
        options: What can be chosen.
        console: Where the progress bar goes.
        moved: Also told of the progress: steps done, and steps in all.

    Raises:
        InputError: The days cannot be had, the folder is in use, or the mail server is missing.
    """
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        return _play(options, folder, console, moved)


def _play(
    options: StormOptions, folder: Path, console: Console, moved: Moved | None
) -> StormReport:
    book = load_book(read_book(BOOK)[0], name=BOOK)
    chance = Chance(options.seed)
    scene = set_scene(options, chance, tuple(book.brands))
    console.print(_announcement(scene), highlight=False)
    clock = MovableClock(scene.arrivals[0].time_ms)
    kept = folder / "outside.jsonl"
    if kept.exists():
        raise InputError(
            f"{folder} holds the files of an earlier run, and two runs cannot be counted as one. "
            "Name another folder, or delete that one."
        )
    database = options.database or f"sqlite:///{folder / 'makegood.db'}"
    with OutsideWorld(kept, options.seed) as outside:
        house = open_house(database, clock, book, outside)
        try:
            storm = _storm(options, scene, house, outside, clock)
            ends_ms = quiet_after(scene.arrivals, options.quiet_days)
            with storm.cast.team:
                days = campaigns(options, scene, book)
                with _bar(console, moved) as told:
                    storm.play(ends_ms, days, told)
            outside.end()
            past = tuple(pasts(house.store, house.makegood.library, clock.now_ms()))
        finally:
            house.makegood.close()
    tally = Tally(past, mailings(kept), book)
    return tally.report(_days_text(scene.days), scene.shift_days, storm.intake_s)


def _storm(
    options: StormOptions, scene: Scene, house: House, outside: OutsideWorld, clock: MovableClock
) -> Storm:
    """Bring everyone together."""
    reps = roster(options.customers)
    house.hire(reps)
    mood = Mood(Chance(options.seed), options.reactions)
    flights = {b.reference: b.flight for b in scene.passengers.bookings}
    cast = Cast(
        customers=Customers(house, mood),
        desk=Desk(house, mood, reps, flights),
        team=MarketingTeam(outside.ports.smtp, house.may_send),
        people=scene.passengers.people,
    )
    return Storm(house, clock, cast, scene.arrivals)


def set_scene(options: StormOptions, chance: Chance, brands: tuple[str, ...]) -> Scene:
    """Read the tables, seat the customers, and write down all that will happen to them."""
    days = options.days or STORM
    tables = shipped_storm() if days == STORM else installed_days(*days)
    shift_days = _shift_days(days[1], options) if options.shift else 0
    flights = flights_of(tables, shift_days)
    passengers = board(chance, flights, brands, options.customers)
    happened = [a for booking in passengers.bookings for a in touchpoints(chance, booking)]
    happened.sort(key=lambda arrival: (arrival.time_ms, arrival.message_id))
    known_ms = happened[0].time_ms - KNOWN_BEFORE_MS
    known = [introduction(person, known_ms) for person in passengers.people]
    return Scene(
        days=days,
        shift_days=shift_days,
        flights=flights,
        passengers=passengers,
        arrivals=(*known, *happened),
    )


def _shift_days(last: date, options: StormOptions) -> int:
    """So far that the whole story, quiet days included, is over by yesterday."""
    today = datetime.fromtimestamp(time.time(), UTC).date()
    return shift_to(last, today - timedelta(days=2 + options.quiet_days))


def campaigns(options: StormOptions, scene: Scene, book: RuleBook) -> tuple[Campaign, ...]:
    """One mailing a day, each day from another brand of the umbrella."""
    first, last = (day + timedelta(days=scene.shift_days) for day in scene.days)
    count = (last - first).days + 1 + options.campaign_days_after
    brands = tuple(book.brands.values())
    return tuple(
        Campaign(day=first + timedelta(days=number), brand=brands[number % len(brands)])
        for number in range(count)
    )


@contextmanager
def _bar(console: Console, also: Moved | None) -> Iterator[Moved]:
    """Show a progress bar, and tell whoever else wants to know."""
    columns = (TextColumn("[progress.description]{task.description}"), BarColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("The storm")

        def moved(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if also is not None:
                also(done, total)

        yield moved


def _announcement(scene: Scene) -> str:
    moved = (
        f"moved by {scene.shift_days} days into the present, weekdays kept"
        if scene.shift_days
        else "not moved: the rules of that day apply"
    )
    return (
        f"Real flights and weather of {_days_text(scene.days)} ({moved}); "
        f"{len(scene.passengers.people):,} synthetic customers on {len(scene.flights):,} flights."
    )


def _days_text(days: tuple[date, date]) -> str:
    return f"{days[0].isoformat()}..{days[1].isoformat()}"
