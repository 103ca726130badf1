"""Measure the fold: JSON lines decoded and folded with 20 rules, against decoding only.

Run it with `python -m benchmarks --only fold`. The two take turns, best of five, with the garbage
collector on and in the same state for both; CI gates the ratio of one run, not the rate.
"""

import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from random import Random

import msgspec
from msgspec import Struct

from benchmarks.report import Bound, Figure, Plan, Result
from makegood.core.fold import FOLD_VERSION, step
from makegood.core.state import EMPTY, State
from makegood.messages.events import Event, OnDuty, Stamp
from makegood.messages.facts import Facts, Touchpoint
from makegood.messages.ids import ProfileId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book

EVENTS, QUICK_EVENTS = 200_000, 30_000
REPEATS = 5
CUSTOMERS = 40_000
TROUBLE = 0.08  # of events let somebody down
FLOOR = 0.12  # of the decode-only rate: the goal; CI holds half of it
GROWN, FEWER = 1_000, 10  # a case of so many failures, beside so many cases of fewer
GROWTH = 3  # times as long an event may take in the grown case: twice what was measured (1.5)
DAY_MS = 86_400_000
NINETY_DAYS_MS = 90 * DAY_MS
BEGIN_MS = 1_767_225_600_000

# event -> facts of an ordinary day, facts of a bad one, conditions (20 in all)
EVENT_KINDS: dict[str, tuple[Facts, Facts, tuple[str, ...]]] = {
    "Flight Arrived": (
        {"delay_minutes": 4, "price_cents": 21_000, "tier": "basic"},
        {"delay_minutes": 214, "price_cents": 21_000, "tier": "gold"},
        (
            "event.delay_minutes >= 180",
            "event.delay_minutes >= 90 && event.delay_minutes < 180",
            'event.tier in ["gold", "platinum"] && '
            "event.delay_minutes >= 60 && event.delay_minutes < 90",
        ),
    ),
    "Flight Cancelled": (
        {"cause": "customer", "notice_hours": 400, "price_cents": 0},
        {"cause": "weather", "notice_hours": 3, "price_cents": 30_000},
        (
            'event.cause != "customer" && event.notice_hours < 24',
            'event.cause == "crew" && event.notice_hours >= 24',
            "event.notice_hours >= 24 && event.price_cents > 0",
        ),
    ),
    "Rental Started": (
        {"reason": "", "branch": "city", "price_cents": 9_000, "found": True},
        {"reason": "no_car", "branch": "airport_bos", "price_cents": 9_000, "found": False},
        ('!event.found && event.reason != "no_show"', 'event.branch.startsWith("closed")'),
    ),
    "Call Ended": (
        {"wait_minutes": 3, "hung_up": False, "solved": True, "price_cents": 0},
        {"wait_minutes": 44, "hung_up": True, "solved": False, "price_cents": 0},
        ("event.wait_minutes > 60", "event.hung_up", "!event.solved && event.wait_minutes > 120"),
    ),
    "Survey Answered": (
        {"score": 9, "price_cents": 0},
        {"score": 2, "comment": "never again", "price_cents": 0},
        ("has(event.comment) && event.score < 3", "event.score < 0"),
    ),
    "Bag Arrived": (
        {"hours": 0, "lost": False, "bags": [12, 14], "price_cents": 4_000},
        {"hours": 80, "lost": True, "bags": [12, 31], "price_cents": 4_000},
        ("event.hours > 12 && !event.lost", "event.lost", "event.bags.exists(b, b > 99)"),
    ),
    "Order Delivered": (
        {"days_late": 0, "damaged": False, "price_cents": 5_500},
        {"days_late": 4, "damaged": True, "price_cents": 5_500},
        ("event.days_late >= 2", "event.damaged && event.days_late < 2"),
    ),
    "Fee Charged": (
        {"announced": True, "fee_cents": 900, "price_cents": 900},
        {"announced": False, "fee_cents": 3_600, "price_cents": 3_600},
        ("!event.announced && event.fee_cents >= 500", "event.fee_cents > 100000"),
    ),
}
_HEAD = """
makegood: 1
name: benchmark
umbrella: Bench
currency: USD
timezone: UTC
brands: [{id: bench, name: Bench, sender: a@bench.example, offers_sender: b@bench.example}]
authority: {rep: {cents: 10000}}
remedies:
  - {id: refund, kind: refund, title: {en: refund}, cost: {ratio: 1.0}, provider: pay}
  - id: ride
    kind: ride
    title: {en: ride}
    cost: {cents: 900}
    provider: ride
    confirm_within: 2m
messages:
  - {id: sorry, class: service, urgency: now, texts: {en: {subject: Sorry, text: Sorry}}}
  - {id: choose, class: service, urgency: now, texts: {en: {subject: Choose, text: Choose}}}
  - {id: good, class: survey, urgency: soon, texts: {en: {subject: Good, text: Good}}}
"""
_PLAN = """
  - for: [{all}]
    hold: {{scope: umbrella, until: made_whole, longest: 30d}}
    apology: sorry
    offers: {{least: [apology: status], better: [ride]}}
    offer_message: choose
    chosen_message: choose
    choose_within: 2h
    open_within: 1h
    call_within: 1h
    useful_within: 6h
    on_double_deviation: {{offer: better, call_within: 15m, apology: sorry}}
    made_whole: {{asked: good, ask_after: 2h}}
"""


class Line(Struct):
    """One line of the file: a track call as a Segment library writes it."""

    userId: ProfileId  # noqa: N815 - the wire's own name
    event: str
    messageId: str  # noqa: N815
    timestamp: datetime
    properties: Facts
    type: str = "track"
    anonymousId: str | None = None  # noqa: N815
    context: Facts = {}
    integrations: Facts = {}


def book_text() -> str:
    """Write the rule book of the benchmark: 20 rules over 8 events."""
    failures: list[str] = ["failures:"]
    names: list[str] = []
    for event, (_, _, conditions) in EVENT_KINDS.items():
        for when in conditions:
            name = f"f{len(names)}"
            names.append(name)
            failures += [
                f"  - id: {name}",
                f"    on: {event}",
                f"    title: {name}",
                "    about: event.booking",
                f"    when: '{when}'",
                "    loses: service",
                "    severity: 3",
                "    cause: firm",
                "    price: event.price_cents",
            ]
    plan = "plans:" + _PLAN.format(all=", ".join([*names, "other"]))
    return _HEAD + "\n".join(failures) + "\n" + plan


@cache
def the_library() -> Library:
    """Load the book, once: starting up is not what is measured."""
    book = load_book(book_text(), name="benchmark.yaml")
    return Library(active=book.hash, books={book.hash: book})


def lines(
    count: int, seed: int = 7, *, customers: int = CUSTOMERS, trouble: float = TROUBLE
) -> list[bytes]:
    """Make the events: a few customers are busy, most are not; times rise over 90 days."""
    draw = Random(seed)
    kinds = list(EVENT_KINDS)
    encoder = msgspec.json.Encoder()
    made = []
    for number in range(count):
        name = draw.choice(kinds)
        ordinary, bad, _ = EVENT_KINDS[name]
        facts = bad if draw.random() < trouble else ordinary
        line = Line(
            userId=ProfileId(f"u{int(customers * draw.random() ** 2.2)}"),
            event=name,
            messageId=f"m{number}",
            timestamp=datetime.fromtimestamp(
                (BEGIN_MS + number * NINETY_DAYS_MS // count) // 1000, tz=UTC
            ),
            context={"library": {"name": "analytics-python", "version": "2.4.0"}},
            properties={**facts, "booking": f"b{number // 3}"},
        )
        made.append(encoder.encode(line))
    return made


def decode_only(data: list[bytes]) -> int:
    """Decode every line and do nothing with it."""
    decode = msgspec.json.Decoder(Line).decode
    count = 0
    for raw in data:
        decode(raw)
        count += 1
    return count


def decode_and_fold(data: list[bytes]) -> tuple[int, dict[str, State]]:
    """Decode and fold every line; give the number of commands and the states."""
    library = the_library()
    book = library.book(library.active)
    duty = (OnDuty(RepId("rep"), BEGIN_MS + 2 * NINETY_DAYS_MS),)
    stamp = Stamp(book=book.hash, fold=FOLD_VERSION, on_duty=duty)
    decode = msgspec.json.Decoder(Line).decode
    states: dict[str, State] = {}
    commands = 0
    for raw in data:
        line = decode(raw)
        at_ms = int(line.timestamp.timestamp() * 1000)
        event = Event(
            source="bench",
            message_id=line.messageId,
            profile=line.userId,
            time_ms=at_ms,
            received_ms=at_ms,
            body=Touchpoint(name=line.event, properties=line.properties),
            stamp=stamp,
        )
        before = states.get(line.userId, EMPTY)
        after = step(before, event, library)
        commands += len(after.commands)
        if after.state is not before:
            states[line.userId] = after.state
    return commands, states


def cpu_seconds(run: Callable[[list[bytes]], object], data: list[bytes]) -> float:
    """Give the processor seconds of one pass, with nothing left to collect from before."""
    gc.collect()
    gc.freeze()
    begin = time.process_time()
    run(data)
    taken = time.process_time() - begin
    gc.unfreeze()
    return taken


def best_rates(data: list[bytes], repeats: int = REPEATS) -> tuple[float, float]:
    """Give the best rates of decoding, and of decoding and folding, in events per CPU-second."""
    bare = whole = float("inf")
    for _ in range(repeats):
        bare = min(bare, cpu_seconds(decode_only, data))
        whole = min(whole, cpu_seconds(decode_and_fold, data))
    return len(data) / bare, len(data) / whole


def growth(repeats: int = REPEATS) -> float:
    """Give how much longer an event takes in a case that has grown, and that nobody made good."""
    grown = lines(GROWN, customers=1, trouble=1)
    young = grown[: GROWN // FEWER]

    def all_young(_: list[bytes]) -> None:
        for _each in range(FEWER):
            decode_and_fold(young)

    long = short = float("inf")
    for _ in range(repeats):
        long = min(long, cpu_seconds(decode_and_fold, grown))
        short = min(short, cpu_seconds(all_young, grown))
    return long / short


def run(plan: Plan) -> Result:
    """Measure the whole stream, and what an event costs in a case that keeps growing."""
    data = lines(QUICK_EVENTS if plan.quick else EVENTS)
    commands, states = decode_and_fold(data)  # also the warm-up
    cases = sum(len(state.cases) for state in states.values())
    assert cases > len(data) * TROUBLE / 2, "too little goes wrong to be worth measuring"
    assert commands > cases, "cases bring commands"
    bare, whole = best_rates(data)
    return Result(
        name="fold",
        figures=(
            Figure(
                what=f"decode and fold, 20 rules, {TROUBLE:.0%} of events are trouble",
                value=whole,
                unit="events/CPU-s",
                nothing=bare,
                target=f"100,000; ratio {FLOOR}",
            ),
        ),
        bounds=(
            Bound(what="rate to decode only", value=whole / bare, least=FLOOR / 2, is_timed=True),
            Bound(
                what=f"time an event, a case of {GROWN:,} failures to {GROWN // FEWER}",
                value=growth(),
                most=GROWTH,
                is_timed=True,
            ),
        ),
    )
