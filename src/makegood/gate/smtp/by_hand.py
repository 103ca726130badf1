"""One parked mail released by a person, who says that it is a service message after all."""

from collections.abc import Callable

from makegood.messages.errors import InputError
from makegood.ports.acts import Act, Note
from makegood.ports.clock import Clock
from makegood.ports.store import Store
from makegood.projections.parked import may_release

_LONGEST = 200  # characters of a reason


def release_by_hand(
    store: Store,
    clock: Clock,
    parked: str,
    said: tuple[str, str],
    may_see: Callable[[str], bool],
    note: Note,
) -> bool:
    """Let one that waits go out at once.

    Args:
        parked: Which.
        said: Who says so, and why.
        may_see: Whether a brand's mail is theirs to see.
        note: Writes down who did it.

    Returns:
        False when there is none that they may see.

    Raises:
        InputError: There is no reason, or what it is was not guessed, so that it has to be said
            in the rule book or of its kind.
    """
    who, why = said[0], " ".join(said[1].split())
    if not why or len(why) > _LONGEST:
        raise InputError(f"Say in up to {_LONGEST} characters why this is a service message.")
    now_ms = clock.now_ms()
    with store.writing() as writing:
        row = writing.parked_row(parked)
        if row is None or not may_see(row.brand):
            return False
        if not may_release(row):
            raise InputError("What this mail is was not guessed: change the rule, or its kind.")
        if not writing.release_parked(parked, f"{who}: {why}", now_ms):
            raise InputError("It is on its way already, or no longer waits.")
        after = {"brand": row.brand, "kind": row.kind}
        note(writing, Act(what="mail.released", at_ms=now_ms, about=parked, after=after))
    return True
