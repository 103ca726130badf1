"""Check what a request carries against what its table takes."""

from collections.abc import Mapping

from makegood.messages.facts import Facts
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.vocabulary import Shape, wrong_type


def without_nothing(facts: Facts) -> Facts:
    """Leave out what was sent as null: it is a fact that is missing."""
    return {name: value for name, value in facts.items() if value is not None}


def wrong_fact(facts: Facts, takes: Shape | None) -> str:
    """Say which fact is unknown or of the wrong type.

    Args:
        facts: What a request carries; a fact that is missing is nothing wrong.
        takes: What the table declares; None when anything may come.

    Returns:
        A sentence with what to do; empty when all is right.
    """
    return "" if takes is None else _wrong(facts, takes, "")


def _wrong(facts: Mapping[str, object], takes: Shape, inside: str) -> str:
    for name, value in facts.items():
        path = f"{inside}{name}"
        declared = takes.get(name)
        if declared is None:
            hint = nearest(path, (f"{inside}{one}" for one in takes))
            return f"This request takes no fact `{path}`. {hint}".strip()
        if kind := wrong_type(value, declared):
            return f"The fact `{path}` has to be {kind}."
        if isinstance(value, dict) and not isinstance(declared, str):
            wrong = _wrong(value, declared, f"{path}.")
            if wrong:
                return wrong
    return ""
