"""The grammars of the sections that have a module each, as one."""

from collections.abc import Mapping

from makegood.playbooks.schema_advertising import KINDS as ADVERTISED
from makegood.playbooks.schema_asking import KINDS as OF_ASKING
from makegood.playbooks.schema_calls import CALLS as OF_CALLS
from makegood.playbooks.schema_in_touch import KINDS as IN_TOUCH
from makegood.playbooks.schema_letters import KINDS as OF_LETTERS
from makegood.playbooks.schema_monday import KINDS as OF_MONDAY
from makegood.playbooks.schema_parts import Schema
from makegood.playbooks.schema_people import KINDS as OF_PEOPLE
from makegood.playbooks.schema_staff import PEOPLE as OF_STAFF
from makegood.playbooks.schema_triage import KINDS as OF_TRIAGE
from makegood.playbooks.schema_voice import KINDS as VOICE
from makegood.playbooks.schema_waits import WAITS as WAITS

KINDS: Mapping[str, Mapping[str, Schema]] = {
    **IN_TOUCH, **OF_PEOPLE, **OF_STAFF, **VOICE, **WAITS,
    **OF_CALLS, **OF_ASKING, **OF_TRIAGE, **ADVERTISED, **OF_MONDAY, **OF_LETTERS,
}  # fmt: skip
"""Of each, its kinds of mapping and the fields of each kind."""
