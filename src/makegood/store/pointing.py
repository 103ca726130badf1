"""What both engines know about pointers: which cases an answer covers."""

from makegood.ports.pointers import RootAnswer

FOR_EVER = 2**62
"""Whatever is still to come is covered."""


def covered_ms(row: RootAnswer) -> int:
    """Say up to when cases are covered by an answer.

    What was changed covers those before the change: one after it asks again, by itself. What will
    be changed covers none until it is; what stays, with its reason, covers what comes.
    """
    match row.answer:
        case "changed":
            return row.since_ms
        case "stays":
            return FOR_EVER
    return 0
