"""Who acts just now, and the note that a privileged act leaves in its own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec import Struct
from msgspec.structs import replace

from makegood.ports.acts import ACTS, Act, ActWriting


class Actor(Struct, frozen=True, kw_only=True):
    """Who acts, as far as it is known.

    Attributes:
        who: Sign-in name, name of a key, or user of the machine.
        how: Signed in by what, by which key, on the command line.
        request: The request id; empty outside of requests.
    """

    who: str = ""
    how: str = ""
    request: str = ""


_NOBODY = Actor(how="makegood")
_actor: ContextVar[Actor] = ContextVar("makegood_actor", default=_NOBODY)


def actor() -> Actor:
    """Say who acts in this thread or task."""
    return _actor.get()


@contextmanager
def acting(who: Actor) -> Iterator[None]:
    """Let somebody act until the end of the block."""
    token = _actor.set(who)
    try:
        yield
    finally:
        _actor.reset(token)


def become(who: Actor) -> None:
    """Let somebody act until the end of this process or request."""
    _actor.set(who)


def note(writing: ActWriting, act: Act) -> None:
    """Write a privileged act down in the transaction that carries it out.

    Call it last: who adds to the record waits for whoever added before.

    Args:
        writing: The transaction.
        act: What was done, without personal data; who does it just now is filled in.
    """
    if act.what not in ACTS:
        raise KeyError(act.what)
    known = actor()
    writing.put_act(
        replace(
            act,
            who=known.who or act.who,
            how=known.how,
            request=known.request,
        )
    )
