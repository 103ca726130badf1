"""Measure compiled conditions: one fused function an event, one lambda a rule, and doing nothing.

Run it with `python -m benchmarks --only conditions`. Ratios of one run are comparable, absolute
rates are not: they move with the machine.
"""

import time
from collections.abc import Callable
from random import Random

from benchmarks.report import Bound, Figure, Plan, Result
from makegood.playbooks.cel import RuleSource, Scope, compile_expression, compile_rules

EVENTS, QUICK_EVENTS = 100_000, 20_000
REPEATS = 5
SLOWEST = 2.0  # times the hand-written lambdas, which know nothing of CEL's rules: slack of two
ROOTS = ("event", "customer")

# 20 rules over 8 events: condition, the same by hand, and a field to work out.
RULES: dict[str, list[tuple[str, Callable[[dict, dict], bool], str | int]]] = {
    "Flight Delayed": [
        ("event.delay_minutes >= 180", lambda e, _: e["delay_minutes"] >= 180, 4),
        (
            "event.delay_minutes >= 60 && event.delay_minutes < 180",
            lambda e, _: 60 <= e["delay_minutes"] < 180,
            2,
        ),
        (
            'event.delay_minutes >= 30 && customer.tier in ["gold", "platinum"]',
            lambda e, c: e["delay_minutes"] >= 30 and c["tier"] in ("gold", "platinum"),
            1,
        ),
    ],
    "Flight Cancelled": [
        ('event.cause != "customer"', lambda e, _: e["cause"] != "customer", "event.price_cents"),
        (
            'event.cause == "weather" && event.notice_hours < 24',
            lambda e, _: e["cause"] == "weather" and e["notice_hours"] < 24,
            2,
        ),
        (
            "event.notice_hours < 336 && event.price_cents > 0",
            lambda e, _: e["notice_hours"] < 336 and e["price_cents"] > 0,
            3,
        ),
    ],
    "Rental Unfulfilled": [
        ('event.reason != "no_show"', lambda e, _: e["reason"] != "no_show", "event.price_cents"),
        (
            'event.reason == "no_car" && event.branch.startsWith("airport")',
            lambda e, _: e["reason"] == "no_car" and e["branch"].startswith("airport"),
            5,
        ),
    ],
    "Call Ended": [
        ("event.wait_minutes > 30", lambda e, _: e["wait_minutes"] > 30, 2),
        ("event.hung_up == true", lambda e, _: e["hung_up"] is True, 4),
        (
            "!event.solved && customer.open_cases > 0",
            lambda e, c: not e["solved"] and c["open_cases"] > 0,
            3,
        ),
    ],
    "Survey Answered": [
        ("event.score <= 4", lambda e, _: e["score"] <= 4, "10 - event.score"),
        (
            "has(event.comment) && event.score < 7",
            lambda e, _: "comment" in e and e["score"] < 7,
            2,
        ),
    ],
    "Bag Late": [
        ("event.hours > 12", lambda e, _: e["hours"] > 12, 3),
        ("event.hours > 72 || event.lost", lambda e, _: e["hours"] > 72 or e["lost"], 5),
        (
            "event.bags.exists(b, b > 20)",
            lambda e, _: any(b > 20 for b in e["bags"]),
            1,
        ),
    ],
    "Order Delivered": [
        ("event.days_late >= 2", lambda e, _: e["days_late"] >= 2, 2),
        (
            'event.damaged || event.missing_items > 0 && customer.tier != "basic"',
            lambda e, c: e["damaged"] or (e["missing_items"] > 0 and c["tier"] != "basic"),
            3,
        ),
    ],
    "Fee Charged": [
        (
            "!event.announced && event.fee_cents >= 500",
            lambda e, _: not e["announced"] and e["fee_cents"] >= 500,
            "event.fee_cents",
        ),
        (
            "customer.tenure_years >= 5 && event.fee_cents > 0",
            lambda e, c: c["tenure_years"] >= 5 and e["fee_cents"] > 0,
            1,
        ),
    ],
}


FACTS: dict[str, Callable[[Random], object]] = {
    "delay_minutes": lambda draw: draw.randrange(0, 300),
    "cause": lambda draw: draw.choice(["firm", "weather", "customer"]),
    "notice_hours": lambda draw: draw.randrange(0, 500),
    "price_cents": lambda draw: draw.randrange(0, 90_000),
    "reason": lambda draw: draw.choice(["no_car", "no_show", "late"]),
    "branch": lambda draw: draw.choice(["airport_bos", "city"]),
    "wait_minutes": lambda draw: draw.randrange(0, 60),
    "hung_up": lambda draw: draw.random() < 0.1,
    "solved": lambda draw: draw.random() < 0.7,
    "score": lambda draw: draw.randrange(0, 11),
    "hours": lambda draw: draw.randrange(0, 100),
    "lost": lambda draw: draw.random() < 0.1,
    "bags": lambda draw: [draw.randrange(5, 30), draw.randrange(5, 30)],
    "days_late": lambda draw: draw.randrange(0, 5),
    "damaged": lambda draw: draw.random() < 0.1,
    "missing_items": lambda draw: draw.randrange(0, 2),
    "announced": lambda draw: draw.random() < 0.5,
    "fee_cents": lambda draw: draw.randrange(0, 2000),
}


def synthetic_events(count: int) -> list[tuple[str, dict, dict]]:
    """Make events, the same in every run; about 1 in 50 misses a fact."""
    draw = Random(7)
    events = []
    for _ in range(count):
        name = draw.choice(list(RULES))
        event = {fact: drawn(draw) for fact, drawn in FACTS.items()}
        if draw.random() < 0.02:
            del event[draw.choice(list(event))]
        customer = {
            "tier": draw.choice(["basic", "gold", "platinum"]),
            "open_cases": draw.randrange(0, 2),
            "tenure_years": draw.randrange(0, 12),
        }
        events.append((name, event, customer))
    return events


def fused_functions() -> dict[str, Callable]:
    """Compile the rules: one function for each event name."""
    scope = Scope(names=ROOTS)

    def source(name: str, position: int, text: str, field: str | int) -> RuleSource:
        made = compile_expression(field, scope) if isinstance(field, str) else field
        when = compile_expression(text, scope)
        return RuleSource(id=f"{name} {position}", when=when, fields=(made,))

    return {
        name: compile_rules(
            [source(name, i, text, field) for i, (text, _, field) in enumerate(rules)], ROOTS
        )
        for name, rules in RULES.items()
    }


def lambda_functions() -> dict[str, Callable]:
    """Ask one hand-written lambda a rule, which knows nothing of CEL's rules; fields left out."""

    def asker(lambdas: list[Callable]) -> Callable:
        def ask(event: dict, customer: dict) -> tuple:
            found = []
            for position, rule in enumerate(lambdas):
                try:
                    if rule(event, customer):
                        found.append((position, "yes"))
                except KeyError:
                    found.append((position, "cannot"))
            return tuple(found)

        return ask

    return {name: asker([rule[1] for rule in rules]) for name, rules in RULES.items()}


def single_expressions() -> dict[str, Callable]:
    """Ask `evaluate` of each condition, one after the other; fields left out."""
    scope = Scope(names=ROOTS)

    def asker(texts: list[str]) -> Callable:
        rules = [compile_expression(text, scope) for text in texts]

        def ask(event: dict, customer: dict) -> tuple:
            env = {"event": event, "customer": customer}
            found = []
            for position, rule in enumerate(rules):
                try:
                    if rule.evaluate(env):
                        found.append((position, "yes"))
                except Exception:  # noqa: BLE001 - measured as it would be used
                    found.append((position, "cannot"))
            return tuple(found)

        return ask

    return {name: asker([rule[0] for rule in rules]) for name, rules in RULES.items()}


def nothing_functions() -> dict[str, Callable]:
    """Do nothing: what the loop and the call cost."""
    return dict.fromkeys(RULES, lambda *_: ())


def answers(functions: dict[str, Callable], events: list) -> list[tuple]:
    """Return rule and outcome of every match, to compare the ways."""
    shown = []
    for name, event, customer in events:
        matches = functions[name](event, customer)
        shown.append(tuple(m if isinstance(m, tuple) else (m.rule, m.outcome) for m in matches))
    return shown


def seconds(functions: dict[str, Callable], events: list) -> float:
    """Return the CPU seconds of one pass."""
    start = time.process_time()
    for name, event, customer in events:
        functions[name](event, customer)
    return time.process_time() - start


def run(plan: Plan) -> Result:
    """Check that the ways agree, then let them take turns: a slow moment hits all of them."""
    events = synthetic_events(QUICK_EVENTS if plan.quick else EVENTS)
    ways = {
        "nothing": nothing_functions(),
        "one fused function an event": fused_functions(),
        "one hand-written lambda a rule": lambda_functions(),
        "one evaluation a rule": single_expressions(),
    }
    _agree(ways, events)
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(REPEATS):
        for name, functions in ways.items():
            best[name] = min(best[name], seconds(functions, events))
    nothing, fused, by_hand, _single = best.values()
    return Result(
        name="conditions",
        figures=tuple(
            Figure(
                what=name,
                value=len(events) / taken,
                unit="events/CPU-s",
                nothing=len(events) / nothing,
            )
            for name, taken in best.items()
            if name != "nothing"
        ),
        bounds=(
            Bound(what="time to lambdas", value=fused / by_hand, most=SLOWEST, is_timed=True),
        ),
    )


def _agree(ways: dict[str, dict[str, Callable]], events: list) -> None:
    """Compare where no fact is missing: a lambda cannot absorb one that is, as CEL does."""
    whole = [item for item in events if len(item[1]) == len(FACTS)]
    first, *others = [
        answers(functions, whole) for name, functions in ways.items() if name != "nothing"
    ]
    assert any(first)
    assert all(other == first for other in others), "the ways answer differently"
