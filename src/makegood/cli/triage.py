"""`makegood triage`: learn what letters are about from what people said, and say how well."""

from typing import Annotated

import typer

from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE
from makegood.messages.errors import InputError
from makegood.runtime.triage_models import Answer, label_counts, model_of, train_anew

Database = Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")]
_TRIAGE = typer.Typer(help="What letters are about: learned here, from what people say of them.")


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
    _learn(database, use=True)


@_TRIAGE.command()
def evaluate(
    database: Database = "",
) -> None:
    """Say how well a model trained now would do, and use none.

    Needs `pip install makegood[triage]`.
    """
    _learn(database, use=False)


@_TRIAGE.command()
def status(
    database: Database = "",
) -> None:
    """Say which model is in use, what it learned from, and how many labels there are.

    Needs `pip install makegood[triage]`.
    """
    with opened(database, takes_up=False) as makegood:
        with makegood.store.reading() as reading:
            kept = reading.triage_model()
        try:
            model = model_of(kept)
        except ModuleNotFoundError as missing:
            raise InputError(
                f"Triage needs {missing.name}: pip install 'makegood[triage]'."
            ) from missing
        channels = sorted(makegood.book.triage.channels)
        count = label_counts(makegood.store)
    where = ", ".join(channels) or "nothing: the rule book has no section `triage`"
    whose = "trained here" if kept is not None else "the one that ships"
    _say(f"Reads {where}. Model {model.name}, {whose}.")
    for question, head in sorted(model.heads.items()):
        about = head.about
        _say(
            f"{question}: {len(about.labels)} labels from {about.texts:,} texts; held-out texts "
            f"right {about.right:.1%}, chances off by {about.off:.3f}. From: {about.source}."
        )
    said = ", ".join(f"{kind} {n:,}" for kind, n in sorted(count.items())) or "none so far"
    _say(f"Labels of this company: {said}.")


def _learn(database: str, *, use: bool) -> None:
    with opened(database, takes_up=False) as makegood:
        now_ms = makegood.clock.now_ms()
        answers = train_anew(makegood.store, makegood.book.triage, now_ms, use=use)
    for one in answers:
        _say(_words(one, use=use))


def _words(one: Answer, *, use: bool) -> str:
    verdict = "is used from now on" if use else "would be used"
    ending = f"The new model {verdict}." if one.put_in_use else "The model in use stays."
    few = f" Too few letters of: {', '.join(one.left_out)}." if one.left_out else ""
    return f"{one.question}: {one.learned:,} labels. {one.why} {ending}{few}"


def _say(words: str) -> None:
    CONSOLE.print(words, highlight=False, markup=False)
