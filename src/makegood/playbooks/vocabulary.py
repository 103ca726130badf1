"""What the conditions of one book may name: declared facts, parameters, and sensitive facts."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct

from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields, Node, Scalar, plain
from makegood.playbooks.reading import Section

Path: TypeAlias = tuple[str, ...]
Shape: TypeAlias = Mapping[str, "Shape | str"]
"""Declared facts: name -> type, or the shape of a map."""

FACT_TYPES = frozenset({"string", "int", "double", "bool", "list", "map"})
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "int": (int,),
    "double": (int, float),
    "bool": (bool,),
    "list": (list,),
    "map": (dict,),
}
MAIL_FACTS: Shape = {
    "sender": "string",
    "domain": "string",
    "mail_from": "string",
    "subject": "string",
    "has_list_unsubscribe": "bool",
    "list_id": "string",
    "precedence": "string",
    "auto_submitted": "string",
    "campaign": "string",
    "port": "int",
    "user": "string",
    "recipients": "int",
    "header": "map",
}
"""What is known of a mail that another tool sends; a header it lacks is a missing fact."""
AGREED: Shape = {
    "rates": "map",
    "off_per_mille": "int",
    "prices": "map",
    "waives": "map",
    "guarantees": "map",
}
"""What the accounts of the customer agreed and holds there and then, as `customer.agreed`."""
ALWAYS_SENSITIVE: tuple[Path, ...] = (
    ("customer", "followers"),
    ("customer", "public_voice"),
    ("customer", "lifetime_value"),
    ("customer", "lifetime_value_cents"),
    ("customer", "tier"),
)
"""Public voice and customer value: they may set urgency, never the size of a remedy.

Source: ideas, "Fairness"; evidence (30: followed accounts were answered more).
"""


class Vocabulary(Struct, frozen=True, kw_only=True):
    """What conditions may name.

    Attributes:
        parameters: Constants of the book, as `params.*`.
        events: Declared facts by event; None when the book declares none.
        customer: Declared facts of the customer; None when the book declares none.
        sensitive: Paths that may not size a remedy.
        waivers: What may be waived, which requests read as `customer.waived.*`.
        said: What may have been said, as `said.*`.
    """

    parameters: Mapping[str, object] = {}
    events: Mapping[str, Shape] | None = None
    customer: Shape | None = None
    sensitive: tuple[Path, ...] = ALWAYS_SENSITIVE
    said: Shape = {}
    waivers: Mapping[str, Mapping[str, str]] = {}

    @property
    def customer_of_requests(self) -> Shape | None:
        """Give the customer as tables read it: the declared facts, and what was waived."""
        customer = self.customer_agreed
        if customer is None or not self.waivers:
            return customer
        return {**customer, "waived": dict.fromkeys(self.waivers, "bool")}

    @property
    def customer_agreed(self) -> Shape | None:
        """Give the customer as conditions read it: the declared facts, and what was agreed."""
        return None if self.customer is None else {**self.customer, "agreed": AGREED}

    def shape_of(self, root: str, event: str) -> Shape | None:
        """Give the declared facts of a root while an event is judged; None when any may be."""
        if root == "customer":
            return self.customer_agreed
        if root == "said":
            return self.said
        if root == "mail":
            return MAIL_FACTS
        if root == "event" and self.events is not None:
            return self.events.get(event)
        return None


def read_vocabulary(
    top: Section, instead: Mapping[str, object], of_laws: Mapping[str, object]
) -> Vocabulary:
    """Read the sections `parameters`, `facts` and `sensitive`.

    Args:
        top: The book.
        instead: Values to take instead of the book's own parameters of the same names.
        of_laws: Parameters of the book's laws, which its own of the same names replace.
    """
    events, customer = _declared(top)
    if customer is not None and "agreed" in customer:
        top.error(
            "facts",
            "`customer.agreed` is what accounts agreed; it cannot be declared as a fact.",
            "Give the fact another name.",
        )
    sensitive = ALWAYS_SENSITIVE + tuple(_sensitive(top))
    own = _replaced(top, of_laws, dict(_parameters(top)), new=True)
    return Vocabulary(
        parameters=_replaced(top, own, instead),
        events=events,
        customer=customer,
        sensitive=tuple(dict.fromkeys(sensitive)),
    )


def read_shape(section: Section, key: str, what: str) -> Shape:
    """Read declared facts: a mapping from names to types, or to further facts."""
    return {entry.key: _fact(section, entry.value) for entry in section.named(key, what)}


def unknown_step(path: Path, shape: Shape) -> tuple[str, str] | None:
    """Find the first step of a path that was not declared.

    Args:
        path: For example ("event", "weather", "wind_mph").
        shape: The declared facts of the path's root.

    Returns:
        The path up to that step, dotted, and the nearest right one; None when all is declared.
    """
    inside: Shape | str = shape
    for depth, step in enumerate(path[1:], start=1):
        before = ".".join(path[:depth])
        if isinstance(inside, str):
            return (
                None
                if inside in ("map", "list")
                else (f"{before}.{step}", f"`{before}` is of type {inside}.")
            )
        if step not in inside:
            return f"{before}.{step}", nearest(
                f"{before}.{step}", (f"{before}.{one}" for one in inside)
            )
        inside = inside[step]
    return None


def overlaps(path: Path, others: Iterable[Path]) -> Path | None:
    """Find a path that lies within this one, or the other way round."""
    for other in others:
        shorter = min(len(path), len(other))
        if path[:shorter] == other[:shorter]:
            return other
    return None


def wrong_type(value: object, declared: Shape | str) -> str:
    """Say of what type a fact should have been; empty when it is right."""
    if not isinstance(declared, str):
        return "" if isinstance(value, dict) else "of type map"
    right = isinstance(value, _PYTHON[declared])
    if isinstance(value, bool) and declared != "bool":
        right = False
    return "" if right else f"of type {declared}"


def check_parameters(top: Section, said: str) -> None:
    """Warn of a constant that nothing reads; `said` is all that the book and its laws say."""
    for entry in top.named("parameters", "parameter"):
        if not re.search(rf"\bparams\.{entry.key}\b", said) and "params[" not in said:
            top.report.warn(
                entry.place, f"Nothing reads the parameter `{entry.key}`.", "Leave it out."
            )


def _parameters(top: Section) -> Iterable[tuple[str, object]]:
    for entry in top.named("parameters", "parameter"):
        if not entry.key.isidentifier():
            top.report.error(
                entry.place, f"`{entry.key}` is not a name.", "Use letters, digits and `_`."
            )
        yield entry.key, plain(entry.value)


def _replaced(
    top: Section,
    parameters: Mapping[str, object],
    instead: Mapping[str, object],
    *,
    new: bool = False,
) -> Mapping[str, object]:
    """Take values instead of others of the same kind; further ones only where they may be new."""
    for name, value in instead.items():
        if name not in parameters:
            if new:
                continue
            top.error("parameters", f"There is no parameter `{name}`.", nearest(name, parameters))
        elif kind_of(value) != kind_of(parameters[name]):
            top.error(
                "parameters",
                f"The parameter `{name}` is a {kind_of(parameters[name])}, "
                f"and was given as a {kind_of(value)}.",
            )
    return {**parameters, **{name: instead[name] for name in instead if new or name in parameters}}


def kind_of(value: object) -> str:
    """Name the kind of a parameter in words."""
    names: Mapping[type, str] = {
        bool: "flag", int: "number", float: "number", str: "text", list: "list", dict: "map",
    }  # fmt: skip
    return names.get(type(value), "nothing")


def _declared(top: Section) -> tuple[Mapping[str, Shape] | None, Shape | None]:
    if not top.has("facts"):
        return None, None
    shapes = {entry.key: _shape(top, entry.value) for entry in top.named("facts", "event")}
    customer = shapes.pop("customer", None)
    return shapes, customer


def _shape(top: Section, node: Node) -> Shape:
    if not isinstance(node, Fields):
        top.report.error(node.place, "Declared facts are a mapping.", "Write `name: type`.")
        return {}
    return {entry.key: _fact(top, entry.value) for entry in node.entries}


def _fact(top: Section, node: Node) -> Shape | str:
    if isinstance(node, Fields):
        return _shape(top, node)
    written = node.written if isinstance(node, Scalar) else ""
    if written in FACT_TYPES:
        return written
    top.report.error(
        node.place, f"`{written}` is not a type of fact.", nearest(written, FACT_TYPES)
    )
    return "map"


def _sensitive(top: Section) -> Iterable[Path]:
    for written, place in top.texts("sensitive"):
        path = tuple(written.split("."))
        if path[0] in ("customer", "event", "request") and len(path) > 1 and all(path):
            yield path
        else:
            top.report.error(
                place,
                f"`{written}` is not the path of a fact.",
                "Write customer.<fact>, event.<fact> or request.<fact>.",
            )
