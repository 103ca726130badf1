"""The SMTP gate: mails a second, classed and judged, against the same library as a relay."""

import random
import statistics
import textwrap

from benchmarks.mail_servers import SENDER, address, gate_before, let_down, measure, sink_and_relay
from benchmarks.report import Bound, Figure, Plan, Result

MAILS, QUICK_MAILS = 4_000, 1_000
CLIENTS = 8
ROUNDS = 5
LEAST = 0.4  # of the plain relay; 0.6 is wanted, and CI holds half of what is measured
SEED = 7
_TEXT = "We have a car for you on most days of the week, at every branch, in every class. " * 40


def mail(number: int) -> tuple[str, bytes]:
    """A campaign's mail of a page to one customer, like the others but for a name and a number."""
    to = address(number)
    lines = [_TEXT[at : at + 76] for at in range(0, len(_TEXT), 76)]
    head = [
        f"From: Northwind Cars <{SENDER}>",
        f"To: {to}",
        "Subject: Your next weekend",
        f"Message-ID: <{number}@tool.example>",
        "List-Unsubscribe: <https://tool.example/u>",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Dear customer {number},",
        "join our club and save 20 % on your next rental.",
    ]
    return to, ("\r\n".join([*head, *lines]) + "\r\n").encode()


def letter(number: int) -> tuple[str, bytes]:
    """A mail as long whose every line is its own: nothing of it was seen before."""
    to, wire = mail(number)
    head, _, text = wire.decode().partition("\r\n\r\n")
    words, chance = text.split(), random.Random(SEED + number)
    chance.shuffle(words)
    said = textwrap.fill(" ".join(words), 76).replace("\n", "\r\n")
    return to, f"{head}\r\n\r\n{said}\r\n".encode()


def run(plan: Plan) -> Result:
    """Let a plain relay and the gate take turns before the same sink."""
    mails = [mail(number) for number in range(QUICK_MAILS if plan.quick else MAILS)]
    database = let_down(plan.folder)
    with sink_and_relay() as (sink, relay):
        gate = gate_before(sink, database)
        rounds = [
            (*measure(relay, mails, CLIENTS), *measure(gate, mails, CLIENTS))
            for _ in range(ROUNDS)
        ]
        letters = [letter(number) for number in range(QUICK_MAILS)]
        own_relay, own_gate = measure(relay, letters, CLIENTS), measure(gate, letters, CLIENTS)
        found = gate.stop(says=True)
    assert found["parked"] > 0
    assert found["passed"] + found["parked"] == ROUNDS * len(mails) + len(letters)
    relay_rate, relay_cpu, gate_rate, gate_cpu = map(statistics.median, zip(*rounds, strict=True))
    ratio = statistics.median(gated / plain for _, plain, _, gated in rounds)
    return Result(
        name="smtp_gate",
        figures=(
            Figure(
                what=f"mails of 3 KB through the gate, {CLIENTS} clients, one in fifty held",
                value=gate_rate,
                unit="mails/s",
                nothing=relay_rate,
                target="0.6 of a plain relay",
            ),
            Figure(
                what="the same, by the server's own processor time",
                value=gate_cpu,
                unit="mails/CPU-s",
                nothing=relay_cpu,
                target="0.6 of a plain relay",
            ),
            Figure(
                what="letters whose every line is new, by the server's own processor time",
                value=own_gate[1],
                unit="mails/CPU-s",
                nothing=own_relay[1],
            ),
        ),
        bounds=(
            Bound(
                what="mails a CPU-second against a plain relay",
                value=ratio,
                least=LEAST,
                is_timed=True,
            ),
        ),
    )
