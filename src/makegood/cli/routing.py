"""`makegood routing`: what was decided and with which chances, and a call log played again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress as Bar

from makegood.books.opening import read_book
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_json, print_table
from makegood.messages.errors import InputError
from makegood.playbooks.load import load_book
from makegood.playbooks.spans import DAY_MS, span_ms

if TYPE_CHECKING:
    from makegood.ports.routings import Routing, RoutingKey
    from makegood.replay.calls_figures import Played, Replayed

WAITS = "0s,5s,15s,30s,1m,2m,5m"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        name="routing", help="Who is asked to look after a customer.", no_args_is_help=True
    )
    group.command()(log)
    group.command()(replay)
    app.add_typer(group, name="routing")


def log(
    days: Annotated[int, typer.Option(min=1, max=3660, help="Not older than so many.")] = 90,
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
) -> None:
    """Print every decision as one line of JSON: who could have been asked, and how likely.

    Customers are in it by their pseudonyms alone.
    """
    with opened(database, takes_up=False) as makegood:
        since_ms = makegood.clock.now_ms() - days * DAY_MS
        after: RoutingKey | None = None
        while True:
            with makegood.store.reading() as reading:
                page = reading.routings(since_ms, after=after)
            for one in page:
                print_json(_shown(one))
            if not page:
                return
            after = page[-1].key


def _shown(one: "Routing") -> dict[str, object]:
    routed = one.routed
    names = (
        "event subject kind at_ms brand channel of first why chosen by_chance spared relaxed "
        "waits_ms waited_ms answered_by level tenure_days"
    )
    return {
        "customer": one.customer,
        **{name: getattr(routed, name) for name in names.split()},
        "slice": routed.slice / 10_000,
        "propensity": float(routed.propensity),
        "eligible": [
            {"rep": rep, "probability": float(routed.chance_of(rep))} for rep in routed.eligible
        ],
    }


def replay(  # noqa: PLR0913 - each is one option of the command
    calls: Annotated[Path, typer.Argument(help="The call log: CSV with a head, in UTF-8.")],
    rule_book: Annotated[
        str, typer.Option(help="Whose routing: a file, or one that ships; else as it comes.")
    ] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(help="What the file calls a column, as in caller=phone_number."),
    ] = None,
    waits: Annotated[
        str, typer.Option(help="Waits for one's own busy person to try, shortest first.")
    ] = WAITS,
    days: Annotated[
        int, typer.Option(min=1, max=366, help="A call so soon after another is a repeat.")
    ] = 7,
    overtake: Annotated[
        str, typer.Option(help="Who has waited so much longer is not passed over.")
    ] = "1m",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Play a call log again: how many who call again would reach the same person, at which wait.

    The file has caller, arrived, answered, handling (seconds), agent and queue. Nothing is
    written, and nobody is named.
    """
    from makegood.playbooks.routing_terms import RoutingRules
    from makegood.replay.calls import read_calls
    from makegood.replay.calls_figures import replay_calls

    routing = RoutingRules()
    if rule_book:
        text, called = read_book(rule_book)
        routing = load_book(text, name=called).routing
    columns, waits_ms = _columns(column or []), [_span(one) for one in waits.split(",")]
    with Bar(console=ERRORS, transient=True) as bar:
        task = bar.add_task("calls", total=None)
        found = read_calls(calls, columns, lambda line: bar.update(task, completed=line))
        total = len(found.calls)

        def tell(name: str, done: int) -> None:
            bar.update(task, description=f"wait {name}", completed=done, total=total)

        played = replay_calls(
            found, routing, waits_ms, days=days, overtake_ms=_span(overtake), progress=tell
        )
    if output is Format.JSON:
        print_json(played.shown())
    else:
        _print(played)


def _columns(given: list[str]) -> dict[str, str]:
    from makegood.replay.calls import COLUMNS

    found = {}
    for one in given:
        name, _, at = one.partition("=")
        if name not in COLUMNS or not at:
            raise InputError(f"--column {one}: write one of {', '.join(COLUMNS)}, = and its name.")
        found[name] = at
    return found


def _span(text: str) -> int:
    found = span_ms(text.strip())
    if found is None or found > DAY_MS:
        raise InputError(f"`{text.strip()}` is no span of time of at most a day, as in 30s or 2m.")
    return found


def _print(found: "Replayed") -> None:
    def say(text: str, style: str = "") -> None:
        CONSOLE.print(text, style=style, markup=False, highlight=False)

    if not found.can_tell:
        say(f"Cannot tell yet: {found.repeats:,} repeats are too few.", "bold")
    elif (best := found.at_equal_wait) is None:
        say("No wait that was tried keeps the mean wait of the log's own rule.", "bold")
    else:
        say(
            f"{_share(best)} of {found.repeats:,} repeats would reach the same person, and "
            "callers would wait as long in the mean, to a twentieth, as under the log's own rule "
            f"with the same people; in the log it was {_share(found.log)}.",
            "bold",
        )
    print_table(
        ("own person waited for", "same person", "mean wait", "more than plainly", "95 % waited"),
        (_row(one) for one in (found.log, found.plain, *found.frontier)),
    )
    say(
        f"{found.calls:,} calls of {found.callers:,} callers, {found.agents:,} people; a repeat "
        f"is a call within {found.days} days. `plain` is the log's own rule on the staff that is "
        "read from it. Ranges hold 90 % (callers drawn again)."
    )
    if found.unanswered or found.refused:
        say(f"Left out: {found.unanswered:,} not answered, {found.refused:,} not to be read.")
    for one in found.wrong:
        say(one)


def _share(one: "Played") -> str:
    return f"{one.share.value:.1%} ({one.share.low:.1%} to {one.share.high:.1%})"


def _row(one: "Played") -> tuple[str, ...]:
    extra = one.extra_wait_s
    return (
        one.name,
        _share(one),
        f"{one.mean_wait_s.value:.1f} s",
        f"{extra.value:+.1f} s ({extra.low:+.1f} to {extra.high:+.1f})",
        f"{one.longest_wait_s:.0f} s",
    )
