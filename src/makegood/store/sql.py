"""The port on SQL: all its reading and writing, joined over one open transaction."""

from makegood.store.sql_acts import ActReading, ActWriting
from makegood.store.sql_budgets import BudgetReading, BudgetWriting
from makegood.store.sql_customers import CustomerReading
from makegood.store.sql_desk import CaseReading, OutboxReading, PeopleReading
from makegood.store.sql_drafts import DraftReading, DraftWriting
from makegood.store.sql_everyone import EveryoneReading
from makegood.store.sql_log import LogWriting
from makegood.store.sql_outbox import OutboxWriting
from makegood.store.sql_people import PeopleWriting
from makegood.store.sql_watching import WatchReading, WatchWriting


class SqlReading(
    EveryoneReading,
    CustomerReading,
    CaseReading,
    OutboxReading,
    PeopleReading,
    BudgetReading,
    DraftReading,
    ActReading,
    WatchReading,
):
    """One look at the store."""


class SqlWriting(
    LogWriting,
    OutboxWriting,
    PeopleWriting,
    BudgetWriting,
    DraftWriting,
    ActWriting,
    WatchWriting,
    SqlReading,
):
    """One transaction."""
