"""One fire: light it, let everybody work on, put it out, wait for deliveries, then judge."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from tests.fire.checker import breaches, orders_by_status, repeated
from tests.fire.deployment import Deployment, Postgres, own_postgres
from tests.fire.evidence import SILENT_MS, Evidence
from tests.fire.gather import gather, hurry, is_delivered
from tests.fire.load import Library, Source, stop_all
from tests.fire.onlookers import Asker, Desk, Reader
from tests.fire.parts import DESK_PASSWORD, Notes, Part, World
from tests.fire.proxy import Lines
from tests.fire.receivers import Counterparts, Journal, Mailbox
from tests.fire.relay import IS_THERE, Mailer, Relayed
from tests.fire.storm import Storm, by_kind
from tests.integration.mail_server import MailServer

ENDS_S = 120  # a client ends within one answer; the machine may be busy
DELIVERED_S = 300
CALM_TO_WARM_S = 3.0


@dataclass(frozen=True)
class Plan:
    """What to burn.

    Attributes:
        engine: `postgres` or `sqlite`.
        seconds: How long the storm blows.
        spells: At most so many faults; None for as many as fit in.
    """

    engine: str
    seconds: float
    seed: int
    customers: int = 60
    spells: int | None = None


@dataclass(frozen=True)
class Burnt:
    """What came of it.

    Attributes:
        breaches: Empty when every law held.
        report: For a person.
    """

    breaches: list[str]
    report: str
    evidence: Evidence


def burn(plan: Plan, folder: Path, postgres: Postgres | None) -> Burnt:
    """Run one fire in an empty folder."""
    journal, behind, notes = Journal(), Journal(), Notes()
    lines = Lines(plan.seed)
    counterparts = Counterparts(journal, plan.seed)
    try:
        with (
            MailServer(box=Mailbox(journal)) as mail,
            MailServer(box=Relayed(behind)) as relayed,
            counterparts.server as hook,
        ):
            deployment = _deployed(plan, folder, lines, postgres, mail.port, hook.port)
            deployment.mail_behind = relayed.port if IS_THERE else 0
            try:
                return _burnt(plan, deployment, journal, behind, notes, postgres)
            finally:
                deployment.kill()
    finally:
        lines.close()


def _deployed(
    plan: Plan, folder: Path, lines: Lines, postgres: Postgres | None, mail: int, hook: int
) -> Deployment:
    if postgres is None:
        return Deployment(folder, lines, f"sqlite:///{folder / 'fire.db'}", "", mail, hook)
    from tests.fire.gather import rows

    name = f"fire_{plan.seed}_{time.time_ns()}"
    rows(postgres.url, f"CREATE DATABASE {name}")
    return Deployment(folder, lines, name, postgres.socket, mail, hook)


def _burnt(
    plan: Plan,
    deployment: Deployment,
    journal: Journal,
    behind: Journal,
    notes: Notes,
    postgres: Postgres | None,
) -> Burnt:
    began = time.monotonic()
    parts, desk = _everybody(plan, deployment, journal, notes)
    deployment.start()
    if deployment.mail_behind:
        port = deployment.lines["relay-in"].port
        parts.append(Mailer("club", parts[0].world, notes, plan.seed, port))
    for part in parts:
        part.start()
    stop, rng = Event(), random.Random(f"{plan.seed}/strikes")
    stop.wait(CALM_TO_WARM_S)
    storm = Storm(plan.seed, deployment.lines, deployment.strikes(rng, postgres), stop)
    ends = time.monotonic() + plan.seconds
    storm.blow(plan.spells, lambda: time.monotonic() >= ends)
    deployment.lines.clear()
    deployment.wait_until_ready()
    stop_all(parts, ENDS_S)
    _let_all_be_delivered(deployment, notes)
    it = Evidence(
        acked=notes.acked, linked=notes.linked, asked=notes.asked, whole=notes.whole,
        strange=notes.strange, faults=storm.faults, delivered=journal.delivered,
        unsigned=journal.unsigned, queue_answers=desk.queue_answers(),
        mailed=notes.mailed, relayed=behind.delivered,
    )  # fmt: skip
    ended_badly = deployment.stop()
    gather(it, deployment)
    found = breaches(it) + ended_badly
    return Burnt(found, _report(plan, it, notes, found, time.monotonic() - began), it)


def _everybody(
    plan: Plan, deployment: Deployment, journal: Journal, notes: Notes
) -> tuple[list[Part], Desk]:
    def key(name: str, *scopes: str) -> str:
        return deployment.run("key", "create", name, *(f"--scope={one}" for one in scopes))

    deployment.run("user", "create", "kathy", "--role", "rep", typed=f"{DESK_PASSWORD}\n")
    world, url, seed = World(plan.seed, plan.customers), deployment.url, plan.seed
    desk = Desk("desk", world, notes, seed, url)
    parts: list[Part] = [
        Source("rental", world, notes, seed, url, key("rental", "ingest")),
        Library("app", world, notes, seed, url, key("app", "ingest")),
        Asker("shop", world, notes, seed, url, key("shop", "gate")),
        Asker("campaign", world, notes, seed, deployment.campaign_url, key("campaign", "gate")),
        Reader("customers", world, notes, seed, url, journal),
        desk,
    ]
    return parts, desk


def _let_all_be_delivered(deployment: Deployment, notes: Notes) -> None:
    """Wait in calm weather: silences are noticed, leases of the dead end, retries come."""
    again = Event()
    last_ms = max((one.acked_ms for one in notes.acked), default=0) + SILENT_MS + 10_000
    for _ in range(DELIVERED_S):
        hurry(deployment.address)
        if is_delivered(deployment.address) and time.time() * 1000 > last_ms:
            return
        again.wait(1.0)


def _report(plan: Plan, it: Evidence, notes: Notes, found: list[str], seconds: float) -> str:
    holding = Counter(one.name for one in it.acked)
    allowed = sum(one.allowed for one in it.asked)
    verdict = "every law held" if not found else f"{len(found)} BREACHES"
    mails = sum(one.line == "mail" for one in it.delivered)
    lines = [
        f"{plan.engine}, seed {plan.seed}, {plan.seconds:.0f} s of storm, "
        f"{seconds:.0f} s in all: {verdict}",
        f"  done to it: {by_kind(it.faults)}",
        f"  acknowledged: {len(it.acked)} events ({_counts(holding)}), {len(it.linked)} links; "
        f"the log has {len(it.log)}",
        f"  met on the way: {notes.refused} times told to come back, "
        f"{notes.lost_answers} answers lost, {notes.conflicts} conflicts, {notes.pages} pages, "
        f"{notes.live_changes} live changes",
        f"  gate: {len(it.asked)} answers, {allowed} yes",
        f"  delivered: {mails} mails and {len(it.delivered) - mails} webhooks, "
        f"{repeated(it.delivered)} of them once more; outbox: {_counts(orders_by_status(it))}",
    ]
    if it.mailed:
        lines.append(
            f"  SMTP gate: {len(it.mailed)} mails taken, {len(it.relayed)} passed on, "
            f"{repeated(it.relayed)} of them once more, {len(it.parked)} parked"
        )
    return "\n".join([*lines, *(f"  BREACH {one}" for one in found[:50])])


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{times} {name}" for name, times in sorted(counts.items()))


@contextlib.contextmanager
def engine(name: str, folder: Path) -> Iterator[Postgres | None]:
    """Give a PostgreSQL of our own, or None for SQLite."""
    if name == "sqlite":
        yield None
        return
    with own_postgres(folder / "postgres") as server:
        yield server
