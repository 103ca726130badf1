"""The section `requests`: decision tables for what customers ask, without gaps and overlaps."""

from makegood.playbooks.requests.check import check_tables
from makegood.playbooks.requests.given import without_nothing, wrong_fact
from makegood.playbooks.requests.read import Request, read_requests
from makegood.playbooks.requests.rule import make_rulings

__all__ = [
    "Request",
    "check_tables",
    "make_rulings",
    "read_requests",
    "without_nothing",
    "wrong_fact",
]
