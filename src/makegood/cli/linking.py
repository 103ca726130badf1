"""`makegood link`: who is who across the guest lists of brands; nothing is written at first."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace
from rich.progress import Progress as Bar

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE, ERRORS, Format, print_facts, print_json
from makegood.messages.errors import InputError
from makegood.ports.links import LinkRun
from makegood.projections.links import precision_words
from makegood.runtime.link_runs import WORDS
from makegood.runtime.noting import actor

if TYPE_CHECKING:
    from makegood.bootstrap import Makegood
    from makegood.linkage.finding import Found
    from makegood.linkage.plan import Plan

NEEDS = "Comparing guest lists needs Splink and DuckDB: pip install 'makegood[linkage]'."
_STAGES = {
    "reading": "Reading lists",
    "comparing": "Comparing guests",
    "sorting": "Sorting pairs",
    "explaining": "Writing evidence down",
}
_SHOWN = 5  # refused rows that are printed of each list


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(link)


def link(
    lists: Annotated[
        list[str],
        typer.Argument(help="CSV or Parquet; its stem is the list's id in the plan, or id=path."),
    ],
    plan: Annotated[Path, typer.Option(help="How the lists are read, and the thresholds.")],
    write: Annotated[
        bool, typer.Option("--write", help="Link, and put what is unsure before people.")
    ] = False,
    memory: Annotated[str, typer.Option(help="At most so much, as in 2GB; then disk.")] = "",
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Find who is probably one customer across brands; a dry run unless --write is given.

    Exit 1 when rows could not be compared; the others are.
    """
    try:
        from makegood.linkage.finding import find
        from makegood.linkage.plan import read_plan
    except ImportError as error:
        raise InputError(NEEDS) from error

    told = read_plan(plan)
    files = _files(lists, told)
    with opened(database) as makegood, Bar(console=ERRORS, transient=True) as bar:
        task = bar.add_task(_STAGES["reading"], total=None)

        def moved(stage: str, done: int) -> None:
            says = _STAGES.get(stage, stage)
            bar.update(task, description=f"{says} {done:,}" if done else says)

        found = find(files, told, moved, memory=memory)
        task = bar.add_task("Linking" if write else "Looking up", total=None)
        report = (
            _taken(makegood, found, told, bar, task) if write else _tried(makegood, found, told)
        )
        known = set(makegood.book.brands)
    strange = sorted({one.brand for one in told.lists} - known)
    if output is Format.JSON:
        print_json(
            {"wrote": write, "run": report, "lists": found.lists, "unknown_brands": strange}
        )
    else:
        _print(found, report, strange, wrote=write)
    if any(one.rows > one.kept for one in found.lists):
        raise typer.Exit(1)


def _files(lists: Iterable[str], plan: "Plan") -> Mapping[str, Path]:
    """Match files with the lists of the plan."""
    known = [one.id for one in plan.lists]
    found: dict[str, Path] = {}
    for given in lists:
        name, equals, path = given.partition("=")
        where = Path(path if equals and name in known else given)
        id_ = name if equals and name in known else where.stem
        if id_ not in known:
            raise InputError(
                f"The plan has no list {id_!r}; it has {', '.join(known)}. "
                f"Name the file so, or write <list>={given}."
            )
        if id_ in found:
            raise InputError(f"The list {id_!r} is given twice.")
        if not where.is_file():
            raise InputError(f"{where} is not a file.")
        found[id_] = where
    if len(found) < 2:
        raise InputError("Give the lists of two brands at least.")
    return found


def _report(found: "Found", plan: "Plan") -> LinkRun:
    return LinkRun(
        run=0,
        at_ms=0,
        lists={one.brand: one.kept for one in found.lists},
        linked_at=plan.linked_at,
        review_at=plan.review_at,
        linked=0,
        asked=0,
        known=0,
        apart=0,
        left_out={},
        precision=found.precision,
        by=actor().who,
    )


def _tried(makegood: "Makegood", found: "Found", plan: "Plan") -> LinkRun:
    done = makegood.link_runs.sort((*found.sure, *found.asked))
    return replace(
        _report(found, plan),
        linked=len(done.linked),
        asked=len(done.asked),
        known=done.known,
        apart=done.apart,
        left_out=dict(sorted(done.left_out.items())),
    )


def _taken(makegood: "Makegood", found: "Found", plan: "Plan", bar: Bar, task: object) -> LinkRun:
    def moved(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)  # type: ignore[arg-type]

    return makegood.link_runs.take(
        (*found.sure, *found.asked), _report(found, plan), moved, found.seen
    )


def _print(found: "Found", run: LinkRun, strange: list[str], *, wrote: bool) -> None:
    for one in found.lists:
        says = f"{one.brand}: {one.kept:,} of {one.rows:,} rows can be compared."
        if one.shared:
            says += f" {one.shared:,} addresses or numbers belong to more than three guests."
        CONSOLE.print(says, highlight=False, markup=False)
        for row in one.refused[:_SHOWN]:
            CONSOLE.print(f"  line {row.line}: {row.why}", highlight=False, markup=False)
        if one.rows - one.kept > _SHOWN:
            CONSOLE.print(f"  and {one.rows - one.kept - _SHOWN:,} more", highlight=False)
    for brand in strange:
        CONSOLE.print(f"The rule book names no brand {brand!r}.", highlight=False, markup=False)
    print_facts(
        {
            f"linked at {run.linked_at:g}": f"{run.linked:,}"
            if wrote
            else f"{run.linked:,} would be",
            f"for a person, from {run.review_at:g}": f"{run.asked:,}",
            "estimated": precision_words(run),
            "one customer already": f"{run.known:,}",
            "kept apart before": f"{run.apart:,}",
            **({"questions withdrawn": f"{run.withdrawn:,}"} if run.withdrawn else {}),
            **({"links that are doubted now": f"{run.doubted:,}"} if run.doubted else {}),
            **{f"left out: {WORDS.get(why, why)}": f"{n:,}" for why, n in run.left_out.items()},
        }
    )
    if not wrote:
        CONSOLE.print("Nothing was written. Write it with --write.", highlight=False)
