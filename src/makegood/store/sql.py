"""The port on SQL: all its reading and writing, joined over one open transaction."""

from makegood.store.sql_budgets import BudgetReading, BudgetWriting
from makegood.store.sql_customers import CustomerReading
from makegood.store.sql_desk import CaseReading, OutboxReading, PeopleReading
from makegood.store.sql_drafts import DraftReading, DraftWriting
from makegood.store.sql_everyone import EveryoneReading
from makegood.store.sql_log import LogWriting
from makegood.store.sql_outbox import OutboxWriting
from makegood.store.sql_people import PeopleWriting
from makegood.store.sql_screening import ScreeningReading
from makegood.store.sql_sends import SendsReading, SendsWriting


class SqlReading(
    EveryoneReading,
    CustomerReading,
    CaseReading,
    OutboxReading,
    PeopleReading,
    BudgetReading,
    DraftReading,
    ScreeningReading,
    SendsReading,
):
    """One look at the store."""


class SqlWriting(
    LogWriting,
    OutboxWriting,
    PeopleWriting,
    BudgetWriting,
    DraftWriting,
    SendsWriting,
    SqlReading,
):
    """One transaction."""
