"""The gate over HTTP: questions a second against a handler that does nothing, in the same run.

Beside it the same question through django-ninja and the ORM, over the same customers and holds, on
the same server. Keys, identifiers and limits are on.
"""

import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.counting import CountingStore
from benchmarks.databases import empty_database
from benchmarks.fronts import SECRET, Serving, drive, serve, serve_front, serve_noop
from benchmarks.ingest_http import CLIENTS, bodies
from benchmarks.orm import gate as orm
from benchmarks.report import Bound, Figure, Plan, Result
from makegood.core.holds import Question
from makegood.gate.service import Gate
from makegood.messages.commands import MessageClass
from makegood.store.sqlite import SqliteStore
from makegood.testing.book import small_library
from makegood.testing.clock import FakeClock

QUESTIONS, QUICK_QUESTIONS = 10_000, 2_000
KNOWN = 10_000  # events taken in before the first question, each of another customer
ROUNDS = 3
FEWER = 4  # of what is slow, so many times fewer questions tell as much
COUNTED = 100
MOST_ASKED = 1  # one query, however many people an identifier may mean
OF_NOTHING = {"SQLite": 0.40, "PostgreSQL": 0.15}  # goals; CI holds half
TIMES_THE_ORM = 5.0
PATH = "/v1/may-send"
Rate = Callable[[list[bytes]], float]


def questions(count: int) -> list[bytes]:
    """Ask about known and unknown customers alike."""
    return [
        json.dumps(
            {
                "identifier": f"user:{number * 7919 % 12_000}",
                "brand": "cars",
                "class": "promotional",
                "channel": "mail",
            }
        ).encode()
        for number in range(count)
    ]


def rate_of(served: Serving, path: str = PATH) -> Rate:
    """Give what measures questions a second at one place."""
    return lambda made: len(made) / drive(served, path, made, CLIENTS)


def statements_a_question() -> float:
    """Count what one question asks of the engine, by a gate in this process."""
    with tempfile.TemporaryDirectory() as folder:
        store = CountingStore(SqliteStore(Path(folder) / "gate.db"))
        library, clock = small_library(), FakeClock()
        gate = Gate(store, lambda: library, clock, SECRET)
        question = Question(brand="cars", message_class=MessageClass.PROMOTIONAL, channel="mail")
        for number in range(COUNTED):
            gate.ask(f"user:{number}", question)
        store.close()
    return store.asked.statements / COUNTED


@contextmanager
def standing(plan: Plan) -> Iterator[dict[str, Rate]]:
    """Serve everything that is compared, each by its name."""
    with ExitStack() as open_:
        rates = {"nothing": rate_of(open_.enter_context(serve_noop()))}
        urls = {"SQLite": ""}
        orm_url = ""
        if plan.postgres:
            urls["PostgreSQL"] = open_.enter_context(empty_database(plan.postgres))
            orm_url = open_.enter_context(empty_database(plan.postgres))
        for engine, url in urls.items():
            front = open_.enter_context(serve_front(plan.folder, url))
            drive(front, "/v1/batch", bodies(KNOWN), CLIENTS)
            rates[engine] = rate_of(front)
        names = orm.begin(plan.folder, orm_url)
        for name in names:
            orm.fill(name, [f"user:{n}" for n in range(KNOWN)], list(_held()))
        other = open_.enter_context(serve(orm.handler()))._replace(key=orm.KEY)
        for name, engine in zip(names, orm.engines_of(names), strict=True):
            rates[f"{engine} by the ORM"] = rate_of(other, f"/{name}{PATH}")
        yield rates


def _held() -> Iterator[str]:
    """Name those whom the batches of `ingest_http` let down."""
    return (f"user:{number * 7919 % KNOWN}" for number in range(0, KNOWN, 50))


def run(plan: Plan) -> Result:
    """Let all that is compared take turns."""
    made = questions(QUICK_QUESTIONS if plan.quick else QUESTIONS)
    with standing(plan) as rates:
        fewer = made[: len(made) // FEWER]
        rounds = [
            {name: rate(fewer if "ORM" in name else made) for name, rate in rates.items()}
            for _ in range(ROUNDS)
        ]
    found = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    engines = [engine for engine in OF_NOTHING if engine in found]
    figures, bounds = [], [
        Bound(what="statements a question", value=statements_a_question(), most=MOST_ASKED)
    ]  # fmt: skip
    for engine in engines:
        ours, goal = found[engine], OF_NOTHING[engine]
        times = ours / found[f"{engine} by the ORM"]
        figures += [
            Figure(what=f"{engine}: may we send? {CLIENTS} clients, over 10,000 customers",
                   value=ours, unit="questions/s", nothing=found["nothing"],
                   target=f"ratio {goal:g}"),
            Figure(what=f"{engine}: times the same question through django-ninja and the ORM",
                   value=times, unit="times", target=f"{TIMES_THE_ORM:g}"),
        ]  # fmt: skip
        bounds += [
            Bound(what=f"{engine}: rate to doing nothing", value=ours / found["nothing"],
                  least=goal / 2, is_timed=True),
            Bound(what=f"{engine}: times django-ninja and the ORM", value=times,
                  least=TIMES_THE_ORM / 2, is_timed=True),
        ]  # fmt: skip
    return Result(name="gate_http", figures=tuple(figures), bounds=tuple(bounds))
