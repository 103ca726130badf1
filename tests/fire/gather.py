"""Reads what is stored after a fire, by plain SQL and with no code of the product's store.

Only the refold is the product's own: `makegood replay` folds every customer's events anew.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg

from tests.fire.deployment import Deployment
from tests.fire.evidence import Evidence, Logged, Order
from tests.fire.receivers import now_ms
from tests.fire.relay import parked_in

_LOG = "SELECT source, message_id, received_ms FROM log ORDER BY seq"
_OUTBOX = "SELECT command, status, next_ms, settled_ms, attempts FROM outbox ORDER BY command_id"
_STUCK = "SELECT customer FROM customer WHERE stuck <> ''"
_OVERDUE = (
    "SELECT customer FROM customer WHERE next_due_ms > 0 AND next_due_ms < {due} AND stuck = ''"
)
# What is to be delivered now; what was tried before waits for its next try.
_DUE = (
    "SELECT count(*) FROM outbox "
    "WHERE status = 'leased' OR (status = 'waiting' AND next_ms <= {now})"
)
_HURRY = (
    "UPDATE outbox SET next_ms = {now} "
    "WHERE status = 'waiting' AND attempts > 0 AND next_ms > {now}"
)
_PARKED = "SELECT content FROM parked_mail"
TIMER_MS = 10_000  # a timer that is later than this is overdue
SENT = {"send": "message", "confirm": "remedy"}


def rows(address: str, sql: str) -> Sequence[tuple[Any, ...]]:
    """Ask the engine itself."""
    if address.startswith("sqlite:///"):
        with sqlite3.connect(address.removeprefix("sqlite:///"), timeout=30) as file:
            return file.execute(sql).fetchall()
    with psycopg.connect(address, autocommit=True) as server:
        cursor = server.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def is_delivered(address: str) -> bool:
    """Whether nothing is leased, nothing that is due waits, and no timer is due."""
    due, overdue = _DUE.format(now=now_ms()), _OVERDUE.format(due=now_ms())
    return not rows(address, due)[0][0] and not rows(address, overdue)


def hurry(address: str) -> None:
    """Let the time pass that a failed try waits for: retries go over days, and a fire does not."""
    rows(address, _HURRY.format(now=now_ms()))


def gather(it: Evidence, deployment: Deployment) -> None:
    """Add everything that is stored; nobody writes any more."""
    address = deployment.address
    it.ended_ms = now_ms()
    it.log = [Logged(*row) for row in rows(address, _LOG)]
    it.orders = [_order(*row) for row in rows(address, _OUTBOX)]
    it.stuck = [row[0] for row in rows(address, _STUCK)]
    it.overdue = [row[0] for row in rows(address, _OVERDUE.format(due=it.ended_ms - TIMER_MS))]
    if deployment.mail_behind:
        it.parked = parked_in([bytes(row[0]) for row in rows(address, _PARKED)])
    it.traces = [line for line in deployment.logs().splitlines() if "Traceback" in line]
    it.refold_differs = _refold(deployment)


def _order(blob: bytes, status: str, next_ms: int, settled_ms: int, attempts: int) -> Order:
    command = msgspec.msgpack.decode(blob)
    order = command["order"]
    kind = order[SENT[order["type"]]] if order["type"] in SENT else order["kind"]
    if order["type"] == "fulfil" and not order["provider"]:
        kind = "free"  # nobody outside carries it out
    return Order(
        command=command["id"],
        cause=command["cause"],
        step=command["step"],
        kind=kind,
        message_class=order.get("message_class", ""),
        status=status,
        due_ms=command["due_ms"],
        useful_until_ms=command["useful_until_ms"],
        next_ms=next_ms,
        settled_ms=settled_ms,
        attempts=attempts,
    )


def _refold(deployment: Deployment) -> list[str]:
    command = [sys.executable, "-m", "makegood.cli", "replay", "--format", "json"]
    done = subprocess.run(
        command, env=deployment.own, capture_output=True, text=True, timeout=600, check=False
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return [f"replay said {done.returncode}: {done.stderr[-300:]}"]
    return [] if said["identical"] else [done.stdout[:2_000]]
