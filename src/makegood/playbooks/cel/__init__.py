"""The condition language: a checked subset of CEL, compiled to Python."""

from makegood.playbooks.cel.ast import Node
from makegood.playbooks.cel.check import Scope
from makegood.playbooks.cel.compiler import Expression, compile_expression, facts_seen
from makegood.playbooks.cel.instants import Duration, Timestamp
from makegood.playbooks.cel.parser import parse
from makegood.playbooks.cel.refusals import (
    CelError,
    CelEvaluationError,
    CelSyntaxError,
    Refusal,
)
from makegood.playbooks.cel.rules import Match, RuleSource, compile_rules

__all__ = [
    "CelError",
    "CelEvaluationError",
    "CelSyntaxError",
    "Duration",
    "Expression",
    "Match",
    "Node",
    "Refusal",
    "RuleSource",
    "Scope",
    "Timestamp",
    "compile_expression",
    "compile_rules",
    "facts_seen",
    "parse",
]
