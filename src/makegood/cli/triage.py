"""`makegood triage`: learn what letters are about from what people said, and say how well."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from makegood.bootstrap import Makegood
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE
from makegood.messages.errors import InputError
from makegood.ports.training import Figures, Training, Version, newest
from makegood.ports.triage import KeptModel
from makegood.runtime.noting import actor
from makegood.runtime.triage_learning import Job
from makegood.runtime.triage_models import label_counts, labels, model_of
from makegood.runtime.triage_night import Run, here, is_installed, roll_back
from makegood.runtime.triage_words import left_out_words, opened_words, outcome_words

Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
_TRIAGE = typer.Typer(help="What letters are about: learned here, from what people say of them.")
_LAST = 5
_MISSING = "The parts of triage are not installed here: pip install 'makegood[triage]'."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_TRIAGE, name="triage")


@_TRIAGE.command()
def train(
    database: Database = "",
) -> None:
    """Learn from the labels of this company; a model that is worse is not used.

    Needs `pip install makegood[triage]`.
    """
    if not is_installed():
        raise InputError(_MISSING)
    with opened(database, takes_up=False) as makegood:
        run = Run(makegood.store, makegood.clock, here)
        row = run.train(makegood.book.triage, by=actor().who or "the command line")
    if row is None:
        raise InputError("A training is under way; see `makegood triage status`.")
    _say_figures(row.figures)
    _say(outcome_words(row))


@_TRIAGE.command()
def evaluate(
    database: Database = "",
) -> None:
    """Say how well a model trained now would do, and use none.

    Needs `pip install makegood[triage]`.
    """
    if not is_installed():
        raise InputError(_MISSING)
    with opened(database, takes_up=False) as makegood:
        with makegood.store.reading() as reading:
            kept = reading.triage_model()
        job = Job(
            found=labels(makegood.store),
            model=kept.content if kept is not None else b"",
            terms=makegood.book.triage,
            now_ms=makegood.clock.now_ms(),
        )
        learned = here(job, lambda: False)
    _say_figures(learned.figures)


@_TRIAGE.command()
def status(
    database: Database = "",
) -> None:
    """Say which model is in use, what it learned from, and what came of the last trainings."""
    with opened(database, takes_up=False) as makegood:
        with makegood.store.reading() as reading:
            kept, versions = reading.triage_model(), reading.triage_versions()
            last = reading.trainings(limit=_LAST)
            fresh = reading.labels_since(last[0].labelled_ms if last else 0)
        count = label_counts(makegood.store)
        where = ", ".join(sorted(makegood.book.triage.channels))
    _say(f"Reads {where or 'nothing: the rule book has no section `triage`'}.")
    if is_installed():
        _say_model(kept)
    else:
        _say(f"{_MISSING} Nothing is read or trained by this process.")
    said = ", ".join(f"{kind} {n:,}" for kind, n in sorted(count.items())) or "none so far"
    _say(f"Labels of this company: {said}.")
    _say(_when_words(makegood, fresh))
    for row in last:
        _say_training(row)
    _say_versions(versions)


@_TRIAGE.command()
def rollback(
    to: Annotated[str, typer.Option(help="Name of a kept model, or `ships`.")] = "",
    database: Database = "",
) -> None:
    """Go back to the model that was in use before; what was read stays as it was read."""
    with opened(database, takes_up=False) as makegood:
        name = roll_back(makegood.store, makegood.clock, to)
    _say(f"In use from now on: {name or 'the model that ships'}.")


def _when_words(makegood: Makegood, fresh: int) -> str:
    terms = makegood.book.triage.train
    if not terms.by_itself:
        return f"{fresh:,} labels since the last training. Nothing is trained by itself."
    begins, ends = (
        f"{one // 60:02}:{one % 60:02}" for one in (terms.from_minute, terms.until_minute)
    )
    zone = terms.timezone or makegood.book.timezone
    return (
        f"{fresh:,} of {terms.after:,} labels since the last training; one begins between "
        f"{begins} and {ends} ({zone})."
    )


def _say_model(kept: KeptModel | None) -> None:
    model = model_of(kept)
    _say(f"Model {model.name}, {'trained here' if kept is not None else 'the one that ships'}.")
    for question, head in sorted(model.heads.items()):
        about = head.about
        _say(
            f"{question}: {len(about.labels)} labels from {about.texts:,} texts; held-out texts "
            f"right {about.right:.1%}, chances off by {about.off:.3f}. From: {about.source}."
        )


def _say_training(row: Training) -> None:
    _say(f"{_day(row.at_ms)}, by {row.by}, {row.labels:,} labels. {outcome_words(row)}")
    _say_figures(row.figures)


def _say_figures(figures: tuple[Figures, ...]) -> None:
    for one in figures:
        taken = "Taken." if one.is_taken else "Not taken."
        parts = (one.why, opened_words(one) if one.held else "", taken, left_out_words(one))
        _say(f"  {one.question}: {one.learned:,} learned. {' '.join(it for it in parts if it)}")


def _say_versions(versions: tuple[Version, ...]) -> None:
    used = newest(versions)
    for one in versions:
        stands = "in use" if one == used else "gone back from" if one.back_ms else "kept"
        _say(f"Version {one.name} of {_day(one.at_ms)}: {stands}.")


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).strftime("%d %B %Y, %H:%M UTC")


def _say(words: str) -> None:
    CONSOLE.print(words, highlight=False, markup=False)
