"""The rules of the benchmarks as other engines want them, and how each of those is asked."""

import json
from collections.abc import Callable
from typing import Any

import cel
import rule_engine as rules_in_python
import zen as zen_engine
from cel_expr_python import cel as google_cel

from benchmarks.conditions import RULES
from benchmarks.table import OTHERWISE, ROWS, Test, cell, written

Ask = Callable[[Any], Any]
Evaluate = Callable[[dict[str, Any]], Any]
Compile = Callable[[str], Evaluate]

_ZEN = {
    'event.reason == "no_car" && event.branch.startsWith("airport")':
        'event.reason == "no_car" and startsWith(event.branch, "airport")',
    "event.bags.exists(b, b > 20)": "some(event.bags, # > 20)",
    "has(event.comment) && event.score < 7": "event.comment != null and event.score < 7",
}  # fmt: skip
_RULE_ENGINE = {
    'event.reason == "no_car" && event.branch.startsWith("airport")':
        'event.reason == "no_car" and event.branch.starts_with("airport")',
    "event.bags.exists(b, b > 20)": "[b for b in event.bags if b > 20].length > 0",
    "has(event.comment) && event.score < 7": 'event&["comment"] != null and event.score < 7',
}  # fmt: skip


def worded(text: str, special: dict[str, str]) -> str:
    """Turn CEL into a language that says `and`, `or` and `not`."""
    if text in special:
        return special[text]
    text = text.replace("&&", "and").replace("||", "or")
    return text.replace("!event", "not event")


def google() -> Compile:
    """Google's own CEL, in C++."""
    names = ("event", "customer", "request")
    env = google_cel.NewEnv(variables=dict.fromkeys(names, google_cel.Type.DYN))

    def compiled(text: str) -> Evaluate:
        made = env.compile(text)
        return lambda data: made.eval(data=data).value()

    return compiled


def rust() -> Compile:
    """CEL in Rust."""
    return lambda text: cel.compile(text).execute


def zen() -> Compile:
    """ZEN, in Rust."""
    return lambda text: zen_engine.compile_expression(text).evaluate


def rule_engine() -> Compile:
    """rule-engine, in Python."""
    return lambda text: rules_in_python.Rule(text).evaluate


def conditions() -> dict[str, Ask]:
    """Give every other way to ask the conditions of `benchmarks.conditions`."""
    engines = {
        "cel-expr-python": (google(), {}, False),
        "common-expression-language": (rust(), {}, False),
        "zen-engine": (zen(), _ZEN, True),
        "rule-engine": (rule_engine(), _RULE_ENGINE, True),
    }
    return {name: _asked_each(*engine) for name, engine in engines.items()}


def _asked_each(compiled: Compile, special: dict[str, str], is_worded: bool) -> Ask:
    rules = {
        name: [compiled(worded(text, special) if is_worded else text) for text, _, _ in found]
        for name, found in RULES.items()
    }

    def ask(item: tuple[str, dict[str, Any], dict[str, Any]]) -> tuple[int, ...]:
        name, event, customer = item
        data = {"event": event, "customer": customer}
        return tuple(place for place, rule in enumerate(rules[name]) if rule(data))

    return ask


def tables() -> dict[str, Ask]:
    """Give every other way to ask the table of `benchmarks.table`."""
    in_cel = written(_say, and_=" && ")
    in_words = written(_say, and_=" and ")
    return {
        "cel-expr-python, one chain": _asked_chain(google()(in_cel)),
        "common-expression-language, one chain": _asked_chain(rust()(in_cel)),
        "zen-engine, one chain": _asked_chain(zen()(in_words)),
        "zen-engine, a decision table": _zen_table(),
        "rule-engine, one chain": _asked_chain(rule_engine()(in_words)),
    }


def _asked_chain(evaluate: Evaluate) -> Ask:
    return lambda request: int(evaluate({"request": request}))


def _say(name: str, test: Test) -> tuple[str, ...]:
    if isinstance(test, tuple):
        return f"request.{name} >= {test[0]}", f"request.{name} <= {test[1]}"
    return (f"request.{name} == {json.dumps(test)}",)


def _zen_table() -> Ask:
    names = ("full", "room", "fare", "hours")
    rules = [
        {
            "_id": str(place),
            "row": str(place),
            **{name: _zen_cell(row.get(name)) for name in names},
        }
        for place, row in enumerate((*ROWS, {}))
    ]
    assert len(rules) == OTHERWISE + 1
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": "row", "name": "row", "field": "row"}],
        "rules": rules,
    }
    at = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": at},
        {"id": "table", "type": "decisionTableNode", "name": "table", "position": at,
         "content": content},
        {"id": "out", "type": "outputNode", "name": "out", "position": at},
    ]  # fmt: skip
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    decision = zen_engine.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda request: int(decision.evaluate(request)["result"]["row"])


def _zen_cell(test: Test | None) -> str:
    if test is None:
        return ""
    return f"[{cell(test)}]" if isinstance(test, tuple) else json.dumps(test)
